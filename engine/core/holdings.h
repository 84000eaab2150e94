/*
 * What live attempts hold of their groups: a number each, which is their KRTASK_SLOT, and devices.  Both are
 * chosen when the command is about to be started, and kept until the attempt ends, also while it is paused.
 *
 * Numbers are counted by the name of a group, so that a group that is added later takes over those of the tasks that
 * had its name as a label.  The executor records what a run holds before its command begins.  So the next
 * server takes it back before anything is scheduled.  Loop thread only.
 */
#ifndef KRTASK_CORE_HOLDINGS_H
#define KRTASK_CORE_HOLDINGS_H

#include "engine/core/kernel.h"

/* What a run holds that has nothing. */
#define RUN_HOLDING_INIT                                                                                     \
	{                                                                                                    \
		.slot = -1                                                                                   \
	}

/* The devices of its group, as devices.h has them; NULL: the group has none. */
const char *holdings_devices(const struct run *run);
/* True if the group has enough free devices for the task, or none are needed. */
bool holdings_suffice(const struct task_group *group, const struct task *task);
/* True if a task of the group holds devices. */
bool holdings_in_use(const struct task_group *group);
/* Before its command is started: takes the lowest free number, and devices.  0 or -ENOMEM. */
int holdings_take(struct core *core, struct run *run);
/*
 * What the command of an earlier server holds; it may be told twice.  0; or -ENOMEM: its number could be given again, so
 * this server may start nothing.
 */
int holdings_take_back(struct core *core, struct run *run, const struct run_holding *holding);
/* Gives all of it back. */
void holdings_release(struct core *core, struct run *run);
void holdings_end(struct core *core);

#endif
