#include "tests/simulate/lines.h"

#include <stdio.h>
#include <string.h>

#include "engine/core/groups.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

#define number_of(number) ((unsigned long long)(number))

bool lines_looked;

static enum runner_stage lines_stage(uint64_t number)
{
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		const struct runner_attempt *attempt = runner_attempt(i);
		if (attempt->stage != RUNNER_FREE && attempt->task == number)
			return attempt->stage;
	}
	return RUNNER_FREE;
}

bool lines_waits(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	if (!row->exists || task_state_terminal((enum task_state)row->state))
		return false;
	enum runner_stage stage = lines_stage(number);
	if (row->state == TASK_QUEUED)
		return stage == RUNNER_FREE || stage == RUNNER_PREPARING || stage == RUNNER_PREPARED;
	/* The last two were paused while they were being started, and could not be started. */
	return stage == RUNNER_PREPARED &&
	       (row->state == TASK_CLAIMED || row->state == TASK_RUNNING || row->state == TASK_PAUSED);
}

bool lines_lingers(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	uint32_t attempt = row->plan.marks.attempt;
	char boot[37];
	snprintf(boot, sizeof(boot), "boot-%u", machine_boot);
	return attempt > 0 && strcmp(row->left[attempt - 1], boot) == 0 &&
	       (machine_fates[number].watched || machine_fates[number].left > 0);
}

/* Its time has come, and it is not too late. */
static bool lines_is_due(uint64_t number)
{
	const struct task_plan *plan = &disk_ahead.rows[number].plan;
	int64_t now = clock_wall(NULL);
	bool late = plan->expire_at && plan->marks.attempt == 0 && plan->expire_at <= now;
	return plan->begin_at <= now && plan->marks.not_before <= now && !late && !lines_lingers(number);
}

enum line_ready lines_ready(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	const struct task_plan *plan = &row->plan;
	if (!lines_waits(number))
		return LINE_NOT_READY;
	bool recalled = row->state == TASK_QUEUED && lines_stage(number) == RUNNER_PREPARED;
	if (recalled || plan->marks.held || plan->after_count > 0 || row->state == TASK_PAUSED)
		return LINE_NOT_READY;
	/* It was paused and resumed while it was being started, and is not given back, even if the clock is set. */
	if (row->state == TASK_RUNNING)
		return LINE_MAYBE_READY;
	bool timed = plan->begin_at || plan->expire_at || plan->marks.attempt > 0 || plan->marks.not_before;
	if (timed && lines_looked)
		return lines_is_due(number) ? LINE_READY : LINE_NOT_READY;
	return timed ? LINE_MAYBE_READY : LINE_READY;
}

bool lines_before(uint64_t number, uint64_t other)
{
	const struct disk_row *a = &disk_ahead.rows[number], *b = &disk_ahead.rows[other];
	if (a->plan.priority != b->plan.priority)
		return a->plan.priority > b->plan.priority;
	return a->start_order != b->start_order ? a->start_order < b->start_order : number < other;
}

static bool lines_in(uint64_t number, int queue)
{
	return lines_waits(number) && shares_queue_of(&disk_ahead.rows[number]) == queue;
}

void lines_place(uint64_t number, size_t *place, size_t *count)
{
	int queue = shares_queue_of(&disk_ahead.rows[number]);
	*place = 1;
	*count = 0;
	for (uint64_t other = 1; other <= disk_ahead.last_number; other++) {
		if (!lines_in(other, queue))
			continue;
		++*count;
		*place += other != number && lines_before(other, number);
	}
}

uint64_t lines_head(int queue, bool *sure)
{
	uint64_t head = 0;
	for (uint64_t number = 1; number <= disk_ahead.last_number; number++) {
		if (lines_in(number, queue) && lines_ready(number) != LINE_NOT_READY &&
		    (head == 0 || lines_before(number, head)))
			head = number;
	}
	*sure = head > 0 && lines_ready(head) == LINE_READY;
	return head;
}

