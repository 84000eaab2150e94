/*
 * Progress of a task: lines from its pipe, or, for programs that do not know krtask, from its output.
 */
#ifndef KRTASK_EXEC_LOCAL_PROGRESS_H
#define KRTASK_EXEC_LOCAL_PROGRESS_H

#include "engine/exec/local/attempt.h"

/*
 * Watches the reading end of the pipe, which then belongs to the attempt and is counted in
 * local->pipes.  -1: there is none.
 */
void local_progress_watch(struct local_attempt *attempt, int fd);
/* Reads all that is in the pipe. */
void local_progress_read_all(struct local_attempt *attempt);
void local_progress_close(struct local_attempt *attempt);
/* Reports the progress at the end of its output, unless the task reported some itself. */
void local_progress_scan(struct local_attempt *attempt);

#endif
