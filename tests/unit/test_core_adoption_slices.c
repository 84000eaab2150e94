/* A task that is made again takes over so many others that this goes on in slices, one after the other. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/adopted.h"
#include "engine/core/adoption.h"
#include "engine/core/askers.h"
#include "engine/core/redirection.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

static unsigned told;

static void tell_asker(void *ctx)
{
	(void)ctx;
	told++;
}

static struct core_asker asker = { .over = tell_asker };

/* Two that wait for the first, one that waits for the last of those, and one that is kept. */
static struct task *adopt_many(struct task **made)
{
	struct task *first = make_running("first"), *last = NULL;
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	struct plan_after to_first = { .number = first->number };
	char *error = NULL;
	static const char *const ids[] = { "a", "b", "c", "d", "e" };
	for (int i = 0; i < 5; i++)
		last = make_after(ids[i], first, PLAN_AFTER_OK);
	(void)make_after("later", last, PLAN_AFTER_OK);
	struct task *kept = make_waiting("kept", true, &to_first, 1, true);
	ended(first->run, 1, 0);
	commit_all();
	told = 0;
	core.adoption_slice = core.adoption_most = 2;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, made, &error), 0);
	ck_assert(adoption_await(&core, (*made)->number, &asker));
	ck_assert_int_eq((*made)->status.state, TASK_CREATED);
	return kept;
}

/* The first one, its five and the one after them were made, each once. */
static void check_adopted(const struct task *made, const struct task *kept)
{
	ck_assert_uint_eq(core.registry.order.count, 8 + 7);
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 6);
	ck_assert_int_ne(made->status.state, TASK_CREATED);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, made->number);
	unsigned to_made = 0, others = 0;
	for (const struct task *task = order_at(&core.registry.order, 8); task;
	     task = order_next(&core.registry.order, task)) {
		if (task == made)
			continue;
		ck_assert_int_eq(task->status.state, TASK_QUEUED);
		ck_assert_uint_eq(task_plan(task)->after_count, 1);
		to_made += task_plan(task)->after[0].number == made->number;
		others += task_plan(task)->after[0].number > made->number;
	}
	ck_assert_uint_eq(to_made, 5);
	ck_assert_uint_eq(others, 1);
	ck_assert_ptr_null(core.adoptions);
}

static void go_on(void)
{
	if (alarm_at != INT64_MAX)
		ring();
}

static void adopt_to_the_end(void)
{
	while (core.adoptions) {
		go_on();
		commit_all();
	}
}

/* All have been committed: the server ends, and a later one goes on. */
static void crash_adopting(void)
{
	struct adoption before = *core.adoptions;
	adoption_release(&core);
	ck_assert_int_eq(adoption_recover(&core, before.source, before.made, before.start, before.stored), 0);
}

/* One of the commits fails, or none; or a later server goes on after so many. */
static void adopt_in_spite(int failing, int crashing)
{
	struct task *made;
	const struct task *kept = adopt_many(&made);
	unsigned before = started_count;
	/* What one of them waits for may be made by the server before. */
	if (crashing >= 0)
		core.adoption_slice = 1;
	for (int step = 0; core.adoptions; step++) {
		ck_assert_uint_eq(started_count, before);
		if (step == failing)
			fail_commit();
		else
			commit();
		if (step == crashing) {
			commit();
			crash_adopting();
			ck_assert(adoption_await(&core, made->number, &asker));
		}
		if (told == 0)
			ck_assert_uint_eq(started_count, before);
		go_on();
		if (core.adoptions && core.adoptions->phase == ADOPTION_OVER)
			break;
	}
	adopt_to_the_end();
	ck_assert_uint_eq(told, 1);
	if (failing == 0) {
		ck_assert_uint_eq(core.registry.order.count, 8);
		return;
	}
	check_adopted(made, kept);
	ck_assert_uint_eq(started_count, before + 1);
}

START_TEST(many_are_adopted_in_slices)
{
	adopt_in_spite(-1, -1);
}
END_TEST

START_TEST(a_slice_that_is_not_stored_is_repeated)
{
	adopt_in_spite(_i, -1);
}
END_TEST

