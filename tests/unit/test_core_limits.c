/* Time limits: how long an attempt may run. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "engine/core/pausing.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

enum { LIMIT = 7200000 };

static struct task *make_limited(const char *id, int64_t kill_after)
{
	next_plan.time_limit = LIMIT;
	next_plan.kill_after = kill_after;
	struct task *task = make_running(id);
	next_plan = plan_default;
	return task;
}

/* Both clocks advance. */
static void pass(int64_t milliseconds)
{
	now += milliseconds;
	ticks += milliseconds;
	if (alarm_at <= ticks)
		alarm_at = INT64_MAX;
	core_alarm(&core);
}

/* A task that has run for its time limit, durably. */
static struct task *make_overtime(const char *id)
{
	struct task *task = make_limited(id, -1);
	pass(LIMIT);
	commit();
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ck_assert_uint_eq(signals, 1);
	return task;
}

static void must_be_over(const struct task *task)
{
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, "time limit of 2h reached");
}

START_TEST(it_is_stored_before_it_is_told)
{
	struct task *task = make_limited("a", -1);
	ck_assert_int_eq(alarm_at, ticks + LIMIT);
	pass(LIMIT - 1);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	pass(1);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ck_assert_uint_eq(signals, 0);
	commit();
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	ended(task->run, 0, 1);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ck_assert_int_eq(task->status.exit_code, 0);
	ended(task->run, 0, 0);
	must_be_over(task);
	commit();
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_uint_eq(core.limited, 0);
}
END_TEST

START_TEST(plain_tasks_have_no_limit)
{
	make_running("a");
	ck_assert_int_eq(alarm_at, INT64_MAX);
	ck_assert_uint_eq(core.limited, 0);
}
END_TEST

START_TEST(it_is_killed_only_if_that_was_asked_for)
{
	make_limited("a", 30000);
	pass(LIMIT);
	commit();
	ck_assert_int_eq(last_signal, SIGTERM);
	/* Nobody can delay the kill by setting the clock. */
	now -= 86400000;
	ck_assert_int_eq(alarm_at, ticks + 30000);
	pass(30000);
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_uint_eq(signals, 2);
}
END_TEST

START_TEST(the_limit_does_not_care_about_the_wall_clock)
{
	const struct task *task = make_limited("a", -1);
	set_clock(now + 86400000);
	core_alarm(&core);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	set_clock(now - 2 * 86400000);
	pass(LIMIT);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(pauses_do_not_count)
{
	struct task *task = make_limited("a", -1);
	pass(LIMIT / 2);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, LIMIT / 2);
	commit();
	ck_assert_int_eq(alarm_at, INT64_MAX);
	pass(10 * (int64_t)LIMIT);
	/* That somebody sets the clock meanwhile does not count either. */
	now += 86400000;
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit();
	ck_assert_int_eq(alarm_at, ticks + LIMIT / 2);
	now += 86400000;
	pass(LIMIT / 4);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, LIMIT / 2 + LIMIT / 4);
	commit();
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit();
	pass(LIMIT / 4);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(a_pause_that_is_not_durable_changes_nothing)
{
	struct task *task = make_limited("a", -1);
	pass(LIMIT - 1000);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, LIMIT - 1000);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(timers_next(&core.limits), ticks + 1000);
}
END_TEST

/* Meanwhile the time is up, but the pause may be durable any moment. */
START_TEST(what_is_about_to_be_paused_is_not_overdue)
{
	struct task *task = make_limited("a", -1);
	pass(LIMIT - 1000);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	pass(1000);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	pass(1000);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	commit();
	pass(999);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	pass(1);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(what_is_paused_before_it_begins_counts_from_its_resume)
{
	next_plan.time_limit = LIMIT;
	struct task *task = make("a", true);
	commit_all();
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit();
	began(task->run);
	pass(2 * (int64_t)LIMIT);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	/* A millisecond says that it was paused. */
	ck_assert_int_eq(task->plan->marks.ran, 1);
	commit();
	ck_assert_int_eq(alarm_at, ticks + LIMIT - 1);
}
END_TEST

START_TEST(a_stop_during_it_wins_and_sends_nothing)
{
	struct task *task = make_overtime("a");
	ck_assert(!requests_stop_sends(task, &term));
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_uint_eq(signals, 1);
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED);
}
END_TEST

START_TEST(a_stop_during_it_sends_what_is_asked_for)
{
	struct task *task = make_overtime("a");
	const struct stop_options options = { .given = true, .signal = SIGINT, .kill_after = 1000 };
	ck_assert(requests_stop_sends(task, &options));
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	commit();
	ck_assert_uint_eq(signals, 2);
	ck_assert_int_eq(last_signal, SIGINT);
	ck_assert_int_eq(alarm_at, ticks + 1000);
}
END_TEST

