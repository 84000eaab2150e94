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
/* Frees all that were added. */
void groups_end(struct core *core);
/* One that is nowhere yet.  NULL: out of memory. */
struct task_group *groups_new(const char *name, const struct group_settings *settings);
void groups_free(struct task_group *group);
void groups_link(struct core *core, struct task_group *group);
void groups_unlink(struct core *core, struct task_group *group);
/* NULL: there is none. */
struct task_group *groups_named(const struct core *core, const char *name);
/* The group that a task of this label waits in. */
struct task_group *groups_find(struct core *core, const char *label);
/* How many more slots it has; UINT_MAX: no limit. */
unsigned groups_room(const struct task_group *group);
/* There are slots for a task, which is the next one: in its group, in the server. */
bool groups_fits(const struct task_group *group, const struct task *task);
bool groups_fits_server(const struct core *core, const struct task *task);
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
