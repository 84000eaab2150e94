/*
 * The tasks that wait: they were started and have no process yet, and are in the order of their groups.  And
 * the runs whose end must be stored.  Loop thread only.
 *
 *     queue_admit()   at Start, and when a task is loaded
 *     queue_enter()   it waits; queue_leave()  it does not, but may again: neither can fail
 *     queue_dismiss() it has ended, and durably
 */
#ifndef KRTASK_CORE_QUEUE_H
#define KRTASK_CORE_QUEUE_H

#include "engine/core/kernel.h"

/* 0 or -ENOMEM. */
int queue_admit(struct core *core, struct task *task);
void queue_enter(struct core *core, struct task *task);
/*
 * Its end is undone, so it waits again; but while there is still the run of an attempt whose end is not durable,
 * only when that is.
 */
void queue_return(struct core *core, struct task *task);
/* Does nothing if the task does not wait. */
void queue_leave(struct core *core, struct task *task);
void queue_dismiss(struct core *core, struct task *task);
/* Moves it to another group. */
void queue_move(struct core *core, struct task *task, struct task_group *group);
/* To be called when the task waits for something else than before. */
void queue_judge(struct core *core, struct task *task);
/* To be called when its run has moved.  The task waits until its command is being started. */
void queue_follow(struct core *core, struct task *task);
/* The order number of a task that is started now. */
uint64_t queue_next_start(struct core *core);

/*
 * The end of this run must be stored.  May be called again.  The caller decides when: CORE_DUE_ENDINGS
 * or core_retry().
 */
void queue_unfinished(struct core *core, struct run *run);
/* Takes the run out of the list that it is in. */
void queue_drop_run(struct core *core, struct run *run);

#endif
