#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/tree.h"

/* Links to other rows, by index.  NONE: there is none. */
struct row_links {
	uint32_t parent, child, next;
};

enum { NONE = UINT32_MAX };

/* Makes an index: the place of a task in the order of creation → its row. */
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
 * Links the rows, from the last to the first, putting each before its siblings.  Returns the first row
 * without a parent.
 */
static uint32_t tree_relate(struct row_links *links, const struct row *rows, size_t count,
                            const uint32_t *at_place)
{
	uint32_t root = NONE;
	for (size_t i = 0; i < count; i++)
		links[i].child = NONE;
	for (size_t i = count; i-- > 0;) {
		const struct task *parent = rows[i].task ? task_parent(rows[i].task) : NULL;
		uint32_t at = parent ? at_place[parent->place] : NONE;
		uint32_t *first = at == NONE ? &root : &links[at].child;
		links[i].parent = at;
		links[i].next = *first;
		*first = (uint32_t)i;
	}
	return root;
}

/* Depth first.  It uses the links instead of recursion, since a tree may be as deep as there are tasks. */
static void tree_walk(const struct row_links *links, uint32_t at, const struct row *rows, struct row *out)
{
	uint32_t depth = 0;
	while (at != NONE) {
		*out = rows[at];
		out->depth = depth;
		out->last = links[at].next == NONE;
		out++;
		if (links[at].child != NONE) {
			at = links[at].child;
			depth++;
			continue;
		}
		while (at != NONE && links[at].next == NONE) {
			at = links[at].parent;
			depth--;
		}
		if (at != NONE)
			at = links[at].next;
	}
}

int tree_arrange(struct row *rows, size_t count, const struct registry *registry)
{
	uint32_t *at_place = tree_index(rows, count, registry);
	struct row_links *links = calloc(count + 1, sizeof(*links));
	struct row *out = malloc((count + 1) * sizeof(*out));
	int error = at_place && links && out ? 0 : -ENOMEM;
	if (!error) {
		tree_walk(links, tree_relate(links, rows, count, at_place), rows, out);
		memcpy(rows, out, count * sizeof(*rows));
	}
	free(at_place);
	free(links);
	free(out);
	return error;
}

/*
 * A new task changes the last number.  A task that is restored was removed before, which changed `removals`.
 */
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
