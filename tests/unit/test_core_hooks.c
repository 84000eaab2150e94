/* What follows the end of a task, and what users have seen of it. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/editing.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/recovery.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/seen.h"
#include "engine/core/settle.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

static char *make_record(void *ctx, const struct task *task, int64_t at)
{
	char *text = NULL;
	(void)ctx, (void)at;
	ck_assert_int_gt(asprintf(&text, "{\"id\":\"%s\"}\n", task_id(task)), 0);
	return text;
}

/* Which kinds of hooks a task is to have, as bits. */
enum { END = 1, FAIL = 2, OK = 4, WEB = 8 };
static uint32_t retries; /* of the next one */

static struct task *make_hooked(const char *id, bool start, unsigned kinds)
{
	static char end[] = "e", fail[] = "f", ok[] = "o", web[] = "http://host/";
	struct plan_hooks hooks = { .on_end = kinds & END ? end : NULL,
		                    .on_fail = kinds & FAIL ? fail : NULL,
		                    .on_ok = kinds & OK ? ok : NULL,
		                    .webhook = kinds & WEB ? web : NULL };
	struct task_plan plan = plan_default;
	struct task_spec spec = { .id = strdup(id), .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	plan.hooks = &hooks;
	plan.retries = retries;
	spec.plan = plan_copy(&plan);
	strings_add(&spec.command, "true");
	strings_add(&spec.variables, "OWN=1");
	int code = creation_make(&core, &spec, NULL, NULL, start, &task, &error);
	ck_assert_msg(code == 0, "%s", error ? error : strerror(-code));
	return task;
}

static struct task *make_hooked_running(const char *id, unsigned kinds)
{
	struct task *task = make_hooked(id, true, kinds);
	commit_all();
	began(task->run);
	return task;
}

static struct task *hook_of(const char *id)
{
	return registry_find(&core.registry, id);
}

static void finish(struct task *task, int exit_code)
{
	began(task->run);
	ended(task->run, exit_code, 0);
}

static const char *fact(const struct task *hook, const char *name)
{
	struct strings variables = task_variables(hook);
	return strings_value(&variables, name, strlen(name));
}

START_TEST(hooks_are_made_in_the_commit_of_the_end)
{
	core.options.record = make_record;
	struct task *task = make_hooked_running("7", END | FAIL | OK);
	uint64_t before = put_last;
	now += 1500;
	ticks += 1500;
	ended(task->run, 3, 0);
	/* The end with its hooks is one change; their claims are the others. */
	struct task *end = hook_of("7.end"), *fail = hook_of("7.end-2");
	ck_assert_ptr_nonnull(end);
	ck_assert_ptr_nonnull(fail);
	ck_assert_ptr_null(hook_of("7.end-3"));
	ck_assert_uint_eq(put_last, before + 3);
	ck_assert_uint_eq(task_hook_target(end), task->number);
	ck_assert_str_eq(task_plan(end)->hooks->input, "{\"id\":\"7\"}\n");
	ck_assert_int_eq(task_plan(end)->time_limit, HOOKS_LIMIT_MS);
	ck_assert_int_eq(task_plan(end)->kill_after, HOOKS_KILL_AFTER_MS);
	unit_expect(task_given_name(fail), MSG_HOOK_NAME, "on-fail", "7");
	ck_assert_ptr_null(task_parent(end));
	ck_assert_ptr_null(task_first_child(task));
	ck_assert_str_eq(fact(end, "KRTASK_TASK_ID"), "7");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_STATE"), "Failed");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_EXIT"), "3");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_DURATION"), "1.500");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_GROUP"), "default");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_GROUP_LEFT"), "0");
	ck_assert_str_eq(fact(end, "KRTASK_TASK_OUTPUT"), "");
	ck_assert_str_eq(fact(end, "OWN"), "1");
	ck_assert_uint_eq(started_count, 1);
	commit_all();
	ck_assert_uint_eq(started_count, 3);
	finish(end, 0);
	commit_all();
	ck_assert_ptr_null(hook_of("7.end.end"));
}
END_TEST

START_TEST(an_undone_end_takes_its_hooks_back)
{
	struct task *task = make_hooked_running("a", END | WEB);
	size_t left = core.common.left;
	defer = true;
	ended(task->run, 0, 0);
	ck_assert_ptr_nonnull(hook_of("a.end"));
	ck_assert_uint_eq(core.common.left, left - 1);
	fail_commit();
	ck_assert_ptr_null(hook_of("a.end"));
	ck_assert_ptr_null(hook_of("a.end-2"));
	ck_assert_uint_eq(core.common.left, left);
	ck_assert_uint_eq(core.hook_queue.members, 0);
	ck_assert_uint_eq(registry_hides(&core.registry), 0);
	defer = false;
	ring();
	commit_all();
	ck_assert_ptr_nonnull(hook_of("a.end"));
	ck_assert_ptr_nonnull(hook_of("a.end-2"));
}
END_TEST

