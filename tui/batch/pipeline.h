/*
 * source | command.  The source is addresses of servers, a command such as get, or a variable with one of
 * these.
 */
#ifndef KRTASK_TUI_BATCH_PIPELINE_H
#define KRTASK_TUI_BATCH_PIPELINE_H

#include "tui/batch/line.h"

/* Runs the whole line, to its end. */
void pipeline_run(struct runner *runner, struct job *job);

#endif
