/*
 * Keys of which only one task may exist that has not ended (--unique): from each key to the latest task that has
 * it.  Tasks without a key are not in it, and cost nothing.  Loop thread only.
 */
#ifndef KRTASK_CORE_UNIQUES_H
#define KRTASK_CORE_UNIQUES_H

#include "engine/core/kernel.h"

/* The task with this key that has not ended.  NULL: there is none. */
struct task *uniques_find(const struct core *core, const char *key);
/*
 * The task is the latest with its key, if it has one.  *before is set to the number of the one before, for
 * uniques_put_back(), if this is undone.  0 or -ENOMEM.
 */
int uniques_enter(struct core *core, const struct task *task, uint64_t *before);
void uniques_put_back(struct core *core, const struct task *task, uint64_t before);
/* The task is about to be freed. */
void uniques_forget(struct core *core, const struct task *task);
void uniques_release(struct core *core);

#endif