START_TEST(a_stop_before_it_is_durable_sends_one_signal)
{
	struct task *task = make_limited("a", 30000);
	pass(LIMIT);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(alarm_at, ticks + 30000);
}
END_TEST

START_TEST(an_undone_stop_leaves_it_overtime)
{
	struct task *task = make_overtime("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ended(task->run, 0, 1);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ring();
	commit();
	ended(task->run, 0, 0);
	must_be_over(task);
}
END_TEST

START_TEST(it_is_tried_again_until_it_is_durable)
{
	struct task *task = make_limited("a", -1);
	pass(LIMIT);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 0);
	pass(1000);
	/* The store is in trouble: first it is asked whether that is over. */
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	commit();
	pass(1000);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	commit();
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(an_undone_one_lets_an_end_be_an_end)
{
	struct task *task = make_limited("a", -1);
	pass(LIMIT);
	ended(task->run, 0, 1);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	fail_commit();
	ring();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_uint_eq(signals, 0);
}
END_TEST

START_TEST(no_memory_means_a_second_later)
{
	struct task *task = make_limited("a", -1);
	put_error = -ENOMEM;
	pass(LIMIT);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	put_error = 0;
	pass(1000);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(what_has_ended_is_not_overdue)
{
	struct task *task = make_limited("a", -1);
	put_error = -ENOMEM;
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	put_error = 0;
	pass(LIMIT);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
}
END_TEST

START_TEST(the_next_server_continues_it)
{
	next_plan.time_limit = LIMIT;
	struct task *task = recover(TASK_OVERTIME, "this-boot");
	ck_assert_int_eq(task->run->phase, RUN_ADOPTING_STOPPED);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(alarm_at, ticks + 2000000 - now);
	ended(task->run, -1, 0);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, "not known");
}
END_TEST

START_TEST(the_next_server_counts_on)
{
	ticks = 10 * (int64_t)LIMIT;
	now += ticks;
	next_plan.time_limit = LIMIT;
	next_plan.marks.ran = LIMIT / 2;
	next_plan.marks.resumed_at = now - LIMIT / 4;
	const struct task *task = recover(TASK_RUNNING, "this-boot");
	began_at(task->run, ticks - 2 * (int64_t)LIMIT);
	ck_assert_int_eq(alarm_at, ticks + LIMIT / 4);
	pass(LIMIT / 4);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(the_limit_may_have_passed_while_no_server_ran)
{
	ticks = 10 * (int64_t)LIMIT;
	next_plan.time_limit = LIMIT;
	const struct task *task = recover(TASK_RUNNING, "this-boot");
	began_at(task->run, ticks - 2 * (int64_t)LIMIT);
	core_alarm(&core);
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

START_TEST(what_is_paused_for_the_next_server_does_not_run)
{
	next_plan.time_limit = LIMIT;
	next_plan.marks.ran = LIMIT / 2;
	struct task *task = recover(TASK_PAUSED, "this-boot");
	began(task->run);
	pass(LIMIT);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit();
	ck_assert_int_eq(alarm_at, ticks + LIMIT / 2);
}
END_TEST

START_TEST(a_stop_that_is_undone_leaves_the_limit)
{
	struct task *task = make_limited("a", -1);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	pass(LIMIT);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	while (task->status.state == TASK_RUNNING) {
		ring();
		commit();
	}
	ck_assert_int_eq(task->status.state, TASK_OVERTIME);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		it_is_stored_before_it_is_told,
		plain_tasks_have_no_limit,
		it_is_killed_only_if_that_was_asked_for,
		the_limit_does_not_care_about_the_wall_clock,
		pauses_do_not_count,
		a_pause_that_is_not_durable_changes_nothing,
		what_is_about_to_be_paused_is_not_overdue,
		what_is_paused_before_it_begins_counts_from_its_resume,
		a_stop_during_it_wins_and_sends_nothing,
		a_stop_during_it_sends_what_is_asked_for,
		a_stop_before_it_is_durable_sends_one_signal,
		an_undone_stop_leaves_it_overtime,
		a_stop_that_is_undone_leaves_the_limit,
		it_is_tried_again_until_it_is_durable,
		an_undone_one_lets_an_end_be_an_end,
		no_memory_means_a_second_later,
		what_has_ended_is_not_overdue,
		the_next_server_continues_it,
		the_next_server_counts_on,
		the_limit_may_have_passed_while_no_server_ran,
		what_is_paused_for_the_next_server_does_not_run,
	};
	Suite *suite = suite_create("core: time limits");
	TCase *tc = tcase_create("limits");
	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
