#define HASH_NONFATAL_OOM 1

#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "engine/core/groups.h"
#include "engine/core/holdings.h"

void groups_init(struct core *core)
{
	static char name[] = GROUP_DEFAULT;
	core->common.name = name;
	DL_APPEND(core->groups, &core->common);
	DL_APPEND(core->groups, &core->labels);
	core->hook_queue.settings.slots = GROUPS_HOOK_SLOTS;
	/* No group has an empty name.  So the table is there as long as the core is. */
	HASH_ADD_KEYPTR(hh, core->named, "", 0, &core->labels);
}

void groups_free(struct task_group *group)
{
	group_settings_release(&group->settings);
	free(group->devices);
	free(group->name);
	free(group);
}

void groups_end(struct core *core)
{
	struct task_group *group, *next;
	HASH_CLEAR(hh, core->named);
	DL_FOREACH_SAFE(core->groups, group, next)
	{
		DL_DELETE(core->groups, group);
		if (group != &core->common && group != &core->labels)
			groups_free(group);
	}
	group_settings_release(&core->common.settings);
	free(core->common.devices);
	holdings_end(core);
}

int groups_make_devices(struct task_group *group, const struct group_settings *settings)
{
	if (settings->devices && !group->devices)
		group->devices = calloc(DEVICES_MAX, sizeof(*group->devices));
	return settings->devices && !group->devices ? -ENOMEM : 0;
}

struct task_group *groups_new(const char *name, const struct group_settings *settings)
{
	struct task_group *group = calloc(1, sizeof(*group));
	if (!group)
		return NULL;
	group->name = strdup(name);
	if (group->name && group_settings_copy(&group->settings, settings) == 0 &&
	    groups_make_devices(group, settings) == 0)
		return group;
	groups_free(group);
	return NULL;
}

/* One whose removal failed gets its place back, which is near the end mostly, and needs no memory for its name. */
int groups_link(struct core *core, struct task_group *group)
{
	HASH_ADD_KEYPTR(hh, core->named, group->name, strlen(group->name), group);
	if (!group->hh.tbl)
		return -ENOMEM;
	if (group->number == 0)
		group->number = ++core->groups_made;
	struct task_group *after = core->groups->prev;
	while (after->number > group->number)
		after = after->prev;
	DL_APPEND_ELEM(core->groups, after, group);
	core->group_count++;
	return 0;
}

void groups_unlink(struct core *core, struct task_group *group)
{
	HASH_DELETE(hh, core->named, group);
	DL_DELETE(core->groups, group);
	core->group_count--;
}

struct task_group *groups_named(const struct core *core, const char *name)
{
	struct task_group *group = NULL;
	if (strcmp(name, GROUP_DEFAULT) == 0)
		return core->groups;
	if (*name)
		HASH_FIND_STR(core->named, name, group);
	return group;
}

struct task_group *groups_find(struct core *core, const char *label)
{
	struct task_group *group = label ? NULL : &core->common;
	if (label && core->group_count > 0)
		group = groups_named(core, label);
	return group ? group : &core->labels;
}

struct task_group *groups_of(struct core *core, const struct task *task)
{
	return task_hook_target(task) > 0 ? &core->hook_queue : groups_find(core, task_group(task));
}

bool groups_is_joined(const struct core *core, const struct task_group *group)
{
	const struct order *order = &core->registry.order;
	const struct task *task =
		group->join.going ? order_at(order, order_rank_of(order, group->join.at)) : NULL;
	for (; task; task = order_next(order, task)) {
		const char *label = task_group(task);
		if (task->standing && task->standing->group == &core->labels && label &&
		    strcmp(label, group->name) == 0 && !task_state_terminal(task->status.state))
			return true;
	}
	return false;
}

unsigned groups_room(const struct task_group *group)
{
	unsigned slots = group->settings.slots;
	if (slots == 0)
		return UINT_MAX;
	return group->used < slots ? slots - group->used : 0;
}

/* A task that weighs more than all slots runs alone. */
static bool groups_fits_in(unsigned slots, unsigned used, uint32_t weight)
{
	return slots == 0 || weight == 0 || used == 0 || (used < slots && weight <= slots - used);
}

