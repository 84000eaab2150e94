/*
 * Groups: queues with slots of their own.  Each orders its tasks in a ranking.
 *
 * A task without a group is in `default`.  A group that was never added is only a label: its tasks wait
 * together in one queue without a limit.  Loop thread only.
 */
#ifndef KRTASK_CORE_GROUPS_H
#define KRTASK_CORE_GROUPS_H

#include "engine/core/kernel.h"

/* How many hooks run at once. */
enum { GROUPS_HOOK_SLOTS = 2 };

void groups_init(struct core *core);
/* Frees all groups that were added. */
void groups_end(struct core *core);
/* Makes a group that is in no list yet.  NULL: out of memory. */
struct task_group *groups_new(const char *name, const struct group_settings *settings);
void groups_free(struct task_group *group);
/* Before it gets these settings: room for what its devices are used by.  Most groups have none.  0 or -ENOMEM. */
int groups_make_devices(struct task_group *group, const struct group_settings *settings);
/* 0 or -ENOMEM. */
int groups_link(struct core *core, struct task_group *group);
void groups_unlink(struct core *core, struct task_group *group);
/* The slots of the server have changed: what that means for the turns of groups. */
void groups_touch_all(struct core *core);
/* NULL: there is none. */
struct task_group *groups_named(const struct core *core, const char *name);
/* The group that a task of this label waits in. */
struct task_group *groups_find(struct core *core, const char *label);
/* The group that the task waits in: a hook has a queue of its own. */
struct task_group *groups_of(struct core *core, const struct task *task);
/* Tasks with its name as a label are still to join it, and have not ended. */
bool groups_is_joined(const struct core *core, const struct task_group *group);
/* How many slots of the group are free; UINT_MAX: no limit. */
unsigned groups_room(const struct task_group *group);
/* True if there are slots for the task, which must be the next one: in its group, and in the server. */
bool groups_fits(const struct task_group *group, const struct task *task);
/* Its tasks do not run on this machine, and take no slot of the server. */
bool groups_is_remote(const struct core *core, const struct task_group *group);
bool groups_fits_server(const struct core *core, const struct task *task);
/* How many tasks of all groups are claimed or wait only for a slot. */
uint64_t groups_able(const struct core *core);
/* How many tasks are in the rankings of all groups, and in that of hooks. */
size_t groups_waiting(const struct core *core);
/* Counts again the slots that the run holds, in its group and in the server. */
void groups_weigh(struct core *core, struct run *run);
/* The run is about to be freed: its slots are given back. */
void groups_release(struct core *core, struct run *run);

#endif
