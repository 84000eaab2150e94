/*
 * The core, with everything below it controlled by the test: a scripted executor, a store that commits or
 * fails when the test wants it, and a clock that does not advance.  No process, no disk, no loop.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/core.h"
#include "engine/core/creation.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/runs.h"
#include "engine/core/settle.h"
#include "engine/task/messages.h"
#include "tests/unit/unit.h"

enum { RUNS_MAX = 600 };

static struct core core;
/* For the tasks that are made. */
static struct task_plan next_plan;
static const char *next_group;
static int64_t now, ticks;

/* The store: it numbers changes, and each commit waits for the test. */
static uint64_t put_last, put_committed;
static int put_error; /* the result of the next put */

static int sink_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	(void)ctx, (void)urgent;
	/* Not ck_assert(): each call writes a record, and there are a million calls. */
	if (batch->error || !batch->first)
		ck_abort();
	if (put_error)
		return put_error;
	*sequence = ++put_last;
	return 0;
}

static void commit(void)
{
	put_committed = put_last;
	core_committed(&core, put_committed);
}

/* All waiting changes fail. */
static void fail_commit(void)
{
	put_last = put_committed;
	core_failed(&core, put_committed);
	core_committed(&core, put_committed);
}

/* The executor. */
static struct executor executor;
static struct run *started[RUNS_MAX]; /* runs that were told to go, in order; NULL: the run is over */
static unsigned started_count, forgotten, sealed, prepared;
static unsigned room;
static int refuse; /* the result of prepare */
static bool defer; /* prepare answers later */
static struct run *preparing;
static bool postpone; /* go postpones the run */
static int seal_error;
static int last_signal;
static unsigned signals;
static unsigned discarded;

static void verb_prepare(struct executor *its, struct run *const *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct task_process process = TASK_PROCESS_INIT;
		process.entry = (int32_t)prepared;
		preparing = runs[i];
		if (defer)
			continue;
		if (refuse) {
			its->reports.refused(its->reports.ctx, runs[i], refuse);
			continue;
		}
		prepared++;
		its->reports.prepared(its->reports.ctx, runs[i], &process);
	}
}

static void verb_go(struct executor *its, struct run *const *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_lt(started_count, RUNS_MAX);
		started[started_count++] = runs[i];
		if (postpone)
			its->reports.postponed(its->reports.ctx, runs[i], -ENOMEM);
	}
}

static void verb_signal(struct executor *its, struct run *const *runs, size_t count, int signal)
{
	(void)its, (void)runs, (void)count;
	last_signal = signal;
	signals++;
}

static struct run *adopted;
static bool adopted_other_boot;

static int verb_adopt(struct executor *its, struct run *const *runs, const bool *other_boot, size_t count)
{
	(void)its;
	ck_assert_uint_eq(count, 1);
	adopted = runs[0];
	adopted_other_boot = other_boot[0];
	return 0;
}

static int verb_seal(struct executor *its, struct run *run)
{
	(void)its, (void)run;
	sealed += seal_error == 0;
	return seal_error;
}

static void verb_forget(struct executor *its, struct run *const *runs, size_t count)
{
	(void)its;
	for (size_t i = 0; i < started_count; i++) {
		if (started[i] == runs[0])
			started[i] = NULL;
	}
	forgotten += (unsigned)count;
}

static int verb_output(struct executor *its, const struct task *task, enum executor_stream stream,
                       bool want_fd, struct executor_output *output)
{
	(void)its, (void)task, (void)stream, (void)want_fd, (void)output;
	return -ENOENT;
}

static void verb_discard(struct executor *its, uint64_t number)
{
	(void)its, (void)number;
	discarded++;
}

static void verb_describe(struct executor *its, const struct run *run, struct executor_place *place)
{
	(void)its, (void)run, (void)place;
}

static bool left_over;

static bool verb_kill_left(struct executor *its, const struct task *task)
{
	(void)its, (void)task;
	return left_over;
}

static unsigned verb_room(struct executor *its)
{
	(void)its;
	return room;
}

static const char *verb_shortage(struct executor *its)
{
	(void)its;
	return "there is no room";
}

static void verb_retry(struct executor *its)
{
	(void)its;
}

static const struct executor_verbs verbs = {
	.prepare = verb_prepare,
	.go = verb_go,
	.signal = verb_signal,
	.adopt = verb_adopt,
	.seal = verb_seal,
	.forget = verb_forget,
	.output = verb_output,
	.discard = verb_discard,
	.describe = verb_describe,
	.room = verb_room,
	.kill_left = verb_kill_left,
	.shortage = verb_shortage,
	.retry = verb_retry,
};

static void began(struct run *run)
{
	struct executor_began report = { .process = run->process, .started_at = now };
	report.process.pid = 1000 + run->process.entry;
	executor.reports.began(executor.reports.ctx, run, &report);
}

static void ended(struct run *run, int exit_code, unsigned left)
{
	struct run_end end = { .known = exit_code >= 0, .exit_code = exit_code, .left = left };
	end.message = exit_code >= 0 ? NULL : (char *)"not known";
	executor.reports.ended(executor.reports.ctx, run, &end);
}

/* What the core reports to the test. */
static unsigned told_ended, told_impossible;
static int64_t alarm_at;

static void hook_ended(void *ctx, const struct task *task)
{
	(void)ctx;
	if (!task_state_terminal(task->status.state))
		ck_abort();
	told_ended++;
}

static void hook_alarm(void *ctx, int64_t at)
{
	(void)ctx;
	alarm_at = at;
}

static void hook_impossible(void *ctx, const struct task *task, const char *phase, const char *event)
{
	(void)ctx, (void)task, (void)phase, (void)event;
	told_impossible++;
}

static int64_t clock_now(void *ctx)
{
	(void)ctx;
	return now;
}

static int64_t clock_ticks(void *ctx)
{
	(void)ctx;
	return ticks;
}

/* Moves the clock to the next alarm, and rings it. */
static void ring(void)
{
	ck_assert_int_ne(alarm_at, INT64_MAX);
	int64_t left = alarm_at > ticks ? alarm_at - ticks : 0;
	ticks += left;
	now += left;
	alarm_at = INT64_MAX;
	core_alarm(&core);
}

static void setup(void)
{
	struct core_options options = {
		.executor = &executor,
		.sink = { .put = sink_put },
		.now = clock_now,
		.ticks = clock_ticks,
		.boot_id = "this-boot",
	};
	const struct core_hooks hooks = { .ended = hook_ended,
		                          .alarm = hook_alarm,
		                          .impossible = hook_impossible };
	executor.verbs = &verbs;
	now = 1000000;
	ticks = 500;
	alarm_at = INT64_MAX;
	room = 1000;
	refuse = seal_error = put_error = 0;
	defer = postpone = false;
	preparing = NULL;
	put_last = put_committed = 0;
	started_count = forgotten = sealed = prepared = signals = discarded = told_ended = told_impossible =
		0;
	last_signal = 0;
	adopted = NULL;
	next_plan = plan_default;
	next_group = NULL;
	core_init(&core, &options);
	core_set_hooks(&core, &hooks);
}

