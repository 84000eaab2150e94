/*
 * The shared environments in the store: each is put once, before the first task that uses it, and
 * removed with the last one.  Loop thread only.
 */
#ifndef KRTASK_CORE_ENVIRONMENTS_H
#define KRTASK_CORE_ENVIRONMENTS_H

#include <stddef.h>

#include "engine/core/kernel.h"

/* Finds or adds a packed environment, and adds a reference.  0, -EINVAL, -ENOMEM. */
int environments_take(struct core *core, const char *block, size_t length,
                      struct shared_environment **shared);
/* The same for an environment whose hash is known already.  Hashing is the slowest part for a long one. */
int environments_take_hashed(struct core *core, const char *hash, const char *block, size_t length,
                             struct shared_environment **shared);
/* Drops a reference; with the last one, it is removed from the store too.  NULL is allowed. */
void environments_drop(struct core *core, struct shared_environment *shared);
/* The registry no longer has it, so this removes it from the store. */
void environments_forget(struct core *core, const char *hash);
/* Puts it again if its commit failed.  NULL is allowed.  0 or -errno. */
int environments_store(struct core *core, struct shared_environment *shared);
/* Removes those that no task uses, after loading. */
void environments_forget_unused(struct core *core);

#endif
