#include "tests/simulate/server.h"

#include <stdio.h>

#include "engine/core/recovery.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/sweeps.h"
#include "tests/simulate/users.h"
#include "tests/unit/scarce.h"

struct core server_core;
unsigned server_generation;
bool server_is_failing;

static int64_t alarm_at, wake_at;
static int calls_left; /* -1: without a limit */

static void server_hook_ended(void *ctx, const struct task *task)
{
	(void)ctx;
	if (server_reaches_world())
		promises_hear_end(task);
}

static void server_hook_alarm(void *ctx, int64_t at)
{
	(void)ctx;
	alarm_at = at;
}

static void server_hook_wake(void *ctx, int64_t at)
{
	(void)ctx;
	wake_at = at;
}

static void server_hook_impossible(void *ctx, const struct task *task, const char *phase, const char *event)
{
	(void)ctx;
	must(!task, "task %s: %s in phase %s", task_id(task), event, phase);
}

static void server_init(void)
{
	struct core_options options = {
		.executor = &runner,
		.sink = { .put = disk_put, .is_scarce = disk_is_scarce },
		.now = clock_wall,
		.ticks = clock_ticks,
		.slots = 5,
	};
	const struct core_hooks hooks = { .ended = server_hook_ended,
		                          .alarm = server_hook_alarm,
		                          .wake = server_hook_wake,
		                          .impossible = server_hook_impossible };
	snprintf(options.boot_id, sizeof(options.boot_id), "boot-%u", machine_boot);
	alarm_at = INT64_MAX;
	wake_at = 0;
	clock_was_set = false;
	calls_left = -1;
	server_generation++;
	core_init(&server_core, &options);
	server_core.dependents_slice = 1 + server_generation % PLANS_SLICE;
	server_core.cancelling_slice = CANCELS_SLICE;
	server_core.adoption_slice = 1 + server_generation % COPIES_SLICE;
	/* Some do it in one change. */
	server_core.sweeping_looks = server_generation % 3 ? SWEEPS_LOOKS : DISK_TASKS;
	server_core.sweeping_slice = server_generation % 3 ? SWEEPS_SLICE : DISK_TASKS;
	server_core.grouping_looks = GROUPED_LOOKS;
	server_core.grouping_slice = GROUPED_SLICE;
	server_core.removal_looks = REMOVALS_LOOKS;
	server_core.removal_slice = 1 + server_generation % REMOVALS_SLICE;
	core_set_hooks(&server_core, &hooks);
}

/* A server that runs out of memory ends, and another one starts. */
static bool server_recover(void)
{
	struct recovery recovery = { .core = &server_core };
	int error = disk_load(&recovery);
	if (!error)
		error = recovery_finish(&recovery);
	bool scarce = scarce_end();
	recovery_release(&recovery);
	must(!error || scarce, "the server does not start");
	return error == 0;
}

void server_start(void)
{
	machine_sweep();
	oracle_server_starts();
	server_init();
	while (!server_recover()) {
		tell("        it finds no memory");
		server_end();
		disk_crash();
		runner_crash();
		machine_server_dies();
		users_crash();
		promises_crash();
		server_init();
	}
}

void server_end(void)
{
	calls_left = -1;
	core_release(&server_core);
}

void server_dies_after(int calls)
{
	calls_left = calls;
}

bool server_reaches_world(void)
{
	if (calls_left > 0)
		calls_left--;
	return calls_left != 0;
}

bool server_is_dead(void)
{
	return calls_left == 0;
}

void server_hear_disk(void)
{
	uint64_t committed;
	if (disk_poll(&committed)) {
		tell("        what is above %llu failed", (unsigned long long)committed);
		server_is_failing = true;
		overdue_trouble();
		core_failed(&server_core, committed);
		if (!server_is_dead()) {
			oracle_check_resumes(committed);
			runner_look();
		}
		server_is_failing = false;
		removals_look_again();
		promises_hear_failure(committed);
	}
	core_committed(&server_core, committed);
	if (server_is_dead())
		return;
	promises_hear_commit(committed);
	removals_settle();
}

/* If no task waits for a time, nobody tells the server that the clock was set. */
static void server_wake(void)
{
	bool was_set = clock_was_set;
	clock_was_set = false;
	if (wake_at == 0 || (wake_at > clock_wall(NULL) && !was_set))
		return;
	wake_at = 0;
	core_clock(&server_core, was_set);
}

void server_ring(void)
{
	server_wake();
	if (alarm_at > clock_ticks(NULL))
		return;
	alarm_at = INT64_MAX;
	overdue_look();
	core_alarm(&server_core);
	if (!server_is_dead())
		removals_settle();
}

int64_t server_delay(void)
{
	int64_t alarm = alarm_at == INT64_MAX ? INT64_MAX : alarm_at - clock_ticks(NULL);
	int64_t wake = wake_at == 0 || wake_at == INT64_MAX ? INT64_MAX : wake_at - clock_wall(NULL);
	return alarm < wake ? alarm : wake;
}

int64_t server_alarm(void)
{
	return alarm_at;
}
