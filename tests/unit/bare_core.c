#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/core.h"
#include "engine/core/creation.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/recovery.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

struct core core;
/* For the tasks that are made. */
struct task_plan next_plan;
const char *next_group;
int64_t now, ticks;

/* The store: it numbers changes, and each commit waits for the test. */
uint64_t put_last, put_committed;
int put_error; /* the result of the next put */
bool put_urgent;

static int sink_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	(void)ctx;
	/* Not ck_assert(): each call writes a record, and there are a million calls. */
	if (batch->error || !batch->first)
		ck_abort();
	if (put_error)
		return put_error;
	*sequence = ++put_last;
	put_urgent = urgent;
	return 0;
}

void commit(void)
{
	put_committed = put_last;
	core_committed(&core, put_committed);
}

/* All waiting changes fail. */
void fail_commit(void)
{
	put_last = put_committed;
	core_failed(&core, put_committed);
	core_committed(&core, put_committed);
}

/* The executor. */
struct executor executor;
struct run *started[RUNS_MAX]; /* runs that were told to go, in order; NULL: the run is over */
unsigned started_count, forgotten, sealed, prepared;
unsigned room;
int refuse; /* the result of prepare */
bool defer; /* prepare answers later */
struct run *preparing;
bool postpone; /* go postpones the run */
int seal_error;
int last_signal;
unsigned signals;
unsigned discarded;

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

struct run *adopted;
bool adopted_other_boot;

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

static int verb_output(struct executor *its, const struct task *task, uint32_t attempt,
                       enum executor_stream stream, bool want_fd, struct executor_output *output)
{
	(void)its, (void)task, (void)attempt, (void)stream, (void)want_fd, (void)output;
	return -ENOENT;
}

static void verb_discard(struct executor *its, const struct task *task, uint32_t attempts)
{
	(void)its, (void)task;
	discarded += attempts;
}

static void verb_describe(struct executor *its, const struct run *run, struct executor_place *place)
{
	(void)its, (void)run, (void)place;
}

bool left_over;

unsigned watched;
char watched_first[64];
int watch_error;

static int verb_watch_left(struct executor *its, const struct task *task, const struct strings *processes)
{
	const char *first = processes ? strings_next(processes, NULL) : NULL;
	(void)its, (void)task;
	watched++;
	snprintf(watched_first, sizeof(watched_first), "%s", first ? first : "");
	return watch_error;
}

static bool verb_kill_left(struct executor *its, const struct task *task)
{
	(void)its, (void)task;
	return left_over;
}

unsigned continued;
int continue_error;

static int verb_continue_left(struct executor *its, const struct task *task)
{
	(void)its, (void)task;
	continued++;
	return continue_error;
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
	.continue_left = verb_continue_left,
	.watch_left = verb_watch_left,
	.shortage = verb_shortage,
	.retry = verb_retry,
};

void began(struct run *run)
{
	began_at(run, ticks);
}

void began_at(struct run *run, int64_t tick)
{
	struct executor_began report = { .process = run->process,
		                         .started_at = now - (ticks - tick),
		                         .tick = tick };
	report.process.pid = 1000 + run->process.entry;
	executor.reports.began(executor.reports.ctx, run, &report);
}

void ended(struct run *run, int exit_code, unsigned left)
{
	struct run_end end = { .known = exit_code >= 0, .exit_code = exit_code, .left = left };
	end.message = exit_code >= 0 ? NULL : (char *)"not known";
	executor.reports.ended(executor.reports.ctx, run, &end);
}

/* What the core reports to the test. */
unsigned told_ended, told_impossible;
int64_t alarm_at, wake_at;

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

