/*
 * Removing tasks that have ended, with their children.  Loop thread only.
 */
#ifndef KRTASK_CORE_REMOVAL_H
#define KRTASK_CORE_REMOVAL_H

#include "engine/core/kernel.h"

/* The task and its children, who must all have ended: one change, so that a family goes whole or stays whole.
 * 0; -EPERM: not all of them have ended; -ENOMEM. */
int removal_remove(struct core *core, struct task *task);

#endif