START_TEST(who_reads_hooks_keeps_them)
{
	struct core_reader reader;
	struct task *task = make_hooked_running("a", END);
	removal_hold(&core, &reader);
	ended(task->run, 0, 0);
	const struct task *hook = hook_of("a.end");
	fail_commit();
	ck_assert_ptr_null(hook_of("a.end"));
	ck_assert_ptr_nonnull(core.kept);
	ck_assert_str_eq(task_id(hook), "a.end");
	removal_let_go(&core, &reader);
	ring();
	commit_all();
	ck_assert_ptr_null(core.kept);
}
END_TEST

START_TEST(an_end_that_cannot_be_put_has_no_hooks)
{
	struct task *task = make_hooked_running("a", END);
	put_error = -ENOMEM;
	ended(task->run, 0, 0);
	ck_assert_ptr_null(hook_of("a.end"));
	put_error = 0;
	ring();
	commit_all();
	ck_assert_ptr_nonnull(hook_of("a.end"));
	ck_assert_ptr_null(hook_of("a.end-2"));
}
END_TEST

START_TEST(each_state_has_its_own)
{
	struct task *ok = make_hooked_running("ok", FAIL | OK);
	ended(ok->run, 0, 0);
	unit_expect(task_given_name(hook_of("ok.end")), MSG_HOOK_NAME, "on-ok", "ok");
	struct task *stopped = make_hooked_running("stopped", END | FAIL | OK);
	requests_stop(&core, stopped, &term);
	commit_all();
	ended(stopped->run, 0, 0);
	unit_expect(task_given_name(hook_of("stopped.end")), MSG_HOOK_NAME, "on-end", "stopped");
	ck_assert_str_eq(fact(hook_of("stopped.end"), "KRTASK_TASK_STATE"), "Stopped");
	ck_assert_ptr_null(hook_of("stopped.end-2"));
}
END_TEST

START_TEST(what_did_not_begin_has_none)
{
	room = 0;
	struct task *created = make_hooked("created", false, END), *queued = make_hooked("queued", true, END),
		    *claimed = make_hooked("claimed", true, END);
	requests_stop(&core, created, &term);
	requests_stop(&core, queued, &term);
	commit_all();
	requests_stop(&core, claimed, &term);
	commit_all();
	ck_assert_int_eq(claimed->status.state, TASK_STOPPED);
	ck_assert_ptr_null(hook_of("created.end"));
	ck_assert_ptr_null(hook_of("queued.end"));
	ck_assert_ptr_null(hook_of("claimed.end"));
}
END_TEST

START_TEST(only_the_last_attempt_has_them)
{
	retries = 2;
	struct task *task = make_hooked("a", true, END | FAIL);
	retries = 0;
	commit_all();
	finish(task, 1);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_ptr_null(hook_of("a.end"));
	wake();
	commit_all();
	finish(task, 1);
	commit_all();
	ck_assert_ptr_null(hook_of("a.end"));
	/* It is cancelled between two attempts: it has run. */
	requests_stop(&core, task, &term);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	unit_expect(task_given_name(hook_of("a.end")), MSG_HOOK_NAME, "on-end", "a");
	ck_assert_ptr_null(hook_of("a.end-2"));
}
END_TEST

START_TEST(a_hook_is_not_moved_to_a_group)
{
	struct task *task = make_hooked_running("a", END);
	defer = true;
	ended(task->run, 0, 0);
	commit_all();
	struct editing edit = { .task = hook_of("a.end"),
		                .fields = EDITING_GROUP,
		                .spec = { .group = (char *)"default" } };
	char *error = NULL;
	ck_assert_ptr_eq(hook_of("a.end")->standing->group, &core.hook_queue);
	ck_assert_int_eq(editing_apply(&core, &edit, 1, &error), 0);
	ck_assert_ptr_eq(hook_of("a.end")->standing->group, &core.hook_queue);
	defer = false;
}
END_TEST

