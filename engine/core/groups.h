/*
 * Groups: queues with slots of their own.  Each orders its tasks in a ranking.
 *
 * A task without a group is in `default`.  A group that was never added is only a label: its tasks wait
 * together in one queue without a limit.  Loop thread only.
 */
#ifndef KRTASK_CORE_GROUPS_H
#define KRTASK_CORE_GROUPS_H

#include "engine/core/kernel.h"

void groups_init(struct core *core);
/* The group that a task of this label waits in. */
struct task_group *groups_find(struct core *core, const char *label);
/* How many more slots it has; UINT_MAX: no limit. */
unsigned groups_room(const struct task_group *group);
/* Which of two that have room is next: negative, the first one. */
int groups_compare(const struct core *core, const struct task_group *a, const struct task_group *b);
/* How many tasks, of all groups, are claimed or wait for nothing but a slot. */
uint64_t groups_able(const struct core *core);
/* How many tasks are in the rankings of all groups. */
size_t groups_waiting(const struct core *core);
/* Slots that the run holds are counted anew, in its group and in the server. */
void groups_weigh(struct core *core, struct run *run);
/* It is freed, and holds none any more. */
void groups_release(struct core *core, struct run *run);

#endif
