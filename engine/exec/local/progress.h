/* Reads the progress of a task from its pipe, or from its output if its program does not know krtask. */
#ifndef KRTASK_EXEC_LOCAL_PROGRESS_H
#define KRTASK_EXEC_LOCAL_PROGRESS_H

#include "engine/exec/local/attempt.h"

/*
 * Watches the reading end of the pipe, which then belongs to the attempt and counts in local->pipes.  -1:
 * there is none.  runs false: the task has ended, so it is read only by local_progress_read_all().
 */
void local_progress_watch(struct local_attempt *attempt, int fd, bool runs);
/* Reads everything that is in the pipe. */
void local_progress_read_all(struct local_attempt *attempt);
void local_progress_close(struct local_attempt *attempt);
/* Reports the progress at the end of its output, unless the task has reported progress itself. */
void local_progress_scan(struct local_attempt *attempt);

#endif
