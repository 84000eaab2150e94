/*
 * Takes over the tasks of earlier servers.  The store has those that were claimed or running, and the
 * executor finds out what became of them.
 *
 *     struct recovery recovery = { .core = core };
 *     store_load(store, &recovery_reader, &recovery, …);     the registry fills
 *     recovery_finish(&recovery);                            adopts, queues
 *     recovery_release(&recovery);                           also after a failure
 *
 * Loop thread only.
 */
#ifndef KRTASK_CORE_RECOVERY_H
#define KRTASK_CORE_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/core/kernel.h"
#include "engine/store/store.h"

struct recovery {
	struct core *core;
	struct shared_environment *environment; /* of the latest row; NULL: none yet */
	struct run **adopted;                   /* owned */
	bool *other_boot; /* for each run, whether it was claimed before the last reboot */
	size_t count, size;
};

extern const struct store_reader recovery_reader;

/* 0, or -ENOMEM: then the core must not be used. */
int recovery_finish(struct recovery *recovery);
void recovery_release(struct recovery *recovery);

#endif
