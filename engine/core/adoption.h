/*
 * A task is made again, and takes over those that were not run because of the other one: a new task like each
 * of them is made too, and waits for the new ones.  Those that are kept although that one can never be what
 * they need wait for the new task instead.
 *
 * All of this is one change, if it is about few tasks, which wait for few others, and all that wait for them have been
 * judged.  If the new task is to wait for others, and they for one that is kept, nothing is made.
 *
 * Else the new task is made first, Created, with a mark in the store.  When all that wait for them have been judged, the
 * others follow in slices, each when the one before is durable, in the order of the tasks whose place they take.  Each
 * slice stores how far it has come: what was made up to there is not made again, even if it was removed since.  The last
 * change starts the new task and takes the mark away: so none of them begins before all are made.  One that is kept and
 * would wait for itself goes on waiting for what it waits for now.  A later server that finds the mark goes on.  Loop
 * thread only.
 */
#ifndef KRTASK_CORE_ADOPTION_H
#define KRTASK_CORE_ADOPTION_H

#include "engine/core/kernel.h"

enum { ADOPTION_MOST = 1000 /* tasks that are looked at for one change */, ADOPTION_SLICE = 250 };

/* As creation_make(); -EINVAL also if tasks would wait for each other.  source has ended. */
int adoption_make(struct core *core, const struct task *source, struct task_spec *spec,
                  struct shared_environment *environment, struct task *parent, bool start, struct task **task,
                  char **error);
/*
 * True: what the task of this number takes over is still being made.  The asker (askers.h) will be told once, when all
 * of it is durable, and all that earlier ones take over; or when the task itself was not stored.
 */
bool adoption_await(struct core *core, uint64_t made, struct core_asker *asker);
/*
 * What an earlier server has not brought to its end.  In place of tasks with smaller numbers than at, all is made.  0 or
 * -ENOMEM.
 */
int adoption_recover(struct core *core, uint64_t source, uint64_t made, bool start, uint64_t at);
/* While core_adopts() is true: a slice. */
void adoption_go_on(struct core *core);
/* Changes were undone.  Some of them may have hidden tasks that are to be taken over, such as a removal. */
void adoption_failed(struct core *core);
void adoption_release(struct core *core);

#endif
