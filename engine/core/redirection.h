/*
 * What a task waits for is replaced while it waits.  Each replacement is a change of its own; the caller puts
 * several of them, and what they mean, between journal_open() and journal_close().  Loop thread only.
 */
#ifndef KRTASK_CORE_REDIRECTION_H
#define KRTASK_CORE_REDIRECTION_H

#include "engine/core/kernel.h"

/*
 * The task waits for these, which are sorted (dependencies_sort()), and for nothing else.  It must have its own
 * plan, and no claim.  0 or -ENOMEM: nothing has changed.
 */
int redirection_put(struct core *core, struct task *task, const struct plan_after *after, size_t count);
/* True if the task waits for itself by way of others; -ENOMEM: that cannot be found out. */
int redirection_is_circular(const struct core *core, const struct task *task);

#endif
