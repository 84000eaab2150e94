/*
 * Removing tasks that have ended, with their children; and keeping in memory what somebody reads over several
 * turns of the loop.  Loop thread only.
 */
#ifndef KRTASK_CORE_REMOVAL_H
#define KRTASK_CORE_REMOVAL_H

#include "engine/core/kernel.h"

/*
 * Removes a task and all tasks under it, which must all have ended.  It is one change: all of them go, or
 * none. 0; -EPERM: not all of them have ended; -ENOMEM; -E2BIG: they are more than REMOVAL_MOST, and
 * removal_begin() is for them.
 */
enum { REMOVAL_MOST = 1000, REMOVAL_SLICE = 250 /* tasks: readers wait for a commit that is short */ };
int removal_remove(struct core *core, struct task *task);

/* Who hears of a removal in slices. */
struct removal_asker {
	void *ctx;
	/*
	 * Once.  0: all are removed, and this is durable with the latest change, as core_asked() says. 
	 * -EPERM: one of them has not ended, or is gone; -EIO: a commit failed, -ENOMEM: then, those that
	 * went before stay removed.
	 */
	void (*ended)(void *ctx, int error);
};

/*
 * Removes them in slices, children before their parents, each slice by a change of its own: what a crash
 * leaves is a subtree without some of its children.  All are looked at before the first is removed.  0 or
 * -ENOMEM.
 */
int removal_begin(struct core *core, struct task *task, const struct removal_asker *asker);
/* An asker of this ctx does not want to hear of it any more.  The removal goes on. */
void removal_disown(struct core *core, const void *ctx);

/* From here on, removed tasks stay in memory, out of the registry, until the reader lets go. */
void removal_hold(struct core *core, struct core_reader *reader);
void removal_let_go(struct core *core, struct core_reader *reader);

/* A part of what is left to do; core->removing says whether there is more. */
void removal_go_on(struct core *core);
void removal_release(struct core *core);

#endif
