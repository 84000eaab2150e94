#include "tests/simulate/grouped.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/task/devices.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"

enum {
	GROUPED_SETTINGS = 60,
	GROUPED_LAST = GROUPED_SETTINGS - 2 /* for a user; the others end the waiting */
};

/* The settings of each group that users asked for.  Number 0 is what there is at the beginning. */
static struct grouped {
	struct disk_group settings[GROUPED_SETTINGS];
	unsigned count;
	uint64_t may_be; /* those that can be durable, as bits */
} grouped[DISK_GROUPS];
static bool hook_is_due[DISK_TASKS + 1];
/* A task of it has failed in this step, while that is to pause it; how often there was trouble until then. */
static bool pause_is_due[DISK_GROUPS];
static unsigned troubles_before[DISK_GROUPS];

static const char *const labels[DISK_GROUPS] = { GROUP_DEFAULT, "a", "b" };

const char *grouped_label(int group)
{
	return group == 0 ? NULL : labels[group];
}

int grouped_of(const char *name, size_t length)
{
	int group = 0;
	while (name && group < DISK_GROUPS &&
	       (strlen(labels[group]) != length || memcmp(labels[group], name, length) != 0))
		group++;
	must(group < DISK_GROUPS, "a group of another name");
	return group;
}

int grouped_of_task(const struct task *task)
{
	const char *name = task_group(task);
	return grouped_of(name, name ? strlen(name) : 0);
}

void grouped_reset(void)
{
	memset(grouped, 0, sizeof(grouped));
	memset(hook_is_due, 0, sizeof(hook_is_due));
	memset(pause_is_due, 0, sizeof(pause_is_due));
	for (int group = 0; group < DISK_GROUPS; group++) {
		grouped[group].settings[0] = disk_durable.groups[group];
		grouped[group].count = 1;
		grouped[group].may_be = 1;
	}
}

/* What users ask for. */

struct task_group *grouped_find(int group)
{
	return groups_named(&server_core, labels[group]);
}

int grouped_choose(void)
{
	return chance_draw(2) ? 0 : (int)chance_draw(DISK_GROUPS);
}

bool grouped_is_known(int group)
{
	return group == 0 || grouped_find(group) || (!grouped_find(1) && !grouped_find(2));
}

static struct disk_group grouped_choose_settings(int group)
{
	static const char *const devices[] = { "DEVICE=a,b,c,d,d", "DEVICE=x,y" };
	struct disk_group settings = {
		.exists = true,
		.settings = { .slots = chance_draw(4),
		              .paused = chance_draw(disk_scarce ? 2 : 6) == 0,
		              .pause_on_fail = chance_draw(4) == 0,
		              .has_niceness = chance_draw(3) == 0 },
		.has_hook = chance_draw(3) == 0,
	};
	int32_t number = (int32_t)grouped[group].count;
	settings.settings.priority = chance_draw(2) ? number : -number;
	settings.settings.niceness = settings.settings.has_niceness ? 5 : 0;
	unsigned which = chance_draw(3);
	if (which < 2) {
		snprintf(settings.devices, sizeof(settings.devices), "%s", devices[which]);
		settings.settings.slots = devices_count(settings.devices);
	}
	return settings;
}

/* Somebody in it holds a device. */
static bool grouped_holds(int group)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->run && task->standing && task->standing->group == grouped_find(group) &&
		    !device_set_empty(&task->run->holding.devices))
			return true;
	}
	return false;
}

/* A task of it was started, and its end is not durable, or the server has not heard of it. */
static bool grouped_is_used(int group)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		enum task_state state = task->status.state;
		bool over = task_state_terminal(state) && !task->standing;
		if (!task_hook_target(task) && state != TASK_CREATED && !over &&
		    grouped_of_task(task) == group)
			return true;
	}
	return false;
}

/* Some task is still among the labels, and its group is there; or the core still looks whether there is one. */
bool grouped_are_joined(void)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task_group *group = server_core.groups; group; group = group->next) {
		if (group->join.going)
			return true;
	}
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		int group = task->standing ? grouped_of_task(task) : 0;
		if (group > 0 && !task_hook_target(task) && disk_ahead.groups[group].exists &&
		    task->standing->group == &server_core.labels)
			return true;
	}
	return false;
}

