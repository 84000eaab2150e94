/*
 * Timers for a loop, by clocks that go on while the machine sleeps: the wall clock, and the one that nobody
 * sets (timerfd_create(2)).  Times are milliseconds.
 */
#ifndef KRTASK_RUN_ALARM_H
#define KRTASK_RUN_ALARM_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { ALARM_NEVER = 0 };

/* A descriptor that becomes readable when it is time.  CLOCK_REALTIME or CLOCK_BOOTTIME.  Or -errno. */
int alarm_open(clockid_t clock);
/*
 * at: by its clock; it may be in the past.  ALARM_NEVER clears it.  watch: it becomes readable too when
 * somebody sets the clock.  0, or -ECANCELED: it is set, and the clock was set before.
 */
int alarm_set(int fd, int64_t at, bool watch);
/* Takes what it has to say.  True: the clock was set. */
bool alarm_take(int fd);

#endif
