#include "tests/simulate/rest.h"

#include <string.h>

#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/task/messages.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/lines.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/memory.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/simulate/whys.h"
#include "tests/unit/scarce.h"

enum { REST_ROUNDS = 40 };

static bool rest_is_quiet(void)
{
	return disk_waiting() == 0 && !disk_has_news() && !runner_is_busy() && server_delay() > 0 &&
	       !clock_was_set;
}

/* Something was not possible, and is tried again later, or it is not known whether it will be. */
static bool rest_is_troubled(void)
{
	return server_core.troubled || server_core.backing_off || server_core.retry_at != INT64_MAX ||
	       server_core.unwatched || (server_core.hungry_at != INT64_MAX && !disk_scarce);
}

static void rest_reach(void)
{
	for (int round = 0; round < REST_ROUNDS && (!rest_is_quiet() || rest_is_troubled()); round++) {
		disk_write(disk_waiting(), false);
		if (disk_has_news())
			server_hear_disk();
		runner_rest();
		if (rest_is_quiet() && server_delay() != INT64_MAX)
			machine_pass(server_delay());
		server_ring();
	}
}

static bool rest_is_claimed(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	/* What was paused and resumed while it was being started stays claimed. */
	return row->exists && (row->state == TASK_CLAIMED || row->state == TASK_RUNNING) &&
	       lines_waits(number);
}

/* In a group that has few slots, only some are claimed in advance, and none may be while it, or the server, is full. */
static bool rest_has_claims(int queue)
{
	unsigned slots = lines_group(queue).settings.slots;
	unsigned all = server_core.options.slots;
	bool full = runner_has_no_room() || (all > 0 && shares_find(SHARES_ALL).used >= all);
	bool any = slots > 0 && (full || shares_find(queue).used >= slots);
	for (uint64_t number = 1; number <= disk_ahead.last_number && slots > 0 && !any; number++)
		any = shares_queue_of(&disk_ahead.rows[number]) == queue && rest_is_claimed(number);
	return any;
}

/* What a paused group has claimed is given back, and so is what waits for a time. */
static void rest_check_claims(void)
{
	for (uint64_t number = 1; number <= disk_ahead.last_number; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		bool claimed = row->exists && row->state == TASK_CLAIMED && lines_waits(number);
		bool paused = disk_ahead.paused || lines_group(shares_queue_of(row)).settings.paused;
		must(!claimed || lines_ready(number) == LINE_READY, "task %llu is claimed, and cannot go",
		     (unsigned long long)number);
		must(!claimed || !paused, "task %llu is claimed, and its group is paused",
		     (unsigned long long)number);
		must(rest_is_claimed(number) || paused || lines_ready(number) != LINE_READY || disk_scarce ||
		             disk_ahead.cancelling > 0 || rest_has_claims(shares_queue_of(row)),
		     "task %llu is ready, and not claimed", (unsigned long long)number);
	}
}

/* What is met is waited for no more; what can never be met is waited for only if it is to be kept. */
static void rest_check_dependencies(void)
{
	for (uint64_t number = 1; number <= disk_ahead.last_number; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		for (unsigned i = 0; i < row->plan.after_count && row->exists && row->state == TASK_QUEUED;
		     i++) {
			const struct disk_row *target = &disk_ahead.rows[row->after[i].number];
			bool over = !target->exists || task_state_terminal((enum task_state)target->state);
			must(!over || (row->plan.unmet_hold && !plans_would_meet(&row->after[i])),
			     "task %llu waits for task %llu, which is over", (unsigned long long)number,
			     (unsigned long long)row->after[i].number);
		}
	}
}

/* A stop that asked for a signal has sent it. */
static void rest_check_stops(void)
{
	for (uint64_t number = 1; number <= disk_ahead.last_number; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		const struct machine_fate *fate = &machine_fates[number];
		bool runs = fate->begun > row->plan.marks.attempt && !(fate->over && fate->left == 0);
		must(!row->exists || row->state != TASK_STOPPING || !runs || fate->stopped ||
		             !oracle_asked_for_signal(number),
		     "task %llu was stopped, and no signal was sent", (unsigned long long)number);
	}
}