bool groups_fits(const struct task_group *group, const struct task *task)
{
	return groups_fits_in(group->settings.slots, group->used, task_plan(task)->weight) &&
	       holdings_suffice(group, task);
}

bool groups_is_remote(const struct core *core, const struct task_group *group)
{
	return core_executor(core, group) != core->executor;
}

bool groups_fits_server(const struct core *core, const struct task *task)
{
	return groups_is_remote(core, task->standing->group) ||
	       groups_fits_in(core->options.slots, core->used, task_plan(task)->weight);
}

void groups_touch_all(struct core *core)
{
	struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		core_touch(core, group);
	}
}

uint64_t groups_able(const struct core *core)
{
	uint64_t able = 0;
	const struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		if (!core->paused && !group->settings.paused)
			able += ranking_count_kind(&group->ranking, RANK_OPEN);
	}
	return able + core->registry.counts[TASK_CLAIMED];
}

size_t groups_waiting(const struct core *core)
{
	size_t waiting = ranking_count(&core->hook_queue.ranking);
	const struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		waiting += ranking_count(&group->ranking);
	}
	return waiting;
}

/* Its command runs or is being started. */
static bool groups_runs(const struct run *run)
{
	enum run_phase phase = run->phase;
	return phase == RUN_STARTING || phase == RUN_STARTING_PAUSED || phase == RUN_STARTING_STOPPED ||
	       phase == RUN_RUNNING || run_phase_is_adopting(phase);
}

/* Its first process has ended, and it is over only when the others have. */
static bool groups_is_left(const struct run *run)
{
	enum task_state state = run->task->status.state;
	return run->phase == RUN_ENDED && run->end.left > 0 &&
	       (state == TASK_STOPPING || state == TASK_OVERTIME);
}

/* A paused task gives its slots back, unless it keeps devices. */
static bool groups_holds_slots(const struct run *run)
{
	bool keeps = !device_set_empty(&run->holding.devices);
	return (groups_runs(run) && (keeps || run->task->status.state != TASK_PAUSED)) ||
	       (groups_is_left(run) && keeps);
}

static void groups_count_server(struct core *core, struct run *run, bool holds, uint32_t weight)
{
	core->used += holds ? weight : -weight;
	if (weight > 0 && holds)
		DL_APPEND2(core->holders, run, server_prev, server_next);
	else if (weight > 0)
		DL_DELETE2(core->holders, run, server_prev, server_next);
}

static void groups_count(struct core *core, struct run *run, bool holds)
{
	uint32_t weight = task_plan(run->task)->weight;
	struct task_group *group = run->task->standing->group;
	if (holds == run->holds_slots)
		return;
	run->holds_slots = holds;
	if (weight > 0 && holds)
		DL_APPEND2(group->holders, run, holder_prev, holder_next);
	else if (weight > 0)
		DL_DELETE2(group->holders, run, holder_prev, holder_next);
	if (group != &core->hook_queue && !core_is_remote(core, run))
		groups_count_server(core, run, holds, weight);
	core_touch(core, group);
	group->used += holds ? weight : -weight;
	core_need(core, CORE_DUE_SCHEDULE);
}

static void groups_count_runs(struct run *run, bool running, bool paused)
{
	struct task_group *group = run->task->standing->group;
	group->running += (unsigned)running - (unsigned)run->counts_running;
	group->paused += (unsigned)paused - (unsigned)run->counts_paused;
	run->counts_running = running;
	run->counts_paused = paused;
}

void groups_weigh(struct core *core, struct run *run)
{
	bool paused = groups_runs(run) && run->task->status.state == TASK_PAUSED;
	groups_count(core, run, groups_holds_slots(run));
	groups_count_runs(run, run->holds_slots && !paused, paused);
	if (!groups_runs(run) && !groups_is_left(run))
		holdings_release(core, run);
}

void groups_release(struct core *core, struct run *run)
{
	groups_count(core, run, false);
	groups_count_runs(run, false, false);
	holdings_release(core, run);
}
