/*
 * The core in a storm: an executor, a store, memory and users that do by chance whatever they may.  Commits fail, servers are killed, memory
 * runs out, what was asked for is refused or comes late; and the world outside of the core, which is kept here, must never see what
 * may not be: a command that begins twice or before its claim is durable, a signal without a durable stop or a failed one, a status that is let go of before
 * its end is durable.  When the storm is over all that was started has ended.
 *
 *     STORM_SEED=N STORM_COUNT=1 tests/unit/test_core_storm     the same once more
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/core.h"
#include "engine/core/creation.h"
#include "engine/core/recovery.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"
#include "engine/store/op.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum {
	TASKS_MAX = 16,     /* numbers that a storm gives away */
	PENDING_MAX = 8192, /* puts that wait for a commit */
	STEPS = 400,
	STORMS = 1000,
};

/* What an executor holds of a run. */
enum stage {
	STAGE_NONE,
	STAGE_PREPARING,
	STAGE_PREPARED,
	STAGE_GOING,
	STAGE_BEGAN,
	STAGE_EXITED,
	STAGE_EMPTY,
	STAGE_ADOPTING
};

/* A row of the store. */
struct row {
	bool exists;
	int state;
	int entry;
	int stop_signal;
	int64_t kill_at;
	int exit_code, term_signal;
};

/* A task as it is outside of the core. */
struct world {
	struct row row;
	int entry;      /* what the claim names; -1: none */
	unsigned begun; /* how often its command has */
	bool alive;     /* its first process is */
	bool reaped;
	unsigned left; /* others of its session */
	int exit_code;
	struct run *run;
	enum stage stage;
};

struct put {
	uint64_t sequence;
	bool removes, creates;
	uint64_t number;
	struct row row;
};

static struct world worlds[TASKS_MAX + 1]; /* by number */
static struct put pending[PENDING_MAX];
static size_t pending_count;
static uint64_t put_last;
static struct core core;
static struct executor executor;
static int64_t now, ticks;
static int entries;     /* given away */
static uint64_t chance; /* its state */
static uint64_t drawn;  /* the latest number of a task */
static uint64_t seed;
static bool calm;     /* nothing is refused any more */
static bool refusing; /* prepare refuses all */

#define must(condition, ...)                                                                                           \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "# STORM_SEED=%llu: %s: ", (unsigned long long)seed, #condition);               \
			fprintf(stderr, __VA_ARGS__);                                                                  \
			fputc('\n', stderr);                                                                           \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* xorshift64*, https://doi.org/10.18637/jss.v008.i14 */
static unsigned draw(unsigned below)
{
	chance ^= chance >> 12;
	chance ^= chance << 25;
	chance ^= chance >> 27;
	return (unsigned)((chance * 2685821657736338717u) >> 33) % below;
}

/* Once in so many times, while the storm lasts. */
static bool once_in(unsigned times)
{
	return !calm && draw(times) == 0;
}

/* Mostly the same for a while: what is rare is that much happens to one task. */
static uint64_t draw_number(void)
{
	if (drawn == 0 || draw(4) == 0)
		drawn = 1 + draw(TASKS_MAX);
	return drawn;
}

static struct world *world_of(const struct run *run)
{
	struct world *world = &worlds[run->task->number];
	must(world->run == run, "task %llu has another run", (unsigned long long)run->task->number);
	return world;
}

/* The store. */

static void keep_put(const struct op *op)
{
	const struct op_value *values = op->values;
	struct put *put = &pending[pending_count];
	if (op->kind != OP_CREATE && op->kind != OP_STATUS && op->kind != OP_REMOVE)
		return;
	must(pending_count < PENDING_MAX, "too much waits");
	*put = (struct put){
		.sequence = put_last,
		.removes = op->kind == OP_REMOVE,
		.creates = op->kind == OP_CREATE,
		.number = (uint64_t)values[0].integer,
		.row = { .exists = true, .entry = -1, .stop_signal = -1, .exit_code = -1 },
	};
	if (op->kind == OP_STATUS) {
		put->row.state = (int)values[1].integer;
		put->row.exit_code = (int)values[4].integer;
		put->row.term_signal = (int)values[5].integer;
		put->row.entry = (int)values[8].integer;
		put->row.stop_signal = (int)values[10].integer;
		put->row.kill_at = values[11].integer;
	}
	pending_count++;
}

