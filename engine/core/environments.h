/*
 * The shared environments in the store: each is put once, before the first task that uses it, and
 * removed with the last one.  Loop thread only, where nothing else is said.
 */
#ifndef KRTASK_CORE_ENVIRONMENTS_H
#define KRTASK_CORE_ENVIRONMENTS_H

#include <stddef.h>

#include "engine/core/kernel.h"
#include "engine/store/batch.h"

/* Finds or adds a packed environment, and adds a reference.  0, -EINVAL, -ENOMEM. */
int environments_take(struct core *core, const char *block, size_t length,
                      struct shared_environment **shared);

/* One that is ready to be taken.  To hash and to copy a long one takes a while, so that is done before, on any thread. */
struct environments_parcel {
	struct shared_environment *shared; /* owned, as the batch is */
	struct store_batch batch;
};

/* Any thread.  The block stays the caller's.  0, -EINVAL, -ENOMEM. */
int environments_make_parcel(struct environments_parcel *parcel, const char *block, size_t length);
/* Any thread.  What was not taken is freed. */
void environments_release_parcel(struct environments_parcel *parcel);
/* Finds or adds it, and adds a reference.  It takes what it needs of the parcel, which is to be released all the same. */
int environments_take_parcel(struct core *core, struct environments_parcel *parcel,
                             struct shared_environment **shared);
/* Adds a reference to one that is there; NULL: it is not. */
struct shared_environment *environments_take_known(struct core *core, const char *hash);
/* Drops a reference; with the last one, it is removed from the store too.  NULL is allowed. */
void environments_drop(struct core *core, struct shared_environment *shared);
/* The registry no longer has it, so this removes it from the store. */
void environments_forget(struct core *core, const char *hash);
/* Puts it again if its commit failed.  NULL is allowed.  0 or -errno. */
int environments_store(struct core *core, struct shared_environment *shared);
/* Removes those that no task uses, after loading. */
void environments_forget_unused(struct core *core);

#endif