START_TEST(a_later_server_goes_on_adopting)
{
	adopt_in_spite(-1, _i);
}
END_TEST

/* All are found, and perhaps some were made, while it was being removed. */
START_TEST(what_is_not_removed_after_all_is_adopted)
{
	struct task *made, *later;
	const struct task *kept = adopt_many(&made);
	later = order_find(&core.registry.order, 7);
	ck_assert_str_eq(task_id(later), "later");
	commit();
	ck_assert_int_eq(removal_remove(&core, later), 0);
	while (core.adoptions->phase < ADOPTION_MAKES)
		go_on();
	for (int i = 0; i < _i; i++)
		go_on();
	fail_commit();
	adopt_to_the_end();
	check_adopted(made, kept);
}
END_TEST

/* A commit fails after that, or the server ends; or both. */
START_TEST(what_a_user_has_removed_is_not_made_again)
{
	struct task *made;
	(void)adopt_many(&made);
	while (core.registry.counts[TASK_QUEUED] < 1 + 2) {
		commit();
		go_on();
	}
	commit();
	struct task *copy = order_find(&core.registry.order, made->number + 1);
	ck_assert_int_eq(requests_stop(&core, copy, &term), 0);
	ck_assert_int_eq(removal_remove(&core, copy), 0);
	commit();
	if (_i != 1) {
		go_on();
		fail_commit();
	}
	if (_i > 0)
		crash_adopting();
	adopt_to_the_end();
	ck_assert_uint_eq(core.registry.order.count, 8 + 7 - 1);
	ck_assert_int_ne(made->status.state, TASK_CREATED);
}
END_TEST

/* What is kept waits for one that waited for it, and was not run because of the first one. */
START_TEST(in_slices_no_task_waits_for_itself)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK), *made;
	const struct plan_after to_next = { .number = next->number };
	struct task *kept = make_waiting("kept", true, &to_next, 1, true);
	const struct plan_after both[] = { { .number = first->number }, { .number = kept->number } };
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	char *error = NULL;
	(void)make_after("other", first, PLAN_AFTER_OK);
	ck_assert_int_eq(redirection_put(&core, next, both, 2), 0);
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_int_eq(next->status.state, TASK_STOPPED);
	core.adoption_slice = core.adoption_most = 1;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	unsigned looks = UINT_MAX;
	adopt_to_the_end();
	ck_assert_int_eq(redirection_is_circular(&core, kept, &looks), 0);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, next->number);
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 2);
}
END_TEST

/* Makes the first one again; the new one waits for another. */
static struct task *adopt_after(const struct task *first, const struct task *other)
{
	struct plan_after after = { .number = other->number };
	struct task_plan plan = plan_default;
	struct task *made = NULL;
	char *error = NULL;
	plan.after = &after;
	plan.after_count = 1;
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/"), .plan = plan_copy(&plan) };
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	return made;
}

/* What it is to wait for does not make one change of all of them. */
START_TEST(many_that_wait_for_others_are_adopted_in_slices)
{
	struct task *first = make_running("first"), *other = make_running("other");
	struct plan_after to_first = { .number = first->number };
	static const char *const ids[] = { "a", "b", "c", "d", "e" };
	for (int i = 0; i < 5; i++)
		(void)make_after(ids[i], first, PLAN_AFTER_OK);
	const struct task *kept = make_waiting("kept", true, &to_first, 1, true);
	ended(first->run, 1, 0);
	commit_all();
	core.adoption_slice = core.adoption_most = 2;
	struct task *made = adopt_after(first, other);
	ck_assert_int_eq(made->status.state, TASK_CREATED);
	adopt_to_the_end();
	ck_assert_int_eq(made->status.state, TASK_QUEUED);
	ck_assert_uint_eq(core.registry.order.count, 8 + 6);
	ck_assert_uint_eq(task_plan(made)->after[0].number, other->number);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, made->number);
	ended(other->run, 0, 0);
	commit_all();
	ck_assert_ptr_nonnull(made->run);
}
END_TEST

