/*
 * Reading progress out of text.  Pure, and safe on any bytes.
 */
#ifndef KRTASK_TASK_PROGRESS_H
#define KRTASK_TASK_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
	int percent;       /* 0 to 100 */
	char message[256]; /* UTF-8, without control characters; empty: none */
};

/*
 * A line of KRTASK_PROGRESS_FD, without its newline: "PERCENT MESSAGE".  The percent may have a fraction
 * (cut) and a '%' behind it, and is clamped to 0..100.  False if no number leads.
 */
bool progress_parse_line(const char *line, size_t length, struct progress *out);

/*
 * The tail of a program's output that knows nothing of krtask.  In order of preference: the last complete
 * terminal progress sequence OSC 9;4;STATE;PERCENT (ended by BEL or ST, as ConEmu and Windows Terminal define it; state 0 clears, 1 and 2 and 4 carry a percent);
 * else the last NN% (0 to 100, a fraction is cut) of the last non-empty line or carriage-return segment, with that segment,
 * stripped of escape sequences and of a percentage that it begins with, as message.  False if neither is there.
 * The first line of bytes may be cut.
 */
bool progress_scan_output(const char *bytes, size_t length, struct progress *out);

#endif
