/*
 * Hooks: what follows the end of a task.
 *
 * A hook is a task of its own.  It is made in the commit of that end, and Queued at once, so it is claimed and
 * started as every task is.  It waits in a queue of its own, beside the slots, belongs to no group, and has no
 * hooks.  Unless it has failed it is in no list and in no count.  Loop thread only.
 *
 *     hooks_make()   what an end that is about to be put calls for
 *     hooks_enter()  the end is put: they wait; or hooks_take_back(), also if its commit fails
 */
#ifndef KRTASK_CORE_HOOKS_H
#define KRTASK_CORE_HOOKS_H

#include "engine/core/kernel.h"

enum {
	HOOKS_LIMIT_MS = 60000,      /* how long one may run, unless a user has said otherwise */
	HOOKS_KILL_AFTER_MS = 10000, /* after that */
	HOOKS_MOST = 4,              /* of one end */
};

/* The hooks of an end that is on its way to the store.  free() it once that is durable. */
struct hooks_made;

/*
 * Makes the hooks of this task, whose status is that of its end, and adds them to the batch.  *made is NULL if
 * there are none.  0 or -ENOMEM.
 */
int hooks_make(struct core *core, struct task *task, enum task_event event, struct hooks_made **made,
               struct store_batch *batch);
/* NULL is allowed, here and below. */
void hooks_enter(struct hooks_made *made);
/* Frees made.  Later changes must be undone first. */
void hooks_take_back(struct hooks_made *made);

/* The end of this task is durable.  A hook whose task is gone is to be removed, unless it has failed. */
void hooks_ended(struct core *core, const struct task *task);
/* The same for the hooks of a task that is removed. */
void hooks_orphan(struct core *core, const struct task *task);
/* A task was loaded that has ended, or not. */
void hooks_loaded(struct core *core, const struct task *task);
/* Takes one that is to be removed.  NULL: there is none left. */
struct task *hooks_next_orphan(struct core *core);
void hooks_release(struct core *core);

/* True if a hook runs, or is able to. */
bool hooks_busy(const struct core *core);
/* How long hooks that are made from now on may run, in milliseconds.  0 or -ENOMEM. */
int hooks_set_limit(struct core *core, int64_t limit);

#endif