/* The core has no reason to refuse this. */
static bool grouped_may(int group, const struct disk_group *settings)
{
	const struct task_group *there = grouped_find(group);
	if (!settings->exists)
		return group > 0 && !grouped_is_used(group);
	const char *devices = there && there->settings.devices ? there->settings.devices : "";
	return !there || strcmp(devices, settings->devices) == 0 || !grouped_holds(group);
}

/* Before a user changes the devices of a group, the server looks for a task that weighs more. */
void grouped_check_heavy(int group, unsigned devices)
{
	const struct task *found = grouping_too_heavy(&server_core, labels[group], devices);
	const struct order *order = &server_core.registry.order;
	bool any = false;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		const struct disk_row *row = &disk_ahead.rows[task->number];
		bool heavy = row->exists && !row->target && row->group == group && row->plan.weight > devices;
		any |= heavy && (task->status.state == TASK_CREATED || task->status.state == TASK_QUEUED ||
		                 task->status.state == TASK_CLAIMED);
		must(found != task || heavy, "task %llu does not weigh too much for group %s",
		     (unsigned long long)task->number, labels[group]);
	}
	must(found || !any, "a task weighs more than the %u devices of group %s", devices, labels[group]);
}

static void grouped_request(int group, const struct disk_group *settings)
{
	struct grouped *its = &grouped[group];
	struct task_group *there = grouped_find(group);
	struct group_settings with = disk_group_settings(settings);
	/* What runs in it is being paused or resumed. */
	bool sweeps = there && there->settings.sweep;
	with.sweep = there ? there->settings.sweep : GROUP_SWEEP_NONE;
	bool may = grouped_may(group, settings), joined = grouped_are_joined();
	if (settings->exists && *settings->devices)
		grouped_check_heavy(group, devices_count(settings->devices));
	unsigned number = its->count++;
	its->settings[number] = *settings;
	its->may_be |= 1ULL << number;
	int error = !settings->exists ? grouping_remove(&server_core, there)
	            : there           ? grouping_set(&server_core, there, &with)
	                              : grouping_add(&server_core, labels[group], &with);
	core_asked(&server_core);
	tell("    group %s has settings %u, devices %s: %d", labels[group], number, settings->devices, error);
	if (server_is_dead())
		return;
	/* Of a task that was removed since, the end may not be durable. */
	const struct task_group *added = there || !settings->exists ? NULL : grouped_find(group);
	must(!added || added->members <= GROUPED_SLICE, "%zu tasks join group %s at once", added->members,
	     labels[group]);
	bool quiet = disk_waiting() == 0 && !disk_has_news();
	must(error == 0 || error == -ENOMEM || (error == -EBUSY && (!may || !quiet || joined || sweeps)),
	     "group %s: %d", labels[group], error);
	must(error || may, "group %s is in use, and changed", labels[group]);
	if (error)
		its->may_be &= ~(1ULL << number);
	else
		promises_ask(
			(struct request){ .kind = REQUEST_GROUP, .wish = (unsigned)group, .value = number },
			server_core.asked);
}

void grouped_act(void)
{
	int group = (int)chance_draw(DISK_GROUPS);
	const struct disk_group none = { .exists = false };
	if (grouped[group].count >= GROUPED_LAST)
		return;
	const struct disk_group settings = grouped_choose_settings(group);
	bool removes = grouped_find(group) && chance_draw(3) == 0;
	grouped_request(group, removes ? &none : &settings);
}

void grouped_pause_claims(void)
{
	for (int group = DISK_GROUPS - 1; group >= 0; group--) {
		const struct task_group *there = grouped_find(group);
		struct disk_group settings = disk_ahead.groups[group];
		bool claims = there && ranking_first(&there->ranking, 1U << RANK_CLAIMED);
		if (!claims || settings.settings.paused || grouped[group].count >= GROUPED_LAST)
			continue;
		settings.settings.paused = true;
		grouped_request(group, &settings);
		return;
	}
}

bool grouped_sweep(int group, bool paused)
{
	struct grouped *its = &grouped[group];
	if (!grouped_find(group) || its->count >= GROUPED_LAST)
		return false;
	its->settings[its->count] = disk_ahead.groups[group];
	its->settings[its->count].settings.paused = paused;
	its->may_be |= 1ULL << its->count++;
	return true;
}

