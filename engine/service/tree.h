/*
 * Rows as a tree: each behind its parent, siblings in the order that the rows had before.  A task whose
 * parent is not among the rows stands as if it had none.
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
	uint64_t removals, last_number; /* of the registry, when it was made */
};

/* Sets depth and last of each row, too.  0, or -ENOMEM with the rows as they were. */
int tree_arrange(struct row *rows, size_t count, const struct registry *registry);

/* Still the tree of all tasks. */
bool tree_valid(const struct tree *tree, const struct registry *registry);
/* Takes over the rows, which are that. */
void tree_keep(struct tree *tree, struct row *rows, size_t count, const struct registry *registry);
void tree_release(struct tree *tree);

#endif
