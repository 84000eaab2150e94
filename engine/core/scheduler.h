/*
 * Who may run.  A queued task is first claimed: the executor names what it will run in, and that is
 * committed.  Claims run ahead of the slots that are free, so that a slot never waits for the disk.  Loop
 * thread only.
 */
#ifndef KRTASK_CORE_SCHEDULER_H
#define KRTASK_CORE_SCHEDULER_H

#include "engine/core/kernel.h"

/* How far claims run ahead of free slots, and how many may be on their way to the store at once. */
enum { SCHEDULER_CLAIMS_AHEAD = 100, SCHEDULER_CLAIMS_AT_ONCE = 256 };

/* Starts what is claimed while there is room, and claims further tasks. */
void scheduler_run(struct core *core);
/*
 * A task that is Queued will not be claimed: it is out of the queue, and what was being prepared for it is
 * released.
 */
void scheduler_dequeue(struct core *core, struct task *task);
/* What is being prepared for a task is released; its place in the queue stays. */
void scheduler_abandon(struct core *core, struct task *task);
/* For effects: a Start was undone. */
void scheduler_undo_start(struct core *core, struct task *task);
/* What prepare came to. */
void scheduler_prepared(struct core *core, struct run *run, const struct task_process *process);
void scheduler_refused(struct core *core, struct run *run);

#endif
