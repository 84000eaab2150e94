/* What was asked for is changed later: while a task waits, of all tasks of a call or of none. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/adoption.h"
#include "engine/core/editing.h"
#include "engine/core/pausing.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

static struct task_plan urgent;

static struct editing edit_priority(struct task *task, int32_t priority)
{
	urgent = plan_default;
	urgent.priority = priority;
	return (struct editing){ .task = task, .fields = EDITING_PLAN, .spec = { .plan = &urgent } };
}

static int apply(const struct editing *edits, size_t count)
{
	char *error = NULL;
	int code = editing_apply(&core, edits, count, &error);
	ck_assert(!error == (code != -EINVAL && code != -ENOENT));
	free(error);
	return code;
}

START_TEST(a_claim_is_given_back_first)
{
	core.options.slots = 1;
	struct task *first = make_running("first"), *second = make("second", true),
		    *third = make("third", true);
	commit_all();
	ck_assert_int_eq(third->status.state, TASK_CLAIMED);
	const struct editing edit = edit_priority(third, 1);
	ck_assert_int_eq(apply(&edit, 1), 0);
	ck_assert_int_eq(third->status.state, TASK_QUEUED);
	commit_all();
	ck_assert_int_eq(third->status.state, TASK_CLAIMED);
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(third->run->phase, RUN_STARTING);
	ck_assert_int_eq(second->run->phase, RUN_READY);
}
END_TEST

START_TEST(what_is_on_its_way_cannot_be_changed_and_then_nothing_is)
{
	core.options.slots = 1;
	make("first", true);
	struct task *created = make("created", false);
	commit_all();
	struct task *first = registry_find(&core.registry, "first");
	ck_assert_int_eq(first->run->phase, RUN_STARTING);
	const struct editing edits[] = { edit_priority(created, 5), edit_priority(first, 5) };
	ck_assert_int_eq(apply(edits, 2), -EPERM);
	ck_assert_int_eq(task_plan(created)->priority, 0);
	const struct editing name = { .task = first,
		                      .fields = EDITING_NAME,
		                      .spec = { .name = (char *)"n" } };
	ck_assert_int_eq(apply(&name, 1), 0);
	ck_assert_str_eq(task_given_name(first), "n");
}
END_TEST

START_TEST(what_runs_or_has_ended_cannot_be_changed)
{
	struct task *runs = make_running("runs"), *other = make_running("other");
	const struct editing late = edit_priority(runs, 5);
	ck_assert_int_eq(apply(&late, 1), -EPERM);
	ended(other->run, 0, 0);
	commit_all();
	const struct editing later = edit_priority(other, 5);
	ck_assert_int_eq(apply(&later, 1), -EPERM);
}
END_TEST

START_TEST(a_failed_commit_puts_everything_back)
{
	core.options.slots = 1;
	struct task_group *group = add_group("g", 1, 0);
	make_running("first");
	struct task *second = make("second", true), *third = make("third", true);
	commit_all();
	struct editing edits[] = { edit_priority(third, 1), edit_priority(second, 1) };
	edits[0].fields |=
		EDITING_GROUP | EDITING_COMMAND | EDITING_CWD | EDITING_MERGE | EDITING_DESCRIPTION;
	edits[0].spec.group = (char *)"g";
	edits[0].spec.cwd = (char *)"/tmp";
	edits[0].spec.description = (char *)"d";
	edits[0].spec.merge = true;
	strings_add(&edits[0].spec.command, "false");
	ck_assert_int_eq(apply(edits, 2), 0);
	ck_assert_ptr_eq(third->standing->group, group);
	ck_assert_str_eq(task_command(third).block, "false");
	ck_assert_str_eq(task_cwd(third), "/tmp");
	fail_commit();
	ck_assert_ptr_eq(third->standing->group, &core.common);
	ck_assert_uint_eq(group->members, 0);
	ck_assert_ptr_null(task_group(third));
	ck_assert_str_eq(task_command(third).block, "true");
	ck_assert_str_eq(task_cwd(third), "/");
	ck_assert(!task_merge(third));
	ck_assert_ptr_null(task_description(third));
	ck_assert_int_eq(task_plan(second)->priority, 0);
	ck_assert_int_eq(second->status.state, TASK_CLAIMED);
	strings_release(&edits[0].spec.command);
}
END_TEST

START_TEST(another_group_has_room)
{
	core.options.slots = 0;
	add_group("full", 1, 0);
	struct task_group *empty = add_group("empty", 1, 0);
	make_planned("a", "full", 0, 1);
	struct task *waits = make_planned("b", "full", 0, 1);
	commit_all();
	ck_assert_int_eq(waits->run->phase, RUN_READY);
	const struct editing edit = { .task = waits,
		                      .fields = EDITING_GROUP,
		                      .spec = { .group = (char *)"empty" } };
	ck_assert_int_eq(apply(&edit, 1), 0);
	commit_all();
	ck_assert_int_eq(waits->run->phase, RUN_STARTING);
	ck_assert_uint_eq(empty->members, 1);
	const struct editing unknown = { .task = make("c", false),
		                         .fields = EDITING_GROUP,
		                         .spec = { .group = (char *)"nowhere" } };
	ck_assert_int_eq(apply(&unknown, 1), -ENOENT);
}
END_TEST

START_TEST(the_marks_of_a_plan_stay)
{
	core.options.slots = 1;
	make_running("first");
	struct task *task = make("a", true);
	commit_all();
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	const struct editing edit = edit_priority(task, 3);
	ck_assert_int_eq(apply(&edit, 1), 0);
	ck_assert(task_plan(task)->marks.held);
	ck_assert_int_eq(task_plan(task)->priority, 3);
}
END_TEST

START_TEST(a_full_store_changes_nothing)
{
	struct task *task = make("a", false);
	const struct editing edit = edit_priority(task, 3);
	commit_all();
	put_error = -ENOMEM;
	ck_assert_int_eq(apply(&edit, 1), -ENOMEM);
	ck_assert_int_eq(task_plan(task)->priority, 0);
	const struct editing wrong = { .task = task,
		                       .fields = EDITING_CWD,
		                       .spec = { .cwd = (char *)"here" } };
	ck_assert_int_eq(apply(&wrong, 1), -EINVAL);
}
END_TEST

/* Wherever memory runs out: what was to be claimed, and is not any more, is not counted as claimed. */
START_TEST(without_memory_nothing_is_claimed_that_has_no_run)
{
	core.options.slots = 1;
	make("first", true);
	struct task *claimed = make("claimed", true);
	commit_all();
	defer = true;
	struct task *next = make("next", true);
	commit_all();
	ck_assert_int_eq(claimed->run->phase, RUN_READY);
	ck_assert_int_eq(next->run->phase, RUN_PREPARING);
	const struct editing edits[] = { edit_priority(next, -5), edit_priority(claimed, -5) };
	int code = -ENOMEM;
	for (long count = 0; code && count < 100; count++) {
		char *error = NULL;
		scarce_after(count);
		code = editing_apply(&core, edits, 2, &error);
		scarce_end();
		free(error);
		ck_assert(code == 0 || code == -ENOMEM);
		ck_assert(next->run || next->standing->rank.kind != RANK_CLAIMED);
		if (alarm_at != INT64_MAX)
			ring();
		commit_all();
	}
	ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(what_is_prepared_with_an_edit_that_fails_is_prepared_anew)
{
	core.options.slots = 1;
	make("first", true);
	commit_all();
	defer = true;
	struct task *task = make("a", true);
	commit_all();
	struct editing edit = edit_priority(task, 1);
	urgent.time_limit = 1000;
	ck_assert_int_eq(apply(&edit, 1), 0);
	ck_assert(task->run && task->run->limited);
	fail_commit();
	ck_assert(!task->run || !task->run->limited);
	ring();
	commit_all();
	ck_assert(task->run && !task->run->limited);
}
END_TEST

/* Nobody waits for them any more, whose end the message is to say. */
START_TEST(an_edit_that_ends_a_task_looks_for_who_is_left)
{
	next_plan.retries = 1;
	struct task *task = make_running("a");
	const struct run_end end = { .known = true,
		                     .exit_code = 1,
		                     .left = 1,
		                     .survivors = (char *)MSG_LEFT_RUNNING "7 (x)",
		                     .lingers = true };
	watch_error = -ENOMEM;
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit_all();
	watch_error = 0;
	const struct editing edit = edit_priority(task, 1);
	unsigned before = watched;
	ck_assert_int_eq(_i == 0 ? apply(&edit, 1) : requests_stop(&core, task, &term), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, _i == 0 ? TASK_FAILED : TASK_STOPPED);
	ck_assert_uint_eq(watched, before + (_i == 0));
}
END_TEST

/* The edit comes before the end of the attempt is durable: the processes that it left are stopped still. */
START_TEST(an_edit_that_ends_what_was_paused_continues_who_is_left)
{
	next_plan.retries = 1;
	struct task *task = make_running("a");
	const struct run_end end = { .known = true,
		                     .term_signal = SIGKILL,
		                     .exit_code = -1,
		                     .left = 1,
		                     .survivors = (char *)MSG_LEFT_RUNNING "7 (x)",
		                     .lingers = true };
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	const struct editing edit = edit_priority(task, 1);
	ck_assert_int_eq(apply(&edit, 1), 0);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_uint_eq(continued, 1);
	ck_assert_uint_eq(watched, 1);
}
END_TEST

/* Meanwhile the executor is asked in vain again, or the end of the attempt becomes durable. */
START_TEST(an_edit_that_does_not_end_a_task_after_all_waits_for_who_is_left)
{
	static char processes[] = "this-boot\0007 1 x";
	bool soon = _i == 1;
	next_plan.retries = 1;
	struct task *task = make_running("a");
	const struct run_end end = { .known = true,
		                     .exit_code = 1,
		                     .left = 1,
		                     .survivors = (char *)MSG_LEFT_RUNNING "7 (x)",
		                     .processes = { .block = processes, .length = sizeof(processes) },
		                     .lingers = true };
	watch_error = soon ? 0 : -ENOMEM;
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	uint64_t ended = core.journal.sequence;
	if (!soon)
		commit_all();
	watch_error = 0;
	const struct editing edit = edit_priority(task, 1);
	ck_assert_int_eq(apply(&edit, 1), 0);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	if (soon)
		core_committed(&core, ended);
	else
		ring();
	fail_commit();
	ring();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert(task->standing->lingers && task->standing->watched);
}
END_TEST

/* Nobody is left of an attempt when the next one is claimed. */
START_TEST(what_was_claimed_waits_for_nobody_after_an_edit_that_fails)
{
	static char processes[] = "this-boot\0007 1 x";
	core.options.slots = 1;
	next_plan.retries = 1;
	struct task *task = make_running("a");
	const struct run_end end = { .known = true,
		                     .exit_code = 1,
		                     .left = 1,
		                     .processes = { .block = processes, .length = sizeof(processes) },
		                     .lingers = true };
	make("b", true);
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit_all();
	executor.reports.left_gone(executor.reports.ctx, task->number);
	wake();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	const struct editing edit = edit_priority(task, 1);
	unsigned before = watched;
	ck_assert_int_eq(apply(&edit, 1), 0);
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	fail_commit();
	ring();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert(!task->standing->lingers);
	ck_assert_uint_eq(watched, before);
}
END_TEST

/* The task that ended is made again: what is to be judged because of it is taken over when that is done. */
static void check_adoption(const struct task *first, const struct task *claimed)
{
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	struct task *made = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	for (int i = 0; i < 20; i++) {
		commit_all();
		if (alarm_at != INT64_MAX)
			ring();
	}
	ck_assert_int_eq(claimed->status.state, TASK_STOPPED);
	const struct task *copy = order_next(&core.registry.order, made);
	ck_assert_ptr_nonnull(copy);
	ck_assert_uint_eq(task_plan(copy)->after[0].number, made->number);
}

/* It waits by an edit for what has ended, which there was no memory to judge, and its claim is given back meanwhile. */
START_TEST(who_gives_a_claim_back_is_adopted)
{
	core.options.slots = 1;
	struct task *first = make_running("first"), *claimed;
	struct plan_after after = { .number = first->number, .condition = PLAN_AFTER_OK };
	struct task_plan plan = plan_default;
	struct editing edit = {
		.fields = EDITING_AFTER, .spec = { .plan = &plan }, .after = &after, .after_count = 1
	};
	char *error = NULL;
	ended(first->run, 1, 0);
	commit_all();
	(void)make_running("other");
	(void)make("ready", true);
	claimed = make("claimed", false);
	commit_all();
	(void)requests_start(&core, claimed);
	edit.task = claimed;
	scarce_after(_i);
	int code = editing_apply(&core, &edit, 1, &error);
	scarce_end();
	free(error);
	if (code == 0 && claimed->status.state == TASK_QUEUED)
		check_adoption(first, claimed);
	commit_all();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_claim_is_given_back_first,
		what_is_on_its_way_cannot_be_changed_and_then_nothing_is,
		what_runs_or_has_ended_cannot_be_changed,
		a_failed_commit_puts_everything_back,
		another_group_has_room,
		the_marks_of_a_plan_stay,
		a_full_store_changes_nothing,
		without_memory_nothing_is_claimed_that_has_no_run,
		what_is_prepared_with_an_edit_that_fails_is_prepared_anew,
		an_edit_that_ends_what_was_paused_continues_who_is_left,
		what_was_claimed_waits_for_nobody_after_an_edit_that_fails,
	};
	Suite *suite = suite_create("core editing");
	TCase *tcase = tcase_create("core editing");
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, an_edit_that_ends_a_task_looks_for_who_is_left, 0, 2);
	tcase_add_loop_test(tcase, who_gives_a_claim_back_is_adopted, 0, 40);
	tcase_add_loop_test(tcase, an_edit_that_does_not_end_a_task_after_all_waits_for_who_is_left, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
