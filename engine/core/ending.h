/*
 * Ends: commits the end of runs, and of claims that are withdrawn or given back before they began.  Once that
 * is durable, the executor releases the run, and whoever waits gets a reply.  What cannot be committed now
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
/*
 * A claim that did not begin is given back: in one commit the task is Queued, and held if hold.  marks NULL:
 * as they are; they must be the task's own (record_make_plan()).  0, -EPERM (it began, or is on its way),
 * -ENOMEM.
 */
int ending_recall(struct core *core, struct run *run, const struct plan_marks *marks);
/* Commits all that is unfinished, unless the store is in trouble. */
void ending_write_all(struct core *core);

#endif
