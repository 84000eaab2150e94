/* What a core makes of the tasks of an earlier server. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

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

/* It ended before, or waits. */
START_TEST(an_id_that_another_task_has_is_not_taken)
{
	char id[] = "damaged-3", directory[] = "/";
	struct store_task row = {
		.spec = { .id = id, .cwd = directory },
		.status = { .state = _i ? TASK_COMPLETED : TASK_QUEUED },
		.process = TASK_PROCESS_INIT,
	};
	struct recovery recovery = { .core = &core };
	strings_add(&row.spec.command, "true");
	for (row.number = 1; row.number <= 3; row.number++)
		ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 3, 1), 0);
	recovery_finish(&recovery);
	strings_release(&row.spec.command);
	ck_assert_uint_eq(registry_find(&core.registry, "damaged-3")->number, 1);
	ck_assert_uint_eq(registry_find(&core.registry, "damaged-2")->number, 2);
	const struct task *task = registry_find(&core.registry, "damaged-3-1");
	ck_assert_uint_eq(task->number, 3);
	ck_assert_int_eq(task->status.state, _i ? TASK_COMPLETED : TASK_FAILED);
	if (!_i)
		ck_assert_str_eq(task->status.message, unit_says(MSG_TASK_DAMAGED, "id"));
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

/* It was paused and resumed while it was being started, and stored as running: why it waited is obsolete. */
START_TEST(what_ran_without_a_process_says_no_more_why_it_waited)
{
	char id[] = "a", directory[] = "/", waiting[] = "waiting: no room";
	struct store_task row = {
		.number = 1,
		.spec = { .id = id, .cwd = directory },
		.status = { .state = TASK_RUNNING, .exit_code = -1, .message = waiting },
		.process = { .entry = 7, .stop_signal = -1 },
		.boot_id = "this-boot",
	};
	struct recovery recovery = { .core = &core };
	strings_add(&row.spec.command, "true");
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 1, 1), 0);
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	strings_release(&row.spec.command);
	const struct task *task = registry_find(&core.registry, "a");
	ck_assert_str_eq(task->status.message, waiting);
	began(task->run);
	ck_assert_ptr_null(task->status.message);
}
END_TEST

/* Its server was giving the claim back. */
START_TEST(a_claim_whose_time_has_not_come_is_given_back)
{
	next_plan.begin_at = now + 1000;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	executor.reports.never_began(executor.reports.ctx, task->run);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_uint_eq(started_count, 0);
	ck_assert_ptr_null(task->run);
}
END_TEST

START_TEST(a_pause_is_not_lost_when_its_claim_is_given_back)
{
	next_plan.begin_at = now + 1000;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	executor.reports.never_began(executor.reports.ctx, task->run);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert(task->plan->marks.held && task->plan->marks.ran == 0);
}
END_TEST

/* It was paused and resumed while it was being started. */
START_TEST(a_claim_that_never_began_has_not_run)
{
	next_plan.time_limit = 500;
	struct task *task = recover(TASK_RUNNING, "this-boot");
	task->plan->marks.resumed_at = now;
	postpone = true;
	executor.reports.never_began(executor.reports.ctx, task->run);
	now += 5000;
	ticks += 5000;
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 1);
}
END_TEST

/* Nobody knows yet whether it has begun. */
START_TEST(a_pause_of_what_is_being_adopted_counts_nothing)
{
	next_plan.time_limit = 500;
	next_plan.marks.resumed_at = now;
	now += 5000;
	struct task *task = recover(TASK_RUNNING, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 1);
	executor.reports.never_began(executor.reports.ctx, task->run);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert(task->plan->marks.held && task->plan->marks.ran == 0 && task->plan->marks.resumed_at == 0);
}
END_TEST

/* The pause could be sent only then. */
START_TEST(what_was_paused_while_it_was_adopted_has_run_until_it_was_found)
{
	next_plan.time_limit = 500;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ticks += 1000;
	if (_i == 0)
		commit_all();
	began_at(task->run, ticks - 300);
	ticks += 20 * _i;
	commit_all();
	ck_assert_int_eq(last_signal, SIGSTOP);
	ticks += 4000;
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 300 + 20 * _i);
	commit_all();
	ck_assert_int_eq(alarm_at, ticks + 200 - 20 * _i);
}
END_TEST

/* The resume was put before the signal of the pause was sent. */
START_TEST(what_ran_until_a_pause_counts_although_it_was_resumed_before)
{
	next_plan.time_limit = 500;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ticks += 1000;
	began_at(task->run, ticks - 300);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit_all();
	ck_assert_int_eq(last_signal, SIGCONT);
	ck_assert_int_eq(alarm_at, ticks + 200);
	ticks += 50;
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 350);
}
END_TEST