static void hook_wake(void *ctx, int64_t at)
{
	(void)ctx;
	wake_at = at;
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
void ring(void)
{
	ck_assert_int_ne(alarm_at, INT64_MAX);
	int64_t left = alarm_at > ticks ? alarm_at - ticks : 0;
	ticks += left;
	now += left;
	alarm_at = INT64_MAX;
	core_alarm(&core);
}

void setup(void)
{
	struct core_options options = {
		.executor = &executor,
		.sink = { .put = sink_put },
		.now = clock_now,
		.ticks = clock_ticks,
		.boot_id = "this-boot",
	};
	const struct core_hooks hooks = {
		.ended = hook_ended, .alarm = hook_alarm, .wake = hook_wake, .impossible = hook_impossible
	};
	executor.verbs = &verbs;
	now = 1000000;
	ticks = 500;
	alarm_at = INT64_MAX;
	wake_at = 0;
	room = 1000;
	refuse = seal_error = put_error = 0;
	defer = postpone = false;
	preparing = NULL;
	put_last = put_committed = 0;
	started_count = forgotten = sealed = prepared = signals = discarded = told_ended = told_impossible =
		0;
	last_signal = 0;
	adopted = NULL;
	watched = 0;
	watch_error = 0;
	continued = 0;
	continue_error = 0;
	next_plan = plan_default;
	next_group = NULL;
	core_init(&core, &options);
	core_set_hooks(&core, &hooks);
}

void teardown(void)
{
	ck_assert_uint_eq(told_impossible, 0);
	core_release(&core);
}

/* NULL: the task is to have that of every task. */
static struct task_plan *make_plan(void)
{
	const struct task_plan *plan = &next_plan;
	bool timed = plan->begin_at || plan->expire_at || plan->time_limit || plan->retries;
	return plan->weight != 1 || plan->priority || timed ? plan_copy(plan) : NULL;
}

/* The wall clock reaches the time that the core waits for, or is set. */
void wake(void)
{
	ck_assert_int_gt(wake_at, 0);
	ck_assert_int_ne(wake_at, INT64_MAX);
	int64_t left = wake_at > now ? wake_at - now : 0;
	ticks += left;
	now += left;
	core_clock(&core, false);
}

void set_clock(int64_t to)
{
	now = to;
	if (wake_at != 0)
		core_clock(&core, true);
}

struct task *recover(enum task_state state, const char *boot_id)
{
	struct recovery recovery = { .core = &core };
	struct store_task row = {
		.number = 1,
		.created_at = 5,
		.spec = { .id = strdup("a"), .cwd = strdup("/"), .plan = make_plan() },
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

struct task *make_child(const char *id, struct task *parent, bool start)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL,
		                  .cwd = strdup("/"),
		                  .group = next_group ? strdup(next_group) : NULL,
		                  .plan = make_plan() };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	int code = creation_make(&core, &spec, NULL, parent, start, &task, &error);
	if (code)
		ck_abort_msg("%s", error ? error : strerror(-code));
	return task;
}

struct task *make(const char *id, bool start)
{
	return make_child(id, NULL, start);
}

const struct stop_options term = { .signal = SIGTERM, .kill_after = -1 };

/* Makes a running task, with all changes committed. */
struct task *make_running(const char *id)
{
	struct task *task = make(id, true);
	commit();
	commit();
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	return task;
}

struct task *make_planned(const char *id, const char *group, int32_t priority, uint32_t weight)
{
	next_group = group;
	next_plan.priority = priority;
	next_plan.weight = weight;
	struct task *task = make(id, true);
	next_group = NULL;
	next_plan = plan_default;
	return task;
}

struct task_group *add_group(const char *name, unsigned slots, int32_t priority)
{
	const struct group_settings settings = { .slots = slots, .priority = priority };
	ck_assert_int_eq(grouping_add(&core, name, &settings), 0);
	settle_core(&core);
	return groups_named(&core, name);
}

void commit_all(void)
{
	for (int i = 0; i < 4; i++)
		commit();
}

struct task *make_waiting(const char *id, bool start, const struct plan_after *after, size_t count, bool hold)
{
	struct task_plan plan = plan_default;
	struct task_spec spec = { .id = strdup(id), .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	plan.after = (struct plan_after *)after;
	plan.after_count = count;
	plan.unmet_hold = hold;
	spec.plan = plan_copy(&plan);
	strings_add(&spec.command, "true");
	int code = creation_make(&core, &spec, NULL, NULL, start, &task, &error);
	if (code)
		ck_abort_msg("%s", error ? error : strerror(-code));
	return task;
}

struct task *make_after(const char *id, const struct task *target, enum plan_condition condition)
{
	const struct plan_after after = { .number = target->number, .condition = condition };
	return make_waiting(id, true, &after, 1, false);
}
