/*
 * Changes of groups: they are added, changed and removed.  Each answers as the functions of requests.h do;
 * the caller settles.  Loop thread only.
 */
#ifndef KRTASK_CORE_GROUPING_H
#define KRTASK_CORE_GROUPING_H

#include "engine/core/kernel.h"

/* Adds a group.  Tasks that have its name as a label join it.  -EEXIST: there is such a group already. */
int grouping_add(struct core *core, const char *name, const struct group_settings *settings);
/* Changes a group; `default` can be changed too.  -EBUSY: it would get other devices, and tasks hold some. */
int grouping_set(struct core *core, struct task_group *group, const struct group_settings *settings);
/* A task in it has failed. */
void grouping_failed(struct core *core, struct task_group *group);
/* -EBUSY: tasks wait or run in it, or it is `default`. */
int grouping_remove(struct core *core, struct task_group *group);

#endif
