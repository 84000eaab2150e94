/*
 * Copies: a user makes a task again, which takes over those that were not run because of the other one.  The core
 * makes a copy of each of them, which is nobody's wish.
 */
#ifndef KRTASK_SIMULATE_COPIES_H
#define KRTASK_SIMULATE_COPIES_H

#include "tests/simulate/wishes.h"

enum {
	COPIES_MOST = 12 /* of one task, at most */,
	COPIES_SLICED = 1 /* from so many on */,
	COPIES_SLICE = 2
};

void copies_reset(void);
/* What is not durable now never will be. */
void copies_undone(void);
/* It was not run because of that one. */
bool copies_is_left(const struct disk_row *row, uint64_t source);
/* It waits for that one, which is over, for another end, and its turn to be judged comes later. */
bool copies_is_unjudged(const struct disk_row *row, uint64_t source);
/* The same, and it is kept. */
bool copies_is_kept(const struct disk_row *row, uint64_t source);
/* A task that has ended, and that another task was not run because of, if there is one; NULL: none has ended. */
struct task *copies_choose(void);
/* The task that the wish is made again from; NULL: none, or it is gone. */
const struct task *copies_source(const struct wish *wish);
/* As creation_make(), for this wish. */
int copies_make(const struct wish *wish, struct task_spec *spec, struct shared_environment *environment,
                struct task *parent, struct task **task, char **error);
/* The task of this wish was made, and takes over those of this number: the core has made the copies too. */
void copies_made(uint64_t number, uint64_t source);
/* Whose place the task has; 0: nobody's.  The server may have been killed before it said so. */
uint64_t copies_former(uint64_t number);
/* The task has the place of that one for those that waited for it. */
bool copies_stand_for(uint64_t number, uint64_t former);

/* The oracle: copies are durable together with the task that they wait for. */
void copies_check(void);
/* A copy can be refused, since its group is gone, or has fewer devices. */
bool copies_may_not_be_made(void);
/* In one change the whole can be refused also since what is kept would wait for itself. */
bool copies_may_be_refused(void);

#endif
