/* A task that is made again takes over those that were not run because of the first one. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/adoption.h"
#include "engine/core/redirection.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(a_task_made_again_adopts)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK);
	struct task *last = make_after("last", next, PLAN_AFTER_OK), *other = make_running("other");
	struct plan_after both[] = { { .number = first->number }, { .number = other->number } };
	struct task *kept = make_waiting("kept", true, both, 2, true), *made = NULL;
	struct task *stopped = make_after("stopped", first, PLAN_AFTER_OK);
	char *error = NULL;
	requests_stop(&core, stopped, &term);
	commit_all();
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_int_eq(last->status.state, TASK_STOPPED);
	for (int round = 0; round < 2; round++) {
		struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
		strings_add(&spec.command, "true");
		uint64_t before = put_last;
		ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
		/* One change, and the claim of the first one. */
		ck_assert_uint_eq(put_last, before + 2);
		ck_assert_uint_eq(core.registry.order.count, 9);
		ck_assert_uint_eq(task_plan(kept)->after_count, 2);
		ck_assert_uint_eq(task_plan(kept)->after[1].number, made->number);
		if (round > 0)
			break;
		fail_commit();
		ck_assert_uint_eq(core.registry.order.count, 6);
		ck_assert_uint_eq(task_plan(kept)->after[0].number, first->number);
		ring();
		commit_all();
	}
	struct task *second = order_find(&core.registry.order, made->number + 1);
	struct task *third = order_find(&core.registry.order, made->number + 2);
	ck_assert_uint_eq(task_plan(second)->after[0].number, made->number);
	ck_assert_uint_eq(task_plan(third)->after[0].number, second->number);
	ck_assert(!task_plan(second)->after[0].unmet && task_plan(second)->marks.attempt == 0);
	commit_all();
	began(made->run);
	ended(made->run, 0, 0);
	ended(other->run, 0, 0);
	commit_all();
	ck_assert_ptr_nonnull(second->run);
	ck_assert_ptr_nonnull(kept->run);
	ck_assert_ptr_null(third->run);
	(void)last;
}
END_TEST

/* What the new task waits for is what was asked for: it neither adopts itself nor waits for what waits for it. */
START_TEST(a_task_made_again_does_not_adopt_itself)
{
	struct task *first = make_running("first"), *made = NULL;
	struct plan_after to_first = { .number = first->number };
	struct task *kept = make_waiting("kept", true, &to_first, 1, true);
	struct plan_after after[] = { { .number = first->number }, { .number = kept->number } };
	char *error = NULL;
	ended(first->run, 1, 0);
	commit_all();
	for (size_t i = 0; i < 2; i++) {
		struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
		struct task_plan plan = plan_default;
		plan.after = &after[i];
		plan.after_count = 1;
		spec.plan = plan_copy(&plan);
		strings_add(&spec.command, "true");
		int code = adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error);
		ck_assert_int_eq(code, i == 0 ? 0 : -EINVAL);
		if (code)
			task_spec_release(&spec);
		if (i > 0)
			break;
		ck_assert_uint_eq(core.registry.order.count, 3);
		ck_assert_int_eq(made->status.state, TASK_STOPPED);
		fail_commit();
		ring();
		commit_all();
	}
	unit_expect(error, MSG_AFTER_ITSELF, "kept");
	free(error);
	ck_assert_uint_eq(core.registry.order.count, 2);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, first->number);
}
END_TEST

/* One that it waits for has a later number, so it is completed when that is made. */
START_TEST(a_copy_that_is_not_run_stays_so)
{
	struct task *first = make_running("first"), *other = make_running("other"), *made = NULL;
	struct task *task = make_after("task", first, PLAN_AFTER_OK);
	const struct task *later = make_after("later", first, PLAN_AFTER_OK);
	const struct plan_after after[] = { { .number = first->number, .condition = PLAN_AFTER_OK },
		                            { .number = other->number, .condition = PLAN_AFTER_OK },
		                            { .number = later->number, .condition = PLAN_AFTER_OK } };
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	char *error = NULL;
	ck_assert_int_eq(redirection_put(&core, task, after, 3), 0);
	commit_all();
	ended(first->run, 1, 0);
	commit_all();
	ended(other->run, 1, 0);
	commit_all();
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	const struct task *copy = order_find(&core.registry.order, made->number + 1);
	ck_assert_int_eq(copy->status.state, TASK_STOPPED);
	ck_assert_uint_eq(task_plan(copy)->after_count, 3);
	ck_assert(task_plan(copy)->after[0].number == other->number && task_plan(copy)->after[0].unmet);
	ck_assert_uint_eq(task_plan(copy)->after[2].number, made->number + 2);
	commit_all();
}
END_TEST

