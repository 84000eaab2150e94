/* Ends that another attempt of the same task follows. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "engine/core/editing.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "engine/task/retry.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/scarce.h"
#include "tests/unit/tried.h"
#include "tests/unit/unit.h"

START_TEST(the_next_attempt_begins_after_the_durable_end)
{
	struct task *task = make_tried("a");
	int64_t began_at = task->status.started_at;
	uint64_t before = put_last;
	now += 5000;
	ticks += 5000;
	ended(task->run, 75, 0);
	ck_assert_uint_eq(put_last, before + 1);
	check_waits(task, 1);
	ck_assert_uint_eq(forgotten, 0);
	commit_all();
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_ptr_null(task->run);
	ck_assert_uint_eq(told_ended, 0);
	ck_assert_uint_eq(core.used, 0);
	const struct plan_attempt *last = plan_last_attempt(task->plan);
	ck_assert(last->ordinal == 1 && last->exit_code == 75 && last->started_at == began_at);
	ck_assert_int_eq(last->ended_at, now);
	ck_assert_str_eq(last->message, unit_says(MSG_ENDED_WITH_STATUS, "75"));
	ck_assert_str_eq(task->status.message, unit_says(MSG_ATTEMPT_ENDED, "1", last->message));
	/* Nothing is claimed before it is time. */
	ck_assert_int_eq(task_plan(task)->marks.not_before, now + retry_delay(task->plan, 1, task->number));
	ck_assert_int_eq(wake_at, task_plan(task)->marks.not_before);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
	began(task->run);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(task_attempt(task), 2);
	ck_assert_ptr_null(task->status.message);
}
END_TEST

