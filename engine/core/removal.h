/*
 * Removing tasks that have ended, with their children.  Loop thread only.
 */
#ifndef KRTASK_CORE_REMOVAL_H
#define KRTASK_CORE_REMOVAL_H

#include "engine/core/kernel.h"

/*
 * Removes a task and all tasks under it, which must all have ended.  It is one change: all of them go, or none.
 * 0; -EPERM: not all of them have ended; -ENOMEM.
 */
int removal_remove(struct core *core, struct task *task);

#endif