START_TEST(an_id_that_is_in_use_is_passed_over)
{
	make("a.END", false);
	ended(make_hooked_running("a", END)->run, 0, 0);
	ck_assert_uint_eq(task_hook_target(hook_of("a.end")), 0);
	ck_assert_uint_gt(task_hook_target(hook_of("a.end-2")), 0);
	char id[TASK_ID_MAX + 1];
	memset(id, 'x', TASK_ID_MAX);
	id[TASK_ID_MAX] = '\0';
	ended(make_hooked_running(id, END)->run, 0, 0);
	memcpy(id + TASK_ID_MAX - 4, ".end", 5);
	ck_assert_ptr_nonnull(hook_of(id));
}
END_TEST

START_TEST(hooks_run_beside_the_slots_two_at_once)
{
	struct task *tasks[3];
	core.options.slots = 4;
	for (int i = 0; i < 3; i++)
		tasks[i] = make_hooked_running(i == 0 ? "a" : i == 1 ? "b" : "c", END);
	core.options.slots = 1;
	struct task *running = make("running", true);
	for (int i = 0; i < 3; i++)
		ended(tasks[i]->run, 0, 0);
	commit_all();
	ck_assert_int_eq(running->run->phase, RUN_STARTING);
	ck_assert_uint_eq(started_count, 6);
	ck_assert_uint_eq(core.used, 1);
	ck_assert_uint_eq(core.hook_queue.used, 2);
	ck_assert(hooks_busy(&core));
	finish(hook_of("a.end"), 0);
	commit_all();
	ck_assert_uint_eq(started_count, 7);
	finish(hook_of("b.end"), 0);
	finish(hook_of("c.end"), 0);
	commit_all();
	ck_assert(!hooks_busy(&core));
}
END_TEST

START_TEST(what_nothing_starts_is_not_waited_for)
{
	struct task *task = make_hooked_running("a", END);
	core.options.paused = true;
	ended(task->run, 0, 0);
	commit_all();
	ck_assert_int_eq(hook_of("a.end")->status.state, TASK_QUEUED);
	ck_assert(!hooks_busy(&core));
	core.options.paused = false;
	ck_assert(hooks_busy(&core));
	core.paused = true;
	ck_assert(!hooks_busy(&core));
}
END_TEST

