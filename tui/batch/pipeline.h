/*
 * source | command: the source is addresses of servers, or get, or a variable that holds either.
 */
#ifndef KRTASK_TUI_BATCH_PIPELINE_H
#define KRTASK_TUI_BATCH_PIPELINE_H

#include "tui/batch/line.h"

/* All of the line, to its end. */
void pipeline_run(struct runner *runner, struct job *job);

#endif