/* It waits for one that is kept, so that this does not wait for it. */
START_TEST(in_slices_a_new_task_may_wait_for_what_is_kept)
{
	struct task *first = make_running("first");
	struct plan_after to_first = { .number = first->number };
	struct task *kept = make_waiting("kept", true, &to_first, 1, true);
	unsigned looks = UINT_MAX;
	(void)make_after("a", first, PLAN_AFTER_OK);
	ended(first->run, 1, 0);
	commit_all();
	core.adoption_slice = core.adoption_most = 1;
	struct task *made = adopt_after(first, kept);
	adopt_to_the_end();
	ck_assert_uint_eq(task_plan(kept)->after[0].number, first->number);
	ck_assert_uint_eq(task_plan(made)->after[0].number, kept->number);
	ck_assert_int_eq(redirection_is_circular(&core, made, &looks), 0);
	ck_assert_uint_eq(UINT_MAX - looks, 2);
}
END_TEST

/* Few are adopted, but whether one waits for itself takes a look at more than one change may. */
START_TEST(what_waits_for_very_many_is_adopted_in_slices)
{
	struct task *first = make_running("first"), *last = make_running("last");
	struct plan_after to_first = { .number = first->number };
	const struct task *kept = make_waiting("kept", true, &to_first, 1, true);
	for (char id[] = "A"; id[0] < 'Z'; id[0]++)
		last = make_after(id, last, PLAN_AFTER_OK);
	ended(first->run, 1, 0);
	commit_all();
	core.adoption_most = _i;
	const struct task *made = adopt_after(first, last);
	bool large = _i == 1;
	ck_assert_int_eq(made->status.state, large ? TASK_CREATED : TASK_QUEUED);
	commit_all();
	adopt_to_the_end();
	ck_assert_int_eq(made->status.state, TASK_QUEUED);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, large ? first->number : made->number);
}
END_TEST

/* It waits for the first to fail, and for another to succeed, which is removed before a new one is made. */
START_TEST(what_waits_for_the_first_goes_on_waiting_for_that_end)
{
	struct task *first = make_running("first"), *made, *other = make_after("other", first, PLAN_AFTER_OK);
	const struct plan_after both[] = { { .number = first->number, .condition = PLAN_AFTER_FAIL },
		                           { .number = other->number, .condition = PLAN_AFTER_OK } };
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	char *error = NULL;
	(void)make_waiting("last", true, both, 2, false);
	ck_assert_int_eq(requests_stop(&core, first, &term), 0);
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 3);
	core.adoption_slice = core.adoption_most = 1;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	commit();
	while (core.adoptions->phase < ADOPTION_MAKES)
		go_on();
	ck_assert_int_eq(removal_remove(&core, other), 0);
	adopt_to_the_end();
	const struct task *copy = order_find(&core.registry.order, made->number + 1);
	ck_assert_uint_eq(task_plan(copy)->after_count, 1);
	ck_assert_uint_eq(task_plan(copy)->after[0].number, made->number);
	ck_assert_int_eq(task_plan(copy)->after[0].condition, PLAN_AFTER_FAIL);
}
END_TEST

/* One that it waited for was made again, and removed, before the server ended. */
START_TEST(what_is_gone_has_a_place_that_was_taken)
{
	struct task *first = make_running("first"), *made, *other = make_after("other", first, PLAN_AFTER_OK);
	const struct plan_after both[] = { { .number = first->number }, { .number = other->number } };
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	char *error = NULL;
	(void)make_waiting("last", true, both, 2, false);
	ended(first->run, 1, 0);
	commit_all();
	core.adoption_slice = core.adoption_most = 1;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	while (core.registry.counts[TASK_QUEUED] == 0) {
		commit();
		go_on();
	}
	ck_assert_int_eq(removal_remove(&core, other), 0);
	commit();
	crash_adopting();
	adopt_to_the_end();
	const struct task *copy = order_find(&core.registry.order, made->number + 2);
	ck_assert_uint_eq(task_plan(copy)->after_count, 2);
	ck_assert_uint_eq(task_plan(copy)->after[0].number, made->number);
	ck_assert_uint_eq(task_plan(copy)->after[1].number, made->number + 1);
}
END_TEST

