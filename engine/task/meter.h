/*
 * The lines of programs that are not on a terminal, and are hard to read.
 *
 * The progress meter of curl(1), whose lines have no '%': "57 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01
 * 0:00:01 9.9M", of which the first column is the percentage of the whole.  The dots of wget(1), each of which is a KiB: "3650K .......... ..........  6%  300K 3m4s".
 * Pure, and safe for any text.
 */
#ifndef KRTASK_TASK_METER_H
#define KRTASK_TASK_METER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The percentage, if the line is such a line and the size of the whole is known; else -1.  The line then becomes
 * "16.4M/28.6M 9.9MB/s 0:00:01": what is done of the whole, the current speed, and the time that is left, if
 * that is known.
 */
int meter_read(char *line, size_t size);

/* A complete line of dots, which has a percentage, becomes "3650K 300KB/s eta 3m4s", and the last one "... in 3m4s". */
void meter_read_dots(char *line, size_t size);
/* True if dots are still to come, so that the line before says more. */
bool meter_is_growing(const char *line);

#endif