START_TEST(hooks_are_counted_once_they_have_failed)
{
	ended(make_hooked_running("a", END)->run, 0, 0);
	ended(make_hooked_running("b", END)->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(registry_hides(&core.registry), 2);
	ck_assert_uint_eq(core.registry.counts[TASK_COMPLETED], 2);
	ck_assert_uint_eq(core.registry.counts[TASK_CLAIMED] + core.registry.counts[TASK_RUNNING], 0);
	finish(hook_of("a.end"), 0);
	finish(hook_of("b.end"), 1);
	commit_all();
	ck_assert_uint_eq(core.registry.counts[TASK_COMPLETED], 2);
	ck_assert_uint_eq(core.registry.counts[TASK_FAILED], 1);
	ck_assert(!task_is_hidden(hook_of("b.end")));
	ck_assert_uint_eq(registry_hides(&core.registry), 1);
}
END_TEST

START_TEST(the_last_of_those_that_are_to_join_a_group_has_its_hook)
{
	struct group_settings settings = { .on_empty = (char *)"empty" };
	core.grouping_slice = 1;
	next_group = "g";
	const struct task *first = make_running("first"), *second = make_running("second");
	next_group = NULL;
	ck_assert_int_eq(grouping_add(&core, "g", &settings), 0);
	settle_core(&core);
	ck_assert_uint_eq(groups_named(&core, "g")->members, 1);
	ended(first->run, 0, 0);
	ck_assert_ptr_null(hook_of("first.end"));
	ended(second->run, 0, 0);
	ck_assert_ptr_nonnull(hook_of("second.end"));
	commit_all();
}
END_TEST

START_TEST(the_last_of_a_group_has_its_hook)
{
	struct task_group *group = add_group("g", 0, 0);
	struct group_settings settings = { .on_empty = (char *)"empty" };
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	commit_all();
	struct task *first = make_planned("first", "g", 0, 1), *second = make_planned("second", "g", 0, 1);
	commit_all();
	began(first->run);
	began(second->run);
	ended(first->run, 0, 0);
	ck_assert_ptr_null(hook_of("first.end"));
	ended(second->run, 0, 0);
	unit_expect(task_given_name(hook_of("second.end")), MSG_HOOK_NAME, "on-empty", "second");
	ck_assert_str_eq(fact(hook_of("second.end"), "KRTASK_TASK_GROUP"), "g");
	commit_all();
	ck_assert_uint_eq(group->members, 0);
	settings.on_empty = NULL;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	fail_commit();
	ck_assert_str_eq(group->settings.on_empty, "empty");
	ring();
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	commit_all();
	struct task *third = make_planned("third", "g", 0, 1);
	commit_all();
	finish(third, 0);
	ck_assert_ptr_null(hook_of("third.end"));
}
END_TEST

START_TEST(hooks_go_with_their_task)
{
	struct task *early = make_hooked_running("early", END | WEB),
		    *late = make_hooked_running("late", END);
	ended(early->run, 0, 0);
	ended(late->run, 0, 0);
	commit_all();
	finish(hook_of("early.end"), 0);
	finish(hook_of("early.end-2"), 1);
	commit_all();
	/* They do not block it. */
	ck_assert_int_eq(removal_remove(&core, early), 0);
	ck_assert_int_eq(removal_remove(&core, late), 0);
	commit_all();
	ring();
	commit_all();
	ck_assert_ptr_null(hook_of("early.end"));
	ck_assert_ptr_nonnull(hook_of("early.end-2"));
	ck_assert_ptr_nonnull(hook_of("late.end"));
	finish(hook_of("late.end"), 0);
	commit_all();
	ring();
	commit_all();
	ck_assert_ptr_null(hook_of("late.end"));
}
END_TEST

START_TEST(the_limit_is_kept_or_undone)
{
	ck_assert_int_eq(hooks_set_limit(&core, 5000), 0);
	ended(make_hooked_running("a", END)->run, 0, 0);
	ck_assert_int_eq(task_plan(hook_of("a.end"))->time_limit, 5000);
	commit_all();
	ck_assert_int_eq(hooks_set_limit(&core, 6000), 0);
	fail_commit();
	ck_assert_int_eq(core.hook_limit, 5000);
}
END_TEST

START_TEST(ends_are_numbered_and_seen)
{
	struct task *first = make_running("first"), *second = make_running("second");
	uint64_t began_at = second->status.start_order;
	ended(second->run, 1, 0);
	ended(first->run, 1, 0);
	ck_assert_uint_gt(second->status.start_order, began_at);
	ck_assert_uint_gt(first->status.start_order, second->status.start_order);
	fail_commit();
	ck_assert_uint_eq(second->status.start_order, began_at);
	ring();
	commit_all();
	ck_assert_uint_eq(seen_cursor(&core, 7), 0);
	ck_assert_int_eq(seen_set(&core, 7, first->status.start_order), 0);
	commit_all();
	ck_assert_uint_eq(seen_cursor(&core, 7), first->status.start_order);
	/* It never goes back, nor beyond what has ended. */
	ck_assert_int_eq(seen_set(&core, 7, 1), 0);
	ck_assert_int_eq(seen_set(&core, 7, UINT64_MAX), 0);
	ck_assert_uint_eq(seen_cursor(&core, 7), core.start_order);
	fail_commit();
	ck_assert_uint_eq(seen_cursor(&core, 7), first->status.start_order);
	ck_assert_uint_eq(seen_cursor(&core, 8), 0);
}
END_TEST

START_TEST(what_was_seen_is_not_numbered_again)
{
	struct recovery recovery = { .core = &core };
	ck_assert_int_eq(recovery_reader.seen(&recovery, 7, 40), 0);
	ck_assert_int_eq(recovery_reader.hook_limit(&recovery, 1234), 0);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 1, 1), 0);
	ck_assert_int_eq(recovery_finish(&recovery), 0);
	recovery_release(&recovery);
	ck_assert_int_eq(core.hook_limit, 1234);
	struct task *task = make_running("a");
	ended(task->run, 0, 0);
	ck_assert_uint_gt(task->status.start_order, 40);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		hooks_are_made_in_the_commit_of_the_end,
		an_undone_end_takes_its_hooks_back,
		who_reads_hooks_keeps_them,
		an_end_that_cannot_be_put_has_no_hooks,
		each_state_has_its_own,
		what_did_not_begin_has_none,
		only_the_last_attempt_has_them,
		a_hook_is_not_moved_to_a_group,
		an_id_that_is_in_use_is_passed_over,
		hooks_run_beside_the_slots_two_at_once,
		what_nothing_starts_is_not_waited_for,
		hooks_are_counted_once_they_have_failed,
		the_last_of_those_that_are_to_join_a_group_has_its_hook,
		the_last_of_a_group_has_its_hook,
		hooks_go_with_their_task,
		the_limit_is_kept_or_undone,
		ends_are_numbered_and_seen,
		what_was_seen_is_not_numbered_again,
	};
	return unit_run("core hooks", setup, teardown, tests);
}
