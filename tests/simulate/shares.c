#include "tests/simulate/shares.h"

#include <string.h>
#include <utlist.h>

#include "engine/core/groups.h"
#include "engine/core/rota.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

enum { SHARES_PLACES = 3, SHARES_LIST = 5 /* places of the longest list */ };

int shares_queue_of(const struct disk_row *row)
{
	if (row->target)
		return SHARES_HOOKS;
	return row->group == 0 || disk_ahead.groups[row->group].exists ? row->group : SHARES_LABELS;
}

/*
 * Places that the group of an attempt did not have while the server was finding it: it holds them no more,
 * even if the group has them again.
 */
static struct {
	unsigned server;
	uint64_t task;
	unsigned begun;
	struct device_set places;
} lost[RUNNER_RUNS];

void shares_reset(void)
{
	memset(lost, 0, sizeof(lost));
}

static bool shares_runs(const struct runner_attempt *attempt)
{
	return attempt->stage == RUNNER_GOING || attempt->stage == RUNNER_CLONED ||
	       attempt->stage == RUNNER_RUNNING || attempt->stage == RUNNER_ADOPTING;
}

/* Its first process has ended, and it is over only when the others have. */
static bool shares_is_left(const struct runner_attempt *attempt)
{
	const struct disk_row *row = &disk_ahead.rows[attempt->task];
	return attempt->stage == RUNNER_LEFT && !attempt->released &&
	       (row->state == TASK_STOPPING || row->state == TASK_OVERTIME);
}

static unsigned shares_places(const struct runner_attempt *attempt)
{
	int queue = shares_queue_of(&disk_ahead.rows[attempt->task]);
	const struct disk_group *group = queue >= 0 ? &disk_ahead.groups[queue] : NULL;
	return group && *group->devices ? devices_count(group->devices) : 0;
}

static bool shares_knows(const struct runner_attempt *attempt, unsigned number)
{
	return lost[number].server == server_generation && lost[number].task == attempt->task &&
	       lost[number].begun == machine_fates[attempt->task].begun;
}

static void shares_lose(unsigned number)
{
	const struct runner_attempt *attempt = runner_attempt(number);
	bool claimed = attempt->stage == RUNNER_PREPARING || attempt->stage == RUNNER_PREPARED;
	if (claimed || !shares_knows(attempt, number)) {
		memset(&lost[number], 0, sizeof(lost[number]));
		lost[number].server = server_generation;
		lost[number].task = attempt->task;
		lost[number].begun = machine_fates[attempt->task].begun;
	}
	/* What never began is given others when it goes. */
	bool found = attempt->stage == RUNNER_ADOPTING && attempt->entry >= 0 &&
	             machine_ledger[attempt->entry].pid;
	for (unsigned place = shares_places(attempt); found && place < SHARES_LIST; place++)
		device_set_add(&lost[number].places, place);
}

void shares_adopt(const struct runner_attempt *attempt)
{
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		if (runner_attempt(i) == attempt)
			shares_lose(i);
	}
}

static const struct device_set *shares_lost(const struct runner_attempt *attempt)
{
	static const struct device_set none;
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		if (runner_attempt(i) == attempt && shares_knows(attempt, i))
			return &lost[i].places;
	}
	return &none;
}

/* Those that its group still has: after an end that is not durable yet, it can have got others. */
static struct device_set shares_those_left(const struct runner_attempt *attempt,
                                           const struct device_set *given)
{
	const struct device_set *gone = shares_lost(attempt);
	struct device_set left = { { 0 } };
	for (unsigned place = 0; place < shares_places(attempt); place++) {
		if (device_set_has(given, place) && !device_set_has(gone, place))
			device_set_add(&left, place);
	}
	return left;
}

/* What it was given when it began. */
static struct device_set shares_devices(const struct runner_attempt *attempt)
{
	static const struct device_set none;
	const struct machine_entry *entry = &machine_ledger[attempt->entry >= 0 ? attempt->entry : 0];
	bool known = attempt->entry >= 0 && entry->task == attempt->task && !attempt->other_boot &&
	             (attempt->stage != RUNNER_ADOPTING || entry->pid);
	return known && (shares_runs(attempt) || shares_is_left(attempt))
	               ? shares_those_left(attempt, &entry->holding.devices)
	               : none;
}