static int sink_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	(void)ctx, (void)urgent;
	if (batch->error)
		return batch->error;
	must(batch->first, "nothing is put");
	if (once_in(40))
		return -ENOMEM;
	*sequence = ++put_last;
	for (const struct op *op = batch->first; op; op = op->next)
		keep_put(op);
	return 0;
}

static void make_durable(const struct put *put)
{
	struct world *world = &worlds[put->number];
	must(put->creates != world->row.exists, "task %llu is there, or not",
	     (unsigned long long)put->number);
	world->row = put->row;
	world->row.exists = !put->removes;
}

static bool failing; /* the core is being told */

/* Makes those up to a number durable, and forgets the others if they failed. */
static void answer(uint64_t committed, bool failed)
{
	size_t count = 0;
	while (count < pending_count && pending[count].sequence <= committed)
		make_durable(&pending[count++]);
	memmove(pending, pending + count, (pending_count - count) * sizeof(*pending));
	pending_count -= count;
	if (failed) {
		pending_count = 0;
		failing = true;
		core_failed(&core, committed);
		failing = false;
	}
	core_committed(&core, committed);
}

static void commit_some(void)
{
	uint64_t waiting = put_last - core.journal.committed;
	if (waiting == 0)
		return;
	uint64_t committed = core.journal.committed + (draw(3) ? waiting : draw((unsigned)waiting + 1));
	answer(committed, once_in(6));
}

/* The executor. */

static void report_prepared(struct run *run)
{
	struct world *world = world_of(run);
	struct task_process process = TASK_PROCESS_INIT;
	if (refusing || once_in(10)) {
		*world = (struct world){ .row = world->row, .entry = -1 };
		executor.reports.refused(executor.reports.ctx, run, -EMFILE);
		return;
	}
	world->entry = process.entry = entries++;
	world->stage = STAGE_PREPARED;
	executor.reports.prepared(executor.reports.ctx, run, &process);
}

static void verb_prepare(struct executor *its, struct run *const *runs, size_t count)
{
	(void)its;
	for (size_t i = 0; i < count; i++) {
		struct world *world = &worlds[runs[i]->task->number];
		must(!world->run && world->begun == 0, "it is prepared twice");
		world->run = runs[i];
		world->stage = STAGE_PREPARING;
		if (!once_in(3))
			report_prepared(runs[i]);
	}
}

static void report_postponed(struct run *run)
{
	world_of(run)->stage = STAGE_PREPARED;
	executor.reports.postponed(executor.reports.ctx, run, -EAGAIN);
}

static void report_began(struct run *run)
{
	struct executor_began began = { .process = run->process, .started_at = now };
	struct world *world = world_of(run);
	if (world->begun == 0) {
		world->begun = 1;
		world->alive = true;
		world->left = draw(3);
		world->exit_code = (int)draw(3);
	}
	world->stage = STAGE_BEGAN;
	began.process.pid = 1000 + world->entry;
	executor.reports.began(executor.reports.ctx, run, &began);
}

static void verb_go(struct executor *its, struct run *const *runs, size_t count)
{
	(void)its;
	for (size_t i = 0; i < count; i++) {
		struct world *world = world_of(runs[i]);
		must(world->row.exists && world->row.state == TASK_CLAIMED, "it goes in state %d",
		     world->row.state);
		must(world->row.entry == world->entry && world->entry >= 0, "it goes with another claim");
		must(world->stage == STAGE_PREPARED && world->begun == 0, "it goes twice");
		must(runs[i]->task->status.state == TASK_CLAIMED, "it goes in state %d",
		     runs[i]->task->status.state);
		world->stage = STAGE_GOING;
		if (once_in(12))
			report_postponed(runs[i]);
		else if (once_in(4))
			report_began(runs[i]);
	}
}

static void verb_signal(struct executor *its, struct run *const *runs, size_t count, int number)
{
	(void)its, (void)number;
	for (size_t i = 0; i < count; i++) {
		struct world *world = world_of(runs[i]);
		/* Where a stop could not be recorded it goes all the same. */
		must(world->row.exists && (failing || world->row.state == TASK_STOPPING),
		     "a signal in state %d", world->row.state);
		must(world->begun == 1, "a signal before it began");
	}
}

