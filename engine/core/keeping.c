#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/keeping.h"
#include "engine/core/settle.h"

/* The change on its way to the store, and the former values. */
struct keeping_change {
	struct journal_change change; /* first */
	struct core *core;
	struct keep before;
};

static void keeping_free(struct journal_change *journaled)
{
	free(journaled);
}

static void keeping_undone(struct journal_change *journaled)
{
	struct keeping_change *change = (struct keeping_change *)journaled;
	change->core->keep = change->before;
	free(change);
}

static int keeping_put(struct core *core, const struct keep *keep)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct keeping_change *change = calloc(1, sizeof(*change));
	if (!change)
		return -ENOMEM;
	change->change = (struct journal_change){ .effect = keeping_free,
		                                  .undo = keeping_undone,
		                                  .drop = keeping_free };
	change->core = core;
	change->before = core->keep;
	store_batch_keep(&batch, keep);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error)
		free(change);
	return error;
}

int keeping_set(struct core *core, const struct keep *keep)
{
	int error = keeping_put(core, keep);
	if (error)
		return error;
	core->keep = *keep;
	core_asked(core);
	core_need(core, CORE_DUE_CHANGED);
	settle_core(core);
	return 0;
}
