/*
 * Rows as a tree.  Each row comes after its parent, and siblings keep their order.  If the parent of a task
 * is not among the rows, the task is treated as if it had none.
 *
 * The tree of all tasks in order of creation is kept while a live window shows it, and made anew when a task
 * has come or gone.  Otherwise a window would walk all tasks ten times a second for a screen of rows.
 */
#ifndef KRTASK_SERVICE_TREE_H
#define KRTASK_SERVICE_TREE_H

#include "engine/service/query.h"

struct tree {
	struct row *rows; /* NULL: it is not kept */
	size_t count;
	uint64_t removals, last_number; /* of the registry, when the tree was made */
};

/* Also sets depth and last of each row.  0, or -ENOMEM; then the rows are unchanged. */
int tree_arrange(struct row *rows, size_t count, const struct registry *registry);

/* True if it is still the tree of all tasks. */
bool tree_valid(const struct tree *tree, const struct registry *registry);
/* Takes over the rows, which are the tree of all tasks. */
void tree_keep(struct tree *tree, struct row *rows, size_t count, const struct registry *registry);
void tree_release(struct tree *tree);

#endif
