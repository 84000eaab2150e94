#include "tests/simulate/runner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "engine/task/messages.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/lines.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/shares.h"
#include "tests/simulate/sweeps.h"

struct executor runner;

static struct runner_attempt attempts[RUNNER_RUNS];
static unsigned room;

const struct runner_attempt *runner_attempt(unsigned number)
{
	return &attempts[number];
}

static struct runner_attempt *runner_of(const struct run *run)
{
	struct runner_attempt *attempt = run->execution;
	must(attempt && attempt->stage != RUNNER_FREE && attempt->run == run, "task %llu has another run",
	     (unsigned long long)run->task->number);
	return attempt;
}

static struct runner_attempt *runner_take(struct run *run, enum runner_stage stage)
{
	uint64_t task = run->task->number;
	struct runner_attempt *unused = NULL;
	for (int i = 0; i < RUNNER_RUNS; i++) {
		must(attempts[i].stage == RUNNER_FREE || attempts[i].task != task, "task %llu has two runs",
		     (unsigned long long)task);
		if (attempts[i].stage == RUNNER_FREE)
			unused = &attempts[i];
	}
	must(unused, "too many runs");
	*unused = (struct runner_attempt){
		.stage = stage, .run = run, .task = task, .entry = -1, .time_limit = -1
	};
	run->execution = unused;
	return unused;
}

static bool runner_entry_used(int entry)
{
	for (int i = 0; i < RUNNER_RUNS; i++) {
		if (attempts[i].stage != RUNNER_FREE && attempts[i].entry == entry)
			return true;
	}
	return false;
}

/* Takes the lowest free entry, so entries are used again soon.  A durable claim keeps its entry. */
static int runner_take_entry(uint64_t task)
{
	int entry = 0;
	while (entry < MACHINE_ENTRIES && runner_entry_used(entry))
		entry++;
	if (entry == MACHINE_ENTRIES)
		return -1;
	for (uint64_t other = 1; other <= DISK_TASKS; other++) {
		const struct disk_row *row = &disk_durable.rows[other];
		must(!row->exists || !task_state_active((enum task_state)row->state) ||
		             row->process.entry != entry,
		     "entry %d of task %llu is given to task %llu", entry, (unsigned long long)other,
		     (unsigned long long)task);
	}
	machine_ledger[entry] =
		(struct machine_entry){ .task = task, .boot = machine_boot, .holding = RUN_HOLDING_INIT };
	return entry;
}

/* Reports to the core. */

static void runner_report_prepared(struct runner_attempt *attempt)
{
	struct task_process process = TASK_PROCESS_INIT;
	int entry = chance_once_in(10) ? -1 : runner_take_entry(attempt->task);
	struct run *run = attempt->run;
	if (entry < 0) {
		attempt->stage = RUNNER_FREE;
		tell("        task %llu: refused", (unsigned long long)attempt->task);
		runner.reports.refused(runner.reports.ctx, run, -EMFILE);
		return;
	}
	attempt->entry = process.entry = entry;
	attempt->stage = RUNNER_PREPARED;
	tell("        task %llu: prepared, entry %d", (unsigned long long)attempt->task, entry);
	runner.reports.prepared(runner.reports.ctx, run, &process);
}

static void runner_report_postponed(struct runner_attempt *attempt)
{
	attempt->stage = RUNNER_PREPARED;
	tell("        task %llu: postponed", (unsigned long long)attempt->task);
	causes_postponed(attempt->task);
	runner.reports.postponed(runner.reports.ctx, attempt->run, -EAGAIN);
}

static void runner_report_began(struct runner_attempt *attempt)
{
	const struct machine_entry *entry = &machine_ledger[attempt->entry];
	int64_t tick = machine_fates[attempt->task].tick, ago = clock_ticks(NULL) - tick;
	struct executor_began began = { .process = attempt->run->process,
		                        .started_at = clock_wall(NULL) - ago,
		                        .tick = tick };
	began.process.pid = entry->pid;
	began.process.pid_start = entry->start;
	attempt->stage = RUNNER_RUNNING;
	tell("        task %llu: began", (unsigned long long)attempt->task);
	causes_began(attempt->task);
	runner.reports.began(runner.reports.ctx, attempt->run, &began);
}

