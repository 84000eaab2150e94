/*
 * Finds progress in text.  Pure, and safe for any bytes.
 */
#ifndef KRTASK_TASK_PROGRESS_H
#define KRTASK_TASK_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
	int percent;       /* 0 to 100; -1: none was seen, so the former one stays */
	char message[256]; /* UTF-8, without control characters; empty: none */
};

/*
 * Parses a line of KRTASK_PROGRESS_FD, without its newline: "PERCENT MESSAGE".  The percentage may have a
 * fraction, which is cut, and a '%' after it.  It is limited to 0..100.  False if the line does not begin
 * with a number.
 */
bool progress_parse_line(const char *line, size_t length, struct progress *out);

/*
 * Parses the end of the output of a program that does not know krtask.  It looks for the last complete
 * terminal sequence for progress, OSC 9;4;STATE;PERCENT (ended by BEL or ST, as ConEmu and Windows Terminal
 * define it; state 0 clears it, and 1, 2 and 4 have a percentage).  If there is none, it looks for the last
 * NN% (0 to 100, a fraction is cut) in the last line that has one, where a carriage return also begins a
 * line; a line of curl's meter has one, too (meter.h).  The percentage is -1 if there is neither.  The
 * message is the last line that is not empty, without escape sequences and without a percentage at its
 * beginning.  False if there is nothing at all.  The first line of the bytes may be incomplete.
 */
bool progress_scan_output(const char *bytes, size_t length, struct progress *out);

#endif