static void teardown(void)
{
	ck_assert_uint_eq(told_impossible, 0);
	core_release(&core);
}

static struct task *make_child(const char *id, struct task *parent, bool start)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL,
		                  .cwd = strdup("/"),
		                  .group = next_group ? strdup(next_group) : NULL,
		                  .plan = next_plan.weight != 1 || next_plan.priority ? plan_copy(&next_plan)
		                                                                      : NULL };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	int code = creation_make(&core, &spec, NULL, parent, start, &task, &error);
	if (code)
		ck_abort_msg("%s", error ? error : strerror(-code));
	return task;
}

static struct task *make(const char *id, bool start)
{
	return make_child(id, NULL, start);
}

static const struct stop_options term = { .signal = SIGTERM, .kill_after = -1 };

/* Makes a running task, with all changes committed. */
static struct task *make_running(const char *id)
{
	struct task *task = make(id, true);
	commit();
	commit();
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	return task;
}

START_TEST(every_phase_and_event)
{
	static const struct {
		enum run_phase phase;
		enum run_event event;
		enum run_phase next;
	} cells[] = {
#define CELL(phase, event, next) { RUN_##phase, RUN_EVENT_##event, RUN_##next }
		CELL(PREPARING, PREPARED, CLAIMING),
		CELL(CLAIMING, CLAIMED, READY),
		CELL(CLAIMING, RECALL, RECALLING_EARLY),
		CELL(READY, RECALL, RECALLING),
		CELL(RECALLING_EARLY, CLAIMED, RECALLING),
		CELL(RECALLING_EARLY, RECALL_UNDONE, CLAIMING),
		CELL(RECALLING, RECALL_UNDONE, READY),
		CELL(READY, PAUSE_DURABLE, READY),
		CELL(READY, RESUME_DURABLE, READY),
		CELL(RECALLING, PAUSE_DURABLE, RECALLING),
		CELL(RECALLING, RESUME_DURABLE, RECALLING),
		CELL(STARTING, PAUSE_DURABLE, STARTING_PAUSED),
		CELL(STARTING, RESUME_DURABLE, STARTING),
		CELL(STARTING_PAUSED, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING_PAUSED, PAUSE_DURABLE, STARTING_PAUSED),
		CELL(STARTING_PAUSED, RESUME_DURABLE, STARTING),
		CELL(STARTING_PAUSED, POSTPONED, READY),
		CELL(STARTING_PAUSED, BEGAN, RUNNING),
		CELL(STARTING_STOPPED, PAUSE_DURABLE, STARTING_STOPPED),
		CELL(STARTING_STOPPED, RESUME_DURABLE, STARTING_STOPPED),
		CELL(ADOPTING, PAUSE_DURABLE, ADOPTING_PAUSED),
		CELL(ADOPTING, RESUME_DURABLE, ADOPTING),
		CELL(ADOPTING_PAUSED, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_PAUSED, PAUSE_DURABLE, ADOPTING_PAUSED),
		CELL(ADOPTING_PAUSED, RESUME_DURABLE, ADOPTING),
		CELL(ADOPTING_PAUSED, BEGAN, RUNNING),
		CELL(ADOPTING_PAUSED, NEVER_BEGAN, READY),
		CELL(ADOPTING_PAUSED, EXITED, ENDED),
		CELL(ADOPTING_STOPPED, PAUSE_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, RESUME_DURABLE, ADOPTING_STOPPED),
		CELL(RUNNING, PAUSE_DURABLE, RUNNING),
		CELL(RUNNING, RESUME_DURABLE, RUNNING),
		CELL(ENDED, PAUSE_DURABLE, ENDED),
		CELL(ENDED, RESUME_DURABLE, ENDED),
		CELL(CLOSING, PAUSE_DURABLE, CLOSING),
		CELL(CLOSING, RESUME_DURABLE, CLOSING),
		CELL(VOID, PAUSE_DURABLE, VOID),
		CELL(VOID, RESUME_DURABLE, VOID),
		CELL(UNCLAIMING, PAUSE_DURABLE, UNCLAIMING),
		CELL(UNCLAIMING, RESUME_DURABLE, UNCLAIMING),
		CELL(READY, GO, STARTING),
		CELL(READY, WITHDRAW, VOID),
		CELL(STARTING, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING, POSTPONED, READY),
		CELL(STARTING, BEGAN, RUNNING),
		CELL(STARTING_STOPPED, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING_STOPPED, POSTPONED, READY),
		CELL(STARTING_STOPPED, BEGAN, RUNNING),
		CELL(ADOPTING, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, BEGAN, RUNNING),
		CELL(ADOPTING_STOPPED, NEVER_BEGAN, READY),
		CELL(ADOPTING_STOPPED, EXITED, ENDED),
		CELL(ADOPTING, BEGAN, RUNNING),
		CELL(ADOPTING, NEVER_BEGAN, READY),
		CELL(ADOPTING, EXITED, ENDED),
		CELL(RUNNING, STOP_DURABLE, RUNNING),
		CELL(RUNNING, EXITED, ENDED),
		CELL(ENDED, STOP_DURABLE, ENDED),
		CELL(ENDED, EXITED, ENDED),
		CELL(ENDED, CLOSE, CLOSING),
		CELL(CLOSING, STOP_DURABLE, CLOSING),
		CELL(CLOSING, EXITED, CLOSING),
		CELL(CLOSING, REOPEN, ENDED),
		CELL(VOID, STOP_DURABLE, VOID),
		CELL(VOID, RESTORE, READY),
		CELL(VOID, UNCLAIM, UNCLAIMING),
		CELL(UNCLAIMING, STOP_DURABLE, UNCLAIMING),
		CELL(UNCLAIMING, VOID_AGAIN, VOID),
#undef CELL
	};
	for (int phase = -1; phase <= RUN_PHASE_COUNT; phase++) {
		for (int event = -1; event <= RUN_EVENT_COUNT; event++) {
			int next = -1;
			for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
				if ((int)cells[i].phase == phase && (int)cells[i].event == event)
					next = (int)cells[i].next;
			}
			ck_assert_msg(run_phase_next((enum run_phase)phase, (enum run_event)event) == next,
			              "%s × %s", run_phase_name((enum run_phase)phase),
			              run_event_name((enum run_event)event));
		}
	}
}
END_TEST

START_TEST(what_cannot_be_is_told_and_ignored)
{
	struct task *task = make_running("a");
	ck_assert(!run_step(task->run, RUN_EVENT_GO));
	ck_assert_int_eq(task->run->phase, RUN_RUNNING);
	ck_assert_uint_eq(told_impossible, 1);
	told_impossible = 0;
}
END_TEST

