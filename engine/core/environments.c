#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/environments.h"
#include "engine/store/hash.h"

/*
 * An environment on its way to the store.  It may be gone when the store answers, so it is identified
 * by its hash.
 */
struct environments_change {
	struct journal_change change; /* first */
	struct core *core;
	char hash[ENVIRONMENT_HASH_SIZE];
};

static void environments_free(struct journal_change *change)
{
	free(change);
}

/* The environment was not stored, so the next task that uses it puts it again. */
static void environments_undo(struct journal_change *journaled)
{
	struct environments_change *change = (struct environments_change *)journaled;
	struct shared_environment *shared = registry_environment(&change->core->registry, change->hash);
	if (shared)
		shared->stored = false;
	free(change);
}

/* Takes the batch.  Nobody is told of what is only tidied up, so no reply waits for that. */
static int environments_put(struct core *core, const char *hash, struct store_batch *batch, bool told)
{
	struct environments_change *change = calloc(1, sizeof(*change));
	if (!change) {
		store_batch_release(batch);
		return -ENOMEM;
	}
	change->change = (struct journal_change){
		.effect = environments_free,
		.undo = environments_undo,
		.drop = environments_free,
	};
	change->core = core;
	memcpy(change->hash, hash, sizeof(change->hash));
	int error = told ? journal_put(&core->journal, &change->change, batch, true)
	                 : journal_put_unseen(&core->journal, &change->change, batch, false);
	if (error)
		free(change);
	return error;
}

static int environments_put_block(struct core *core, struct shared_environment *shared, const char *block,
                                  size_t length)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_environment(&batch, shared->hash, block, length);
	int error = environments_put(core, shared->hash, &batch, true);
	shared->stored = error == 0;
	return error;
}

int environments_store(struct core *core, struct shared_environment *shared)
{
	char *block;
	size_t length;
	if (!shared || shared->stored)
		return 0;
	int error = environment_pack(&shared->environment, &block, &length);
	if (error)
		return error;
	error = environments_put_block(core, shared, block, length);
	free(block);
	return error;
}

int environments_make_parcel(struct environments_parcel *parcel, const char *block, size_t length)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	*parcel = (struct environments_parcel){ .batch = STORE_BATCH_INIT };
	hash_make(block, length, hash);
	int error = registry_unpack_environment(hash, block, length, &parcel->shared);
	if (!error)
		store_batch_environment(&parcel->batch, hash, block, length);
	return error;
}

void environments_release_parcel(struct environments_parcel *parcel)
{
	registry_free_environment(parcel->shared);
	store_batch_release(&parcel->batch);
	*parcel = (struct environments_parcel){ .batch = STORE_BATCH_INIT };
}

/* Adds what the registry does not have yet. */
static int environments_add(struct core *core, struct environments_parcel *parcel)
{
	struct shared_environment *shared = parcel->shared;
	int error = registry_join_environment(&core->registry, shared);
	if (error)
		return error;
	parcel->shared = NULL;
	struct store_batch batch = parcel->batch;
	parcel->batch = (struct store_batch)STORE_BATCH_INIT;
	error = environments_put(core, shared->hash, &batch, true);
	shared->stored = error == 0;
	if (error) {
		shared->references = 1;
		registry_drop_environment(&core->registry, shared);
	}
	return error;
}

int environments_take_parcel(struct core *core, struct environments_parcel *parcel,
                             struct shared_environment **shared)
{
	struct shared_environment *known = registry_environment(&core->registry, parcel->shared->hash);
	struct shared_environment *taken = known ? known : parcel->shared;
	int error = known ? 0 : environments_add(core, parcel);
	if (error)
		return error;
	taken->references++;
	*shared = taken;
	return 0;
}

int environments_take(struct core *core, const char *block, size_t length, struct shared_environment **shared)
{
	struct environments_parcel parcel;
	int error = environments_make_parcel(&parcel, block, length);
	if (!error)
		error = environments_take_parcel(core, &parcel, shared);
	environments_release_parcel(&parcel);
	return error;
}

struct shared_environment *environments_take_known(struct core *core, const char *hash)
{
	struct shared_environment *known = registry_environment(&core->registry, hash);
	if (known)
		known->references++;
	return known;
}

/* If memory runs out, an unused row stays.  The next server removes it. */
void environments_forget(struct core *core, const char *hash)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_forget_environment(&batch, hash);
	(void)environments_put(core, hash, &batch, false);
}

void environments_drop(struct core *core, struct shared_environment *shared)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	if (!shared)
		return;
	memcpy(hash, shared->hash, sizeof(hash));
	if (registry_drop_environment(&core->registry, shared))
		environments_forget(core, hash);
}

void environments_forget_unused(struct core *core)
{
	struct shared_environment *shared, *next;
	HASH_ITER(hh, core->registry.environments, shared, next)
	{
		if (shared->references > 0)
			continue;
		shared->references = 1;
		environments_drop(core, shared);
	}
}
