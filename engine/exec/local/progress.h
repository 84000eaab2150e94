/*
 * What a task says of itself: a line a time through its pipe, or, without knowing of krtask, in its output.
 */
#ifndef KRTASK_EXEC_LOCAL_PROGRESS_H
#define KRTASK_EXEC_LOCAL_PROGRESS_H

#include "engine/exec/local/attempt.h"

/* The reading end, counted in local->pipes already; becomes the attempt's.  -1: none was made, after all. */
void local_progress_watch(struct local_attempt *attempt, int fd);
/* All that it has said until now. */
void local_progress_read_all(struct local_attempt *attempt);
void local_progress_close(struct local_attempt *attempt);
/* Reports what the end of its output says, unless it said something itself. */
void local_progress_scan(struct local_attempt *attempt);

#endif