START_TEST(nothing_goes_before_its_claim_is_durable)
{
	struct task *task = make("a", true);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(task->run->phase, RUN_CLAIMING);
	ck_assert_uint_eq(started_count, 0);
	commit();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(nothing_is_forgotten_before_its_end_is_durable)
{
	struct task *task = make_running("a");
	now += 5000;
	ticks += 5000;
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_int_eq(task->status.percent, 100);
	ck_assert_uint_eq(sealed, 1);
	ck_assert_uint_eq(forgotten, 0);
	ck_assert_uint_eq(told_ended, 0);
	commit();
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(task_duration(&task->status, now), 5000);
}
END_TEST

START_TEST(a_kill_of_what_has_ended_is_for_who_is_left)
{
	const struct stop_options by_kill = { .given = true, .signal = SIGKILL, .kill_after = -1 };
	struct task *task = make_running("a");
	ended(task->run, 0, 0);
	commit();
	left_over = false;
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), -EPERM);
	left_over = true;
	ck_assert_int_eq(requests_stop(&core, task, &term), -EPERM);
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), 0);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	/* A task that has not begun leaves no process running. */
	task = make("b", false);
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	left_over = false;
}
END_TEST

/*
 * If somebody sets the clock while a task runs, its duration stays right, and its start moves with the clock.
 */
START_TEST(a_duration_is_no_matter_of_the_clock)
{
	static const int64_t steps[] = { -3600000, 3600000, 10 * 24 * 3600000L, -5000, 100 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		char name[] = { (char)('a' + i), '\0' };
		struct task *task = make_running(name);
		int64_t start = task->status.started_at;
		now += 5000;
		ticks += 5000;
		ck_assert_int_eq(run_started_at(task, now), start);
		ck_assert_int_eq(run_duration(task, now), 5000);
		now += steps[i];
		/* A small step is only drift between the clocks, so it is not taken for a new setting. */
		bool set = steps[i] != 100;
		ck_assert_int_eq(run_duration(task, now), set ? 5000 : 5100);
		ck_assert_int_eq(run_started_at(task, now), set ? start + steps[i] : start);
		now += 2000;
		ticks += 2000;
		ended(task->run, 0, 0);
		commit();
		ck_assert_int_eq(task->status.ended_at, now);
		ck_assert_int_eq(task->status.started_at, set ? start + steps[i] : start);
		/* After the end, the duration no longer changes. */
		now += steps[i];
		ck_assert_int_eq(run_duration(task, now), set ? 7000 : 7100);
	}
}
END_TEST

START_TEST(what_runs_since_before_this_server_has_run_since_then)
{
	struct task *task = make("a", true);
	commit();
	ticks += 100000;
	now += 100000;
	struct executor_began report = { .process = task->run->process,
		                         .started_at = now - 60000,
		                         .tick = ticks - 60000 };
	executor.reports.began(executor.reports.ctx, task->run, &report);
	ck_assert_int_eq(run_duration(task, now), 60000);
	now -= 3600000;
	ck_assert_int_eq(run_duration(task, now), 60000);
	ended(task->run, 0, 0);
	commit();
}
END_TEST

START_TEST(a_start_is_once)
{
	struct task *task = make("a", false);
	ck_assert_int_eq(requests_start(&core, task), 0);
	ck_assert_int_eq(requests_start(&core, task), -EPERM);
	commit();
	ck_assert_int_eq(requests_start(&core, task), -EPERM);
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

START_TEST(a_stop_before_the_claim_is_committed_takes_it_back)
{
	struct task *task = make("a", true);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED_BEFORE_START);
	commit();
	ck_assert_uint_eq(started_count, 0);
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_uint_eq(signals, 0);
}
END_TEST

START_TEST(a_stop_of_a_ready_claim_takes_it_back)
{
	core.options.slots = 1;
	make_running("a");
	struct task *task = make("b", true);
	commit();
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_ptr_null(task->run);
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(a_stop_during_the_spawn_is_sent_when_it_began)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_int_eq(task->run->phase, RUN_STARTING_STOPPED);
	ck_assert_uint_eq(signals, 0);
	began(task->run);
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED);
}
END_TEST

START_TEST(a_stop_that_is_not_durable_is_not_sent)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	began(task->run);
	ck_assert_uint_eq(signals, 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 0);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(a_stop_that_cannot_be_recorded_is_sent_all_the_same)
{
	static const struct stop_options kill = { .given = true, .signal = SIGKILL, .kill_after = -1 },
					 none = { .given = true, .signal = 0, .kill_after = -1 };
	struct task *task = make_running("a");
	ck_assert(requests_stop_sends(task, &term));
	ck_assert(!requests_stop_sends(task, &none));
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert(!requests_stop_sends(task, &term));
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(requests_stop(&core, task, &kill), 0);
	fail_commit();
	ck_assert_uint_eq(signals, 2);
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	fail_commit();
	ck_assert_uint_eq(signals, 2);
	/* No stop was stored, so the task ends as failed. */
	ended(task->run, 1, 0);
	ring();
	commit();
	commit();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
}
END_TEST

/* Otherwise a crash between both commits and the signal would lose it. */
START_TEST(a_stop_that_sends_none_keeps_the_signal_of_one_on_its_way)
{
	static const struct stop_options none = { .given = true, .signal = 0, .kill_after = 700 };
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	commit();
	commit();
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(task->run->stop.kill_at, now + 700);
	/* Once it is sent there is nothing to keep. */
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	commit();
	ck_assert_int_eq(task->run->process.stop_signal, 0);
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(a_second_stop_needs_an_option)
{
	struct task *task = make_running("a");
	struct stop_options again = { .given = true, .signal = SIGINT, .kill_after = -1 };
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(requests_stop(&core, task, &again), 0);
	fail_commit();
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(requests_stop(&core, task, &again), 0);
	commit();
	ck_assert_int_eq(last_signal, SIGINT);
}
END_TEST

START_TEST(a_kill_comes_when_it_is_due)
{
	struct task *task = make_running("a");
	struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = 3000 };
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ck_assert_int_eq(alarm_at, ticks + 3000);
	ring();
	ck_assert_int_eq(last_signal, SIGKILL);
	ended(task->run, 0, 0);
	commit();
	ck_assert_int_eq(timers_next(&core.timers), INT64_MAX);
}
END_TEST

START_TEST(a_clock_that_is_set_delays_nothing)
{
	struct task *task = make_running("a");
	struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = 3000 };
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	commit();
	now -= 3600000;
	refuse = -EMFILE;
	struct task *other = make("b", true);
	refuse = 0;
	ring();
	ck_assert_int_eq(other->status.state, TASK_CLAIMED);
	now -= 3600000;
	ring();
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_int_eq(ticks, 3500);
	ended(task->run, 0, 0);
}
END_TEST

