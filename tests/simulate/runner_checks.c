#include <signal.h>
#include <string.h>

#include "engine/core/niceness.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/lines.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/simulate/sweeps.h"

static bool runner_uses_slots(const struct runner_attempt *attempt)
{
	return (attempt->stage == RUNNER_GOING || attempt->stage == RUNNER_CLONED ||
	        attempt->stage == RUNNER_RUNNING) &&
	       attempt->run->task->status.state != TASK_PAUSED;
}

unsigned runner_used(int group)
{
	unsigned used = 0;
	for (int i = 0; i < RUNNER_RUNS; i++) {
		const struct disk_row *row = &disk_durable.rows[runner_attempt((unsigned)i)->task];
		if (runner_uses_slots(runner_attempt((unsigned)i)) && !row->target &&
		    (group == RUNNER_ALL_GROUPS || row->group == group))
			used += row->plan.weight;
	}
	return used;
}

unsigned runner_used_by_hooks(void)
{
	unsigned used = 0;
	for (int i = 0; i < RUNNER_RUNS; i++)
		used += runner_uses_slots(runner_attempt((unsigned)i)) &&
		        disk_durable.rows[runner_attempt((unsigned)i)->task].target > 0;
	return used;
}

unsigned runner_attempts_over(const struct runner_attempt *attempt)
{
	return disk_durable.rows[attempt->task].plan.marks.attempt;
}

bool runner_is_preparing(void)
{
	bool any = false;
	for (unsigned i = 0; i < RUNNER_RUNS; i++)
		any |= runner_attempt(i)->stage == RUNNER_PREPARING;
	return any;
}

bool runner_goes(uint64_t number)
{
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		const struct runner_attempt *attempt = runner_attempt(i);
		if (attempt->task == number &&
		    (attempt->stage == RUNNER_GOING || attempt->stage == RUNNER_CLONED ||
		     attempt->stage == RUNNER_RUNNING))
			return true;
	}
	return false;
}

bool runner_is_behind(void)
{
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		enum runner_stage stage = runner_attempt(i)->stage;
		const struct disk_row *row = &disk_durable.rows[runner_attempt(i)->task];
		bool begun = stage == RUNNER_CLONED || stage == RUNNER_RUNNING;
		bool waits = stage == RUNNER_PREPARED || stage == RUNNER_GOING;
		if (row->state == TASK_RUNNING && row->process.pid <= 0 &&
		    (waits || (begun && *row->message)))
			return true;
	}
	return false;
}

void runner_check_go(const struct runner_attempt *attempt)
{
	const struct disk_row *row = &disk_durable.rows[attempt->task];
	unsigned slots = server_core.options.slots, used = runner_used(RUNNER_ALL_GROUPS);
	must(row->exists && (row->state == TASK_CLAIMED || row->state == TASK_RUNNING),
	     "task %llu goes, and is stored in state %d", (unsigned long long)attempt->task, row->state);
	must(row->process.entry == attempt->entry && attempt->entry >= 0, "task %llu goes with another claim",
	     (unsigned long long)attempt->task);
	must(strcmp(row->boot_id, server_core.options.boot_id) == 0,
	     "task %llu goes with the claim of another boot", (unsigned long long)attempt->task);
	must(attempt->stage == RUNNER_PREPARED, "task %llu goes twice", (unsigned long long)attempt->task);
	/* What weighs more than all slots runs alone, and what weighs nothing needs none. */
	must(slots == 0 || row->target || row->plan.weight == 0 || used == 0 ||
	             used + row->plan.weight <= slots,
	     "task %llu goes, and %u of %u slots are used", (unsigned long long)attempt->task, used, slots);
	must(attempt->time_limit < 0 || attempt->time_limit == row->plan.time_limit,
	     "task %llu goes, and was prepared for another plan", (unsigned long long)attempt->task);
	grouped_check_go(attempt);
	must(!server_core.paused, "task %llu goes, and the server is paused",
	     (unsigned long long)attempt->task);
	plans_check_go(attempt->task);
	cancels_check_go(attempt->task);
	sweeps_check_go(row);
	adoptions_check_go(attempt->task);
	lines_check_go(attempt->task);
	runner_check_niceness(attempt);
	must(!row->plan.marks.held, "task %llu goes, and is held", (unsigned long long)attempt->task);
}

