/*
 * Measures how long the turns of the loop take, since no client should wait for the work of another.  It
 * keeps a histogram of their wall time and, in builds for tests, limits their CPU time.
 *
 *     turns_base_new()  turns_run()  …  turns_read() from within a turn
 *
 * A turn begins when there is something to do, and ends when the loop waits again.  One loop a process; its
 * thread only.
 */
#ifndef KRTASK_RUN_TURNS_H
#define KRTASK_RUN_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;

/* Microseconds of the turns so far.  All except the longest may be up to an eighth too large. */
struct turns {
	uint64_t count, p50, p99, max;
};

/* So many timers at once need no memory: nothing that is to be done later may be lost. */
enum { TURNS_TIMERS = 4096 };

/* The base that turns_run() runs.  NULL: out of memory. */
struct event_base *turns_base_new(void);
/*
 * As event_base_dispatch(), until event_base_loopbreak().  If the build has a limit, too_long(microseconds)
 * is called after a turn that took more CPU time.
 */
void turns_run(struct event_base *base, void (*too_long)(uint64_t microseconds));
void turns_read(struct turns *turns);
/*
 * True if the current turn has taken so long (TURN_MOST_MS) that others should run.  Never true outside of
 * turns_run().
 */
bool turns_late(void);

/* For turns_run() and tests: counts a turn of this length. */
void turns_count(uint64_t microseconds);

#endif