static int verb_seal(struct executor *its, struct run *run)
{
	(void)its;
	struct world *world = world_of(run);
	must(world->stage == STAGE_EXITED || world->stage == STAGE_EMPTY, "sealed in stage %d", world->stage);
	return once_in(8) ? -ENOSPC : 0;
}

static void verb_forget(struct executor *its, struct run *const *runs, size_t count)
{
	(void)its;
	for (size_t i = 0; i < count; i++) {
		struct world *world = world_of(runs[i]);
		bool over = world->row.exists && task_state_terminal((enum task_state)world->row.state);
		/* A claim that is not durable, or a claim that was taken back. */
		bool unclaimed = !world->row.exists || world->row.state == TASK_QUEUED ||
		                 world->row.state == TASK_CREATED;
		must(over || (unclaimed && world->begun == 0), "it is forgotten in state %d",
		     world->row.state);
		must(world->stage != STAGE_GOING && world->stage != STAGE_BEGAN &&
		             world->stage != STAGE_ADOPTING,
		     "it is forgotten in stage %d", world->stage);
		must(!world->reaped, "it is forgotten twice");
		world->reaped = world->begun > 0;
		world->run = NULL;
		world->stage = STAGE_NONE;
		world->entry = -1;
	}
}

static void report_ended(struct run *run, bool known)
{
	struct world *world = world_of(run);
	struct run_end end = { .known = known,
		               .exit_code = known ? world->exit_code : -1,
		               .left = world->left };
	if (!known)
		end.message = (char *)"not known";
	if (world->left > 0)
		end.survivors = (char *)"left running: 7 (x)";
	world->alive = false;
	world->stage = world->left > 0 ? STAGE_EXITED : STAGE_EMPTY;
	executor.reports.ended(executor.reports.ctx, run, &end);
}

/* The latest of what an earlier server left is found out. */
static void report_adopted(struct run *run)
{
	struct world *world = world_of(run);
	if (world->begun > 0 && world->alive) {
		report_began(run);
	} else if (world->begun > 0) {
		report_ended(run, draw(2));
	} else {
		world->stage = STAGE_PREPARED;
		executor.reports.never_began(executor.reports.ctx, run);
	}
}

static int verb_adopt(struct executor *its, struct run *const *runs, const bool *other_boot, size_t count)
{
	(void)its;
	for (size_t i = 0; i < count; i++) {
		struct world *world = &worlds[runs[i]->task->number];
		must(!world->run && !other_boot[i], "it is adopted twice");
		must(runs[i]->process.entry == world->row.entry, "it is adopted with another claim");
		world->run = runs[i];
		world->entry = world->row.entry;
		world->stage = STAGE_ADOPTING;
		if (!once_in(3))
			report_adopted(runs[i]);
	}
	return 0;
}

static int verb_output(struct executor *its, const struct task *task, enum executor_stream stream,
                       bool want_fd, struct executor_output *output)
{
	(void)its, (void)task, (void)stream, (void)want_fd, (void)output;
	return -ENOENT;
}

static void verb_discard(struct executor *its, uint64_t number)
{
	(void)its;
	must(!worlds[number].row.exists && !worlds[number].run, "the output of a task that is there");
}

static void verb_describe(struct executor *its, const struct run *run, struct executor_place *place)
{
	(void)its, (void)run, (void)place;
}

static unsigned verb_room(struct executor *its)
{
	(void)its;
	return calm ? 10 : draw(8);
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
	.retry = verb_retry,
};

/* Something happens to one run, as it may in its stage. */
static void world_goes_on(struct world *world)
{
	struct run *run = world->run;
	switch (world->stage) {
	case STAGE_PREPARING:
		report_prepared(run);
		break;
	case STAGE_GOING:
		if (once_in(5))
			report_postponed(run);
		else
			report_began(run);
		break;
	case STAGE_BEGAN:
		report_ended(run, !once_in(10));
		break;
	case STAGE_EXITED:
		world->left = 0;
		report_ended(run, true);
		break;
	case STAGE_ADOPTING:
		report_adopted(run);
		break;
	default:
		break;
	}
}

/* What the core tells. */

static int64_t alarm_at;

static void hook_ended(void *ctx, const struct task *task)
{
	(void)ctx;
	/* That it is removed may be durable by now as well. */
	const struct row *row = &worlds[task->number].row;
	must(!row->exists || row->state == (int)task->status.state, "an end that is not durable is told");
	must(task_state_terminal(task->status.state), "an end that is none");
}

