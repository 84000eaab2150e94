#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/queue.h"

/* A change of a group on its way to the store. */
struct grouping_change {
	struct journal_change change; /* first */
	struct core *core;
	struct task_group *group;
	struct group_settings before;
};

static void grouping_done_with(struct journal_change *change)
{
	free(change);
}

/* The removal of a group is durable, or it was never added. */
static void grouping_gone(struct journal_change *journaled)
{
	groups_free(((struct grouping_change *)journaled)->group);
	free(journaled);
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
	change->group->settings = change->before;
	grouping_changed(change->core);
	free(change);
}

static void grouping_remove_undone(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	groups_link(change->core, change->group);
	grouping_changed(change->core);
	free(change);
}

/* 0 or -errno: then the caller restores memory. */
static int grouping_put(struct core *core, struct task_group *group, const struct group_settings *before,
                        struct journal_change functions, struct store_batch *batch)
{
	struct grouping_change *change = calloc(1, sizeof(*change));
	if (!change) {
		store_batch_release(batch);
		return -ENOMEM;
	}
	change->change = functions;
	change->core = core;
	change->group = group;
	change->before = *before;
	int error = journal_put(&core->journal, &change->change, batch, true);
	if (error)
		free(change);
	return error;
}

int grouping_set(struct core *core, struct task_group *group, const struct group_settings *settings)
{
	static const struct journal_change functions = { .effect = grouping_done_with,
		                                         .undo = grouping_set_undone,
		                                         .drop = grouping_done_with };
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_group(&batch, group->name, settings);
	int error = grouping_put(core, group, &group->settings, functions, &batch);
	if (error)
		return error;
	group->settings = *settings;
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
	static const struct journal_change functions = { .effect = grouping_done_with,
		                                         .undo = grouping_add_undone,
		                                         .drop = grouping_done_with };
	struct store_batch batch = STORE_BATCH_INIT;
	if (groups_named(core, name))
		return -EEXIST;
	struct task_group *group = groups_new(name, settings);
	if (!group)
		return -ENOMEM;
	store_batch_group(&batch, name, settings);
	int error = grouping_put(core, group, settings, functions, &batch);
	if (error) {
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
	int error = grouping_put(core, group, &group->settings, functions, &batch);
	if (error)
		return error;
	groups_unlink(core, group);
	grouping_changed(core);
	return 0;
}
