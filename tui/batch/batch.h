/*
 * krtask --batch: commands from a file or standard input, one a line, answered in order.
 *
 * Lines that do not depend on each other are pipelined: a call is sent while the answers to many before it are still to come.
 * A line that uses what an earlier one assigns waits for that one's answer; a line of more than one exchange waits for all before it.
 */
#ifndef KRTASK_TUI_BATCH_BATCH_H
#define KRTASK_TUI_BATCH_BATCH_H

#include "tui/cli/context.h"

/* file NULL or "-": standard input, line by line; a file is checked whole before its first line runs. The greatest exit status of all lines. */
int batch_run(struct context *context, const char *file);

/*
 * The same for those who have lines of their own, one at a time: variables live from line to line, and nothing ends the run.
 * source names where the lines come from in messages; NULL: it needs no name.
 */
struct batch;
struct batch *batch_new(struct context *context, const char *source);
/* Runs the line to its end: its exit status. */
int batch_line(struct batch *batch, const char *line, size_t length);
void batch_free(struct batch *batch);

#endif
