/*
 * Decides which tasks run.  A queued task is first claimed: the executor names the handle that it will run
 * in, and this is committed.  Tasks are claimed before a slot is free, so that a slot never waits for the
 * disk.  Loop thread only.
 */
#ifndef KRTASK_CORE_SCHEDULER_H
#define KRTASK_CORE_SCHEDULER_H

#include "engine/core/kernel.h"

/* How many tasks are claimed in advance, and how many claims may be on their way to the store at once. */
enum { SCHEDULER_CLAIMS_AHEAD = 100, SCHEDULER_CLAIMS_LEAST = 20, SCHEDULER_CLAIMS_AT_ONCE = 256 };

/* Starts claimed tasks while there is room, and claims further tasks. */
void scheduler_run(struct core *core);
/*
 * Makes sure that a Queued task is not claimed: takes it out of the queue, and releases what was being
 * prepared for it.
 */
void scheduler_dequeue(struct core *core, struct task *task);
/* For effects: to be called when a Start was undone. */
void scheduler_undo_start(struct core *core, struct task *task);
/* The results of prepare. */
void scheduler_prepared(struct core *core, struct run *run, const struct task_process *process);
void scheduler_refused(struct core *core, struct run *run);

#endif