START_TEST(the_last_attempt_is_the_end)
{
	struct task *task = make_tried("a");
	for (uint32_t attempt = 1; attempt <= 2; attempt++) {
		ended(task->run, 1, 0);
		commit_all();
		check_waits(task, attempt);
		wake();
		commit_all();
		began(task->run);
	}
	ended(task->run, 3, 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_int_eq(task->status.exit_code, 3);
	ck_assert_uint_eq(task_attempt(task), 3);
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_int_eq(removal_remove(&core, task), 0);
	commit_all();
	ck_assert_uint_eq(discarded, 3);
}
END_TEST

START_TEST(success_ends_it)
{
	struct task *task = make_tried("a");
	ended(task->run, 0, 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_uint_eq(task_attempt(task), 1);
}
END_TEST

START_TEST(what_a_user_stopped_is_not_tried_again)
{
	struct task *task = make_tried("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	ended(task->run, 1, 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED);
}
END_TEST

/* A stop can come while the end is being committed, and when it is. */
START_TEST(a_stop_between_attempts)
{
	struct task *task = make_tried("a");
	ended(task->run, 1, 0);
	if (_i)
		commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, unit_says(MSG_CANCELLED_BEFORE_ATTEMPT, "2"));
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_uint_eq(task_attempt(task), 1);
	ck_assert_ptr_null(task->standing);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ck_assert_int_eq(wake_at, 0);
}
END_TEST

START_TEST(a_stop_of_the_claim_of_the_next_attempt)
{
	struct task *task = make_tried("a");
	ended(task->run, 1, 0);
	commit_all();
	room = 0;
	wake();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, unit_says(MSG_CANCELLED_BEFORE_ATTEMPT, "2"));
}
END_TEST

/* The commit fails; with what was asked meanwhile. */
START_TEST(an_undone_end_is_put_again)
{
	struct task *task = make_tried("a");
	int64_t began_at = task->status.started_at;
	ended(task->run, 1, 0);
	if (_i == 1)
		ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	if (_i == 2)
		ck_assert_int_eq(pausing_pause(&core, task), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(task->status.started_at, began_at);
	ck_assert_uint_eq(task_plan(task)->attempt_count, 0);
	ck_assert_uint_eq(task_plan(task)->marks.attempt, 0);
	ck_assert_uint_eq(forgotten, 0);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ring();
	commit_all();
	ck_assert_uint_eq(forgotten, 1);
	check_waits(task, 1);
	ck_assert_uint_eq(groups_waiting(&core), 1);
}
END_TEST

/* The end is durable, and what was asked meanwhile is not. */
START_TEST(a_stop_that_fails_after_the_end)
{
	struct task *task = make_tried("a");
	ended(task->run, 1, 0);
	uint64_t end = put_last;
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	put_committed = end;
	core_committed(&core, end);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	fail_commit();
	check_waits(task, 1);
	ck_assert_uint_eq(groups_waiting(&core), 1);
	ring();
	commit_all();
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(an_end_that_cannot_be_put_is_put_later)
{
	struct task *task = make_tried("a");
	put_error = _i ? 0 : -ENOMEM;
	seal_error = _i ? -ENOSPC : 0;
	ended(task->run, 1, 0);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(task_plan(task)->attempt_count, 0);
	put_error = seal_error = 0;
	ring();
	commit_all();
	check_waits(task, 1);
}
END_TEST

START_TEST(a_stop_that_fails_leaves_the_end_before_to_be_stored)
{
	char *error = NULL;
	struct task *task = make_tried("a"), *other = make("b", false);
	struct plan_after after = { .number = other->number };
	const struct editing edit = {
		.task = task, .fields = EDITING_AFTER, .after = &after, .after_count = 1
	};
	commit_all();
	ended(task->run, 1, 0);
	ck_assert_int_eq(editing_apply(&core, &edit, 1, &error), 0);
	/* It would not be run because of this. */
	put_error = -ENOMEM;
	ck_assert_int_eq(requests_stop(&core, other, &term), -ENOMEM);
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert(!task->standing->rank.ranked);
	commit_all();
	ck_assert_ptr_null(task->run);
	ck_assert(task->standing->rank.ranked);
}
END_TEST

START_TEST(a_held_one_is_tried_again_when_it_is_resumed)
{
	struct task *task = make_tried("a");
	ended(task->run, 1, 0);
	commit_all();
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(a_paused_one_that_ends_waits_and_is_not_held)
{
	struct task *task = make_tried("a");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ended(task->run, 1, 0);
	commit_all();
	check_waits(task, 1);
	ck_assert(!task_plan(task)->marks.held);
	ck_assert_int_eq(task_plan(task)->marks.ran, 0);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

/* Attempts keep the place that the Start gave. */
START_TEST(a_task_keeps_its_place)
{
	core.options.slots = 1;
	struct task *first = make_tried("first");
	struct task *second = make("second", true);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_ptr_eq(started[1]->task, second);
	struct task *third = make("third", true);
	wake();
	commit_all();
	began(second->run);
	ended(second->run, 0, 0);
	commit_all();
	ck_assert_ptr_eq(started[2]->task, first);
	ck_assert_int_eq(third->status.started_at, 0);
}
END_TEST

START_TEST(a_lost_one_is_tried_again_only_if_that_was_asked)
{
	next_plan.retry_lost = _i;
	struct task *task = make_tried("a");
	ended(task->run, -1, 0);
	commit_all();
	ck_assert_int_eq(task->status.state, _i ? TASK_QUEUED : TASK_FAILED);
	if (_i)
		ck_assert_int_eq(plan_last_attempt(task->plan)->exit_code, -1);
}
END_TEST

/* Even if there is no memory to keep why. */
START_TEST(a_command_that_cannot_run_is_not_tried_again)
{
	static char rule[] = "on cannot-run";
	bool again = _i & 1, scarce = _i & 2;
	next_plan.retry_rule = again ? rule : NULL;
	struct task *task = make_tried("a");
	struct run_end end = { .known = true, .exit_code = 127, .message = (char *)"cannot run" };
	if (scarce)
		scarce_once(0);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	ck_assert(scarce_end() == scarce);
	commit_all();
	ck_assert_int_eq(task->status.state, again ? TASK_QUEUED : TASK_FAILED);
	if (!again)
		ck_assert_str_eq(task->status.message, scarce ? MSG_ENDED_NOT_RUN : "cannot run");
}
END_TEST

/* While the end is on its way, or when it is durable; undone, or not. */
START_TEST(an_edit_between_attempts_keeps_them)
{
	struct task *task = make_tried("a");
	struct task_plan plan = plan_default;
	const struct editing edit = { .task = task, .fields = EDITING_PLAN, .spec = { .plan = &plan } };
	char *error = NULL;
	plan.retries = 5;
	ended(task->run, 75, 0);
	if (_i & 1)
		commit_all();
	ck_assert_int_eq(editing_apply(&core, &edit, 1, &error), 0);
	if (_i & 2) {
		fail_commit();
		ring();
	}
	commit_all();
	check_waits(task, 1);
	ck_assert_int_eq(plan_last_attempt(task->plan)->exit_code, 75);
	ck_assert_uint_eq(task->plan->retries, _i & 2 ? 2 : 5);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

static int edit_plan(struct task *task, uint32_t retries, int64_t delay)
{
	struct task_plan plan = plan_default;
	const struct editing edit = { .task = task, .fields = EDITING_PLAN, .spec = { .plan = &plan } };
	char *error = NULL;
	plan.retries = retries;
	plan.retry_delay = delay;
	return editing_apply(&core, &edit, 1, &error);
}

START_TEST(an_edit_that_ends_a_task_names_those_left_once)
{
	struct task *task = make_tried("a");
	struct plan_left process = { .pid = 12, .start = 34, .name = "sleep" };
	struct run_end end = { .known = true,
		               .exit_code = 1,
		               .left = 1,
		               .survivors = (char *)MSG_LEFT_RUNNING "12 (sleep)",
		               .lingers = true };
	ck_assert_int_eq(plan_add_left(&end.processes, &process), 0);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	strings_release(&end.processes);
	commit_all();
	ck_assert_int_eq(edit_plan(task, 0, 1000), 0);
	commit_all();
	const char *left = strstr(task->status.message, MSG_LEFT_RUNNING);
	ck_assert_ptr_nonnull(left);
	ck_assert_str_eq(left, MSG_LEFT_RUNNING "12 (sleep)");
}
END_TEST

/* While the end is on its way, or when it is durable; undone, or not. */
START_TEST(a_task_without_another_attempt_has_ended_as_its_last_one)
{
	struct task *task = make_tried("a");
	int64_t began_at = task->status.started_at;
	now += 5000;
	ticks += 5000;
	int64_t ended_at = now;
	ended(task->run, 75, 0);
	if (_i & 1)
		commit_all();
	now += 1000;
	ticks += 1000;
	uint64_t before = put_last;
	ck_assert_int_eq(edit_plan(task, 0, 10000), 0);
	ck_assert_uint_eq(put_last, before + 1);
	if (_i & 2) {
		fail_commit();
		ring();
		commit_all();
		check_waits(task, 1);
		ck_assert_uint_eq(task->plan->retries, 2);
		wake();
		commit_all();
		ck_assert_uint_eq(started_count, 2);
		return;
	}
	ck_assert_uint_eq(told_ended, 0);
	commit_all();
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_int_eq(task->status.exit_code, 75);
	ck_assert_int_eq(task->status.started_at, began_at);
	ck_assert_int_eq(task->status.ended_at, ended_at);
	ck_assert_str_eq(task->status.message, unit_says(MSG_ENDED_WITH_STATUS, "75"));
	ck_assert_uint_eq(task_attempt(task), 1);
	ck_assert_uint_eq(task->plan->attempt_count, 0);
	ck_assert_int_eq(wake_at, 0);
	ck_assert_uint_eq(core.used, 0);
}
END_TEST

START_TEST(what_was_tried_again_though_it_completed_has_completed)
{
	char rule[] = "on 0";
	next_plan.retry_rule = rule;
	struct task *task = make_tried("a");
	ended(task->run, 0, 0);
	commit_all();
	check_waits(task, 1);
	ck_assert_int_eq(edit_plan(task, 0, 10000), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
}
END_TEST

/* Undone, or not. */
START_TEST(another_delay_moves_the_next_attempt)
{
	struct task *task = make_tried("a");
	ended(task->run, 75, 0);
	commit_all();
	int64_t ended_at = now, was = task->plan->marks.not_before;
	now += 100;
	ck_assert_int_eq(edit_plan(task, 2, 200), 0);
	ck_assert_int_eq(task->plan->marks.not_before, ended_at + retry_delay(task->plan, 1, task->number));
	ck_assert_int_lt(task->plan->marks.not_before, ended_at + 300);
	if (_i == 1) {
		fail_commit();
		ring();
		ck_assert_int_eq(task->plan->marks.not_before, was);
	}
	commit_all();
	ck_assert_int_eq(wake_at, task->plan->marks.not_before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core attempts");
	TCase *tcase = tcase_create("core attempts");
	tcase_add_checked_fixture(tcase, setup_retries, teardown);
	tcase_add_test(tcase, the_next_attempt_begins_after_the_durable_end);
	tcase_add_test(tcase, the_last_attempt_is_the_end);
	tcase_add_test(tcase, success_ends_it);
	tcase_add_test(tcase, what_a_user_stopped_is_not_tried_again);
	tcase_add_loop_test(tcase, a_stop_between_attempts, 0, 2);
	tcase_add_test(tcase, a_stop_of_the_claim_of_the_next_attempt);
	tcase_add_loop_test(tcase, an_undone_end_is_put_again, 0, 3);
	tcase_add_test(tcase, a_stop_that_fails_after_the_end);
	tcase_add_loop_test(tcase, an_end_that_cannot_be_put_is_put_later, 0, 2);
	tcase_add_test(tcase, a_stop_that_fails_leaves_the_end_before_to_be_stored);
	tcase_add_test(tcase, a_held_one_is_tried_again_when_it_is_resumed);
	tcase_add_test(tcase, a_paused_one_that_ends_waits_and_is_not_held);
	tcase_add_test(tcase, a_task_keeps_its_place);
	tcase_add_loop_test(tcase, a_lost_one_is_tried_again_only_if_that_was_asked, 0, 2);
	tcase_add_loop_test(tcase, a_command_that_cannot_run_is_not_tried_again, 0, 4);
	tcase_add_loop_test(tcase, an_edit_between_attempts_keeps_them, 0, 4);
	tcase_add_loop_test(tcase, a_task_without_another_attempt_has_ended_as_its_last_one, 0, 4);
	tcase_add_test(tcase, what_was_tried_again_though_it_completed_has_completed);
	tcase_add_loop_test(tcase, another_delay_moves_the_next_attempt, 0, 2);
	tcase_add_test(tcase, an_edit_that_ends_a_task_names_those_left_once);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
