/* Processes of an attempt that has ended, for which the next attempt waits. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/leftovers.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/tried.h"
#include "tests/unit/unit.h"

static void end_leaving(struct task *task)
{
	struct plan_left process = { .pid = 12, .start = 34, .name = "sleep" };
	struct run_end end = {
		.known = true,
		.exit_code = 1,
		.left = 1,
		.survivors = (char *)MSG_LEFT_RUNNING "12 (sleep)",
		.lingers = true,
	};
	ck_assert_int_eq(plan_add_left(&end.processes, &process), 0);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	strings_release(&end.processes);
}

static void left_gone(const struct task *task)
{
	executor.reports.left_gone(executor.reports.ctx, task->number);
}

START_TEST(the_next_attempt_waits_for_survivors)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	ck_assert_uint_eq(watched, 0);
	commit_all();
	check_waits(task, 1);
	ck_assert_uint_eq(watched, 1);
	ck_assert_str_eq(watched_first, "12 34 sleep");
	ck_assert_str_eq(strings_next(&plan_last_attempt(task->plan)->left, NULL), "this-boot");
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_ptr_null(task->run);
	left_gone(task);
	commit_all();
	ck_assert_uint_eq(started_count, 2);
	/* A report that comes twice changes nothing. */
	left_gone(task);
}
END_TEST

START_TEST(an_undone_stop_leaves_survivors_to_wait_for)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	uint64_t end = put_last;
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	core_committed(&core, put_committed = end);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_uint_eq(watched, 1);
	ring();
	commit_all();
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	left_gone(task);
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

/* Nobody can say that they are gone of a task that is not there. */
START_TEST(an_undone_removal_looks_for_survivors_again)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(removal_remove(&core, task), 0);
	left_gone(task);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ring();
	commit_all();
	ck_assert_uint_eq(watched, 2);
	left_gone(task);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(an_undone_removal_looks_again_for_those_that_the_end_names)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	unsigned before = watched;
	ck_assert_int_eq(removal_remove(&core, task), 0);
	left_gone(task);
	fail_commit();
	ck_assert_uint_eq(watched, before + 1);
}
END_TEST

/* While commits fail, nothing else is tried again. */
START_TEST(who_cannot_be_watched_is_watched_after_trouble)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	watch_error = -ENOMEM;
	commit_all();
	ck_assert_uint_eq(watched, 1);
	watch_error = 0;
	ck_assert_int_eq(requests_set_slots(&core, 7), 0);
	fail_commit();
	ring();
	ck_assert_uint_eq(watched, 1);
	commit();
	ck_assert_uint_eq(watched, 2);
	left_gone(task);
}
END_TEST

