/*
 * The progress meter of curl(1), whose lines have no '%': "57 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01
 * 0:00:01 9.9M", of which the first column is the percentage of the whole.  Pure, and safe for any text.
 */
#ifndef KRTASK_TASK_METER_H
#define KRTASK_TASK_METER_H

#include <stddef.h>

/*
 * The percentage, if the line is such a line and the size of the whole is known; else -1.  The line then becomes
 * "16.4M/28.6M 9.9MB/s 0:00:01": what is done of the whole, the current speed, and the time that is left, if
 * that is known.
 */
int meter_read(char *line, size_t size);

#endif