/* What an earlier server stored of a pause is about nothing that has run. */
START_TEST(what_ran_until_a_pause_counts_although_an_earlier_server_paused_the_claim)
{
	next_plan.time_limit = 500;
	next_plan.marks.ran = 1;
	next_plan.marks.resumed_at = now;
	struct task *task = recover(TASK_RUNNING, "this-boot");
	executor.reports.never_began(executor.reports.ctx, task->run);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ticks += 1000;
	began_at(task->run, ticks - 300);
	ck_assert_int_eq(last_signal, SIGSTOP);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 300);
}
END_TEST

/* The earlier server stored that it was paused, and not when its command began. */
START_TEST(what_ran_until_a_pause_counts_although_its_first_pause_was_of_an_earlier_server)
{
	next_plan.time_limit = 500;
	next_plan.marks.ran = 1;
	next_plan.marks.resumed_at = now;
	struct task *task = recover(TASK_RUNNING, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ticks += 1000;
	began_at(task->run, ticks - 300);
	ck_assert_int_eq(last_signal, SIGSTOP);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 300);
	commit_all();
	ck_assert_int_eq(alarm_at, ticks + 200);
}
END_TEST

/* Its pause was never sent, so it has run since it began. */
START_TEST(what_was_paused_and_resumed_before_it_was_found_has_run)
{
	next_plan.time_limit = 500;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	int64_t began = ticks;
	ticks += 100;
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit_all();
	ticks += 100;
	began_at(task->run, began);
	commit_all();
	ck_assert_int_eq(alarm_at, began + 499);
}
END_TEST

/* It was sent at once, so nothing ran before it; a later pause does not count what was paused. */
START_TEST(what_was_paused_as_it_began_has_not_run_until_its_next_pause)
{
	next_plan.time_limit = 500;
	struct task *task = recover(TASK_CLAIMED, "this-boot");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ticks += 1000;
	began_at(task->run, ticks);
	ticks += 4000;
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_int_eq(task->plan->marks.ran, 1);
}
END_TEST

/* There was no memory for their names, and the task was stopped before its next attempt. */
START_TEST(what_a_paused_attempt_left_without_names_is_continued)
{
	struct recovery recovery = { .core = &core };
	struct task_plan plan = plan_default;
	plan.marks.attempt = 1;
	struct store_task row = {
		.number = 1,
		.spec = { .id = (char *)"a", .cwd = (char *)"/", .plan = &plan },
		.status = { .state = TASK_STOPPED, .exit_code = -1 },
		.process = TASK_PROCESS_INIT,
	};
	struct plan_attempt attempt = { .ordinal = 1, .exit_code = 1 };
	strings_add(&row.spec.command, "true");
	strings_add(&attempt.left, "this-boot");
	strings_add(&attempt.left, PLAN_LEFT_PAUSED);
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.attempt(&recovery, 1, &attempt), 0);
	continue_error = -ENOMEM;
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	strings_release(&row.spec.command);
	strings_release(&attempt.left);
	ck_assert_uint_eq(continued, 1);
	continue_error = 0;
	ring();
	ck_assert_uint_eq(continued, 2);
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
		a_queued_task_is_queued_again,
		without_its_environment_nothing_runs,
		a_claim_that_never_began_goes,
		a_pause_is_not_lost_when_its_claim_is_given_back,
		a_claim_that_never_began_has_not_run,
		a_pause_of_what_is_being_adopted_counts_nothing,
		what_ran_until_a_pause_counts_although_it_was_resumed_before,
		what_was_paused_as_it_began_has_not_run_until_its_next_pause,
		what_was_paused_and_resumed_before_it_was_found_has_run,
		what_ran_until_a_pause_counts_although_an_earlier_server_paused_the_claim,
		what_ran_until_a_pause_counts_although_its_first_pause_was_of_an_earlier_server,
		what_a_paused_attempt_left_without_names_is_continued,
		a_claim_whose_time_has_not_come_is_given_back,
		what_ran_without_a_process_says_no_more_why_it_waited,
		a_stop_of_a_claim_that_never_began_is_done,
		a_stop_is_sent_again,
		a_stop_that_is_not_durable_is_not_sent_to_what_is_adopted,
		a_stop_that_became_durable_is_sent_to_what_is_adopted,
		a_resume_that_is_not_durable_is_not_sent_to_what_is_adopted,
		a_resume_is_sent_again_whatever_is_undone,
		what_cannot_be_known_has_failed,
		an_end_that_the_anchor_knew,
	};
	Suite *suite = suite_create("core recovery");
	TCase *tcase = tcase_create("core recovery");
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, an_id_that_another_task_has_is_not_taken, 0, 2);
	tcase_add_loop_test(tcase, what_was_paused_while_it_was_adopted_has_run_until_it_was_found, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
