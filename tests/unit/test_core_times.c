/* What waits for a time, and what must not take longer than one. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "engine/core/agenda.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/times.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

/* Makes a task that is started, and may begin between these times. */
static struct task *make_timed(const char *id, int64_t begin, int64_t expire)
{
	next_plan.begin_at = begin;
	next_plan.expire_at = expire;
	struct task *task = make(id, true);
	next_plan = plan_default;
	return task;
}

static void must_be_too_late(const struct task *task)
{
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_TOO_LATE);
	ck_assert_int_eq(task->status.ended_at, now);
}

START_TEST(it_begins_when_its_time_has_come)
{
	struct task *task = make_timed("a", now + 5000, 0);
	commit_all();
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(wake_at, now + 5000);
	ck_assert_uint_eq(groups_able(&core), 0);
	now += 4999;
	core_clock(&core, false);
	ck_assert_ptr_null(task->run);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	/* Only a clock that is set could matter to it now. */
	ck_assert_int_eq(wake_at, INT64_MAX);
	ended(task->run, 0, 0);
	commit_all();
	ck_assert_int_eq(wake_at, 0);
}
END_TEST

START_TEST(later_ones_pass_a_task_that_waits_for_its_time)
{
	requests_set_slots(&core, 1);
	struct task *first = make_timed("a", now + 5000, 0), *second = make("b", true);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_ptr_eq(started[0], second->run);
	began(second->run);
	/* It kept its place. */
	const struct task *third = make("c", true);
	wake();
	commit_all();
	ended(second->run, 0, 0);
	commit_all();
	ck_assert_ptr_eq(started[1], first->run);
	ck_assert_int_eq(third->run->phase, RUN_READY);
}
END_TEST

START_TEST(plain_tasks_cost_nothing)
{
	const struct task *task = make("a", true);
	commit_all();
	ck_assert_ptr_null(task->standing->appointment);
	ck_assert_int_eq(wake_at, 0);
	ck_assert_uint_eq(core.agenda.count, 0);
}
END_TEST

START_TEST(the_earliest_is_waited_for)
{
	static const int64_t delays[] = { 5000, 3000, 4000, 1000, 2000 };
	char id[] = "a";
	for (size_t i = 0; i < 5; i++, id[0]++)
		make_timed(id, now + delays[i], 0);
	commit_all();
	for (int64_t i = 1; i <= 5; i++) {
		ck_assert_int_eq(wake_at, now + 1000);
		wake();
		commit_all();
		ck_assert_uint_eq(started_count, (unsigned)i);
	}
}
END_TEST

/* What nobody starts waits for no time. */
START_TEST(times_are_looked_at_from_the_start_on)
{
	next_plan.begin_at = now + 1000;
	next_plan.expire_at = now + 2000;
	struct task *task = make("a", false);
	commit_all();
	ck_assert_int_eq(wake_at, 0);
	now += 3000;
	core_alarm(&core);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_int_eq(requests_start(&core, task), 0);
	must_be_too_late(task);
}
END_TEST