START_TEST(survivors_gone_early_are_no_start)
{
	struct task *task = make_tried("a");
	end_leaving(task);
	commit_all();
	left_gone(task);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(a_stop_names_survivors)
{
	struct task *task = make_tried("a");
	char expected[128];
	end_leaving(task);
	commit_all();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	snprintf(expected, sizeof(expected), MSG_CANCELLED_BEFORE_ATTEMPT "; " MSG_LEFT_RUNNING "12 (sleep)",
	         2u);
	ck_assert_str_eq(task->status.message, expected);
	left_gone(task);
	snprintf(expected, sizeof(expected), MSG_CANCELLED_BEFORE_ATTEMPT "; " MSG_LEFT_ENDED "12 (sleep)",
	         2u);
	ck_assert_str_eq(task->status.message, expected);
	ck_assert_int_eq(removal_remove(&core, task), 0);
	commit_all();
	executor.reports.left_gone(executor.reports.ctx, 1);
}
END_TEST

/* A later server may find both durable, and nothing but the message says whom it must continue. */
START_TEST(a_stop_names_survivors_of_an_end_on_its_way)
{
	struct task *task = make_tried("a");
	char expected[128];
	end_leaving(task);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	snprintf(expected, sizeof(expected), MSG_CANCELLED_BEFORE_ATTEMPT "; " MSG_LEFT_RUNNING "12 (sleep)",
	         2u);
	ck_assert_str_eq(task->status.message, expected);
	commit_all();
	left_gone(task);
	snprintf(expected, sizeof(expected), MSG_CANCELLED_BEFORE_ATTEMPT "; " MSG_LEFT_ENDED "12 (sleep)",
	         2u);
	ck_assert_str_eq(task->status.message, expected);
}
END_TEST

START_TEST(survivors_without_memory_are_watched_later)
{
	struct task *task = make_tried("a");
	watch_error = -ENOMEM;
	end_leaving(task);
	commit_all();
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	watch_error = 0;
	ring();
	ck_assert_uint_eq(watched, 2);
	left_gone(task);
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

/* A running task ends, and leaves a process. */
static struct task *make_left(const char *id)
{
	struct task *task = make_running(id);
	struct run_end end = { .known = true,
		               .left = 0,
		               .survivors = (char *)MSG_LEFT_RUNNING "7 (x), 8 (y)" };
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit_all();
	ck_assert_str_eq(task->status.message, MSG_LEFT_RUNNING "7 (x), 8 (y)");
	return task;
}

START_TEST(a_message_says_that_survivors_have_ended)
{
	struct task *task = make_left("a");
	uint32_t version = task->version;
	uint64_t put = put_last;
	ck_assert_uint_eq(watched, 1);
	left_gone(task);
	ck_assert_str_eq(task->status.message, MSG_LEFT_ENDED "7 (x), 8 (y)");
	ck_assert_uint_ne(task->version, version);
	ck_assert_uint_eq(put_last, put + 1);
	/* A report that comes twice changes nothing. */
	left_gone(task);
	ck_assert_uint_eq(put_last, put + 1);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
}
END_TEST

START_TEST(an_undone_message_is_put_again)
{
	struct task *task = make_left("a");
	left_gone(task);
	fail_commit();
	ck_assert_str_eq(task->status.message, MSG_LEFT_RUNNING "7 (x), 8 (y)");
	/* While commits fail, another report waits. */
	if (_i == 1)
		left_gone(task);
	ck_assert_int_eq(requests_set_slots(&core, 7), 0);
	commit();
	ck_assert_str_eq(task->status.message, MSG_LEFT_ENDED "7 (x), 8 (y)");
	commit_all();
	ck_assert_str_eq(task->status.message, MSG_LEFT_ENDED "7 (x), 8 (y)");
}
END_TEST

START_TEST(an_undone_message_of_a_removed_task_is_dropped)
{
	struct task *task = make_left("a");
	left_gone(task);
	fail_commit();
	ck_assert_int_eq(removal_remove(&core, task), 0);
	commit_all();
	ck_assert_ptr_null(order_find(&core.registry.order, 1));
}
END_TEST

START_TEST(killed_survivors_are_watched)
{
	struct task *task = make_left("a");
	const struct stop_options kill = { .signal = SIGKILL, .kill_after = -1 };
	ck_assert_int_eq(requests_stop(&core, task, &kill), -EPERM);
	ck_assert_uint_eq(watched, 1);
	left_over = true;
	ck_assert_int_eq(requests_stop(&core, task, &kill), 0);
	ck_assert_uint_eq(watched, 2);
	left_gone(task);
	ck_assert_str_eq(task->status.message, MSG_LEFT_ENDED "7 (x), 8 (y)");
	commit_all();
	/* It names nobody any more. */
	ck_assert_int_eq(requests_stop(&core, task, &kill), 0);
	ck_assert_uint_eq(watched, 2);
	left_over = false;
}
END_TEST

/* Its first process is killed while it is paused, and others of its session are left. */
static void kill_paused(struct task *task)
{
	struct run_end end = { .known = true,
		               .exit_code = -1,
		               .term_signal = SIGKILL,
		               .left = 1,
		               .survivors = (char *)MSG_LEFT_RUNNING "7 (x)",
		               .lingers = true };
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ck_assert_int_eq(last_signal, SIGSTOP);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
}

/* It is not continued before that, since until then somebody can resume it. */
START_TEST(survivors_of_a_paused_task_are_continued_when_its_end_is_durable)
{
	next_plan.retries = 0;
	struct task *task = make_running("a");
	kill_paused(task);
	ck_assert_uint_eq(continued, 0);
	fail_commit();
	ck_assert_uint_eq(continued, 0);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ring();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_uint_eq(continued, 1);
}
END_TEST

/* A resume that is not durable when the end is put sends nothing. */
START_TEST(survivors_of_a_task_that_is_being_resumed_are_continued)
{
	struct task *task = make_running("a");
	struct run_end end = { .known = true, .left = 1, .survivors = (char *)MSG_LEFT_RUNNING "7 (x)" };
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_int_eq(last_signal, SIGSTOP);
	ck_assert_uint_eq(continued, 1);
}
END_TEST

START_TEST(survivors_of_others_are_left_alone)
{
	(void)make_left("a");
	ck_assert_uint_eq(continued, 0);
}
END_TEST

START_TEST(survivors_without_memory_are_continued_later)
{
	next_plan.retries = 0;
	struct task *task = make_running("a");
	continue_error = -ENOMEM;
	kill_paused(task);
	commit_all();
	ck_assert_uint_eq(continued, 1);
	continue_error = 0;
	ring();
	ck_assert_uint_eq(continued, 2);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
}
END_TEST

/* The next attempt waits for them.  The list of them says so to a later server. */
START_TEST(survivors_of_a_paused_attempt_are_continued)
{
	struct task *task = make_tried("a");
	kill_paused(task);
	ck_assert_uint_eq(continued, 0);
	commit_all();
	check_waits(task, 1);
	ck_assert_uint_eq(continued, 1);
	const struct strings *left = &plan_last_attempt(task->plan)->left;
	ck_assert_str_eq(strings_next(left, strings_next(left, NULL)), PLAN_LEFT_PAUSED);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert(leftovers_were_paused(task));
}
END_TEST

/* The end of a paused task was durable, and the server was killed before it sent SIGCONT. */
START_TEST(a_later_server_continues_survivors_of_a_paused_task)
{
	struct recovery recovery = { .core = &core };
	struct task_plan plan = plan_default;
	plan.marks.ran = _i;
	struct store_task row = {
		.number = 1,
		.spec = { .id = (char *)"a", .cwd = (char *)"/", .plan = &plan },
		.status = { .state = TASK_FAILED,
		            .exit_code = 1,
		            .message = (char *)MSG_LEFT_RUNNING "7 (x)" },
		.process = TASK_PROCESS_INIT,
	};
	strings_add(&row.spec.command, "true");
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	strings_release(&row.spec.command);
	ck_assert_uint_eq(continued, (unsigned)_i);
}
END_TEST

/* A later server finds the task between two attempts, of which the last one was paused, or was not. */
static struct task *recover_between(const char *boot, bool paused)
{
	struct recovery recovery = { .core = &core };
	struct plan_left process = { .pid = 12, .start = 34, .name = "sleep" };
	struct task_plan plan = plan_default;
	plan.retries = 2;
	plan.marks.attempt = 1;
	plan.marks.not_before = now + 100;
	struct store_task row = {
		.number = 1,
		.spec = { .id = (char *)"a", .cwd = (char *)"/", .plan = &plan },
		.status = { .state = TASK_QUEUED, .exit_code = -1, .start_order = 3 },
		.process = TASK_PROCESS_INIT,
	};
	struct plan_attempt attempt = { .ordinal = 1, .exit_code = 1, .started_at = 5, .ended_at = 6 };
	strings_add(&row.spec.command, "true");
	strings_add(&attempt.left, boot);
	plan_add_left(&attempt.left, &process);
	if (paused)
		strings_add(&attempt.left, PLAN_LEFT_PAUSED);
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.attempt(&recovery, 1, &attempt), 0);
	/* Rows of no task, which krtaskd never wrote. */
	ck_assert_int_eq(recovery_reader.attempt(&recovery, 2, &attempt), 0);
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	strings_release(&row.spec.command);
	strings_release(&attempt.left);
	return order_find(&core.registry.order, 1);
}

START_TEST(a_later_server_goes_on_between_attempts)
{
	struct task *task = recover_between("this-boot", _i);
	check_waits(task, 1);
	ck_assert_uint_eq(watched, 1);
	ck_assert_uint_eq(continued, (unsigned)_i);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 0);
	left_gone(task);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	began(task->run);
	ck_assert_uint_eq(task_attempt(task), 2);
}
END_TEST