struct disk_group lines_group(int queue)
{
	const struct disk_group labels = { .exists = true },
				hooks = { .exists = true, .settings = { .slots = GROUPS_HOOK_SLOTS } };
	if (queue < 0)
		return queue == SHARES_HOOKS ? hooks : labels;
	return disk_ahead.groups[queue];
}

/* What weighs more than all slots runs alone. */
static bool lines_has_slots(unsigned slots, unsigned used, uint32_t weight)
{
	return slots == 0 || weight == 0 || used == 0 || used + weight <= slots;
}

static unsigned lines_free_devices(const struct disk_group *group, const struct share *share)
{
	unsigned all = *group->devices ? devices_count(group->devices) : 0, free = 0;
	for (unsigned place = 0; place < all; place++)
		free += !device_set_has(&share->devices, place);
	return free;
}

bool lines_fits(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	int queue = shares_queue_of(row);
	const struct disk_group group = lines_group(queue);
	const struct share share = shares_find(queue);
	unsigned all = *group.devices ? devices_count(group.devices) : 0;
	unsigned needs = row->plan.weight < all ? row->plan.weight : all;
	return lines_has_slots(group.settings.slots, share.used, row->plan.weight) &&
	       lines_free_devices(&group, &share) >= needs;
}

bool lines_fits_server(uint64_t number)
{
	return lines_has_slots(server_core.options.slots, shares_find(SHARES_ALL).used,
	                       disk_ahead.rows[number].plan.weight);
}

/* It uses less of its slots. */
static double lines_ratio(int queue)
{
	const struct disk_group group = lines_group(queue);
	unsigned server = server_core.options.slots, slots = group.settings.slots;
	slots = slots ? slots : server ? server : UINT32_MAX;
	return shares_find(queue).used / (double)slots;
}

/* The first task of a is next, before that of b. */
static bool lines_goes_before(int a, uint64_t head, int b, uint64_t other)
{
	int32_t priority = lines_group(a).settings.priority, its = lines_group(b).settings.priority;
	if (priority != its)
		return priority > its;
	double ratio = lines_ratio(a), that = lines_ratio(b);
	if (ratio != that)
		return ratio < that;
	return disk_ahead.rows[head].start_order < disk_ahead.rows[other].start_order;
}

/* Nothing of the group is on its way to the store, or there is news of it. */
static bool lines_is_settled(int queue)
{
	return queue < 0 || (!disk_has_news() && disk_waiting() == 0);
}

static bool lines_is_open(int queue, uint64_t head)
{
	const struct disk_group group = lines_group(queue);
	return head > 0 && group.exists && !group.settings.paused && !group.settings.sweep &&
	       lines_fits(head);
}

void lines_check_go(uint64_t number)
{
	int queue = shares_queue_of(&disk_ahead.rows[number]);
	if (queue == SHARES_HOOKS || grouped_are_joined())
		return;
	for (int other = SHARES_LABELS; other < DISK_GROUPS; other++) {
		bool sure;
		uint64_t head = lines_head(other, &sure);
		if (other == queue || !sure || !lines_is_settled(other) || !lines_is_open(other, head))
			continue;
		must(!lines_goes_before(other, head, queue, number),
		     "task %llu of queue %d goes, and task %llu of queue %d is before it", number_of(number),
		     queue, number_of(head), other);
	}
}

int lines_next(void)
{
	int best = SHARES_ALL;
	uint64_t next = 0;
	for (int queue = SHARES_LABELS; queue < DISK_GROUPS; queue++) {
		bool sure;
		uint64_t head = lines_head(queue, &sure);
		if (!lines_is_open(queue, head))
			continue;
		if (best == SHARES_ALL || lines_goes_before(queue, head, best, next)) {
			best = queue;
			next = head;
		}
	}
	return best != SHARES_ALL && lines_fits_server(next) ? best : SHARES_ALL;
}

void lines_check_rest(void)
{
	bool sure;
	uint64_t hook = lines_head(SHARES_HOOKS, &sure);
	must(hook == 0 || !lines_fits(hook), "hook %llu can go, and does not", number_of(hook));
	must(lines_next() == SHARES_ALL, "the first task of queue %d can go, and does not", lines_next());
}
