/*
 * Durations as people write them: 90s, 0.5s, 10m, 2h30m, 1d, and [D-]HH:MM:SS as Slurm has it.  Pure; any thread.
 */
#ifndef KRTASK_TASK_DURATION_H
#define KRTASK_TASK_DURATION_H

#include <stdbool.h>

/*
 * In seconds.  False: it is none, is longer than 30 years, or is a number without a unit (duration_is_bare()): what that means is up to who
 * asks.
 */
bool duration_parse(const char *text, double *seconds);
/* A number alone, 0 or greater, and no longer than 30 years of seconds. */
bool duration_is_bare(const char *text, double *number);

#endif
