#include "tui/view/tree.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

const char *const tree_columns[] = { "number", "id", "parentId", "state", "name", NULL };

/* A task while the tree is made; indexes of others, NONE for none. */
struct node {
	const char *id;
	size_t row, child, last_child, next;
};

#define NONE SIZE_MAX

static const char *text(const json_t *rows, size_t row, enum tree_column column)
{
	const char *string = json_string_value(json_array_get(json_array_get(rows, row), column));

	return string ? string : "";
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct node *const *)a)->id, (*(const struct node *const *)b)->id);
}

/* The nodes sorted by id. */
static struct node **index_of(struct node *nodes, size_t count)
{
	struct node **index = alloc_zero(count + 1, sizeof(struct node *));

	for (size_t i = 0; i < count; i++)
		index[i] = &nodes[i];
	qsort(index, count, sizeof(*index), by_id);
	return index;
}

/* Children go to their parents; in order of creation, so that a parent is always before its children. */
static void link_nodes(const json_t *rows, struct node *nodes, size_t count)
{
	struct node **index = index_of(nodes, count);

	for (size_t i = 0; i < count; i++) {
		struct node wanted = { .id = text(rows, i, TREE_PARENT) }, *key = &wanted, **found;
		struct node *parent;

		found = *wanted.id ? bsearch(&key, index, count, sizeof(*index), by_id) : NULL;
		parent = found && (*found)->row < i ? *found : &nodes[count];
		if (parent->child == NONE)
			parent->child = i;
		else
			nodes[parent->last_child].next = i;
		parent->last_child = i;
	}
	free(index);
}

/* Depth first, with a stack of what comes behind each level. */
static void walk(struct tree *tree, const struct node *nodes, size_t count)
{
	size_t *behind = alloc_zero(count + 1, sizeof(*behind)), at = nodes[count].child;
	int depth = 0;

	while (at != NONE || depth > 0) {
		if (at == NONE) {
			at = behind[--depth];
			continue;
		}
		tree->lines[tree->count++] = (struct tree_line){ .row = at, .depth = depth };
		behind[depth++] = nodes[at].next;
		at = nodes[at].child;
	}
	free(behind);
}

void tree_make(struct tree *tree, json_t *rows)
{
	size_t count = json_array_size(rows);
	/* The one behind the last is the parent of those that have none. */
	struct node *nodes = alloc_zero(count + 1, sizeof(*nodes));

	for (size_t i = 0; i <= count; i++)
		nodes[i] = (struct node){ text(rows, i, TREE_ID), i, NONE, NONE, NONE };
	*tree = (struct tree){
		.rows = json_incref(rows),
		.lines = alloc_zero(count + 1, sizeof(*tree->lines)),
	};
	link_nodes(rows, nodes, count);
	walk(tree, nodes, count);
	free(nodes);
}

void tree_release(struct tree *tree)
{
	json_decref(tree->rows);
	free(tree->lines);
	*tree = (struct tree){ 0 };
}

const char *tree_text(const struct tree *tree, size_t line, enum tree_column column)
{
	return text(tree->rows, tree->lines[line].row, column);
}

uint64_t tree_number(const struct tree *tree, size_t line)
{
	const json_t *row = json_array_get(tree->rows, tree->lines[line].row);

	return (uint64_t)json_integer_value(json_array_get(row, TREE_NUMBER));
}

size_t tree_find(const struct tree *tree, uint64_t number)
{
	for (size_t line = 0; line < tree->count; line++) {
		if (tree_number(tree, line) == number)
			return line;
	}
	return 0;
}
