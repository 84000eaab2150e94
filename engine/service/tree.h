/*
 * Rows as a tree.  Each row comes after its parent, and siblings keep their order.  If the parent of a task
 * is not among the rows, the task is treated as if it had none.
 *
 * The tree of all tasks in order of creation is kept while a live window shows it, and made anew when a task
 * has come or gone.  Otherwise a window would walk all tasks ten times a second for a screen of rows.
 */
#ifndef KRTASK_ENGINE_SERVICE_TREE_H
#define KRTASK_ENGINE_SERVICE_TREE_H

#include "engine/service/query.h"

struct tree {
	struct row *rows; /* NULL: it is not kept */
	size_t count;
	uint64_t removals, last_number; /* of the registry, before it was made */
};

struct row_links;

/*
 * Rows that are being arranged, in slices:
 *
 *     arranging_init()  while (!arranging_go_on(…)) …  arranging_release()
 */
struct arranging {
	struct row *rows, *out; /* out is owned */
	size_t count;
	uint32_t *places;                 /* owned: a hash table of rows, by the numbers of their tasks */
	size_t mask;                      /* of its size, a power of two */
	struct row_links *links;          /* owned */
	size_t placed, unrelated, walked; /* rows: in the table; without relatives yet; in out */
	uint32_t at, depth;               /* where the walk is; before it, the first without a parent */
	bool climbing;                    /* at has been walked, with all under it */
};

/* rows is borrowed, and exchanged with out: afterwards they are in arranging->rows.  0 or -ENOMEM. */
int arranging_init(struct arranging *arranging, struct row *rows, size_t count);
/* Sets depth and last of each row, too.  Takes what it has done off *units.  True: all is arranged. */
bool arranging_go_on(struct arranging *arranging, size_t *units);
void arranging_release(struct arranging *arranging);

/*
 * Marks the rows that have others under them, and leaves out what the query folds: copies the rest, as far as it is
 * in the part that the query asks for, to out, which may be rows itself.  numbered: the rows have numbers.  Returns how
 * many; *total becomes the number of all that are shown.
 */
size_t tree_fold(const struct query *query, const struct row *rows, size_t count, bool numbered,
                 struct row *out, size_t *total);

/* True if it is still the tree of all tasks. */
bool tree_valid(const struct tree *tree, const struct registry *registry);
/* An empty tree that knows the registry before it is made. */
void tree_begin(struct tree *tree, const struct registry *registry);
/* Takes over made, the tree of all tasks. */
void tree_keep(struct tree *tree, const struct tree *made);
void tree_release(struct tree *tree);

#endif
