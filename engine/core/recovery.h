/*
 * What earlier servers left.  The store tells which tasks were claimed or ran; the executor tells what became of those.
 *
 *     struct recovery recovery = { .core = core };
 *     store_load(store, &recovery_reader, &recovery, …);     the registry fills
 *     recovery_finish(&recovery);                            queues, adopts; then the recovery is released
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
	struct run **adopted; /* owned */
	bool *other_boot;     /* owned; of each, whether it was claimed before the machine was restarted */
	size_t count, size;
};

extern const struct store_reader recovery_reader;

/* Also after a failed load, to release it: failed then, and nothing is queued or adopted. */
void recovery_finish(struct recovery *recovery, bool failed);

#endif
