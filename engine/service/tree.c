#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/tree.h"

/* The relatives of a row, by index: NONE for none. */
struct relatives {
	uint32_t parent, child, next;
};

enum { NONE = UINT32_MAX };

/* A row is found by its task's place in the order of creation. */
static uint32_t *tree_index(const struct row *rows, size_t count, const struct registry *registry)
{
	size_t length = registry->order.length;
	uint32_t *at_place = malloc((length + 1) * sizeof(*at_place));
	if (!at_place)
		return NULL;
	memset(at_place, 0xff, length * sizeof(*at_place));
	for (size_t i = 0; i < count; i++) {
		if (rows[i].task)
			at_place[rows[i].task->place] = (uint32_t)i;
	}
	return at_place;
}

/*
 * From the last row to the first, so that each is put before its siblings.  Returns the first without a
 * parent.
 */
static uint32_t tree_relate(struct relatives *relatives, const struct row *rows, size_t count,
                            const uint32_t *at_place)
{
	uint32_t root = NONE;
	for (size_t i = 0; i < count; i++)
		relatives[i].child = NONE;
	for (size_t i = count; i-- > 0;) {
		const struct task *parent = rows[i].task ? task_parent(rows[i].task) : NULL;
		uint32_t at = parent ? at_place[parent->place] : NONE;
		uint32_t *first = at == NONE ? &root : &relatives[at].child;
		relatives[i].parent = at;
		relatives[i].next = *first;
		*first = (uint32_t)i;
	}
	return root;
}

/* Depth first.  It uses the links of the rows rather than recursion: a tree may be as deep as there are tasks. */
static void tree_walk(const struct relatives *relatives, uint32_t at, const struct row *rows, struct row *out)
{
	uint32_t depth = 0;
	while (at != NONE) {
		*out = rows[at];
		out->depth = depth;
		out->last = relatives[at].next == NONE;
		out++;
		if (relatives[at].child != NONE) {
			at = relatives[at].child;
			depth++;
			continue;
		}
		while (at != NONE && relatives[at].next == NONE) {
			at = relatives[at].parent;
			depth--;
		}
		if (at != NONE)
			at = relatives[at].next;
	}
}

int tree_arrange(struct row *rows, size_t count, const struct registry *registry)
{
	uint32_t *at_place = tree_index(rows, count, registry);
	struct relatives *relatives = calloc(count + 1, sizeof(*relatives));
	struct row *out = malloc((count + 1) * sizeof(*out));
	int error = at_place && relatives && out ? 0 : -ENOMEM;
	if (!error) {
		tree_walk(relatives, tree_relate(relatives, rows, count, at_place), rows, out);
		memcpy(rows, out, count * sizeof(*rows));
	}
	free(at_place);
	free(relatives);
	free(out);
	return error;
}

/* A task that came has a greater number than all before; one that was put back went before. */
bool tree_valid(const struct tree *tree, const struct registry *registry)
{
	return tree->rows && tree->removals == registry->removals &&
	       tree->last_number == registry->last_number && tree->count == registry->order.count;
}

void tree_keep(struct tree *tree, struct row *rows, size_t count, const struct registry *registry)
{
	free(tree->rows);
	*tree = (struct tree){
		.rows = rows,
		.count = count,
		.removals = registry->removals,
		.last_number = registry->last_number,
	};
}

void tree_release(struct tree *tree)
{
	free(tree->rows);
	*tree = (struct tree){ 0 };
}
