/*
 * Removes tasks that have ended, with their children.  Also keeps removed tasks in memory while somebody
 * reads them over several turns of the loop.  Loop thread only.
 */
#ifndef KRTASK_CORE_REMOVAL_H
#define KRTASK_CORE_REMOVAL_H

#include "engine/core/kernel.h"

/*
 * Removes a task and all tasks under it, which must all have ended, and nobody may wait for them.  It is one
 * change, so either all of them are removed or none.  0; -EPERM: that is not so; -ENOMEM; -E2BIG: there are more than
 * REMOVAL_MOST, so the caller must use removal_begin().
 */
enum {
	REMOVAL_MOST = 1000,
	REMOVAL_SLICE = 250,   /* readers wait for a commit that is short */
	REMOVAL_LOOKS = 10000, /* in one turn of the loop */
};
int removal_remove(struct core *core, struct task *task);
/*
 * True if that is refused only because the ends of some of them are being committed (ending_await()).  Of more than
 * REMOVAL_MOST, as far as it looks.
 */
bool removal_awaits(const struct core *core, struct task *task);

/* Who is told of the end of a removal in slices. */
struct removal_asker {
	void *ctx;
	/*
	 * Called once.  0: all are removed, and this is durable with the latest change, as core_asked() says.
	 * -EPERM: one of them has not ended, or is gone.  -EIO: a commit failed; -ENOMEM.  After these two,
	 * earlier slices stay removed.
	 */
	void (*ended)(void *ctx, int error);
};

/*
 * Removes them in slices, children before their parents.  Each slice is a change of its own, so a crash
 * leaves a subtree without some of its children.  All tasks are checked before the first one is removed.  0
 * or -ENOMEM.
 */
int removal_begin(struct core *core, struct task *task, const struct removal_asker *asker);
/* The asker with this ctx is not told any more.  The removal continues. */
void removal_disown(struct core *core, const void *ctx);

/* From now on, tasks that are removed from the registry stay in memory until the reader ends. */
void removal_hold(struct core *core, struct core_reader *reader);
void removal_let_go(struct core *core, struct core_reader *reader);

/* Does a part of the work that is left; core->removing says whether there is more. */
void removal_go_on(struct core *core);
void removal_release(struct core *core);

#endif