static void hook_alarm(void *ctx, int64_t at)
{
	(void)ctx;
	alarm_at = at;
}

static void hook_impossible(void *ctx, const struct task *task, const char *phase, const char *event)
{
	(void)ctx;
	must(!task, "task %s: %s in phase %s", task_id(task), event, phase);
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

/* Time goes on to the next alarm; the other clock may be set. */
static void ring(void)
{
	if (alarm_at == INT64_MAX)
		return;
	ticks = alarm_at > ticks ? alarm_at : ticks;
	now += (int)draw(20000) - 5000;
	alarm_at = INT64_MAX;
	core_alarm(&core);
}

static void open_core(void)
{
	struct core_options options = {
		.executor = &executor,
		.sink = { .put = sink_put },
		.now = clock_now,
		.ticks = clock_ticks,
		.boot_id = "this-boot",
		.slots = 5,
	};
	const struct core_hooks hooks = { .ended = hook_ended,
		                          .alarm = hook_alarm,
		                          .impossible = hook_impossible };
	executor.verbs = &verbs;
	alarm_at = INT64_MAX;
	core_init(&core, &options);
	core_set_hooks(&core, &hooks);
}

static void recover_row(struct recovery *recovery, uint64_t number)
{
	const struct row *row = &worlds[number].row;
	char id[24];
	snprintf(id, sizeof(id), "t%llu", (unsigned long long)number);
	struct store_task task = {
		.number = number,
		.spec = { .id = strdup(id), .cwd = strdup("/") },
		.status = { .state = (enum task_state)row->state, .exit_code = (int16_t)row->exit_code },
		.process = { .entry = row->entry, .stop_signal = row->stop_signal, .kill_at = row->kill_at },
	};
	strings_add(&task.spec.command, "true");
	strcpy(task.boot_id, "this-boot"); /* NOLINT: it has room */
	must(recovery_reader.task(recovery, &task) == 0, "memory");
	task_spec_release(&task.spec);
}

/* The server is killed, and what it put is durable up to some point; the next finds what it left. */
static void crash(void)
{
	struct recovery recovery = { .core = &core };
	uint64_t waiting = put_last - core.journal.committed,
		 committed = core.journal.committed + draw((unsigned)waiting + 1);
	for (size_t i = 0; i < pending_count && pending[i].sequence <= committed; i++)
		make_durable(&pending[i]);
	pending_count = 0;
	put_last = 0;
	core_release(&core);
	for (uint64_t number = 1; number <= TASKS_MAX; number++) {
		struct world *world = &worlds[number];
		/* A worker had it, and may have been as far. */
		if (world->stage == STAGE_GOING && draw(2)) {
			world->begun = 1;
			world->alive = draw(2);
		}
		world->run = NULL;
		world->stage = STAGE_NONE;
		world->entry = -1;
	}
	open_core();
	for (uint64_t number = 1; number <= TASKS_MAX; number++) {
		if (worlds[number].row.exists)
			recover_row(&recovery, number);
	}
	must(recovery_reader.counters(&recovery, 0, 1) == 0, "memory");
	must(recovery_finish(&recovery) == 0, "memory");
	recovery_release(&recovery);
}

/* Users. */

static struct task *some_task(void)
{
	return order_find(&core.registry.order, draw_number());
}

/* NULL: it was refused. */
static struct task *create_task(uint64_t number, struct task *parent, bool start)
{
	struct task_spec spec = { .cwd = strdup("/") };
	struct task *task = NULL;
	char id[24], *error = NULL;
	snprintf(id, sizeof(id), "t%llu", (unsigned long long)number);
	spec.id = strdup(id);
	strings_add(&spec.command, "true");
	worlds[number] = (struct world){ .entry = -1 };
	if (!spec.id || !spec.cwd || creation_make(&core, &spec, NULL, parent, start, &task, &error))
		task_spec_release(&spec);
	free(error);
	return task;
}

static void make_task(void)
{
	uint64_t number = core.registry.last_number + 1;
	while (number <= TASKS_MAX && (worlds[number].row.exists || worlds[number].begun > 0))
		core.registry.last_number = number++;
	if (number <= TASKS_MAX)
		create_task(number, draw(3) ? NULL : some_task(), draw(4));
}

static void user_acts(void)
{
	struct task *task = some_task();
	struct stop_options options = { .given = draw(2),
		                        .signal = (int)draw(2) * SIGTERM,
		                        .kill_after = draw(2) ? -1 : (int)draw(3000) };
	char *error = NULL;
	unsigned act = draw(7);
	if (act < 2 || !task)
		make_task();
	else if (act == 2)
		requests_start(&core, task);
	else if (act == 3)
		requests_stop(&core, task, &options);
	else if (act == 4)
		removal_remove(&core, task);
	else if (act == 5)
		requests_progress(&core, task, 50, "half");
	else
		requests_set_text(&core, task, "name", NULL, &error);
	free(error);
}

static void step(void)
{
	unsigned what = draw(20);
	bool scarce = once_in(10);
	if (scarce && what > 0)
		scarce_after(draw(8));
	if (what == 0 && once_in(4))
		crash();
	else if (what < 7)
		user_acts();
	else if (what < 11)
		commit_some();
	else if (what < 18)
		world_goes_on(&worlds[draw_number()]);
	else if (alarm_at != INT64_MAX)
		ring();
	scarce_end();
	must(core.registry.order.count <= TASKS_MAX, "too many");
}

/* What was started goes its way, with all that it needs. */
static void settle_down(void)
{
	calm = true;
	executor.reports.room(executor.reports.ctx);
	for (int round = 0; round < 200; round++) {
		answer(put_last, false);
		for (uint64_t number = 1; number <= TASKS_MAX; number++)
			world_goes_on(&worlds[number]);
		ring();
	}
}

static void check_all_is_over(void)
{
	const struct order *order = &core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		const struct world *world = &worlds[task->number];
		enum task_state state = task->status.state;
		must(state == TASK_CREATED || task_state_terminal(state), "%s is %s, phase %s, stage %d",
		     task_id(task), task_state_name(state),
		     task->run ? run_phase_name(task->run->phase) : "none", world->stage);
		must(!task->run && !world->run, "%s has a run", task_id(task));
		must(world->row.exists && world->row.state == (int)state, "%s is stored as %d", task_id(task),
		     world->row.state);
		must(world->row.exit_code == task->status.exit_code, "%s has another status", task_id(task));
		must(state != TASK_COMPLETED || world->begun == 1, "%s never ran", task_id(task));
	}
	must(core_runs(&core) == 0 && !core.queue && !core.ready && !core.unfinished, "something is left");
	must(!core.troubled && alarm_at == INT64_MAX, "it is not quiet");
}

