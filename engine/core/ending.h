/*
 * Ends: commits the end of runs, and of claims that are withdrawn before they began.  Once that is
 * durable, the executor releases the run, and whoever waits gets a reply.  What cannot be committed now
 * waits in core->unfinished.  Loop thread only.
 */
#ifndef KRTASK_CORE_ENDING_H
#define KRTASK_CORE_ENDING_H

#include "engine/core/kernel.h"

/*
 * A claim in phase READY, which is in no list, will not begin: it becomes VOID, and that is to be
 * committed.
 */
void ending_withdraw(struct core *core, struct run *run);
/* Commits all that is unfinished, unless the store is in trouble. */
void ending_write_all(struct core *core);

#endif
