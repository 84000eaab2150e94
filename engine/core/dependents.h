/*
 * The index of dependencies: from a task to those that wait for it.  A task that nobody waits for is not in it,
 * and costs nothing.
 *
 * A dependent is in the index from its creation until it is forgotten, whatever its state is.  The tasks that
 * are waited for are known by their numbers, since they may have been removed by then.  Loop thread only.
 */
#ifndef KRTASK_CORE_DEPENDENTS_H
#define KRTASK_CORE_DEPENDENTS_H

#include <uthash.h>

#include "engine/core/kernel.h"

/* Those that wait for one task, or waited for it and were not run. */
struct dependents {
	struct dependents *prev, *next; /* in core->unjudged (utlist) */
	uint64_t number;                /* of the task that is waited for */
	struct task **tasks;            /* owned; in no order */
	size_t count, size;
	size_t judged; /* those from here on are judged, while it is in core->unjudged */
	unsigned pins; /* changes on their way to the store that may put some back */
	bool listed;   /* it is in core->unjudged */
	bool moved;    /* what one of them waits for was changed: it is gone, or has the last place */
	UT_hash_handle hh;
};

/* NULL: nobody waits for that task. */
struct dependents *dependents_of(const struct core *core, uint64_t number);
/* Enters all that the task waits for.  0 or -ENOMEM. */
int dependents_enter(struct core *core, struct task *task);
/* Takes them out again: the task is about to be freed, or waits for others. */
void dependents_drop(struct core *core, struct task *task);
/*
 * One thing that a task waits for is met: takes it out of the index and of the plan.  Until dependents_unpin(),
 * dependents_put_back() can undo that, and cannot fail.
 */
void dependents_take(struct core *core, struct task *task, size_t index);
void dependents_put_back(struct core *core, struct task *task, const struct plan_after *after, size_t index);
void dependents_unpin(struct core *core, uint64_t number);
/* All of them must be judged (again). */
void dependents_list(struct core *core, struct dependents *dependents);
/* Of all that this task waits for. */
void dependents_list_again(struct core *core, const struct task *task);
void dependents_unlist(struct core *core, struct dependents *dependents);
/* True if somebody who has not ended waits for the task. */
bool dependents_wait(const struct core *core, const struct task *task);
/* Which of the things that the task waits for this is; after_count: none of them. */
size_t dependents_index(const struct task *task, uint64_t number);
void dependents_release(struct core *core);

#endif