static void storm(uint64_t number)
{
	seed = number;
	chance = number * 2654435761u + 88172645463325252u;
	calm = false;
	drawn = 0;
	memset(worlds, 0, sizeof(worlds));
	pending_count = 0;
	put_last = 0;
	now = 100000000;
	ticks = 500;
	open_core();
	for (int i = 0; i < STEPS; i++)
		step();
	settle_down();
	check_all_is_over();
	core_release(&core);
}

START_TEST(nothing_is_seen_that_may_not_be_and_all_ends)
{
	const char *first = getenv("STORM_SEED"), *count = getenv("STORM_COUNT");
	uint64_t from = first ? strtoull(first, NULL, 10) : 1,
		 storms = count ? strtoull(count, NULL, 10) : STORMS;
	for (uint64_t i = 0; i < storms; i++)
		storm(from + i);
}
END_TEST

/* What it is for may be that there is none. */
START_TEST(a_retry_needs_no_memory)
{
	memset(worlds, 0, sizeof(worlds));
	calm = true;
	open_core();
	core.options.paused = true;
	struct task *task = create_task(1, NULL, true);
	answer(put_last, false);
	core.options.paused = false;
	refusing = true;
	/* It is enough for the run. */
	scarce_after(1);
	executor.reports.room(executor.reports.ctx);
	scarce_end();
	refusing = false;
	ck_assert_ptr_null(task->run);
	ring();
	ck_assert_ptr_nonnull(task->run);
	answer(put_last, false);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
	core_release(&core);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_retry_needs_no_memory,
		                       nothing_is_seen_that_may_not_be_and_all_ends };
	Suite *suite = suite_create("core_storm");
	TCase *tc = tcase_create("core_storm");
	tcase_set_timeout(tc, 300);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