/* What is paused gives its slots back, unless it keeps devices. */
bool shares_holds(const struct runner_attempt *attempt)
{
	const struct device_set devices = shares_devices(attempt);
	bool keeps = !device_set_empty(&devices);
	bool paused = disk_ahead.rows[attempt->task].state == TASK_PAUSED;
	return (shares_runs(attempt) && (keeps || !paused)) || (shares_is_left(attempt) && keeps);
}

static void shares_add(struct share *share, const struct runner_attempt *attempt)
{
	const struct disk_row *row = &disk_ahead.rows[attempt->task];
	const struct device_set devices = shares_devices(attempt);
	bool paused = shares_runs(attempt) && row->state == TASK_PAUSED, holds = shares_holds(attempt);
	share->used += holds ? row->plan.weight : 0;
	share->running += holds && !paused;
	share->paused += paused;
	for (int i = 0; i < DEVICES_WORDS; i++)
		share->devices.words[i] |= devices.words[i];
}

struct share shares_find(int queue)
{
	struct share share = { 0 };
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		const struct runner_attempt *attempt = runner_attempt(i);
		const struct disk_row *row = &disk_ahead.rows[attempt->task];
		int its = attempt->stage == RUNNER_FREE ? SHARES_ALL : shares_queue_of(row);
		if (attempt->stage != RUNNER_FREE &&
		    (queue == SHARES_ALL ? its != SHARES_HOOKS : its == queue))
			shares_add(&share, attempt);
	}
	return share;
}

static const struct task_group *shares_group(int queue)
{
	return queue == SHARES_HOOKS ? &server_core.hook_queue
	       : queue == SHARES_LABELS
	               ? &server_core.labels
	               : groups_named(&server_core,
	                              grouped_label(queue) ? grouped_label(queue) : GROUP_DEFAULT);
}

bool shares_uses(int queue, unsigned place)
{
	const struct task_group *group = shares_group(queue);
	const struct share share = shares_find(queue);
	if (place < SHARES_PLACES)
		return device_set_has(&share.devices, place);
	return group && group->devices && place < DEVICES_MAX && group->devices[place].holders > 0;
}

static void shares_check_queue(int queue)
{
	const struct task_group *group = shares_group(queue);
	const struct share share = shares_find(queue);
	if (!group)
		return;
	must(group->used == share.used, "queue %d uses %u slots: %u", queue, share.used, group->used);
	must(group->running == share.running && group->paused == share.paused,
	     "in queue %d run %u, and %u are paused: %u, %u", queue, share.running, share.paused,
	     group->running, group->paused);
	/* The last two places of the longer list are one device, which a later server may find at the other one. */
	for (unsigned place = 0; place < SHARES_PLACES && group->settings.devices; place++)
		must((group->devices[place].holders > 0) == device_set_has(&share.devices, place),
		     "device %u of queue %d is in use, or not", place, queue);
}

/* What was noted of the turns of groups is what one would find now. */
static void shares_check_turns(void)
{
	const struct task_group *group;
	unsigned widths = 0;
	DL_FOREACH(server_core.groups, group)
	{
		bool ready = ranking_first(&group->ranking, RANKING_READY) && !rota_is_held(group);
		bool claims = ranking_count_kind(&group->ranking, RANK_CLAIMED) > 0;
		const char *name = group->name ? group->name : "";
		widths += group->width;
		if (group->stale_prev)
			continue;
		must(group->turn.ranked == ready, "group '%s' has a turn, or none", name);
		must(!ready || (group->turn.kind == RANK_OPEN) == rota_is_open(&server_core, group),
		     "the turn of group '%s' is open, or not", name);
		must(!claims || group->claims_prev, "group '%s' has claims that nobody looks at", name);
	}
	must(widths == server_core.widths, "groups are %u wide: %u", widths, server_core.widths);
}

void shares_check_claim(uint64_t number)
{
	unsigned slots = server_core.options.slots, used = shares_find(SHARES_ALL).used;
	must(slots == 0 || used < slots, "task %llu is claimed at once, and %u of %u slots are used",
	     (unsigned long long)number, used, slots);
}

void shares_check(void)
{
	for (unsigned i = 0; i < RUNNER_RUNS; i++)
		shares_lose(i);
	const struct share share = shares_find(SHARES_ALL);
	must(server_core.used == share.used, "the server uses %u slots: %u", share.used, server_core.used);
	shares_check_queue(SHARES_HOOKS);
	shares_check_turns();
	if (grouped_are_joined())
		return;
	for (int queue = SHARES_LABELS; queue < DISK_GROUPS; queue++)
		shares_check_queue(queue);
}
