/*
 * The environments that tasks share, as far as the store is concerned: each is put once, before the first task that uses it, and forgotten with
 * the last.  Loop thread only.
 */
#ifndef KRTASK_CORE_ENVIRONMENTS_H
#define KRTASK_CORE_ENVIRONMENTS_H

#include <stddef.h>

#include "engine/core/kernel.h"

/* Finds or adds a packed environment, and adds a reference.  0, -EINVAL, -ENOMEM. */
int environments_take(struct core *core, const char *block, size_t length, struct shared_environment **shared);
/* Drops a reference; the last takes it out of the store as well.  NULL is fine. */
void environments_drop(struct core *core, struct shared_environment *shared);
/* Its last use has gone from the registry: out of the store. */
void environments_forget(struct core *core, const char *hash);
/* Puts it once more if its commit had failed.  NULL is fine.  0 or -errno. */
int environments_store(struct core *core, struct shared_environment *shared);
/* Those that no task uses, after loading. */
void environments_forget_unused(struct core *core);

#endif
