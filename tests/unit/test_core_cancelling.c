/* All that was started is stopped, in slices. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "engine/core/cancelling.h"
#include "engine/core/recovery.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

enum { MANY = 3 * CANCELLING_SLICE };

static void make_queued(int count)
{
	for (int i = 0; i < count; i++)
		(void)make(NULL, true);
	commit_all();
}

static void cancel(void)
{
	ck_assert_int_eq(cancelling_begin(&core), 0);
	settle_core(&core);
}

static uint64_t count_of(enum task_state state)
{
	return core.registry.counts[state];
}

/* Until nothing more is to be done; returns the number of slices. */
static unsigned cancel_all(void)
{
	unsigned slices = 0;
	while (core.cancelling.upto > 0) {
		if (alarm_at <= ticks)
			ring();
		slices++;
		commit();
	}
	return slices;
}

START_TEST(a_slice_waits_for_the_one_before)
{
	core.paused = true;
	make_queued(MANY);
	cancel();
	ck_assert_int_eq(alarm_at, INT64_MAX);
	ck_assert_uint_eq(count_of(TASK_STOPPED), 0);
	commit();
	for (int i = 1; i <= 3; i++) {
		ring();
		ck_assert_uint_eq(count_of(TASK_STOPPED), i * CANCELLING_SLICE);
		ck_assert_int_eq(alarm_at, INT64_MAX);
		commit();
	}
	ck_assert_uint_gt(core.cancelling.upto, 0);
	cancel_all();
	ck_assert_uint_eq(count_of(TASK_QUEUED), 0);
	ck_assert_uint_eq(told_ended, MANY);
}
END_TEST

/* The mark of one who asks again is on its way when the first one is durable. */
START_TEST(a_slice_waits_for_every_mark)
{
	core.paused = true;
	make_queued(MANY);
	cancel();
	put_committed = put_last;
	cancel();
	core_committed(&core, put_committed);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ring();
	ck_assert_uint_eq(count_of(TASK_STOPPED), CANCELLING_SLICE);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	(void)cancel_all();
	ck_assert_uint_eq(count_of(TASK_STOPPED), MANY);
}
END_TEST

START_TEST(nothing_starts_meanwhile)
{
	core.options.slots = 1;
	struct task *running = make_running("running");
	make_queued(MANY);
	unsigned before = started_count;
	cancel();
	commit();
	ended(running->run, 0, 0);
	(void)cancel_all();
	ck_assert_uint_eq(started_count, before);
	ck_assert_int_eq(running->status.state, TASK_COMPLETED);
	ck_assert_uint_eq(count_of(TASK_STOPPED), MANY);
	/* Later, all is as before. */
	(void)make("later", true);
	commit_all();
	ck_assert_uint_eq(started_count, before + 1);
}
END_TEST

START_TEST(what_is_not_started_or_is_started_later_is_left_alone)
{
	core.paused = true;
	const struct task *created = make("created", false);
	make_queued(2);
	cancel();
	const struct task *later = make("later", true);
	(void)cancel_all();
	ck_assert_int_eq(created->status.state, TASK_CREATED);
	ck_assert_int_eq(later->status.state, TASK_QUEUED);
	ck_assert_uint_eq(count_of(TASK_STOPPED), 2);
}
END_TEST

START_TEST(what_is_started_after_nothing_was_is_left_alone)
{
	core.paused = true;
	struct task *later = make("later", false);
	commit_all();
	cancel();
	ck_assert_int_eq(requests_start(&core, later), 0);
	(void)cancel_all();
	ck_assert_int_eq(later->status.state, TASK_QUEUED);
}
END_TEST

/* What was started last has been removed, and its number is not given again. */
START_TEST(what_a_later_server_starts_is_left_alone)
{
	struct recovery recovery = { .core = &core };
	ck_assert_int_eq(recovery_reader.cancelling(&recovery, 5), 0);
	struct task *task = recover(TASK_CREATED, "");
	ck_assert_int_eq(requests_start(&core, task), 0);
	(void)cancel_all();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
}
END_TEST

/* The walk has passed it. */
START_TEST(what_another_stop_had_ended_is_stopped_if_that_is_undone)
{
	core.paused = true;
	struct task *task = make("a", true);
	commit_all();
	cancel();
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ring();
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ring();
	commit();
	(void)cancel_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
}
END_TEST

START_TEST(without_memory_nothing_is_asked_for)
{
	core.paused = true;
	make_queued(2);
	put_error = -ENOMEM;
	ck_assert_int_eq(cancelling_begin(&core), -ENOMEM);
	put_error = 0;
	ck_assert(core.cancelling.upto == 0 && core.cancelling.steps == 0);
	ck_assert_uint_eq(count_of(TASK_QUEUED), 2);
}
END_TEST

START_TEST(a_slice_without_memory_is_repeated)
{
	core.paused = true;
	make_queued(2);
	cancel();
	commit();
	put_error = -ENOMEM;
	ring();
	ck_assert_uint_eq(count_of(TASK_QUEUED), 2);
	put_error = 0;
	for (int i = 0; i < 4 && core.cancelling.upto > 0; i++) {
		if (alarm_at != INT64_MAX)
			ring();
		commit();
	}
	(void)cancel_all();
	ck_assert_uint_eq(count_of(TASK_STOPPED), 2);
}
END_TEST

START_TEST(what_runs_is_signalled_whatever_the_store_says)
{
	const struct task *task = make_running("a");
	core.paused = true;
	make_queued(MANY);
	cancel();
	fail_commit();
	/* The walk goes on: the task is the last one. */
	for (int i = 0; i < 4; i++) {
		ring();
		fail_commit();
	}
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(count_of(TASK_STOPPED), 0);
	/* The next walk waits until a commit has succeeded. */
	ck_assert_int_gt(alarm_at, ticks);
	ring();
	commit();
	(void)cancel_all();
	ck_assert_uint_eq(count_of(TASK_STOPPED), MANY);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
}
END_TEST

START_TEST(a_later_server_goes_on)
{
	struct recovery recovery = { .core = &core };
	ck_assert_int_eq(recovery_reader.cancelling(&recovery, 1), 0);
	const struct task *task = recover(TASK_QUEUED, "");
	ck_assert_uint_eq(prepared, 0);
	(void)cancel_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
}
END_TEST

START_TEST(a_user_may_ask_again)
{
	core.paused = true;
	make_queued(1);
	cancel();
	commit();
	ring();
	commit();
	ring(); /* the mark is being taken away */
	const struct task *later = make("later", true);
	cancel();
	(void)cancel_all();
	ck_assert_int_eq(later->status.state, TASK_STOPPED);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_slice_waits_for_the_one_before,
		a_slice_waits_for_every_mark,
		nothing_starts_meanwhile,
		what_is_not_started_or_is_started_later_is_left_alone,
		what_is_started_after_nothing_was_is_left_alone,
		what_a_later_server_starts_is_left_alone,
		what_another_stop_had_ended_is_stopped_if_that_is_undone,
		without_memory_nothing_is_asked_for,
		a_slice_without_memory_is_repeated,
		what_runs_is_signalled_whatever_the_store_says,
		a_later_server_goes_on,
		a_user_may_ask_again,
	};
	return unit_run("core cancelling", setup, teardown, tests);
}
