/*
 * The tasks in order of creation, with rank and selection in logarithmic time, so that a screen costs
 * its rows, however many tasks there are.
 *
 * An array of pointers that grows at its end, with a Fenwick tree (P. M. Fenwick, "A New Data Structure
 * for Cumulative Frequency Tables", 1994) over what is there.  A removed task keeps its place until it
 * is forgotten, so that it can be restored.  Gaps are closed once they are most of the array.  Loop thread
 * only.  The entries belong to the caller.
 */
#ifndef KRTASK_CORE_ORDER_H
#define KRTASK_CORE_ORDER_H

#include <stddef.h>
#include <stdint.h>

struct task;

struct order {
	struct task **entries; /* NULL: a gap */
	uint32_t *tree;        /* Fenwick tree of the first length entries, tree[0] unused */
	size_t length;         /* of entries in use, gaps included */
	size_t size;           /* of entries allocated */
	size_t count;          /* entries without gaps and without removed tasks */
	size_t gaps;
};

/* Its number must be greater than all before.  0 or -ENOMEM. */
int order_append(struct order *order, struct task *task);
/* No longer found, but can be restored. */
void order_remove(struct order *order, struct task *task);
/* Undoes order_remove(). */
void order_restore(struct order *order, struct task *task);
/* A removed task will not be restored. */
void order_forget(struct order *order, struct task *task);
/* The entry with rank tasks before it; NULL past the end. */
struct task *order_at(const struct order *order, size_t rank);
/* The entry after this one, NULL at the end. */
struct task *order_next(const struct order *order, const struct task *task);
/* The entry before this one, NULL at the beginning. */
struct task *order_previous(const struct order *order, const struct task *task);
/* Finds a task by its number; NULL: there is none. */
struct task *order_find(const struct order *order, uint64_t number);
size_t order_rank(const struct order *order, const struct task *task);
/* How many tasks have a smaller number.  No task needs to have this number itself. */
size_t order_rank_of(const struct order *order, uint64_t number);
void order_release(struct order *order);

#endif
