/*
 * Tasks that were not run because of one that is made again, and the new tasks in their place: what adoption.h
 * does, task by task.  Tasks are named by their numbers, since some may be removed meanwhile.  Loop thread only.
 */
#ifndef KRTASK_CORE_ADOPTED_H
#define KRTASK_CORE_ADOPTED_H

#include <uthash.h>

#include "engine/core/kernel.h"

/* A task that has ended, and the one that takes its place. */
struct adopted {
	uint64_t number;      /* of the former one */
	uint64_t made;        /* 0: it is not made yet */
	struct adopted *next; /* those whose dependents were not looked at */
	UT_hash_handle hh;
};

enum { ADOPTED_LOOKS = 20 }; /* so many looks cost as much as a task that is adopted */

/* How many of the things that tasks wait for are looked at, for a circle. */
static inline unsigned adopted_most(const struct adoption *adoption)
{
	return ADOPTED_LOOKS * adoption->core->adoption_most;
}
/* 0 or -ENOMEM.  One that is there already stays. */
int adopted_add(struct adoption *adoption, uint64_t number, uint64_t made);
struct adopted *adopted_of(const struct adoption *adoption, uint64_t number);
/*
 * Finds those that were not run because of those that are there, and looks at so many tasks.  1: there are more, or one
 * is still to be judged; 0: all are found; -ENOMEM.
 */
int adopted_find(struct adoption *adoption, unsigned looks);
/* Makes the new task.  0 or as creation_make(). */
int adopted_create(struct adoption *adoption, struct adopted *adopted, char **error);
/* It waits for those that were made after it, too.  0 or -ENOMEM. */
int adopted_complete(struct adoption *adoption, const struct adopted *adopted);
/*
 * Who is kept although it waits for this one waits for the new one: looks at so many that wait for it, of those
 * before *index.  0 or -ENOMEM.
 */
int adopted_redirect(struct adoption *adoption, const struct adopted *adopted, size_t *index,
                     unsigned *looks);
/* What was looked at for circles counts as tasks that were looked at, but one is left. */
void adopted_charge(struct adoption *adoption, unsigned *looks);
/* Frees so many.  True: there are more. */
bool adopted_release(struct adoption *adoption, unsigned count);

#endif
