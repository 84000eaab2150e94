/*
 * Ends: commits the end of runs, and of claims that are withdrawn or given back before they began.  Once that
 * is durable, the executor releases the run, and whoever waits gets a reply.  What cannot be committed now
 * waits in core->unfinished.  Loop thread only.
 */
#ifndef KRTASK_CORE_ENDING_H
#define KRTASK_CORE_ENDING_H

#include "engine/core/kernel.h"

/* A claim in phase READY that is in no list will not begin.  It becomes VOID, and this is to be committed. */
void ending_withdraw(struct core *core, struct run *run);
/* A claim that can be given back. */
bool ending_can_recall(const struct run *run);
/*
 * A claim that did not begin is given back: in one commit the task is Queued.  If marks is NULL, the marks stay as they
 * are, but a task that is Paused is held.  Otherwise the task must have its own plan (record_make_plan()).  0, -EPERM
 * (it began, or is on its way), -ENOMEM.
 */
int ending_recall(struct core *core, struct run *run, const struct plan_marks *marks);
/* Commits all unfinished ends, unless the store is in trouble. */
void ending_write_all(struct core *core);
/* The asker is told when the next of the ends that are being committed is durable, or undone. */
void ending_await(struct core *core, struct core_asker *asker);

#endif