START_TEST(pids_of_another_boot_mean_nothing)
{
	(void)recover_between("another-boot", true);
	ck_assert_uint_eq(watched, 0);
	ck_assert_uint_eq(continued, 0);
	wake();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core survivors");
	TCase *tcase = tcase_create("core survivors");

	tcase_add_checked_fixture(tcase, setup_retries, teardown);
	tcase_add_test(tcase, the_next_attempt_waits_for_survivors);
	tcase_add_test(tcase, an_undone_stop_leaves_survivors_to_wait_for);
	tcase_add_test(tcase, an_undone_removal_looks_for_survivors_again);
	tcase_add_test(tcase, an_undone_removal_looks_again_for_those_that_the_end_names);
	tcase_add_test(tcase, who_cannot_be_watched_is_watched_after_trouble);
	tcase_add_test(tcase, survivors_gone_early_are_no_start);
	tcase_add_test(tcase, a_stop_names_survivors);
	tcase_add_test(tcase, a_stop_names_survivors_of_an_end_on_its_way);
	tcase_add_test(tcase, a_message_says_that_survivors_have_ended);
	tcase_add_loop_test(tcase, an_undone_message_is_put_again, 0, 2);
	tcase_add_test(tcase, an_undone_message_of_a_removed_task_is_dropped);
	tcase_add_test(tcase, killed_survivors_are_watched);
	tcase_add_test(tcase, survivors_without_memory_are_watched_later);
	tcase_add_test(tcase, survivors_of_a_paused_task_are_continued_when_its_end_is_durable);
	tcase_add_test(tcase, survivors_of_a_task_that_is_being_resumed_are_continued);
	tcase_add_test(tcase, survivors_of_others_are_left_alone);
	tcase_add_test(tcase, survivors_without_memory_are_continued_later);
	tcase_add_test(tcase, survivors_of_a_paused_attempt_are_continued);
	tcase_add_loop_test(tcase, a_later_server_continues_survivors_of_a_paused_task, 0, 2);
	tcase_add_loop_test(tcase, a_later_server_goes_on_between_attempts, 0, 2);
	tcase_add_test(tcase, pids_of_another_boot_mean_nothing);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