/* Another adoption, in one change, changes what else it waits for; or is refused, since it would wait for itself. */
START_TEST(what_another_adoption_moves_is_not_passed_by)
{
	struct task *first = make_running("first"), *other = make_running("other"), *made, *alone = NULL;
	const struct plan_after both[] = { { .number = first->number, .condition = PLAN_AFTER_OK },
		                           { .number = other->number, .condition = PLAN_AFTER_OK } };
	struct task *kept = make_waiting("kept", true, both, 2, true);
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	struct plan_after to_kept = { .number = kept->number };
	struct task_plan plan = plan_default;
	static const char *const ids[] = { "a", "b", "c", "d", "e" };
	char *error = NULL;
	for (int i = 0; i < 5; i++)
		(void)make_after(ids[i], first, PLAN_AFTER_OK);
	ended(first->run, 1, 0);
	ended(other->run, 1, 0);
	commit_all();
	core.adoption_slice = core.adoption_most = 2;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	/* Some that wait for the first one were looked at. */
	while (core.adoptions->phase < ADOPTION_REDIRECTS ||
	       core.adoptions->redirecting->number != first->number || core.adoptions->index > 4) {
		commit();
		go_on();
	}
	ck_assert_uint_gt(core.adoptions->index, 0);
	core.adoption_most = ADOPTION_MOST;
	plan.after = &to_kept;
	plan.after_count = _i;
	struct task_spec its = { .id = strdup("alone"), .cwd = strdup("/"), .plan = plan_copy(&plan) };
	strings_add(&its.command, "true");
	ck_assert_int_eq(adoption_make(&core, other, &its, NULL, NULL, true, &alone, &error),
	                 _i ? -EINVAL : 0);
	if (_i)
		task_spec_release(&its);
	free(error);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, first->number);
	adopt_to_the_end();
	const struct plan_after *after = task_plan(kept)->after;
	ck_assert_uint_eq(task_plan(kept)->after_count, 2);
	ck_assert_uint_eq(after[0].number, _i ? other->number : made->number);
	ck_assert_uint_eq(after[1].number, _i ? made->number : alone->number);
}
END_TEST

START_TEST(who_has_gone_is_not_told)
{
	struct task *made;
	(void)adopt_many(&made);
	askers_disown(&asker);
	while (core.adoptions) {
		commit();
		go_on();
	}
	ck_assert_uint_eq(told, 0);
}
END_TEST

/* Its change could be lost, and the others go on. */
START_TEST(who_adopts_in_one_change_waits_for_no_other)
{
	struct task *made, *alone, *other = make_running("other");
	struct task_spec spec = { .id = strdup("alone"), .cwd = strdup("/") };
	char *error = NULL;
	ended(other->run, 1, 0);
	(void)adopt_many(&made);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, other, &spec, NULL, NULL, true, &alone, &error), 0);
	ck_assert(!adoption_await(&core, alone->number, &asker));
	fail_commit();
	ck_assert_uint_eq(told, 1);
	adopt_to_the_end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		many_are_adopted_in_slices,
		in_slices_no_task_waits_for_itself,
		many_that_wait_for_others_are_adopted_in_slices,
		in_slices_a_new_task_may_wait_for_what_is_kept,
		what_waits_for_the_first_goes_on_waiting_for_that_end,
		what_is_gone_has_a_place_that_was_taken,
		who_has_gone_is_not_told,
		who_adopts_in_one_change_waits_for_no_other,
	};
	Suite *suite = suite_create("core adoption in slices");
	TCase *tcase = tcase_create("core adoption in slices");
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, a_slice_that_is_not_stored_is_repeated, 0, 8);
	tcase_add_loop_test(tcase, what_waits_for_very_many_is_adopted_in_slices, 1, 3);
	tcase_add_loop_test(tcase, a_later_server_goes_on_adopting, 0, 12);
	tcase_add_loop_test(tcase, what_is_not_removed_after_all_is_adopted, 0, 2);
	tcase_add_loop_test(tcase, what_a_user_has_removed_is_not_made_again, 0, 3);
	tcase_add_loop_test(tcase, what_another_adoption_moves_is_not_passed_by, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
