/*
 * The order of activity: what runs by its start, what waits as it will run, what failed and the user has
 * not seen with the latest end first, what else has ended in the same way, and what was created.  Tasks
 * that are hidden are not in it.
 *
 * Each of these is a shelf, so a part of the order costs its rows, however many tasks there are.  A change
 * loosens its task; settle_core() puts tasks back into their places when there are many, and whoever reads
 * when there are any.
 */
#ifndef KRTASK_CORE_ACTIVITY_H
#define KRTASK_CORE_ACTIVITY_H

#include "engine/core/kernel.h"

/* The shelves, in order; but what has ended, seen or done, is one list, by the ends. */
enum activity {
	ACTIVITY_RUNS,
	ACTIVITY_WAITS,
	ACTIVITY_FAILED,
	ACTIVITY_SEEN,
	ACTIVITY_DONE,
	ACTIVITY_CREATED
};

#define ACTIVITY_ALL (~0u)

/* A bit for each shelf on which tasks in this state are. */
unsigned activity_parts(enum task_state state);
/* What a user has seen: all ends up to this number. */
enum activity activity_of(const struct task *task, uint64_t seen);
/* What is compared first. */
int64_t activity_key(const struct task *task, int64_t now, uint64_t seen);
/* Of those with the same key; 0: by their numbers. */
int activity_compare(const struct task *a, const struct task *b);

/* 1: all tasks are in their places; 0: there is more to do; -ENOMEM.  Takes what it has done off *units. */
int activity_go_on(struct core *core, size_t *units);
/* For settle_core(): does a part of that if many tasks are loose.  True: they still are. */
bool activity_settle(struct core *core);

/*
 * The following hold until the next change.  parts: a bit for each shelf.  Those that are not in it are
 * left out.
 */
size_t activity_count(const struct registry *registry, unsigned parts);
/* Where the task is; -1: it is in none of the parts. */
int64_t activity_place(const struct registry *registry, unsigned parts, const struct task *task);

/*
 * One task after the other, from a place on:
 *
 *     struct activity_walk walk = activity_begin(registry, parts, place);
 *     while ((task = activity_next(&walk))) …
 */
struct activity_walk {
	const struct registry *registry;
	unsigned parts;
	int shelf;         /* of those that have ended: ACTIVITY_SEEN */
	size_t at, beside; /* the next on that; on ACTIVITY_DONE, if that is walked too */
};

struct activity_walk activity_begin(const struct registry *registry, unsigned parts, size_t place);
struct task *activity_next(struct activity_walk *walk);

#endif