static void runner_report_ended(struct runner_attempt *attempt, bool known, const char *message)
{
	static char left[] = "7 1 x", survivors[] = MSG_LEFT_RUNNING CAUSES_LEFT;
	uint64_t number = attempt->task;
	const struct machine_fate *fate = &machine_fates[number];
	struct run_end end = {
		.known = known,
		.exit_code = known ? fate->exit_code : -1,
		.term_signal = known ? fate->term_signal : 0,
		.left = fate->left,
		.message = (char *)message,
		.survivors = fate->left > 0 ? survivors : NULL,
		.processes = { .block = fate->left > 0 ? left : NULL,
		               .length = fate->left > 0 ? sizeof(left) : 0 },
		.lingers = fate->left > 0,
	};
	if (known)
		end.usage = machine_usage(number);
	attempt->stage = fate->left > 0 ? RUNNER_LEFT : RUNNER_OVER;
	enum task_state state = attempt->run->task->status.state;
	attempt->released |= state != TASK_STOPPING && state != TASK_OVERTIME;
	tell("        task %llu: ended, %s, %u left", (unsigned long long)attempt->task,
	     known ? "known" : "unknown", fate->left);
	causes_ended(number, &end);
	/* There is no memory for the names of those. */
	if (fate->left_stopped && chance_once_in(2))
		overdue_scarce(chance_draw(3));
	runner.reports.ended(runner.reports.ctx, attempt->run, &end);
	causes_heard(number);
}

static void runner_go_on(struct runner_attempt *attempt)
{
	if (chance_once_in(5) || !machine_clone(attempt->entry))
		runner_report_postponed(attempt);
	else
		attempt->stage = RUNNER_CLONED;
}

/* The process of the run moves on, and the runner reports what it sees. */
static void runner_watch(struct runner_attempt *attempt)
{
	const struct machine_entry *entry = &machine_ledger[attempt->entry];
	struct machine_process *process = machine_find(entry->pid, entry->start);
	/* Some run for long. */
	bool ends = chance_draw(attempt->task % 4 > 1 ? 2 : 12) == 0 || (chance_calm && chance_draw(2));
	if (process && process->life == MACHINE_ALIVE && !process->stopped && ends) {
		machine_exit(process, (int)chance_draw(3), 0);
		return;
	}
	/* Somebody kills what is paused. */
	if (process && process->life == MACHINE_ALIVE && process->stopped &&
	    chance_once_in(machine_fates[attempt->task].left_stopped ? 2 : 8)) {
		machine_exit(process, 0, SIGKILL);
		return;
	}
	if (!process)
		runner_report_ended(attempt, false, MSG_ENDED_UNSEEN);
	else if (process->life == MACHINE_ZOMBIE)
		runner_report_ended(attempt, true, NULL);
}

static void runner_watch_left(struct runner_attempt *attempt)
{
	struct machine_fate *fate = &machine_fates[attempt->task];
	if (fate->left_stopped && fate->left > 0)
		return;
	if (fate->left > 0)
		fate->left--;
	if (fate->left == 0)
		runner_report_ended(attempt, !fate->unseen, fate->unseen ? MSG_ENDED_UNSEEN : NULL);
}

static void runner_report_adopted(struct runner_attempt *attempt)
{
	const struct machine_entry *entry = &machine_ledger[attempt->entry];
	const struct task_process *stored = &attempt->run->process;
	if (attempt->other_boot) {
		runner_report_ended(attempt, false, MSG_ENDED_RESTARTED);
		return;
	}
	must(entry->task == attempt->task, "task %llu is adopted with the entry of task %llu",
	     (unsigned long long)attempt->task, (unsigned long long)entry->task);
	must(stored->pid == 0 || (stored->pid == entry->pid && stored->pid_start == entry->start),
	     "task %llu is adopted with pid %d", (unsigned long long)attempt->task, stored->pid);
	if (entry->pid == 0) {
		attempt->stage = RUNNER_PREPARED;
		tell("        task %llu: never began", (unsigned long long)attempt->task);
		runner.reports.never_began(runner.reports.ctx, attempt->run);
	} else if (machine_find(entry->pid, entry->start)) {
		runner_report_began(attempt);
	} else {
		runner_report_ended(attempt, false, MSG_ENDED_UNSEEN);
	}
}

/* Requests of the core. */

