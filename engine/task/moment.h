/*
 * Times as people write them: 22:30 (the next such time), 2026-12-01T06:00 (ISO 8601), and @EPOCH.  Those
 * without a zone are local.  Any thread.
 */
#ifndef KRTASK_TASK_MOMENT_H
#define KRTASK_TASK_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970 of the first and the last moment that can be written: the years 1 to 9999. */
#define MOMENT_MIN INT64_C(-62135596800000)
#define MOMENT_MAX INT64_C(253402300799999)

/*
 * Milliseconds since 1970.  after: 22:30 is the first such time after this one.  False: it is not such a time,
 * or there is no such local time, since clocks are set forward then.
 */
bool moment_parse(const char *text, int64_t after, int64_t *milliseconds);
/* The same for ISO 8601 with a zone only, as in JSON: 2026-12-01T05:00:00.000Z. */
bool moment_parse_zoned(const char *text, int64_t *milliseconds);
/* True if there is no such local time, although there is such a day: clocks are set forward over it. */
bool moment_is_skipped(const char *text);

#endif
