/*
 * Changes of groups: they are added, changed and removed.  Each answers as the functions of requests.h do;
 * the caller settles.  Loop thread only.
 */
#ifndef KRTASK_CORE_GROUPING_H
#define KRTASK_CORE_GROUPING_H

#include "engine/core/kernel.h"

enum { GROUPING_LOOKS = 10000, GROUPING_SLICE = 2000 /* tasks that join in one turn of the loop */ };

/*
 * Adds a group.  Tasks that have its name as a label join it: the first of them at once, the others in slices
 * when the group is durable.  A later server finds all of them in it.  -EEXIST: there is such a group already.
 */
int grouping_add(struct core *core, const char *name, const struct group_settings *settings);
/* Changes a group; `default` can be changed too.  -EBUSY: it would get other devices, and tasks hold some. */
int grouping_set(struct core *core, struct task_group *group, const struct group_settings *settings);
/* A task of that group that may still be started and weighs more than that; NULL: there is none. */
const struct task *grouping_too_heavy(const struct core *core, const char *name, unsigned weight);
/* The task has failed, which may pause its group. */
void grouping_failed(struct core *core, const struct task *task);
/* While core->joins > 0: a slice. */
void grouping_go_on(struct core *core);
/* True: tasks are still joining it; the asker will be told once. */
bool grouping_await(struct task_group *group, const struct group_asker *asker);
/* The asker with this ctx is not told any more. */
void grouping_disown(struct core *core, const void *ctx);
/* -EBUSY: tasks wait or run in it, or it is `default`. */
int grouping_remove(struct core *core, struct task_group *group);

#endif
