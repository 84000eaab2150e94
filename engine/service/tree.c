#include "config.h"

#include "engine/run/turns.h"
#include "engine/service/tree.h"
#include <errno.h>
#include <stdlib.h>

/* Links to other rows, by index.  NONE: there is none. */
struct row_links {
	uint32_t parent, child, next;
};

enum { NONE = UINT32_MAX, ARRANGING_LOOK = 64 /* steps between two looks at the time */ };

int arranging_init(struct arranging *arranging, struct row *rows, size_t count)
{
	size_t size = 1;
	while (size < count * 2)
		size *= 2;
	*arranging = (struct arranging){
		.rows = rows,
		.out = malloc((count + 1) * sizeof(*rows)),
		.count = count,
		.places = calloc(size, sizeof(uint32_t)),
		.mask = size - 1,
		.links = malloc((count + 1) * sizeof(struct row_links)),
		.unrelated = count,
		.at = NONE,
	};
	if (arranging->out && arranging->places && arranging->links)
		return 0;
	arranging_release(arranging);
	return -ENOMEM;
}

void arranging_release(struct arranging *arranging)
{
	free(arranging->out);
	free(arranging->places);
	free(arranging->links);
	*arranging = (struct arranging){ 0 };
}

/* Where the row of this number is in the table, or is to be. */
static uint32_t *arranging_find(const struct arranging *arranging, uint64_t number)
{
	size_t place = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & arranging->mask;
	uint32_t row;
	while ((row = arranging->places[place]) != 0 && arranging->rows[row - 1].task->number != number)
		place = (place + 1) & arranging->mask;
	return &arranging->places[place];
}

static void arranging_place(struct arranging *arranging)
{
	size_t i = arranging->placed++;
	const struct task *task = arranging->rows[i].task;
	if (task)
		*arranging_find(arranging, task->number) = (uint32_t)i + 1;
	arranging->links[i].child = NONE;
}

/* Links a row.  The last row is the first, so that each is put before its siblings. */
static void arranging_relate(struct arranging *arranging)
{
	struct row_links *links = arranging->links;
	size_t i = --arranging->unrelated;
	const struct task *task = arranging->rows[i].task, *parent = task ? task_parent(task) : NULL;
	uint32_t found = parent ? *arranging_find(arranging, parent->number) : 0,
		 at = found ? found - 1 : NONE;
	uint32_t *first = at == NONE ? &arranging->at : &links[at].child;
	links[i].parent = at;
	links[i].next = *first;
	*first = (uint32_t)i;
}

/* Depth first.  It uses the links instead of recursion, since a tree may be as deep as there are tasks. */
static void arranging_walk(struct arranging *arranging)
{
	const struct row_links *links = arranging->links;
	uint32_t at = arranging->at;
	if (!arranging->climbing) {
		struct row *out = &arranging->out[arranging->walked++];
		*out = arranging->rows[at];
		out->depth = arranging->depth;
		out->last = links[at].next == NONE;
	}
	if (!arranging->climbing && links[at].child != NONE) {
		arranging->at = links[at].child;
		arranging->depth++;
		return;
	}
	arranging->climbing = links[at].next == NONE;
	arranging->at = arranging->climbing ? links[at].parent : links[at].next;
	arranging->depth -= arranging->climbing;
}

bool arranging_go_on(struct arranging *arranging, size_t *units)
{
	for (; *units > 0 && (*units % ARRANGING_LOOK > 0 || !turns_late()); --*units) {
		if (arranging->placed < arranging->count) {
			arranging_place(arranging);
		} else if (arranging->unrelated > 0) {
			arranging_relate(arranging);
		} else if (arranging->at != NONE) {
			arranging_walk(arranging);
		} else {
			struct row *rows = arranging->rows;
			arranging->rows = arranging->out;
			arranging->out = rows;
			return true;
		}
	}
	return false;
}

size_t tree_fold(const struct query *query, const struct row *rows, size_t count, bool numbered,
                 struct row *out, size_t *total)
{
	size_t shown = 0, taken = 0;
	uint32_t under = UINT32_MAX; /* what is deeper is not shown */
	for (size_t i = 0; i < count; i++) {
		struct row row = rows[i];
		if (row.depth > under)
			continue;
		row.parent = i + 1 < count && rows[i + 1].depth > row.depth;
		row.folded = row.parent && row.task &&
		             query_folds(query, numbered ? row.number : row.task->number);
		under = row.folded ? row.depth : UINT32_MAX;
		if (shown >= query->offset && taken < query->rows)
			out[taken++] = row;
		shown++;
	}
	*total = shown;
	return taken;
}

/*
 * A new task changes the last number.  A task that is restored was removed before, which changed `removals`.
 */
bool tree_valid(const struct tree *tree, const struct registry *registry)
{
	return tree->rows && tree->removals == registry->removals &&
	       tree->last_number == registry->last_number && tree->count == registry->order.count;
}

void tree_begin(struct tree *tree, const struct registry *registry)
{
	*tree = (struct tree){ .removals = registry->removals, .last_number = registry->last_number };
}

void tree_keep(struct tree *tree, const struct tree *made)
{
	tree_release(tree);
	*tree = *made;
}

void tree_release(struct tree *tree)
{
	free(tree->rows);
	*tree = (struct tree){ 0 };
}
