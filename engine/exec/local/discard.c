#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "engine/exec/local/discard.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"
#include "engine/task/array.h"

/* Attempts of a task that was removed. */
struct discard {
	uint64_t number;
	uint32_t first, last;
};

struct discard_list {
	struct discard *items; /* owned */
	size_t count, size;
};

struct local_discards {
	struct pool_job job; /* first */
	struct local *local;
	struct discard_list waiting; /* the loop's */
	struct discard_list taken;   /* the worker's, while it has the job */
	bool working;
	atomic_bool leaving;
};

static bool discard_goes_on(void *ctx)
{
	const struct local_discards *discards = ctx;
	return !atomic_load(&discards->leaving);
}

static void discard_work(struct pool_job *job)
{
	struct local_discards *discards = (struct local_discards *)job;
	for (size_t i = 0; i < discards->taken.count; i++) {
		const struct discard *discard = &discards->taken.items[i];
		struct output_owner owner = { discard->number, discard->first };
		for (; owner.attempt <= discard->last && discard_goes_on(discards); owner.attempt++)
			output_forget(discards->local->output, owner, discard_goes_on, discards);
	}
}

static void discard_submit(struct local_discards *discards)
{
	struct discard_list empty = { .items = NULL };
	if (discards->working || discards->waiting.count == 0)
		return;
	discards->taken = discards->waiting;
	discards->waiting = empty;
	discards->working = true;
	pool_submit(discards->local->pool, &discards->job);
}

static void discard_over(struct pool_job *job)
{
	struct local_discards *discards = (struct local_discards *)job;
	free(discards->taken.items);
	discards->taken = (struct discard_list){ .items = NULL };
	discards->working = false;
	if (discard_goes_on(discards))
		discard_submit(discards);
}

struct local_discards *local_discards_new(struct local *local)
{
	struct local_discards *discards = calloc(1, sizeof(*discards));
	if (!discards)
		return NULL;
	discards->job = (struct pool_job){ .work = discard_work, .done = discard_over };
	discards->local = local;
	atomic_init(&discards->leaving, false);
	return discards;
}

void local_discards_free(struct local_discards *discards)
{
	if (!discards)
		return;
	free(discards->waiting.items);
	free(discards->taken.items);
	free(discards);
}

void local_discards_add(struct local_discards *discards, uint64_t number, uint32_t first, uint32_t last)
{
	struct discard_list *list = &discards->waiting;
	struct discard *items = array_grow(list->items, &list->size, list->count + 1, sizeof(*items));
	/* If memory runs out, the output stays until the next server sweeps. */
	if (!items)
		return;
	list->items = items;
	list->items[list->count++] = (struct discard){ number, first, last };
	discard_submit(discards);
}

void local_discards_leave(struct local_discards *discards)
{
	atomic_store(&discards->leaving, true);
}
