#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/queue.h"

/* A change of a group on its way to the store. */
struct grouping_change {
	struct journal_change change; /* first */
	struct core *core;
	struct task_group *group;
	struct group_settings before; /* owned */
	bool devices;                 /* it changes those: until it is durable, nothing in the group starts */
};

static void grouping_done_with(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	group_settings_release(&change->before);
	free(change);
}

static void grouping_settle(struct grouping_change *change)
{
	change->group->unsettled -= change->devices;
	core_need(change->core, CORE_DUE_SCHEDULE);
}

static void grouping_durable(struct journal_change *journaled)
{
	grouping_settle((struct grouping_change *)journaled);
	grouping_done_with(journaled);
}

/* The removal of a group is durable, or it was never added. */
static void grouping_gone(struct journal_change *journaled)
{
	groups_free(((struct grouping_change *)journaled)->group);
	grouping_done_with(journaled);
}

static void grouping_changed(struct core *core)
{
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

/* Moves the tasks that were started and have not ended from one group to the other. */
static void grouping_move(struct core *core, const char *name, struct task_group *from, struct task_group *to)
{
	const struct order *order = &core->registry.order;
	for (struct task *task = order_at(order, 0); task && from->members > 0;
	     task = order_next(order, task)) {
		const char *label = task_group(task);
		if (task->standing && task->standing->group == from && label && strcmp(label, name) == 0)
			queue_move(core, task, to);
	}
}

static void grouping_add_undone(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	struct core *core = change->core;
	grouping_move(core, change->group->name, change->group, &core->labels);
	groups_unlink(core, change->group);
	grouping_changed(core);
	grouping_gone(journaled);
}

static void grouping_set_undone(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	group_settings_release(&change->group->settings);
	change->group->settings = change->before;
	grouping_settle(change);
	grouping_changed(change->core);
	free(change);
}

static void grouping_remove_undone(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	groups_link(change->core, change->group);
	grouping_changed(change->core);
	grouping_done_with(journaled);
}

/* The change, or NULL: the caller restores memory. */
static struct grouping_change *grouping_put(struct core *core, struct task_group *group, bool devices,
                                            struct journal_change functions, struct store_batch *batch,
                                            int *error)
{
	struct grouping_change *change = calloc(1, sizeof(*change));
	*error = -ENOMEM;
	if (!change) {
		store_batch_release(batch);
		return NULL;
	}
	change->change = functions;
	change->core = core;
	change->group = group;
	change->devices = devices;
	*error = journal_put(&core->journal, &change->change, batch, true);
	if (!*error) {
		group->unsettled += devices;
		return change;
	}
	free(change);
	return NULL;
}

static bool grouping_same_devices(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int grouping_set(struct core *core, struct task_group *group, const struct group_settings *settings)
{
	static const struct journal_change functions = { .effect = grouping_durable,
		                                         .undo = grouping_set_undone,
		                                         .drop = grouping_done_with };
	struct store_batch batch = STORE_BATCH_INIT;
	struct group_settings after;
	bool devices = !grouping_same_devices(group->settings.devices, settings->devices);
	if (devices && holdings_in_use(group))
		return -EBUSY;
	int error = group_settings_copy(&after, settings);
	if (error)
		return error;
	store_batch_group(&batch, group->name, settings);
	struct grouping_change *change = grouping_put(core, group, devices, functions, &batch, &error);
	if (!change) {
		group_settings_release(&after);
		return error;
	}
	change->before = group->settings;
	group->settings = after;
	grouping_changed(core);
	return 0;
}

void grouping_failed(struct core *core, struct task_group *group)
{
	struct group_settings settings = group->settings;
	if (!settings.pause_on_fail || settings.paused || !group->name)
		return;
	settings.paused = true;
	(void)grouping_set(core, group, &settings);
}

int grouping_add(struct core *core, const char *name, const struct group_settings *settings)
{
	static const struct journal_change functions = { .effect = grouping_durable,
		                                         .undo = grouping_add_undone,
		                                         .drop = grouping_done_with };
	struct store_batch batch = STORE_BATCH_INIT;
	if (groups_named(core, name))
		return -EEXIST;
	struct task_group *group = groups_new(name, settings);
	if (!group)
		return -ENOMEM;
	store_batch_group(&batch, name, settings);
	int error;
	if (!grouping_put(core, group, settings->devices != NULL, functions, &batch, &error)) {
		groups_free(group);
		return error;
	}
	groups_link(core, group);
	grouping_move(core, name, &core->labels, group);
	grouping_changed(core);
	return 0;
}

int grouping_remove(struct core *core, struct task_group *group)
{
	static const struct journal_change functions = { .effect = grouping_gone,
		                                         .undo = grouping_remove_undone,
		                                         .drop = grouping_gone };
	struct store_batch batch = STORE_BATCH_INIT;
	if (group->members > 0 || group == &core->common)
		return -EBUSY;
	store_batch_forget_group(&batch, group->name);
	int error;
	if (!grouping_put(core, group, false, functions, &batch, &error))
		return error;
	groups_unlink(core, group);
	grouping_changed(core);
	return 0;
}
