/*
 * Durations as people write them: 90s, 0.5s, 10m, 2h30m, 1d, and [D-]HH:MM:SS as in Slurm.  Pure; any thread.
 */
#ifndef KRTASK_TASK_DURATION_H
#define KRTASK_TASK_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The duration in seconds.  False: it is not a duration, it is longer than 30 years, or it is a number
 * without a unit.  The caller decides what such a number means (duration_is_bare()).
 */
bool duration_parse(const char *text, double *seconds);
/* It would be a duration, or a number without a unit, but it is too long. */
bool duration_is_too_long(const char *text);
/* A number without a unit, 0 or greater, and at most 30 years in seconds. */
bool duration_is_bare(const char *text, double *number);

/*
 * Writes milliseconds as 2h30m, which duration_parse() reads.  Returns text.
 */
enum { DURATION_SIZE = 48 };
const char *duration_write(int64_t milliseconds, char text[DURATION_SIZE]);

/* The nearest number of milliseconds, without the library of mathematics: a command starts faster without it. */
static inline int64_t duration_milliseconds(double seconds)
{
	return (int64_t)(seconds * 1000 + (seconds < 0 ? -0.5 : 0.5));
}

#endif
