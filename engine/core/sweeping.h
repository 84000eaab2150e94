/*
 * All that runs, or all that runs in a group, is paused or resumed, and so is the queue.  A server with few tasks
 * does that in one commit.  Else a mark is stored with the pause of the queue, and the tasks follow in slices, each
 * when the one before is durable.  The last commit takes the mark away.  A later server that finds it goes on.
 *
 * While the mark is there, nothing starts: what is resumed gets its slots back first, and what starts after a pause
 * has been taken back is not paused.  Loop thread only.
 */
#ifndef KRTASK_CORE_SWEEPING_H
#define KRTASK_CORE_SWEEPING_H

#include "engine/core/kernel.h"

enum { SWEEPING_LOOKS = 10000, SWEEPING_SLICE = 500 /* tasks in one commit */ };

/*
 * group NULL: all but hooks.  0: all of it is in the latest change.  1: it goes on; the asker (askers.h) will be told
 * once, when all of it is durable, or when the mark was not stored.  Or -ENOMEM, or -ENOSPC (journal_is_scarce()):
 * nothing was done.
 */
int sweeping_begin(struct core *core, struct task_group *group, bool pause, struct core_asker *asker);
/* What an earlier server has not brought to its end.  0 or -ENOMEM. */
int sweeping_recover(struct core *core);
/* While core_sweeps() is true: a slice. */
void sweeping_go_on(struct core *core);
void sweeping_release(struct core *core);

#endif
