/*
 * Whose turn it is, of the groups in which tasks miss only a slot: they are in the order in which they get slots.  That
 * is the higher priority, then the smaller share of their slots that is used, then the earlier Start of their first tasks.
 *
 * What that depends on changes often, and not always is the order read afterwards.  So core_touch() only notes that
 * something about a group has changed, and rota_settle() finds the places of these groups anew.  It costs a logarithm
 * for each, and nothing for all the others.  Loop thread only.
 */
#ifndef KRTASK_CORE_ROTA_H
#define KRTASK_CORE_ROTA_H

#include "engine/core/kernel.h"

/* More tasks that could run at once make no difference. */
enum { ROTA_WIDEST = 100 };

/* To be called before the order is read. */
void rota_settle(struct core *core);
/* The group is about to be freed. */
void rota_forget(struct core *core, struct task_group *group);

/* The group whose first task gets the next slot, unless nothing starts at all; NULL: there is none. */
struct task_group *rota_turn(const struct core *core);
/* Those whose first tasks can have slots in them (RANK_OPEN), or cannot (RANK_WAITING), in order; NULL: no more. */
struct task_group *rota_first(const struct core *core, enum rank_kind kind);
struct task_group *rota_next(struct task_group *group, enum rank_kind kind);

/* Nothing in it starts, whatever is free. */
bool rota_is_held(const struct task_group *group);
/* Its first task can have a slot in it.  It may be held. */
bool rota_is_open(const struct core *core, const struct task_group *group);
/* How many of its tasks run at once, at most; ROTA_WIDEST: so many, or more. */
unsigned rota_width(const struct core *core, const struct task_group *group);

#endif