/* What is paused, or waits for a time, does not keep a server that is to end when its tasks have. */
static void rest_check_able(void)
{
	uint64_t able = 0, hooks = 0;
	for (uint64_t number = 1; number <= disk_ahead.last_number; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		int queue = shares_queue_of(row);
		bool ready = lines_ready(number) == LINE_READY && row->state != TASK_RUNNING;
		bool paused = disk_ahead.paused || lines_group(queue).settings.paused;
		bool runs = row->state == TASK_STOPPING || row->state == TASK_OVERTIME ||
		            row->state == TASK_RUNNING || row->state == TASK_CLAIMED;
		if (!row->exists)
			continue;
		if (queue == SHARES_HOOKS)
			hooks += (ready && !disk_ahead.paused) || runs;
		else
			able += ready && !paused;
	}
	must(groups_able(&server_core) == able, "%llu tasks can begin: %llu", (unsigned long long)able,
	     (unsigned long long)groups_able(&server_core));
	must(hooks_busy(&server_core) == (hooks > 0), "%llu hooks can run, or do", (unsigned long long)hooks);
}

/* What a paused task has left goes on when that end is durable, and its end will be heard. */
static void rest_check_left(void)
{
	for (uint64_t number = 1; number <= disk_durable.last_number; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		const struct machine_fate *fate = &machine_fates[number];
		bool waits = row->state == TASK_QUEUED && fate->begun == row->plan.marks.attempt;
		bool over = waits || task_state_terminal((enum task_state)row->state);
		bool named = !waits && strstr(row->message, MSG_LEFT_RUNNING CAUSES_LEFT);
		must(!row->exists || !over || fate->left == 0 || !fate->left_stopped,
		     "what task %llu has left is stopped", (unsigned long long)number);
		must(!row->exists || !over || !named || fate->left == 0 || fate->looked == server_generation,
		     "nobody looks for what task %llu has left", (unsigned long long)number);
	}
}

/* What could have a slot, if there were room for its command, says so. */
static void rest_check_room(void)
{
	int queue = lines_next();
	/* What weighs nothing could go all the same. */
	if (server_core.options.slots > 0 && shares_find(SHARES_ALL).used >= server_core.options.slots)
		return;
	for (uint64_t number = 1; number <= disk_ahead.last_number && queue != SHARES_ALL; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		const struct task *task = memory_task(number);
		bool claimed = row->exists && row->state == TASK_CLAIMED && lines_waits(number);
		must(!claimed || shares_queue_of(row) != queue || task->status.message,
		     "task %llu waits for room, and does not say so", (unsigned long long)number);
	}
}

static void rest_check(void)
{
	bool starts = !disk_ahead.paused && disk_ahead.cancelling == 0 && !disk_scarce;
	must(!server_core.sweeps && !server_core.adoptions,
	     "all is quiet, and a sweep or an adoption is not over");
	lines_looked = true;
	memory_find_tasks();
	if (starts && !runner_has_no_room())
		lines_check_rest();
	if (starts && runner_has_no_room())
		rest_check_room();
	rest_check_claims();
	rest_check_dependencies();
	rest_check_stops();
	rest_check_left();
	rest_check_able();
	causes_check_rest();
	if (!disk_scarce)
		whys_check();
	lines_looked = false;
}

void rest_act(void)
{
	if (scarce_end())
		overdue_trouble();
	server_dies_after(-1);
	chance_calm = true;
	runner.reports.room(runner.reports.ctx);
	rest_reach();
	chance_calm = false;
	if (rest_is_quiet() && !rest_is_troubled()) {
		tell("        all is quiet");
		rest_check();
	}
}
