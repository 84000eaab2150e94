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

#endif