void grouped_swept(int group, bool granted)
{
	unsigned number = grouped[group].count - 1;
	if (granted)
		promises_ask(
			(struct request){ .kind = REQUEST_GROUP, .wish = (unsigned)group, .value = number },
			server_core.asked);
	else
		grouped[group].may_be &= ~(1ULL << number);
}

void grouped_answer(int group, unsigned number, bool granted)
{
	uint64_t bit = 1ULL << number;
	grouped[group].may_be &= granted ? ~(bit - 1) : ~bit;
}

/* A task that failed may have paused it. */
static bool grouped_same(const struct disk_group *stored, const struct disk_group *asked)
{
	const struct group_settings *a = &stored->settings, *b = &asked->settings;
	if (!stored->exists || !asked->exists)
		return stored->exists == asked->exists;
	return a->slots == b->slots && a->priority == b->priority && a->pause_on_fail == b->pause_on_fail &&
	       a->has_niceness == b->has_niceness && a->niceness == b->niceness &&
	       stored->has_hook == asked->has_hook && strcmp(stored->devices, asked->devices) == 0 &&
	       (a->paused == b->paused || (a->paused && a->pause_on_fail));
}

/* Which of the settings that can be durable are, as bits. */
static uint64_t grouped_durable(int group)
{
	uint64_t durable = 0;
	for (unsigned number = 0; number < grouped[group].count; number++) {
		if (grouped_same(&disk_durable.groups[group], &grouped[group].settings[number]))
			durable |= 1ULL << number;
	}
	return durable & grouped[group].may_be;
}

void grouped_crash(void)
{
	memset(pause_is_due, 0, sizeof(pause_is_due));
	for (int group = 0; group < DISK_GROUPS; group++)
		grouped[group].may_be = grouped_durable(group);
}

void grouped_end_waiting(void)
{
	for (int group = 0; group < DISK_GROUPS; group++) {
		const struct disk_group *ahead = &disk_ahead.groups[group];
		if (!ahead->exists || !ahead->settings.paused || grouped[group].count == GROUPED_SETTINGS ||
		    !promises_have_room())
			continue;
		struct disk_group settings = *ahead;
		settings.settings.paused = settings.settings.pause_on_fail = false;
		settings.settings.priority = (int32_t)grouped[group].count;
		grouped_request(group, &settings);
	}
}

bool grouped_weighs_too_much(int group, uint32_t weight)
{
	const struct disk_group *ahead = &disk_ahead.groups[group];
	return ahead->exists && *ahead->devices && weight > devices_count(ahead->devices);
}

bool grouped_waits_in_vain(const struct task *task)
{
	const struct disk_row *row = &disk_ahead.rows[task->number];
	return grouped_weighs_too_much(row->group, row->plan.weight);
}

/* The oracle. */

static void grouped_check_memory(int group)
{
	const struct disk_group *ahead = &disk_ahead.groups[group];
	const struct task_group *there = grouped_find(group);
	struct disk_group has = { .exists = there != NULL };
	must(has.exists == ahead->exists, "group %s is there, or not", labels[group]);
	if (!there)
		return;
	const char *devices = there->settings.devices ? there->settings.devices : "";
	has = (struct disk_group){ .exists = true,
		                   .settings = there->settings,
		                   .has_hook = there->settings.on_empty != NULL };
	must(strlen(devices) < sizeof(has.devices), "long devices");
	snprintf(has.devices, sizeof(has.devices), "%s", devices);
	must(grouped_same(&has, ahead) && has.settings.paused == ahead->settings.paused &&
	             has.settings.sweep == ahead->settings.sweep,
	     "group %s has settings %d, and %d are put", labels[group], has.settings.priority,
	     ahead->settings.priority);
}

void grouped_failed(const struct disk_row *row)
{
	const struct disk_group *group = &disk_ahead.groups[row->group];
	if (row->target || !group->exists || group->settings.paused || !group->settings.pause_on_fail)
		return;
	if (!pause_is_due[row->group])
		troubles_before[row->group] = overdue_troubles;
	pause_is_due[row->group] = true;
}

static void grouped_check_pause(int group)
{
	const struct disk_group *ahead = &disk_ahead.groups[group];
	must(!pause_is_due[group] || troubles_before[group] != overdue_troubles || ahead->settings.paused ||
	             !ahead->settings.pause_on_fail,
	     "a task of group %s has failed, and it is not paused", labels[group]);
	pause_is_due[group] = false;
}