/* What else it waits for has ended, and its turn to be judged for that comes later. */
START_TEST(what_is_kept_is_judged_for_what_else_it_waits_for)
{
	struct task *first = make_running("first"), *other = make_running("other"), *made = NULL;
	const struct plan_after both[] = { { .number = first->number, .condition = PLAN_AFTER_OK },
		                           { .number = other->number, .condition = PLAN_AFTER_ANY } };
	struct task *kept = make_waiting("kept", true, both, 2, true);
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	char *error = NULL;
	static const char *const ids[] = { "a", "b", "c" };
	for (int i = 0; i < 3; i++)
		(void)make_after(ids[i], other, PLAN_AFTER_ANY);
	ended(first->run, 1, 0);
	commit_all();
	core.dependents_slice = 1;
	ended(other->run, 0, 0);
	ck_assert_uint_eq(task_plan(kept)->after_count, 2);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, &made, &error), 0);
	commit_all();
	while (alarm_at <= ticks) {
		ring();
		commit_all();
	}
	ck_assert_uint_eq(task_plan(kept)->after_count, 1);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, made->number);
}
END_TEST

/* Makes the first one again at once: when three wait for it, and others for the last of those. */
static const struct task *adopt_unjudged(struct task **made)
{
	struct task *first = make_running("first"), *last = NULL;
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	static const char *const ids[] = { "a", "b", "c" }, *const later[] = { "d", "e" };
	char *error = NULL;
	for (int i = 0; i < 3; i++)
		last = make_after(ids[i], first, PLAN_AFTER_OK);
	for (int i = 0; i < 2; i++)
		(void)make_after(later[i], last, PLAN_AFTER_OK);
	core.dependents_slice = 1;
	ended(first->run, 1, 0);
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 1);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(adoption_make(&core, first, &spec, NULL, NULL, true, made, &error), 0);
	ck_assert_int_eq((*made)->status.state, TASK_CREATED);
	return last;
}

/* They are made when all have been judged, even if the commit of some of those fails. */
START_TEST(what_is_still_to_be_judged_is_adopted)
{
	struct task *made;
	const struct task *last = adopt_unjudged(&made);
	for (int step = 0; core.adoptions || core.unjudged; step++) {
		/* While the next ones cannot be judged, there is nothing to do. */
		if (core.slices > 0 && core.adoptions && core.adoptions->steps == 0)
			ck_assert_int_gt(alarm_at, ticks);
		if (step > 0 && step == _i)
			fail_commit();
		else
			commit();
		if (alarm_at != INT64_MAX)
			ring();
	}
	commit_all();
	ck_assert_int_eq(last->status.state, TASK_STOPPED);
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 5);
	ck_assert_uint_eq(core.registry.counts[TASK_QUEUED], 5);
	ck_assert_uint_eq(core.registry.order.count, 6 + 6);
	ck_assert_ptr_nonnull(made->run);
	for (const struct task *task = order_next(&core.registry.order, made); task;
	     task = order_next(&core.registry.order, task)) {
		ck_assert_uint_eq(task_plan(task)->after_count, 1);
		ck_assert_uint_ge(task_plan(task)->after[0].number, made->number);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_task_made_again_adopts,
		a_task_made_again_does_not_adopt_itself,
		a_copy_that_is_not_run_stays_so,
		what_is_kept_is_judged_for_what_else_it_waits_for,
	};
	Suite *suite = suite_create("core adoption");
	TCase *tcase = tcase_create("core adoption");
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, what_is_still_to_be_judged_is_adopted, 0, 6);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
