/*
 * Work that takes longer than a turn of the loop may: it is done in slices, one chore after another, and
 * whoever has something quick to ask is served in between.
 *
 *     chores_init()  chores_add() …  chores_release()
 *
 * A slice does at most CHORE_UNITS small things, and looks at turns_late() between them.  A chore is the
 * memory of its owner.
 */
#ifndef KRTASK_ENGINE_SERVICE_CHORES_H
#define KRTASK_ENGINE_SERVICE_CHORES_H

#include <stdbool.h>
#include <stddef.h>

struct event;
struct event_base;

enum { CHORE_UNITS = 10000 };

struct chore {
	struct chore *prev, *next; /* the list's */
	bool listed;               /* the list's */
	/*
	 * Does a slice.  True: there is more to do.  Otherwise the chore is no longer touched, and may be
	 * gone.
	 */
	bool (*slice)(struct chore *chore);
};

struct chores {
	struct event *turn;
	struct chore *first; /* utlist */
	size_t count;
};

/* 0 or -ENOMEM. */
int chores_init(struct chores *chores, struct event_base *base);
void chores_release(struct chores *chores);
/* Its slices follow in the next turns, behind those of the others. */
void chores_add(struct chores *chores, struct chore *chore);
/* No more slices; nothing if it is not in the list. */
void chores_drop(struct chores *chores, struct chore *chore);

#endif
