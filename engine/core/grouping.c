#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/queue.h"
#include "engine/core/rota.h"

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
	core_touch(change->core, change->group);
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
	struct grouping_change *change = (struct grouping_change *)journaled;
	rota_forget(change->core, change->group);
	groups_free(change->group);
	grouping_done_with(journaled);
}

static void grouping_changed(struct core *core)
{
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

/* Its tasks are among the labels again.  As long as this can happen, few have joined. */
static void grouping_leave(struct core *core, struct task_group *group)
{
	const struct order *order = &core->registry.order;
	for (struct task *task = order_at(order, 0); task && group->members > 0;
	     task = order_next(order, task)) {
		if (task->standing && task->standing->group == group)
			queue_move(core, task, &core->labels);
	}
}

/*
 * Some of the tasks that have its name as a label join the group.  Until all have, nothing starts in it, nor
 * among the labels: what holds slots is not counted yet, and a more urgent task may be to come.
 */
static void grouping_join_some(struct core *core, struct task_group *group)
{
	const struct order *order = &core->registry.order;
	struct task *task = order_at(order, order_rank_of(order, group->join.at));
	unsigned looks = core->grouping_looks, joined = 0;
	for (; task && looks > 0 && joined < core->grouping_slice && core->labels.members > 0; looks--) {
		const char *label = task_group(task);
		if (task->standing && task->standing->group == &core->labels && label &&
		    strcmp(label, group->name) == 0) {
			queue_move(core, task, group);
			joined++;
		}
		task = order_next(order, task);
	}
	if (task && core->labels.members > 0)
		group->join.at = task->number;
	else
		group->join.going = false;
}

static void grouping_end_join(struct core *core, struct task_group *group)
{
	struct group_asker asker = group->join.asker;
	group->unsettled--;
	core->labels.unsettled--;
	core_touch(core, group);
	core_touch(core, &core->labels);
	group->join = (struct group_join){ 0 };
	grouping_changed(core);
	if (asker.joined)
		asker.joined(asker.ctx);
}

static void grouping_begin_join(struct core *core, struct task_group *group)
{
	group->join = (struct group_join){ .going = true };
	group->unsettled++;
	core->labels.unsettled++;
	core_touch(core, group);
	core_touch(core, &core->labels);
	grouping_join_some(core, group);
	if (!group->join.going)
		grouping_end_join(core, group);
}

void grouping_go_on(struct core *core)
{
	struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		if (!group->join.going || !group->join.durable)
			continue;
		grouping_join_some(core, group);
		if (!group->join.going) {
			core->joins--;
			grouping_end_join(core, group);
		}
	}
}

bool grouping_await(struct task_group *group, const struct group_asker *asker)
{
	if (group->join.going)
		group->join.asker = *asker;
	return group->join.going;
}

void grouping_disown(struct core *core, const void *ctx)
{
	struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		if (group->join.asker.ctx == ctx)
			group->join.asker = (struct group_asker){ 0 };
	}
}

static void grouping_added(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	struct group_join *join = &change->group->join;
	join->durable = true;
	change->core->joins += join->going;
	grouping_durable(journaled);
}

static void grouping_add_undone(struct journal_change *journaled)
{
	struct grouping_change *change = (struct grouping_change *)journaled;
	struct core *core = change->core;
	grouping_leave(core, change->group);
	groups_unlink(core, change->group);
	if (change->group->join.going)
		grouping_end_join(core, change->group);
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
	(void)groups_link(change->core, change->group);
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
		core_touch(core, group);
		return change;
	}
	free(change);
	return NULL;
}

/* Its command may be started, again too. */
static bool grouping_may_start(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	enum task_state state = task->status.state;
	if (state == TASK_CREATED || state == TASK_QUEUED || state == TASK_CLAIMED)
		return true;
	return task_state_next(state, TASK_EVENT_AGAIN) >= 0 && plan->marks.attempt < plan->retries;
}

const struct task *grouping_too_heavy(const struct core *core, const char *name, unsigned weight)
{
	const struct order *order = &core->registry.order;
	/* Where no task weighs so much, a million of them are not looked at. */
	struct task *first = core->registry.heaviest > weight ? order_at(order, 0) : NULL;
	for (struct task *task = first; task; task = order_next(order, task)) {
		if (!task->plan || task->plan->weight <= weight || task_hook_target(task) > 0)
			continue;
		const char *group = task_group(task);
		if (strcmp(group ? group : GROUP_DEFAULT, name) == 0 && grouping_may_start(task))
			return task;
	}
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
	int error = groups_make_devices(group, settings);
	error = error ? error : group_settings_copy(&after, settings);
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

/* It may be among those that are still to join its group. */
void grouping_failed(struct core *core, const struct task *task)
{
	struct task_group *group = groups_of(core, task);
	struct group_settings settings = group->settings;
	if (!settings.pause_on_fail || settings.paused || !group->name)
		return;
	settings.paused = true;
	(void)grouping_set(core, group, &settings);
}

int grouping_add(struct core *core, const char *name, const struct group_settings *settings)
{
	static const struct journal_change functions = { .effect = grouping_added,
		                                         .undo = grouping_add_undone,
		                                         .drop = grouping_done_with };
	struct store_batch batch = STORE_BATCH_INIT;
	if (groups_named(core, name))
		return -EEXIST;
	struct task_group *group = groups_new(name, settings);
	if (!group)
		return -ENOMEM;
	int error = groups_link(core, group);
	if (error) {
		groups_free(group);
		return error;
	}
	store_batch_group(&batch, name, settings);
	if (!grouping_put(core, group, settings->devices != NULL, functions, &batch, &error)) {
		groups_unlink(core, group);
		groups_free(group);
		return error;
	}
	grouping_begin_join(core, group);
	grouping_changed(core);
	return 0;
}

int grouping_remove(struct core *core, struct task_group *group)
{
	static const struct journal_change functions = { .effect = grouping_gone,
		                                         .undo = grouping_remove_undone,
		                                         .drop = grouping_gone };
	struct store_batch batch = STORE_BATCH_INIT;
	if (group->members > 0 || group->join.going || group->settings.sweep || group == &core->common)
		return -EBUSY;
	store_batch_forget_group(&batch, group->name);
	int error;
	if (!grouping_put(core, group, false, functions, &batch, &error))
		return error;
	groups_unlink(core, group);
	grouping_changed(core);
	return 0;
}
