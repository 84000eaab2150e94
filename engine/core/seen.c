#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/seen.h"
#include "engine/task/array.h"

/* A cursor on its way to the store. */
struct seen_change {
	struct journal_change change; /* first */
	struct core *core;
	uint32_t uid;
	uint64_t before;
};

static struct seen *seen_of(const struct core *core, uint32_t uid)
{
	for (size_t i = 0; i < core->seen_count; i++) {
		if (core->seen[i].uid == uid)
			return &core->seen[i];
	}
	return NULL;
}

uint64_t seen_cursor(const struct core *core, uint32_t uid)
{
	const struct seen *seen = seen_of(core, uid);
	return seen ? seen->cursor : 0;
}

int seen_load(struct core *core, uint32_t uid, uint64_t cursor)
{
	struct seen *seen = array_grow(core->seen, &core->seen_size, core->seen_count + 1, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	core->seen = seen;
	core->seen[core->seen_count++] = (struct seen){ uid, cursor };
	/* The task that ended last may have been removed since. */
	if (cursor > core->start_order)
		core->start_order = cursor;
	return 0;
}

static void seen_free(struct journal_change *journaled)
{
	free(journaled);
}

/* Every task that has ended may look different. */
static void seen_move(struct core *core, struct seen *seen, uint64_t cursor)
{
	seen->cursor = cursor;
	core_need(core, CORE_DUE_CHANGED);
}

static void seen_undone(struct journal_change *journaled)
{
	struct seen_change *change = (struct seen_change *)journaled;
	seen_move(change->core, seen_of(change->core, change->uid), change->before);
	free(change);
}

static int seen_put(struct core *core, uint32_t uid, uint64_t cursor, uint64_t before)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct seen_change *change = calloc(1, sizeof(*change));
	if (!change)
		return -ENOMEM;
	change->change =
		(struct journal_change){ .effect = seen_free, .undo = seen_undone, .drop = seen_free };
	change->core = core;
	change->uid = uid;
	change->before = before;
	store_batch_seen(&batch, uid, cursor);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error)
		free(change);
	return error;
}

int seen_set(struct core *core, uint32_t uid, uint64_t cursor)
{
	struct seen *seen = seen_of(core, uid);
	/* A client may not take what will end for seen. */
	if (cursor > core->start_order)
		cursor = core->start_order;
	if (cursor <= (seen ? seen->cursor : 0))
		return 0;
	if (!seen && seen_load(core, uid, 0))
		return -ENOMEM;
	seen = seen_of(core, uid);
	int error = seen_put(core, uid, cursor, seen->cursor);
	if (!error)
		seen_move(core, seen, cursor);
	return error;
}

void seen_release(struct core *core)
{
	free(core->seen);
	core->seen = NULL;
	core->seen_count = core->seen_size = 0;
}