static void runner_prepare(struct executor *executor, struct run *const *runs, size_t count)
{
	(void)executor;
	for (size_t i = 0; i < count && server_reaches_world(); i++) {
		struct runner_attempt *attempt = runner_take(runs[i], RUNNER_PREPARING);
		attempt->time_limit = task_plan(runs[i]->task)->time_limit;
		must(machine_fates[attempt->task].begun == runner_attempts_over(attempt),
		     "task %llu is prepared after it began", (unsigned long long)attempt->task);
		must(!disk_scarce || runs[i]->task->standing->group == &server_core.hook_queue,
		     "task %llu is claimed on a full disk", (unsigned long long)attempt->task);
		if (!chance_once_in(3))
			runner_report_prepared(attempt);
	}
}

static void runner_go(struct executor *executor, struct run *const *runs, size_t count)
{
	(void)executor;
	/* Before any of them is postponed. */
	for (size_t i = 0; i < count && !server_is_dead(); i++) {
		struct runner_attempt *attempt = runner_of(runs[i]);
		grouped_check_order(runs[i]->task);
		runner_check_go(attempt);
		attempt->stage = RUNNER_GOING;
		machine_ledger[attempt->entry].holding = runs[i]->holding;
	}
	for (size_t i = 0; i < count && server_reaches_world(); i++) {
		struct runner_attempt *attempt = runner_of(runs[i]);
		if (chance_once_in(2))
			continue;
		runner_go_on(attempt);
		if (attempt->stage == RUNNER_CLONED && !chance_once_in(4))
			runner_report_began(attempt);
	}
}

static void runner_signal(struct executor *executor, struct run *const *runs, size_t count, int signal)
{
	(void)executor;
	for (size_t i = 0; i < count && server_reaches_world(); i++) {
		const struct runner_attempt *attempt = runner_of(runs[i]);
		runner_check_signal(attempt, signal);
		tell("        task %llu: signal %d", (unsigned long long)attempt->task, signal);
		machine_fates[attempt->task].signalled = server_generation;
		machine_fates[attempt->task].unrecorded =
			server_is_failing || cancels_send() || (signal == SIGCONT && sweeps_send());
		machine_signal(attempt->task, signal);
	}
}

static void runner_report_holds(struct runner_attempt *attempt)
{
	if (attempt->other_boot || !machine_ledger[attempt->entry].pid)
		return;
	runner.reports.holds(runner.reports.ctx, attempt->run, &machine_ledger[attempt->entry].holding);
	tell("        task %llu: holds number %d, devices %llx", (unsigned long long)attempt->task,
	     attempt->run->holding.slot, (unsigned long long)attempt->run->holding.devices.words[0]);
}

static int runner_adopt(struct executor *executor, struct run *const *runs, const bool *other_boot,
                        size_t count)
{
	(void)executor;
	for (size_t i = 0; i < count && server_reaches_world(); i++) {
		struct runner_attempt *attempt = runner_take(runs[i], RUNNER_ADOPTING);
		const struct disk_row *row = &disk_durable.rows[attempt->task];
		must(runs[i]->process.entry == row->process.entry, "another claim is adopted");
		must(other_boot[i] == (machine_ledger[row->process.entry].boot != machine_boot),
		     "task %llu is adopted as of another boot, or not", (unsigned long long)attempt->task);
		attempt->entry = row->process.entry;
		attempt->other_boot = other_boot[i];
		runner_report_holds(attempt);
		shares_adopt(attempt);
		if (!chance_once_in(2))
			runner_report_adopted(attempt);
	}
	return 0;
}

static int runner_seal(struct executor *executor, struct run *run)
{
	(void)executor;
	if (!server_reaches_world())
		return 0;
	const struct runner_attempt *attempt = runner_of(run);
	must(attempt->stage == RUNNER_LEFT || attempt->stage == RUNNER_OVER, "sealed in stage %d",
	     attempt->stage);
	if (chance_once_in(8))
		return -ENOSPC;
	machine_fates[attempt->task].sealed = true;
	return 0;
}

static void runner_forget(struct executor *executor, struct run *const *runs, size_t count)
{
	(void)executor;
	for (size_t i = 0; i < count && server_reaches_world(); i++) {
		struct runner_attempt *attempt = runner_of(runs[i]);
		const struct machine_entry *entry = &machine_ledger[attempt->entry >= 0 ? attempt->entry : 0];
		runner_check_forget(attempt);
		struct machine_process *process = attempt->entry >= 0 && entry->task == attempt->task
		                                          ? machine_find(entry->pid, entry->start)
		                                          : NULL;
		if (process && process->task == attempt->task)
			machine_reap(process);
		attempt->stage = RUNNER_FREE;
		runs[i]->execution = NULL;
	}
}

