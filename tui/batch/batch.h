/*
 * krtask --batch: runs commands from a file or standard input, one per line.  Results are printed in the
 * order of the lines.
 *
 * Lines that do not depend on each other are pipelined: a call is sent while replies to many earlier ones are
 * outstanding. A line that uses a variable waits for the line that sets it.  A line that needs more than one
 * call and reply waits for all lines before it.
 */
#ifndef KRTASK_TUI_BATCH_BATCH_H
#define KRTASK_TUI_BATCH_BATCH_H

#include "tui/cli/context.h"

/*
 * Runs a file, the first of the arguments, or standard input if there is none or it is "-".  $args has the
 * others.  A file is checked as a whole before its first line runs.  Returns the greatest exit status of all
 * lines.
 */
int batch_run(struct context *context, const struct words *arguments);

/*
 * The same, line by line.  Variables keep their values from line to line, and nothing ends the run.  source
 * is the name of the batch in messages; NULL: no name.
 */
struct batch;
struct batch *batch_new(struct context *context, const char *source);
/* Runs a line to its end.  Returns its exit status. */
int batch_line(struct batch *batch, const char *line, size_t length);
void batch_free(struct batch *batch);

#endif
