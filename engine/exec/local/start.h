/* The way from go to a process.  A worker opens the files and clones, and the loop handles the result. */
#ifndef KRTASK_EXEC_LOCAL_START_H
#define KRTASK_EXEC_LOCAL_START_H

#include "engine/exec/local/attempt.h"

/* For an attempt that is PREPARED.  Reports began or postponed, later or from inside. */
void local_start(struct local_attempt *attempt);
/* Reports began for those whose process exists, although their workers have not told yet. */
void local_start_look(struct local *local);

#endif
