/*
 * What a task waits for: it is judged at Start, when one of those has ended, and after recovery.
 *
 * A dependency that is met is deleted in the commit that meets it.  If one can never be met, the task is Stopped
 * in that commit, or waits on, as its plan says.  The commit of an end judges up to DEPENDENCIES_SLICE of those
 * that wait for it, and in turn for them.  The others follow in slices, each a change of its own.  Loop thread
 * only.
 */
#ifndef KRTASK_CORE_DEPENDENCIES_H
#define KRTASK_CORE_DEPENDENCIES_H

#include "engine/core/kernel.h"

enum { DEPENDENCIES_SLICE = 1000 };

enum dependency_verdict {
	DEPENDENCY_OPEN, /* that task has not ended */
	DEPENDENCY_MET,
	DEPENDENCY_NEVER, /* it can never be met */
};

/* From now on, the end of a task judges those that wait for it. */
void dependencies_connect(struct core *core);
/* *target: that task; NULL: it is gone. */
enum dependency_verdict dependencies_verdict(const struct core *core, const struct plan_after *after,
                                             struct task **target);
/* To be called at Start, between journal_open() and journal_close(), when the task has entered the queue. */
void dependencies_judge(struct core *core, struct task *task);
/*
 * Sorts what is waited for.  0; or -EINVAL: one task is there twice, with two conditions, and *number is that
 * one.
 */
int dependencies_sort(struct plan_after *after, size_t *count, uint64_t *number);
/* After all tasks are loaded. */
void dependencies_recover(struct core *core);
/* True if a slice can be judged now. */
bool dependencies_are_due(const struct core *core);
void dependencies_go_on(struct core *core);

#endif