void grouped_check(void)
{
	for (int group = 0; group < DISK_GROUPS; group++) {
		must(grouped_durable(group), "group %s is stored with settings %d", labels[group],
		     disk_durable.groups[group].settings.priority);
		grouped_check_memory(group);
		grouped_check_pause(group);
	}
	for (uint64_t number = 1; number <= DISK_TASKS; number++)
		must(!hook_is_due[number], "task %llu was the last of its group, and has no hook",
		     (unsigned long long)number);
}

/* It waits only for a slot, as far as can be said without the core: nothing else was ever asked for. */
static bool grouped_waits_for_slot(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	const struct run *run = task->run;
	bool waits = task->status.state == TASK_QUEUED && !run;
	bool claimed = task->status.state == TASK_CLAIMED && run &&
	               (run->phase == RUN_CLAIMING || run->phase == RUN_READY);
	return (waits || claimed) && !plan->marks.held && plan->after_count == 0 && plan->begin_at == 0 &&
	       plan->expire_at == 0 && plan->marks.attempt == 0;
}

/* No other task of the group, which waits only for a slot, comes before it. */
void grouped_check_order(const struct task *task)
{
	const struct order *order = &server_core.registry.order;
	int32_t priority = task_plan(task)->priority;
	for (const struct task *other = order_at(order, 0); other; other = order_next(order, other)) {
		int32_t its = task_plan(other)->priority;
		bool same = other->standing && other->standing->group == task->standing->group;
		bool before = its > priority ||
		              (its == priority && other->status.start_order < task->status.start_order);
		must(other == task || !same || !before || !grouped_waits_for_slot(other),
		     "task %llu goes, and task %llu is before it", (unsigned long long)task->number,
		     (unsigned long long)other->number);
	}
}

static void grouped_check_place(const struct runner_attempt *attempt, const struct disk_row *row)
{
	const struct disk_group *group = &disk_durable.groups[row->group];
	const struct run_holding *holding = &attempt->run->holding;
	unsigned slots = group->exists ? group->settings.slots : 0, used = runner_used(row->group);
	bool has_devices = group->exists && *group->devices;
	must(!group->exists || !disk_ahead.groups[row->group].settings.paused,
	     "task %llu goes, and its group is paused", (unsigned long long)attempt->task);
	/* What weighs more than all slots runs alone. */
	must(disk_has_news() || disk_waiting() > 0 || slots == 0 || row->plan.weight == 0 || used == 0 ||
	             used + row->plan.weight <= slots,
	     "task %llu goes, and %u of %u slots are used", (unsigned long long)attempt->task, used, slots);
	must((row->plan.weight > 0 && has_devices) != device_set_empty(&holding->devices),
	     "task %llu goes without a device, or with one", (unsigned long long)attempt->task);
}

void grouped_check_go(const struct runner_attempt *attempt)
{
	const struct disk_row *row = &disk_durable.rows[attempt->task];
	must(attempt->run->holding.slot >= 0, "task %llu goes without a number",
	     (unsigned long long)attempt->task);
	if (row->target)
		must(runner_used_by_hooks() < GROUPS_HOOK_SLOTS, "hook %llu goes beside %u others",
		     (unsigned long long)attempt->task, runner_used_by_hooks());
	else
		grouped_check_place(attempt, row);
}

void grouped_ended(uint64_t number, const struct disk_row *before)
{
	const struct disk_row *row = &disk_durable.rows[number];
	const struct disk_group *group = &disk_durable.groups[row->group];
	bool others = false;
	for (uint64_t other = 1; other <= DISK_TASKS; other++) {
		const struct disk_row *its = &disk_durable.rows[other];
		others |= other != number && its->exists && !its->target && its->group == row->group &&
		          its->state != TASK_CREATED && !task_state_terminal((enum task_state)its->state);
	}
	hook_is_due[number] =
		!row->target && before->state != TASK_CREATED && group->exists && group->has_hook && !others;
}

void grouped_hooked(uint64_t target)
{
	must(hook_is_due[target], "task %llu was not the last of its group, and has a hook",
	     (unsigned long long)target);
	hook_is_due[target] = false;
}