START_TEST(a_stop_lasts_until_the_session_is_empty)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ended(task->run, 3, 2);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(task->status.exit_code, 3);
	commit();
	ck_assert_uint_eq(forgotten, 0);
	ended(task->run, 3, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(without_a_stop_those_left_are_named)
{
	struct task *task = make_running("a");
	struct run_end end = {
		.known = true, .exit_code = 0, .left = 1, .survivors = (char *)MSG_LEFT_RUNNING "7 (x)"
	};
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_str_eq(task->status.message, MSG_LEFT_RUNNING "7 (x)");
	/* The end of the remaining processes is not reported again. */
	end.left = 0;
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(a_stop_waits_for_none_that_are_gone_already)
{
	struct task *task = make_running("a");
	ended(task->run, 0, 1);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ended(task->run, 0, 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ring(); /* a probe of the store */
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(an_undone_stop_lets_an_end_be_an_end)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ended(task->run, 3, 1);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	fail_commit();
	ring(); /* a probe of the store */
	commit();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(an_undone_stop_makes_a_claim_ready_again)
{
	core.options.slots = 1;
	struct task *first = make_running("a"), *task = make("b", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ring();
	commit();
	ended(first->run, 0, 0);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(slots_bound_what_runs_and_claims_run_ahead)
{
	core.options.slots = 2;
	for (int i = 0; i < 300; i++)
		make(NULL, true);
	commit();
	ck_assert_uint_eq(started_count, 2);
	ck_assert_uint_eq(prepared, 102);
	began(started[0]);
	ended(started[0], 0, 0);
	ck_assert_uint_eq(started_count, 3);
	ck_assert_str_eq(task_id(started[2]->task), "3");
}
END_TEST

static struct task *make_planned(const char *id, const char *group, int32_t priority, uint32_t weight)
{
	next_group = group;
	next_plan.priority = priority;
	next_plan.weight = weight;
	struct task *task = make(id, true);
	next_group = NULL;
	next_plan = plan_default;
	return task;
}

static struct task_group *add_group(const char *name, unsigned slots, int32_t priority)
{
	const struct group_settings settings = { .slots = slots, .priority = priority };
	ck_assert_int_eq(grouping_add(&core, name, &settings), 0);
	settle_core(&core);
	return groups_named(&core, name);
}

static void commit_all(void)
{
	for (int i = 0; i < 4; i++)
		commit();
}

START_TEST(an_urgent_task_gets_the_next_slot)
{
	char id[16];
	core.options.slots = 1;
	struct task *first = make_running("first");
	for (int i = 0; i < 300; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		make(id, true);
	}
	commit_all();
	struct task *urgent = make_planned("urgent", NULL, 1, 1);
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(urgent->run->phase, RUN_STARTING);
	ck_assert_uint_eq(core.phases[RUN_STARTING], 1);
}
END_TEST

START_TEST(a_group_has_slots_of_its_own)
{
	struct task_group *group = add_group("g", 2, 0);
	struct task *tasks[3];
	for (int i = 0; i < 3; i++)
		tasks[i] = make_planned(i == 0 ? "a" : i == 1 ? "b" : "c", "g", 0, 1);
	struct task *other = make("other", true);
	commit_all();
	ck_assert_int_eq(tasks[1]->run->phase, RUN_STARTING);
	ck_assert_int_eq(tasks[2]->run->phase, RUN_READY);
	ck_assert_int_eq(other->run->phase, RUN_STARTING);
	ck_assert_uint_eq(group->used, 2);
	began(tasks[0]->run);
	ended(tasks[0]->run, 0, 0);
	ck_assert_int_eq(tasks[2]->run->phase, RUN_STARTING);
	commit_all();
	ck_assert_uint_eq(group->members, 2);
}
END_TEST

START_TEST(between_groups_priority_then_share_then_age)
{
	core.options.slots = 1;
	struct task *first = make_running("first");
	add_group("low", 4, 0);
	add_group("high", 4, 1);
	struct task *low = make_planned("l", "low", 9, 1), *high = make_planned("h", "high", -9, 1);
	commit_all();
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(high->run->phase, RUN_STARTING);
	began(high->run);
	ended(high->run, 0, 0);
	commit_all();
	ck_assert_int_eq(low->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(the_head_reserves_what_it_weighs)
{
	struct task_group *group = add_group("g", 3, 0);
	struct task *two = make_planned("two", "g", 0, 2), *big = make_planned("big", "g", 0, 2),
		    *small = make_planned("small", "g", 0, 1), *giant = make_planned("giant", "g", 0, 9);
	commit_all();
	ck_assert_int_eq(two->run->phase, RUN_STARTING);
	ck_assert_int_eq(small->run->phase, RUN_READY);
	began(two->run);
	ended(two->run, 0, 0);
	commit_all();
	ck_assert_int_eq(big->run->phase, RUN_STARTING);
	ck_assert_int_eq(small->run->phase, RUN_STARTING);
	ck_assert_int_eq(giant->run->phase, RUN_READY);
	ck_assert_uint_eq(group->used, 3);
	began(big->run);
	began(small->run);
	ended(big->run, 0, 0);
	ended(small->run, 0, 0);
	commit_all();
	ck_assert_int_eq(giant->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(a_paused_group_gives_its_claims_back)
{
	struct task_group *group = add_group("g", 1, 0);
	make_planned("a", "g", 0, 1);
	struct task *waits = make_planned("b", "g", 0, 1);
	commit_all();
	ck_assert_int_eq(waits->status.state, TASK_CLAIMED);
	struct group_settings settings = group->settings;
	settings.paused = true;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	ck_assert_int_eq(waits->status.state, TASK_QUEUED);
	commit_all();
	ck_assert_ptr_null(waits->run);
	settings.paused = false;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	ck_assert_int_eq(waits->status.state, TASK_CLAIMED);
}
END_TEST

START_TEST(a_group_takes_over_a_label_and_gives_it_back)
{
	next_group = "g";
	struct task *running = make_running("a"), *waits = make("b", true);
	next_group = NULL;
	core.options.slots = 1;
	commit_all();
	ck_assert_ptr_eq(waits->standing->group, &core.labels);
	struct task_group *group = add_group("g", 1, 0);
	ck_assert_ptr_eq(running->standing->group, group);
	ck_assert_uint_eq(group->members, 2);
	ck_assert_uint_eq(group->used, core.used);
	ck_assert_uint_eq(core.labels.used, 0);
	fail_commit();
	ck_assert_ptr_eq(running->standing->group, &core.labels);
	ck_assert_uint_eq(core.labels.used, core.used);
	ck_assert_uint_eq(core.group_count, 0);
}
END_TEST

START_TEST(an_unknown_group_makes_nothing)
{
	struct task_group *group = add_group("g", 1, 0);
	struct task_spec spec = { .id = strdup("a"), .cwd = strdup("/"), .group = strdup("h") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &task, &error), -ENOENT);
	task_spec_release(&spec);
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	make_planned("b", "g", 0, 1);
	ck_assert_int_eq(grouping_remove(&core, group), -EBUSY);
	ck_assert_int_eq(grouping_remove(&core, &core.common), -EBUSY);
}
END_TEST

START_TEST(a_failure_pauses_a_strict_group)
{
	struct task_group *group = add_group("g", 1, 0);
	group->settings.pause_on_fail = true;
	struct task *bad = make_planned("bad", "g", 0, 1), *next = make_planned("next", "g", 0, 1);
	commit_all();
	began(bad->run);
	ended(bad->run, 3, 0);
	ck_assert(group->settings.paused);
	commit_all();
	ck_assert_int_eq(next->status.state, TASK_QUEUED);
}
END_TEST

START_TEST(a_pause_is_sent_once_it_is_durable)
{
	struct task *task = make_running("a");
	now += 700;
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_int_eq(task->plan->marks.ran, 700);
	ck_assert_uint_eq(signals, 0);
	commit();
	ck_assert_int_eq(last_signal, SIGSTOP);
	ck_assert_uint_eq(core.used, 0);
	ck_assert_int_eq(pausing_pause(&core, task), -EPERM);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_uint_eq(core.used, 1);
	ck_assert_int_eq(last_signal, SIGSTOP);
	commit();
	ck_assert_int_eq(last_signal, SIGCONT);
	ck_assert_int_eq(pausing_resume(&core, task), -EPERM);
}
END_TEST

START_TEST(a_held_task_keeps_its_place)
{
	core.options.slots = 1;
	struct task *first = make_running("first"), *held = make("held", true), *next = make("next", true);
	commit_all();
	ck_assert_int_eq(pausing_pause(&core, held), 0);
	ck_assert_int_eq(held->status.state, TASK_QUEUED);
	commit_all();
	ck_assert_ptr_null(held->run);
	ck_assert_int_eq(pausing_resume(&core, held), 0);
	commit_all();
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(held->run->phase, RUN_STARTING);
	ck_assert_int_eq(next->run->phase, RUN_READY);
}
END_TEST

START_TEST(a_pause_starts_nothing)
{
	core.options.paused = true;
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	core.options.paused = false;
	core_need(&core, CORE_DUE_SCHEDULE);
	settle_core(&core);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
}
END_TEST

START_TEST(no_room_means_later_and_in_order)
{
	refuse = -EMFILE;
	make("a", true);
	make("b", true);
	commit();
	ck_assert_uint_eq(prepared, 0);
	refuse = 0;
	make("c", true);
	ck_assert_uint_eq(prepared, 0);
	ring();
	commit();
	ck_assert_uint_eq(started_count, 3);
	ck_assert_str_eq(task_id(started[0]->task), "a");
	ck_assert_str_eq(task_id(started[1]->task), "b");
	ck_assert_str_eq(task_id(started[2]->task), "c");
}
END_TEST

START_TEST(who_waits_for_room_says_so)
{
	struct task *a = make("a", true), *b = make("b", true), *c;
	commit();
	ck_assert_ptr_null(a->status.message);
	room = 0;
	c = make("c", true);
	commit();
	ck_assert_str_eq(c->status.message, unit_says(MSG_TASK_WAITING, "there is no room"));
	ck_assert_ptr_null(b->status.message);
	room = 1000;
	executor.reports.room(executor.reports.ctx);
	commit();
	began(c->run);
	ck_assert_ptr_null(c->status.message);
	/* It is not a shortage if another task has the slot. */
	core.options.slots = 3;
	room = 0;
	struct task *d = make("d", true);
	commit();
	ck_assert_ptr_null(d->status.message);
}
END_TEST

START_TEST(a_postponed_run_goes_again_with_the_retry)
{
	struct task *task = make("a", true);
	commit();
	executor.reports.postponed(executor.reports.ctx, task->run, -EAGAIN);
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ck_assert_ptr_nonnull(strstr(task->status.message, "waiting: "));
	ck_assert_uint_eq(started_count, 1);
	ring();
	ck_assert_uint_eq(started_count, 2);
	began(task->run);
	ck_assert_ptr_null(task->status.message);
}
END_TEST

START_TEST(what_is_postponed_at_once_is_not_told_to_go_at_once)
{
	for (int i = 0; i < 100; i++)
		make(NULL, true);
	postpone = true;
	commit();
	/* No more than one list of runs is started. */
	ck_assert_uint_le(started_count, 64);
	postpone = false;
	ring();
	for (unsigned i = 0; i < started_count; i++) {
		if (started[i]->phase == RUN_STARTING)
			began(started[i]);
	}
	ck_assert_uint_eq(core_active(&core), 100);
}
END_TEST

START_TEST(what_is_being_prepared_can_be_stopped)
{
	defer = true;
	struct task *task = make("a", true);
	ck_assert_int_eq(task->run->phase, RUN_PREPARING);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_uint_eq(forgotten, 1);
	defer = false;
	/* It does not keep other tasks from starting. */
	make("b", true);
	commit();
	commit();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(what_is_being_prepared_can_be_undone)
{
	struct task *task = make("a", false);
	commit();
	defer = true;
	ck_assert_int_eq(requests_start(&core, task), 0);
	make("b", true);
	ck_assert_uint_eq(core_runs(&core), 2);
	fail_commit();
	ck_assert_uint_eq(core_runs(&core), 0);
	ck_assert_uint_eq(forgotten, 2);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_ptr_null(registry_find(&core.registry, "b"));
}
END_TEST

START_TEST(an_undone_stop_of_what_is_being_prepared_queues_it_again)
{
	defer = true;
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	defer = false;
	ring();
	commit();
	commit();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

START_TEST(a_postponed_run_that_was_stopped_is_void)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	executor.reports.postponed(executor.reports.ctx, task->run, -EAGAIN);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_ptr_null(task->run);
}
END_TEST

START_TEST(an_end_that_cannot_be_sealed_is_tried_again)
{
	struct task *task = make_running("a");
	seal_error = -ENOSPC;
	ended(task->run, 4, 0);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ring();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	seal_error = 0;
	ring();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, unit_says(MSG_ENDED_WITH_STATUS, "4"));
}
END_TEST

START_TEST(out_of_memory_changes_nothing)
{
	struct task *task = make("a", false), *other = NULL, *running = make_running("r");
	struct task_spec spec = { .cwd = strdup("/") };
	char *error = NULL;
	strings_add(&spec.command, "true");
	put_error = -ENOMEM;
	ck_assert_int_eq(requests_start(&core, task), -ENOMEM);
	ck_assert_int_eq(requests_stop(&core, task, &term), -ENOMEM);
	ck_assert_int_eq(requests_stop(&core, running, &term), -ENOMEM);
	ck_assert_int_eq(requests_set_text(&core, task, "name", NULL, &error), -ENOMEM);
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &other, &error), -ENOMEM);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_int_eq(running->status.state, TASK_RUNNING);
	ck_assert_ptr_null(task_given_name(task));
	ck_assert_uint_eq(core.registry.order.count, 2);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ended(running->run, 0, 0);
	ck_assert_int_eq(running->status.state, TASK_RUNNING);
	put_error = 0;
	ring();
	ck_assert_int_eq(running->status.state, TASK_COMPLETED);
	task_spec_release(&spec);
}
END_TEST

/*
 * The whole life of a few tasks, while the commit with this number fails.  Whatever this undoes, all tasks
 * end as they should, and no task begins twice.  Returns the number of commits.
 */
static unsigned live(unsigned failing)
{
	unsigned commits = 0, answered = 0;
	struct task *tasks[4];
	static const char *const ids[] = { "ok", "bad", "stopped", "deaf" };
	core.options.slots = 2;
	for (int turn = 0; turn < 200; turn++) {
		for (int i = 0; i < 4; i++) {
			tasks[i] = registry_find(&core.registry, ids[i]);
			if (!tasks[i])
				tasks[i] = make(ids[i], false);
			if (tasks[i]->status.state == TASK_CREATED)
				ck_assert_int_eq(requests_start(&core, tasks[i]), 0);
			bool stop = i >= 2 && (tasks[i]->status.state == TASK_RUNNING ||
			                       tasks[i]->status.state == TASK_CLAIMED);
			if (stop && turn > 3 + i)
				ck_assert_int_eq(requests_stop(&core, tasks[i], &term), 0);
		}
		if (put_last > put_committed || turn == 0) {
			if (++commits == failing)
				fail_commit();
			else
				commit();
		}
		for (; answered < started_count; answered++) {
			if (started[answered])
				began(started[answered]);
		}
		for (unsigned i = 0; i < answered; i++) {
			struct run *run = started[i];
			if (!run || run->phase == RUN_CLOSING ||
			    (run->phase == RUN_ENDED && run->end.left == 0))
				continue;
			bool first = run->phase == RUN_RUNNING;
			if (run->task == tasks[3])
				ended(run, 0, first ? 1 : 0);
			else if (run->task != tasks[2] || signals > 0)
				ended(run, run->task == tasks[1] ? 5 : 0, 0);
		}
		if (core.troubled && put_last == put_committed)
			ring();
	}
	return commits;
}

START_TEST(any_commit_may_fail)
{
	unsigned commits = live(0);
	ck_assert_uint_gt(commits, 4);
	for (unsigned failing = 1; failing <= commits + 2; failing++) {
		core_release(&core);
		setup();
		live(failing);
		ck_assert_msg(core_runs(&core) == 0, "%u runs are left after commit %u failed",
		              core_runs(&core), failing);
		ck_assert_uint_eq(told_ended, 4);
		ck_assert_uint_eq(put_last, put_committed);
		ck_assert_int_eq(registry_find(&core.registry, "ok")->status.state, TASK_COMPLETED);
		ck_assert_int_eq(registry_find(&core.registry, "bad")->status.state, TASK_FAILED);
		ck_assert_int_eq(registry_find(&core.registry, "bad")->status.exit_code, 5);
		/* Each task began once at most: no run was told to go again. */
		ck_assert_uint_le(started_count, 4);
		ck_assert_uint_eq(told_impossible, 0);
	}
}
END_TEST

START_TEST(a_failed_creation_is_gone)
{
	make("a", true);
	fail_commit();
	/* No reply waits for a change that will never be made. */
	ck_assert_uint_eq(core.journal.sequence, put_committed);
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	ck_assert_uint_eq(core_runs(&core), 0);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ring();
	commit();
	make("a", true);
	commit();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

/* Fails the commit of all changes above this number. */
static void fail_above(uint64_t committed)
{
	put_last = put_committed = committed;
	core_failed(&core, committed);
	core_committed(&core, committed);
}

START_TEST(an_answer_waits_for_what_was_asked_and_not_for_what_follows)
{
	struct task *created = make("a", true);
	ck_assert_uint_eq(core.asked, 1);
	/* The same batch had the claim, so a reader waits for the claim too. */
	ck_assert_uint_eq(core.journal.sequence, 2);
	fail_above(1);
	ck_assert_ptr_eq(registry_find(&core.registry, "a"), created);
	ck_assert_int_eq(created->status.state, TASK_QUEUED);
	ring();
	commit();

	struct task *started_later = make("b", false);
	commit();
	uint64_t before = put_last;
	ck_assert_int_eq(requests_start(&core, started_later), 0);
	ck_assert_uint_eq(core.asked, before + 1);
	ck_assert_uint_gt(core.journal.sequence, core.asked);
	fail_above(core.asked);
	ck_assert_int_eq(started_later->status.state, TASK_QUEUED);
	ring();
	commit();
}
END_TEST

START_TEST(an_answer_that_tells_what_another_asked_waits_for_that)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	uint64_t stopped = core.asked;
	ck_assert_uint_gt(stopped, put_committed);
	ck_assert_int_eq(requests_progress(&core, task, 5, NULL), 0);
	ck_assert_uint_le(core.asked, put_committed);
	/* The task is stopping already, so the reply waits only for that change. */
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_uint_eq(core.asked, stopped);
	commit();
}
END_TEST

START_TEST(trouble_lets_nothing_wait_for_the_disk)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	make("b", true);
	ck_assert_ptr_null(registry_find(&core.registry, "b")->run);
	ring();
	fail_commit();
	ck_assert_ptr_null(registry_find(&core.registry, "b"));
	ring();
	commit();
	ck_assert(!core.troubled);
}
END_TEST

START_TEST(progress_is_what_the_task_says)
{
	struct task *task = make_running("a");
	executor.reports.progress(executor.reports.ctx, task->run, 20, "seen", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 20);
	executor.reports.progress(executor.reports.ctx, task->run, -1, "last words", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 20);
	ck_assert_str_eq(task->status.message, "last words");
	ck_assert_int_eq(requests_progress(&core, task, 130, "said"), 0);
	ck_assert_int_eq(task->status.percent, 100);
	executor.reports.progress(executor.reports.ctx, task->run, 30, "seen", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 100);
	ck_assert_str_eq(task->status.message, "said");
	executor.reports.progress(executor.reports.ctx, task->run, 40, NULL, EXECUTOR_PROGRESS_REPORTED);
	ck_assert_int_eq(task->status.percent, 40);
	ck_assert_str_eq(task->status.message, "said");
	ck_assert_int_eq(requests_progress(&core, make("b", false), 1, NULL), -EPERM);
}
END_TEST

START_TEST(progress_survives_an_undone_stop)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(requests_progress(&core, task, 60, "far"), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(task->status.percent, 60);
	ck_assert_str_eq(task->status.message, "far");
	ck_assert_int_eq(task->run->process.stop_signal, -1);
}
END_TEST

START_TEST(an_undone_removal_keeps_the_children_in_order)
{
	struct task *parent = make("p", false);
	static const char *const ids[] = { "c1", "c2", "c3" };
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(requests_stop(&core, make_child(ids[i], parent, false), &term), 0);
	ck_assert_int_eq(removal_remove(&core, parent), -EPERM);
	ck_assert_int_eq(requests_stop(&core, parent, &term), 0);
	commit();
	ck_assert_int_eq(removal_remove(&core, task_first_child(parent)), 0);
	fail_commit();
	const struct task *child = task_first_child(parent);
	for (int i = 0; i < 3; i++, child = task_next_sibling(child))
		ck_assert_str_eq(task_id(child), ids[i]);
	ck_assert_ptr_null(child);
	ck_assert_int_eq(removal_remove(&core, parent), 0);
	fail_commit();
	child = task_first_child(parent);
	for (int i = 0; i < 3; i++, child = task_next_sibling(child))
		ck_assert_str_eq(task_id(child), ids[i]);
	ck_assert_ptr_eq(order_at(&core.registry.order, 0), parent);
	ck_assert_int_eq(removal_remove(&core, parent), 0);
	ck_assert_uint_eq(discarded, 0);
	commit();
	ck_assert_uint_eq(discarded, 4);
	ck_assert_uint_eq(core.registry.order.count, 0);
}
END_TEST

/* Makes a chain of tasks that have ended.  Returns the first. */
static struct task *make_chain(int depth)
{
	struct task *root = NULL, *parent = NULL;
	for (int i = 0; i < depth; i++) {
		parent = make_child(NULL, parent, false);
		root = root ? root : parent;
		if (requests_stop(&core, parent, &term))
			ck_abort();
	}
	commit();
	return root;
}

static int removal_heard;
static unsigned removals_heard;

static void hear_removal(void *ctx, int error)
{
	(void)ctx;
	removal_heard = error;
	removals_heard++;
}

enum { LONG = 5 * REMOVAL_SLICE };
static const struct removal_asker removal_asker = { .ended = hear_removal };

/* Rings until a slice waits for its commit, or until a removal is reported. */
static void ring_until_put(void)
{
	uint64_t before = put_last;
	unsigned heard = removals_heard;
	while (put_last == before && removals_heard == heard)
		ring();
}

START_TEST(a_deep_subtree_is_removed_in_slices)
{
	enum { DEPTH = 450000 };
	struct task *root = make_chain(DEPTH);
	size_t before;
	ck_assert_int_eq(removal_remove(&core, root), -E2BIG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ck_assert_uint_eq(core.registry.order.count, DEPTH);
	ring_until_put();
	do {
		before = core.registry.order.count;
		if (removals_heard || put_last != put_committed + 1)
			ck_abort();
		commit();
		if (discarded != DEPTH - before || before - core.registry.order.count > REMOVAL_SLICE)
			ck_abort();
	} while (core.registry.order.count > 0);
	ck_assert_uint_eq(removals_heard, 1);
	ck_assert_int_eq(removal_heard, 0);
	ck_assert_uint_eq(core.asked, put_last);
	commit();
	ck_assert_uint_eq(discarded, DEPTH);
}
END_TEST

START_TEST(a_slice_that_fails_ends_a_removal)
{
	enum { DEPTH = 8 * REMOVAL_SLICE };
	struct task *root = make_chain(DEPTH);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	commit();
	commit();
	ck_assert_uint_eq(core.registry.order.count, DEPTH - 3 * REMOVAL_SLICE);
	fail_commit();
	ck_assert_uint_eq(removals_heard, 1);
	ck_assert_int_eq(removal_heard, -EIO);
	ck_assert_uint_eq(core.registry.order.count, DEPTH - 2 * REMOVAL_SLICE);
	ck_assert_uint_eq(discarded, 2 * REMOVAL_SLICE);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	while (removals_heard == 1)
		commit();
	ck_assert_int_eq(removal_heard, 0);
	commit();
	ck_assert_uint_eq(core.registry.order.count, 0);
}
END_TEST

START_TEST(a_child_that_comes_ends_a_removal)
{
	struct task *root = make_chain(LONG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	struct task *child = make_child("late", root, false);
	commit();
	while (removals_heard == 0)
		commit();
	ck_assert_int_eq(removal_heard, -EPERM);
	ck_assert_ptr_eq(registry_find(&core.registry, "late"), child);
	ck_assert_ptr_eq(task_first_child(root), child);
	ck_assert_int_eq(requests_stop(&core, child, &term), 0);
	commit();
	ck_assert_int_eq(removal_remove(&core, root), 0);
}
END_TEST

START_TEST(nothing_is_removed_while_one_has_not_ended)
{
	struct task *root = make_chain(LONG);
	make_child("late", root, false);
	commit();
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	ck_assert_int_eq(removal_heard, -EPERM);
	ck_assert_uint_eq(core.registry.order.count, LONG + 1);
}
END_TEST

START_TEST(a_removal_that_goes_on_is_released)
{
	struct task *root = make_chain(LONG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	removal_disown(&core, NULL);
	ring_until_put();
	commit();
	ck_assert_uint_eq(removals_heard, 0);
}
END_TEST

START_TEST(what_is_read_stays_until_it_is_let_go)
{
	struct core_reader first = { 0 }, second = { 0 };
	struct task *task = make_chain(1), *other;
	removal_hold(&core, &first);
	ck_assert_int_eq(removal_remove(&core, task), 0);
	commit();
	ck_assert_ptr_null(registry_find(&core.registry, "1"));
	removal_hold(&core, &second);
	other = make_chain(1);
	ck_assert_int_eq(removal_remove(&core, other), 0);
	commit();
	ck_assert_uint_eq(discarded, 0);
	ck_assert_str_eq(task_id(task), "1");
	removal_let_go(&core, &first);
	ring();
	ck_assert_uint_eq(discarded, 1);
	ck_assert_str_eq(task_id(other), "2");
	removal_hold(&core, &first);
	removal_let_go(&core, &second);
	ring();
	ck_assert_uint_eq(discarded, 2);
	other = make_chain(1);
	ck_assert_int_eq(removal_remove(&core, other), 0);
	commit();
	ck_assert_uint_eq(discarded, 2);
}
END_TEST

START_TEST(text_is_undone)
{
	struct task *task = make("a", false);
	char *error = NULL;
	commit();
	ck_assert_int_eq(requests_set_text(&core, task, "one", NULL, &error), 0);
	commit();
	ck_assert_int_eq(requests_set_text(&core, task, "two", "about", &error), 0);
	ck_assert_str_eq(task_given_name(task), "two");
	fail_commit();
	ck_assert_str_eq(task_given_name(task), "one");
	ck_assert_ptr_null(task_description(task));
	ck_assert_int_eq(requests_set_text(&core, task, " ", NULL, &error), -EINVAL);
	ck_assert_ptr_nonnull(error);
	free(error);
}
END_TEST

/* Makes a core that finds a task in this state, as an earlier server left it. */
static struct task *recover(enum task_state state, const char *boot_id)
{
	struct recovery recovery = { .core = &core };
	struct store_task row = {
		.number = 1,
		.created_at = 5,
		.spec = { .id = strdup("a"), .cwd = strdup("/") },
		.status = { .state = state, .exit_code = -1 },
		.process = { .entry = 7, .stop_signal = SIGTERM, .kill_at = 2000000 },
	};
	strings_add(&row.spec.command, "true");
	snprintf(row.boot_id, sizeof(row.boot_id), "%s", boot_id);
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	task_spec_release(&row.spec);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 1, 1), 0);
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	return registry_find(&core.registry, "a");
}

START_TEST(a_queued_task_is_queued_again)
{
	struct task *task = recover(TASK_QUEUED, "");
	ck_assert_ptr_null(adopted);
	ck_assert_int_eq(task->run->phase, RUN_CLAIMING);
}
END_TEST

START_TEST(without_its_environment_nothing_runs)
{
	char id[] = "a", directory[] = "/", hash[ENVIRONMENT_HASH_SIZE];
	memset(hash, 'f', sizeof(hash) - 1);
	hash[sizeof(hash) - 1] = '\0';
	struct store_task row = {
		.number = 1,
		.spec = { .id = id, .cwd = directory, .environment = hash },
		.status = { .state = TASK_QUEUED },
		.process = TASK_PROCESS_INIT,
	};
	struct recovery recovery = { .core = &core };
	strings_add(&row.spec.command, "true");
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 1, 1), 0);
	recovery_finish(&recovery);
	strings_release(&row.spec.command);
	const struct task *task = registry_find(&core.registry, "a");
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_ptr_nonnull(strstr(task->status.message, "environment"));
	ck_assert_uint_eq(groups_waiting(&core), 0);
}
END_TEST

START_TEST(a_claim_that_never_began_goes)
{
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_ptr_eq(adopted, task->run);
	ck_assert(!adopted_other_boot);
	executor.reports.never_began(executor.reports.ctx, task->run);
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(task->run->process.entry, 7);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
}
END_TEST

START_TEST(a_stop_of_a_claim_that_never_began_is_done)
{
	struct task *task = recover(TASK_STOPPING, "this-boot");
	executor.reports.never_began(executor.reports.ctx, task->run);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_uint_eq(started_count, 0);
}
END_TEST

START_TEST(a_stop_is_sent_again)
{
	struct task *task = recover(TASK_STOPPING, "this-boot");
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(alarm_at, ticks + 2000000 - now);
}
END_TEST

START_TEST(a_stop_that_is_not_durable_is_not_sent_to_what_is_adopted)
{
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_uint_eq(signals, 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(timers_next(&core.timers), INT64_MAX);
}
END_TEST

START_TEST(a_stop_that_became_durable_is_sent_to_what_is_adopted)
{
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_uint_eq(signals, 0);
	began(task->run);
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(a_resume_that_is_not_durable_is_not_sent_to_what_is_adopted)
{
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 0);
	commit();
	ck_assert_int_eq(last_signal, SIGCONT);
}
END_TEST

START_TEST(a_resume_is_sent_again_whatever_is_undone)
{
	struct task *task = recover(TASK_RUNNING, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	began(task->run);
	ck_assert_int_eq(last_signal, SIGCONT);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(what_cannot_be_known_has_failed)
{
	struct task *task = recover(TASK_CLAIMED, "another-boot");
	ck_assert(adopted_other_boot);
	ended(task->run, -1, 0);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, "not known");
	ck_assert_int_eq(task->status.exit_code, -1);
}
END_TEST

START_TEST(an_end_that_the_anchor_knew)
{
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ended(task->run, 6, 0);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_int_eq(task->status.exit_code, 6);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_phase_and_event,
		what_cannot_be_is_told_and_ignored,
		nothing_goes_before_its_claim_is_durable,
		nothing_is_forgotten_before_its_end_is_durable,
		a_kill_of_what_has_ended_is_for_who_is_left,
		a_duration_is_no_matter_of_the_clock,
		what_runs_since_before_this_server_has_run_since_then,
		a_start_is_once,
		a_stop_before_the_claim_is_committed_takes_it_back,
		a_stop_of_a_ready_claim_takes_it_back,
		a_stop_during_the_spawn_is_sent_when_it_began,
		a_stop_that_is_not_durable_is_not_sent,
		a_stop_that_cannot_be_recorded_is_sent_all_the_same,
		a_stop_that_sends_none_keeps_the_signal_of_one_on_its_way,
		a_second_stop_needs_an_option,
		a_kill_comes_when_it_is_due,
		a_clock_that_is_set_delays_nothing,
		a_stop_lasts_until_the_session_is_empty,
		without_a_stop_those_left_are_named,
		a_stop_waits_for_none_that_are_gone_already,
		an_undone_stop_lets_an_end_be_an_end,
		an_undone_stop_makes_a_claim_ready_again,
		slots_bound_what_runs_and_claims_run_ahead,
		an_urgent_task_gets_the_next_slot,
		a_group_has_slots_of_its_own,
		between_groups_priority_then_share_then_age,
		the_head_reserves_what_it_weighs,
		a_paused_group_gives_its_claims_back,
		a_group_takes_over_a_label_and_gives_it_back,
		an_unknown_group_makes_nothing,
		a_failure_pauses_a_strict_group,
		a_pause_is_sent_once_it_is_durable,
		a_held_task_keeps_its_place,
		a_pause_starts_nothing,
		no_room_means_later_and_in_order,
		who_waits_for_room_says_so,
		a_postponed_run_goes_again_with_the_retry,
		what_is_postponed_at_once_is_not_told_to_go_at_once,
		what_is_being_prepared_can_be_stopped,
		what_is_being_prepared_can_be_undone,
		an_undone_stop_of_what_is_being_prepared_queues_it_again,
		a_postponed_run_that_was_stopped_is_void,
		an_end_that_cannot_be_sealed_is_tried_again,
		out_of_memory_changes_nothing,
		any_commit_may_fail,
		a_failed_creation_is_gone,
		an_answer_waits_for_what_was_asked_and_not_for_what_follows,
		an_answer_that_tells_what_another_asked_waits_for_that,
		trouble_lets_nothing_wait_for_the_disk,
		progress_is_what_the_task_says,
		progress_survives_an_undone_stop,
		an_undone_removal_keeps_the_children_in_order,
		a_deep_subtree_is_removed_in_slices,
		a_slice_that_fails_ends_a_removal,
		a_child_that_comes_ends_a_removal,
		nothing_is_removed_while_one_has_not_ended,
		a_removal_that_goes_on_is_released,
		what_is_read_stays_until_it_is_let_go,
		text_is_undone,
		a_queued_task_is_queued_again,
		without_its_environment_nothing_runs,
		a_claim_that_never_began_goes,
		a_stop_of_a_claim_that_never_began_is_done,
		a_stop_is_sent_again,
		a_stop_that_is_not_durable_is_not_sent_to_what_is_adopted,
		a_stop_that_became_durable_is_sent_to_what_is_adopted,
		a_resume_that_is_not_durable_is_not_sent_to_what_is_adopted,
		a_resume_is_sent_again_whatever_is_undone,
		what_cannot_be_known_has_failed,
		an_end_that_the_anchor_knew,
	};
	Suite *suite = suite_create("core");
	TCase *tc = tcase_create("core");
	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
