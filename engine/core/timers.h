/*
 * Timers in a binary heap (J.  W. J. Williams, "Algorithm 232: Heapsort", 1964).  Their owners embed them.
 * Each timer knows its place, so it is set, moved or cleared in logarithmic time.  Pure; the owner of the
 * heap chooses the clock.
 */
#ifndef KRTASK_CORE_TIMERS_H
#define KRTASK_CORE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t at;                        /* milliseconds, by the clock of the owner */
	size_t place;                      /* in the heap, from 1; 0: not set */
	void (*fire)(struct timer *timer); /* it is no longer set when this is called, and may be set again */
};

struct timers {
	struct timer **heap; /* heap[0] is the first that is due */
	size_t count, size;
};

void timers_release(struct timers *timers);
/* Makes room for so many timers, so that setting them cannot fail.  0 or -ENOMEM. */
int timers_reserve(struct timers *timers, size_t count);
/* Sets it, or moves it if it is set already.  0, or -ENOMEM: then it is as it was. */
int timers_set(struct timers *timers, struct timer *timer, int64_t at);
static inline bool timer_is_set(const struct timer *timer)
{
	return timer->place > 0;
}
/* Does nothing if the timer is not set. */
void timers_clear(struct timers *timers, struct timer *timer);
/* When the first timer is due; INT64_MAX: none is set. */
int64_t timers_next(const struct timers *timers);
/* Fires all timers that are due at now, the earliest first. */
void timers_run(struct timers *timers, int64_t now);

#endif