static int runner_output(struct executor *executor, const struct task *task, uint32_t attempt,
                         enum executor_stream stream, bool want_fd, struct executor_output *output)
{
	(void)executor, (void)task, (void)attempt, (void)stream, (void)want_fd, (void)output;
	return -ENOENT;
}

static void runner_discard(struct executor *executor, const struct task *task, uint32_t count)
{
	(void)executor, (void)count;
	if (server_reaches_world())
		must(!disk_durable.rows[task->number].exists,
		     "the output of task %llu goes, and the task is there", (unsigned long long)task->number);
}

static void runner_describe(struct executor *executor, const struct run *run, struct executor_place *place)
{
	(void)executor, (void)run, (void)place;
}

static unsigned runner_room(struct executor *executor)
{
	(void)executor;
	return room;
}

static const char *runner_shortage(struct executor *executor)
{
	(void)executor;
	return "there is no room";
}

static void runner_retry(struct executor *executor)
{
	(void)executor;
}

static const struct executor_verbs verbs = {
	.prepare = runner_prepare,
	.go = runner_go,
	.signal = runner_signal,
	.adopt = runner_adopt,
	.seal = runner_seal,
	.forget = runner_forget,
	.output = runner_output,
	.discard = runner_discard,
	.describe = runner_describe,
	.room = runner_room,
	.kill_left = runner_kill_left,
	.continue_left = runner_continue_left,
	.watch_left = runner_watch_those_left,
	.shortage = runner_shortage,
	.retry = runner_retry,
};

/* Events of the runs. */

static void runner_happens(struct runner_attempt *attempt)
{
	switch (attempt->stage) {
	case RUNNER_PREPARING:
		runner_report_prepared(attempt);
		break;
	case RUNNER_GOING:
		runner_go_on(attempt);
		break;
	case RUNNER_CLONED:
		runner_report_began(attempt);
		break;
	case RUNNER_RUNNING:
		runner_watch(attempt);
		break;
	case RUNNER_LEFT:
		runner_watch_left(attempt);
		break;
	case RUNNER_ADOPTING:
		runner_report_adopted(attempt);
		break;
	default:
		break;
	}
}

bool runner_step(unsigned from)
{
	uint64_t gone = chance_draw(4) == 0 ? machine_left_ends() : 0;
	if (gone) {
		tell("        task %llu: those that were left are gone", (unsigned long long)gone);
		runner.reports.left_gone(runner.reports.ctx, gone);
		causes_gone(gone);
		return true;
	}
	for (unsigned i = 0; i < RUNNER_RUNS; i++) {
		struct runner_attempt *attempt = &attempts[(from + i) % RUNNER_RUNS];
		if (attempt->stage == RUNNER_FREE || attempt->stage == RUNNER_PREPARED ||
		    attempt->stage == RUNNER_OVER)
			continue;
		runner_happens(attempt);
		return true;
	}
	return false;
}

void runner_look(void)
{
	for (int i = 0; i < RUNNER_RUNS; i++) {
		int state = attempts[i].stage == RUNNER_LEFT ? disk_ahead.rows[attempts[i].task].state
		                                             : TASK_STOPPING;
		attempts[i].released |= state != TASK_STOPPING && state != TASK_OVERTIME;
	}
}

static bool runner_is_on_its_way(const struct runner_attempt *attempt)
{
	return attempt->stage == RUNNER_PREPARING || attempt->stage == RUNNER_GOING ||
	       attempt->stage == RUNNER_CLONED || attempt->stage == RUNNER_ADOPTING;
}

bool runner_is_busy(void)
{
	for (int i = 0; i < RUNNER_RUNS; i++) {
		if (runner_is_on_its_way(&attempts[i]))
			return true;
	}
	return false;
}

void runner_rest(void)
{
	for (int i = 0; i < RUNNER_RUNS; i++) {
		if (runner_is_on_its_way(&attempts[i]))
			runner_happens(&attempts[i]);
	}
}

bool runner_has_no_room(void)
{
	return room == 0;
}

void runner_set_room(unsigned now)
{
	bool more = now > room;
	room = now;
	if (more)
		runner.reports.room(runner.reports.ctx);
}

void runner_have_room(void)
{
	if (room == 0)
		runner_set_room(5);
}

void runner_crash(void)
{
	memset(attempts, 0, sizeof(attempts));
}

void runner_reset(void)
{
	runner_crash();
	runner.verbs = &verbs;
	room = 5;
}
