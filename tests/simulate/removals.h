/*
 * Removals: users remove a task with all under it, in one change or in slices, while others read the tasks.
 * A removal in slices goes on until the core tells its end.  Until then each of its family may be gone.
 */
#ifndef KRTASK_SIMULATE_REMOVALS_H
#define KRTASK_SIMULATE_REMOVALS_H

#include "engine/core/kernel.h"

/* So that few tasks make several turns and slices. */
enum { REMOVALS_LOOKS = 2, REMOVALS_SLICE = 2 };

/* True if the task and all under it have ended, and others are under it. */
bool removals_may_divide(struct task *task);
/* A user removes this task and all under it. */
void removals_act(struct task *task);
/* A user begins to read all tasks, or lets them go. */
void removals_read(void);
/* A task was created under this parent: if that is being removed in slices, the new one goes too. */
void removals_join(unsigned wish, const struct task *parent);
/* A commit failed, so tasks whose removal is undone are under what is being removed in slices again. */
void removals_look_again(void);
/* After each step: what has ended, if only until that is undone, is in nobody's way. */
void removals_look(void);
/* The oracle: a change is put that removes this task. */
void removals_check_put(uint64_t number);
/* The wishes that are being removed in slices, as bits. */
uint64_t removals_going(void);
/* Answers for those that have ended, once the core is through with what it was told. */
void removals_settle(void);
/* The server has been killed. */
void removals_crash(void);
/* Nothing goes on any more, and nobody reads. */
void removals_end_reading(void);

#endif