void runner_check_niceness(const struct runner_attempt *attempt)
{
	enum { CALLERS = 1 };
	const struct environment environment = { .has_schedule = true, .niceness = CALLERS };
	const struct disk_row *row = &disk_ahead.rows[attempt->task];
	const struct disk_group *group = &disk_ahead.groups[row->group];
	struct environment scheduled = environment;
	int expected = CALLERS;
	if (row->plan.schedule.has_niceness)
		expected = row->plan.schedule.niceness;
	else if (!row->target && group->exists && group->settings.has_niceness)
		expected = group->settings.niceness;
	(void)niceness_decide(attempt->run->task, &environment, &scheduled);
	must(scheduled.niceness == expected, "task %llu goes with niceness %d, not %d",
	     (unsigned long long)attempt->task, scheduled.niceness, expected);
}

/* A signal needs a durable stop or pause.  A server whose store fails may send it without one. */
void runner_check_signal(const struct runner_attempt *attempt, int signal)
{
	bool unrecorded = server_is_failing || cancels_send() || (signal == SIGCONT && sweeps_send());
	const struct disk_row *row = &disk_durable.rows[attempt->task];
	/* A task that was found running, and was resumed, may get one SIGCONT more than it was paused. */
	bool harmless = signal == SIGCONT && row->state != TASK_PAUSED;
	/* A resume can become durable before the runner hears of the pause before it. */
	bool overtaken = signal == SIGSTOP && row->state == TASK_RUNNING;
	bool stops = row->state == TASK_STOPPING || row->state == TASK_OVERTIME;
	bool expected = harmless || overtaken || stops || row->state == TASK_PAUSED;
	must(row->exists && (unrecorded || expected), "a signal to task %llu, stored in state %d",
	     (unsigned long long)attempt->task, row->state);
	must(unrecorded || oracle_signal_was_durable(attempt->task, signal),
	     "signal %d to task %llu, which is not durable", signal, (unsigned long long)attempt->task);
	must(signal != SIGTERM || machine_fates[attempt->task].quiet != server_generation,
	     "task %llu is overdue and stopped, and gets a second signal", (unsigned long long)attempt->task);
	if (signal == SIGKILL && !unrecorded)
		oracle_check_kill(attempt->task);
	must(stops || unrecorded || signal == SIGSTOP || signal == SIGCONT,
	     "signal %d to task %llu, stored in state %d", signal, (unsigned long long)attempt->task,
	     row->state);
	must(machine_fates[attempt->task].begun == runner_attempts_over(attempt) + 1,
	     "a signal before it began");
	must(attempt->stage == RUNNER_RUNNING || attempt->stage == RUNNER_LEFT, "a signal in stage %d",
	     attempt->stage);
}

/*
 * What is left belongs to a durable end: of the task, or of an attempt that another one follows.  The removal of the
 * task may be durable too.
 */
void runner_check_continue(uint64_t task)
{
	const struct disk_row *row = &disk_durable.rows[task];
	must(!row->exists || task_state_terminal((enum task_state)row->state) ||
	             machine_fates[task].begun == row->plan.marks.attempt,
	     "what is left of task %llu is continued before its end is durable", (unsigned long long)task);
}

void runner_check_forget(const struct runner_attempt *attempt)
{
	const struct disk_row *row = &disk_durable.rows[attempt->task];
	bool over = row->exists && task_state_terminal((enum task_state)row->state);
	/* The claim is not durable, and never will be. */
	bool unclaimed = !row->exists || row->state == TASK_QUEUED || row->state == TASK_CREATED;
	must(over || (unclaimed && machine_fates[attempt->task].begun == runner_attempts_over(attempt)),
	     "task %llu is forgotten, and is stored in state %d", (unsigned long long)attempt->task,
	     row->state);
	must(attempt->stage == RUNNER_PREPARING || attempt->stage == RUNNER_PREPARED ||
	             attempt->stage == RUNNER_LEFT || attempt->stage == RUNNER_OVER,
	     "task %llu is forgotten in stage %d", (unsigned long long)attempt->task, attempt->stage);
}
