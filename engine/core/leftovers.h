/*
 * Leftovers: processes that a task which has ended left running, and which its message names.  Once they are
 * gone, the message says so, durably.
 *
 * Nothing of the core waits for them.  So the executor watches only some of these tasks, to save descriptors.
 * Whose processes a user kills is watched in any case.  Loop thread only.
 */
#ifndef KRTASK_CORE_LEFTOVERS_H
#define KRTASK_CORE_LEFTOVERS_H

#include "engine/core/kernel.h"

/* The task has ended, durably.  Watches what its message names, if it names any. */
void leftovers_watch(struct core *core, const struct task *task);
/* They were killed. */
void leftovers_killed(struct core *core, const struct task *task);
/* They are gone. */
void leftovers_gone(struct core *core, uint64_t number);
/* Messages whose change was not stored. */
void leftovers_retry(struct core *core);
void leftovers_release(struct core *core);

#endif