START_TEST(a_delay_counts_from_the_start)
{
	next_plan.begin_at = -5000;
	struct task *task = make("a", false);
	commit_all();
	now += 3000;
	ck_assert_int_eq(plan_begin(task->plan), 0);
	ck_assert_int_eq(plan_delay(task->plan), 5000);
	ck_assert_int_eq(requests_start(&core, task), 0);
	/* What is not stored counts nothing. */
	fail_commit();
	ck_assert_int_eq(plan_delay(task->plan), 5000);
	now += 1000;
	ring();
	commit_all();
	ck_assert_int_eq(requests_start(&core, task), 0);
	commit_all();
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(plan_begin(task->plan), now + 5000);
	ck_assert_int_eq(plan_delay(task->plan), 0);
	ck_assert_int_eq(wake_at, now + 5000);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

START_TEST(a_delay_of_what_is_started_at_once_counts_from_then)
{
	const struct task *task = make_timed("a", -5000, 0);
	commit_all();
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(wake_at, now + 5000);
}
END_TEST

START_TEST(a_clock_set_forward_makes_it_begin)
{
	const struct task *task = make_timed("a", now + 5000, 0);
	commit_all();
	set_clock(now + 86400000);
	ck_assert_ptr_nonnull(task->run);
}
END_TEST

START_TEST(a_clock_set_back_makes_it_wait_again)
{
	requests_set_slots(&core, 1);
	struct task *busy = make_running("busy");
	struct task *open = make_timed("a", now + 5000, 0);
	commit_all();
	wake();
	commit_all();
	ck_assert_int_eq(open->run->phase, RUN_READY);
	int64_t begin = now;
	set_clock(now - 3600000);
	ck_assert(agenda_waits(open));
	ck_assert_int_eq(wake_at, begin);
	commit_all();
	ended(busy->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(too_late_is_too_late)
{
	requests_set_slots(&core, 1);
	struct task *busy = make_running("busy");
	struct task *waits = make_timed("a", 0, now + 5000), *held = make_timed("b", 0, now + 5000);
	pausing_pause(&core, held);
	commit_all();
	ck_assert_int_eq(waits->run->phase, RUN_READY);
	wake();
	ck_assert_int_eq(waits->run->phase, RUN_RECALLING);
	must_be_too_late(held);
	ck_assert_uint_eq(told_ended, 0);
	commit_all();
	must_be_too_late(waits);
	ck_assert_ptr_null(waits->run);
	ck_assert_uint_eq(told_ended, 2);
	ended(busy->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(wake_at, 0);
}
END_TEST

START_TEST(what_has_begun_is_not_too_late)
{
	struct task *task = make_timed("a", 0, now + 5000);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	now += 6000;
	core_clock(&core, false);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	now += 6000;
	set_clock(now + 100000);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
}
END_TEST

/* The worker could not start it, and meanwhile it is too late. */
START_TEST(a_claim_that_is_postponed_can_be_too_late)
{
	struct task *task = make_timed("a", 0, now + 500);
	postpone = true;
	commit();
	ck_assert_int_eq(task->run->phase, RUN_READY);
	wake();
	commit_all();
	must_be_too_late(task);
}
END_TEST

START_TEST(what_is_being_prepared_can_be_too_late)
{
	defer = true;
	struct task *task = make_timed("a", 0, now + 500);
	commit();
	ck_assert_int_eq(task->run->phase, RUN_PREPARING);
	wake();
	must_be_too_late(task);
	ck_assert_ptr_null(task->run);
	ck_assert_uint_eq(forgotten, 1);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

/* Later attempts are a matter of retries. */
START_TEST(only_the_first_attempt_can_be_too_late)
{
	next_plan.marks.attempt = 1;
	struct task *task = make_timed("a", now + 1000, now + 500);
	commit_all();
	ck_assert_int_eq(wake_at, now + 1000);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
}
END_TEST

START_TEST(that_it_was_too_late_may_fail)
{
	struct task *task = make_timed("a", now + 1000, 0);
	task->plan->expire_at = now + 500;
	commit_all();
	set_clock(now + 500);
	must_be_too_late(task);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_ptr_null(task->status.message);
	ck_assert_uint_eq(told_ended, 0);
	/* The probe succeeds. */
	ring();
	commit_all();
	must_be_too_late(task);
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

/* The claim is durable, and that it is too late cannot be stored. */
START_TEST(in_trouble_it_does_not_begin_either)
{
	requests_set_slots(&core, 1);
	struct task *busy = make_running("busy");
	struct task *task = make_timed("a", 0, now + 500);
	commit_all();
	ck_assert_int_eq(task->run->phase, RUN_READY);
	make("b", false);
	fail_commit();
	wake();
	requests_set_slots(&core, 2);
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ring();
	commit_all();
	must_be_too_late(task);
	ended(busy->run, 0, 0);
}
END_TEST

START_TEST(no_memory_means_a_little_later)
{
	struct task *task = make_timed("a", now + 1000, now + 500);
	commit_all();
	put_error = -ENOMEM;
	wake();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_int_ne(alarm_at, INT64_MAX);
	put_error = 0;
	ring();
	must_be_too_late(task);
}
END_TEST

START_TEST(a_crowd_is_looked_at_in_slices)
{
	char id[16];
	requests_set_slots(&core, 1);
	for (int i = 0; i < 2 * TIMES_AT_ONCE + 500; i++) {
		snprintf(id, sizeof(id), "a%d", i);
		make_timed(id, 0, now + 500);
	}
	core.paused = true;
	commit_all();
	uint64_t most = TIMES_AT_ONCE;
	for (int slices = 3; slices > 0; slices--) {
		ck_assert_uint_ge(core.registry.counts[TASK_STOPPED] + TIMES_AT_ONCE, most);
		ck_assert_uint_le(core.registry.counts[TASK_STOPPED], most);
		most += TIMES_AT_ONCE;
		wake();
	}
	commit_all();
	ck_assert_uint_eq(core.agenda.count, 0);
}
END_TEST

START_TEST(a_stop_before_its_time)
{
	struct task *task = make_timed("a", now + 5000, 0);
	commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_int_eq(wake_at, now + 5000);
	ring();
	commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_int_eq(wake_at, 0);
}
END_TEST

START_TEST(it_was_due_while_no_server_ran)
{
	next_plan.begin_at = now - 100;
	const struct task *task = recover(TASK_QUEUED, "");
	ck_assert_ptr_nonnull(task->run);
}
END_TEST

START_TEST(it_is_still_to_come_for_the_next_server)
{
	next_plan.begin_at = now + 100;
	const struct task *task = recover(TASK_QUEUED, "");
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(wake_at, now + 100);
}
END_TEST

START_TEST(it_became_too_late_while_no_server_ran)
{
	next_plan.expire_at = now;
	struct task *task = recover(TASK_QUEUED, "");
	must_be_too_late(task);
	commit_all();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		it_begins_when_its_time_has_come,
		later_ones_pass_a_task_that_waits_for_its_time,
		plain_tasks_cost_nothing,
		the_earliest_is_waited_for,
		times_are_looked_at_from_the_start_on,
		a_delay_counts_from_the_start,
		a_delay_of_what_is_started_at_once_counts_from_then,
		a_clock_set_forward_makes_it_begin,
		a_clock_set_back_makes_it_wait_again,
		too_late_is_too_late,
		what_has_begun_is_not_too_late,
		a_claim_that_is_postponed_can_be_too_late,
		what_is_being_prepared_can_be_too_late,
		only_the_first_attempt_can_be_too_late,
		that_it_was_too_late_may_fail,
		in_trouble_it_does_not_begin_either,
		no_memory_means_a_little_later,
		a_crowd_is_looked_at_in_slices,
		a_stop_before_its_time,
		it_was_due_while_no_server_ran,
		it_is_still_to_come_for_the_next_server,
		it_became_too_late_while_no_server_ran,
	};
	Suite *suite = suite_create("core: times");
	TCase *tc = tcase_create("times");
	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
