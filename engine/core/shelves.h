/*
 * Shelves: lists of tasks in an order that the caller decides, in which places are counted.  A task is on
 * one of them or on none.
 *
 * A shelf is divided into blocks, with a Fenwick tree over the numbers of tasks in them.  So the task at a
 * place, the place of a task and moving a task cost a step through the tree and a look at one block.  A
 * task knows only its block: twelve bytes a task, if tasks come at the ends.  A task can be taken off
 * without knowing why it was there: what the order depends on may have changed before.  Loop thread only. 
 * The tasks belong to the caller.
 */
#ifndef KRTASK_CORE_SHELVES_H
#define KRTASK_CORE_SHELVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task;
struct shelf_block;

enum { SHELVES_COUNT = 7, SHELF_LOOSE = SHELVES_COUNT - 1 /* what is to be put in its place: in no order */ };

struct shelf {
	uint32_t *blocks; /* in order */
	uint32_t *tree;   /* Fenwick tree of their tasks, tree[0] unused */
	size_t block_count, size;
	size_t count; /* of tasks */
};

struct shelves {
	struct shelf list[SHELVES_COUNT];
	struct shelf_block **blocks; /* by their numbers, from 1; NULL: not in use */
	size_t block_count, block_size;
	uint32_t unused; /* no block with a smaller number is */
	bool lost;       /* memory ran out: a task is on no shelf that should be */
};

/* All are empty when they are zero. */
void shelves_release(struct shelves *shelves);
/* -1: it is on none. */
int shelves_where(const struct shelves *shelves, const struct task *task);
/* It is on no shelf, and has `place` others of this one before it.  0 or -ENOMEM. */
int shelves_put(struct shelves *shelves, int shelf, size_t place, struct task *task);
/* Nothing if it is on none. */
void shelves_take(struct shelves *shelves, struct task *task);
/* From wherever it is to those that are to be put in their places. */
void shelves_loosen(struct shelves *shelves, struct task *task);
/* NULL: past the end. */
struct task *shelves_at(const struct shelves *shelves, int shelf, size_t place);
/* It must be on one. */
size_t shelves_place(const struct shelves *shelves, const struct task *task);
static inline size_t shelves_count(const struct shelves *shelves, int shelf)
{
	return shelves->list[shelf].count;
}

#endif
