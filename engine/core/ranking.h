/*
 * The order of a queue.  It tells in logarithmic time which task is first, how many stand before a task, and
 * which is the first that can be claimed or started.
 *
 * A treap (C.  R. Aragon, R. G. Seidel, "Randomized Search Trees", 1989) whose nodes belong to the caller and
 * know how many are below them.  Order: the higher priority, then the earlier Start, then the older task.
 * The first of each kind is known.  Pure; loop thread only.
 */
#ifndef KRTASK_CORE_RANKING_H
#define KRTASK_CORE_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a task can be claimed or started, or later ones pass it. */
enum rank_kind {
	RANK_WAITING, /* it waits for something other than a slot */
	RANK_OPEN,    /* only a slot is missing, and it is not claimed */
	RANK_CLAIMED, /* the same, with a claim */
	RANK_KINDS
};

/* Sets of kinds. */
enum {
	RANKING_ALL = (1 << RANK_KINDS) - 1,
	RANKING_READY = 1 << RANK_OPEN | 1 << RANK_CLAIMED, /* they miss only a slot */
};

struct rank {
	struct rank *left, *right, *up;
	uint64_t start, number; /* the key, behind priority */
	int32_t priority;
	uint32_t weight;             /* of the treap */
	uint32_t counts[RANK_KINDS]; /* of it and all below it */
	enum rank_kind kind : 8;
	bool ranked; /* it is in a ranking */
};

struct ranking {
	struct rank *root;
	struct rank *first[RANK_KINDS];
	uint64_t changes; /* so often it has become another */
	uint32_t seed;    /* of the weights */
};

/* Adds it to the order.  Its priority, start, number and kind must be set. */
void ranking_add(struct ranking *ranking, struct rank *rank);
void ranking_remove(struct ranking *ranking, struct rank *rank);
void ranking_set_kind(struct ranking *ranking, struct rank *rank, enum rank_kind kind);
size_t ranking_count(const struct ranking *ranking);
size_t ranking_count_kind(const struct ranking *ranking, enum rank_kind kind);
/* How many are before it. */
size_t ranking_place(const struct rank *rank);
/* How many of those before it are open or claimed. */
size_t ranking_place_of_ready(const struct rank *rank);
/* The first and the last of these kinds; NULL: there is none. */
struct rank *ranking_first(const struct ranking *ranking, unsigned kinds);
struct rank *ranking_last(const struct ranking *ranking, unsigned kinds);
/* The next one of these kinds. */
struct rank *ranking_next(struct rank *rank, unsigned kinds);
/* The one that has exactly place others before it; NULL: there are not that many. */
struct rank *ranking_at(const struct ranking *ranking, size_t place);
/* Negative: a comes before b. */
int ranking_compare(const struct rank *a, const struct rank *b);

#endif
