/* Keys that only one task may have that has not ended. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/removal.h"
#include "engine/core/uniques.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

/* The task that is made, or that has the key. */
static struct task *make_unique(const char *id, bool start, int wanted)
{
	struct task_plan plan = plan_default;
	struct task_spec spec = { .id = strdup(id), .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	plan.unique = (char *)"key";
	spec.plan = plan_copy(&plan);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, start, &task, &error), wanted);
	if (wanted)
		task_spec_release(&spec);
	ck_assert_ptr_null(error);
	return task;
}

START_TEST(the_one_that_has_not_ended_is_told)
{
	struct task *first = make_unique("a", false, 0);
	ck_assert_ptr_eq(make_unique("b", true, -EALREADY), first);
	ck_assert_int_eq(first->status.state, TASK_CREATED);
	ck_assert_ptr_null(registry_find(&core.registry, "b"));
	ck_assert_int_eq(requests_stop(&core, first, &term), 0);
	struct task *second = make_unique("b", false, 0);
	ck_assert_ptr_ne(second, first);
	ck_assert_ptr_eq(make_unique("c", true, -EALREADY), second);
}
END_TEST

START_TEST(a_failed_commit_gives_the_key_back)
{
	struct task *first = make_unique("a", false, 0);
	commit_all();
	requests_stop(&core, first, &term);
	make_unique("b", false, 0);
	fail_commit();
	ck_assert_int_eq(first->status.state, TASK_CREATED);
	ck_assert_ptr_eq(uniques_find(&core, "key"), first);
	fail_commit();
	put_error = -ENOMEM;
	requests_stop(&core, first, &term);
	ck_assert_ptr_eq(uniques_find(&core, "key"), first);
}
END_TEST

START_TEST(a_removed_task_has_no_key)
{
	struct task *first = make_unique("a", false, 0);
	requests_stop(&core, first, &term);
	commit_all();
	ck_assert_int_eq(removal_remove(&core, first), 0);
	commit_all();
	ck_assert_ptr_null(core.uniques);
	struct task *second = make_unique("b", false, 0);
	ck_assert_ptr_eq(uniques_find(&core, "key"), second);
}
END_TEST

START_TEST(plain_tasks_are_not_indexed)
{
	make("a", true);
	ck_assert_ptr_null(core.uniques);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_one_that_has_not_ended_is_told,
		a_failed_commit_gives_the_key_back,
		a_removed_task_has_no_key,
		plain_tasks_are_not_indexed,
	};
	return unit_run("core unique", setup, teardown, tests);
}
