/* Numbers and devices of what runs: each is given to one task at a time. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

static struct task_group *add_devices(const char *name, const char *devices)
{
	const struct group_settings settings = { .slots = devices_count(devices),
		                                 .devices = (char *)devices };
	ck_assert_int_eq(grouping_add(&core, name, &settings), 0);
	settle_core(&core);
	commit_all();
	return groups_named(&core, name);
}

static int set_devices(struct task_group *group, const char *devices)
{
	struct group_settings settings = group->settings;
	settings.devices = (char *)devices;
	settings.slots = devices_count(devices);
	int error = grouping_set(&core, group, &settings);
	settle_core(&core);
	return error;
}

/* Checks the variable of its devices, and its number. */
static void check_holds(const struct task *task, const char *devices, int slot)
{
	ck_assert_ptr_nonnull(task->run);
	char *assigned = devices_assign(holdings_devices(task->run), &task->run->holding.devices);
	ck_assert_str_eq(assigned, devices);
	ck_assert_int_eq(task->run->holding.slot, slot);
	free(assigned);
}

static void run_over(struct task *task)
{
	ended(task->run, 0, 0);
	commit_all();
}

START_TEST(the_lowest_free_number_is_given)
{
	core.options.slots = 2;
	struct task *a = make_running("a"), *b = make_running("b"), *c = make("c", true);
	commit_all();
	ck_assert_int_eq(a->run->holding.slot, 0);
	ck_assert_int_eq(b->run->holding.slot, 1);
	ck_assert_int_eq(c->run->holding.slot, -1);
	run_over(a);
	ck_assert_int_eq(c->run->holding.slot, 0);
	began(c->run);
	/* A paused task keeps its number, so another one is above the slots. */
	ck_assert_int_eq(pausing_pause(&core, b), 0);
	struct task *d = make("d", true);
	commit_all();
	ck_assert_int_eq(b->run->holding.slot, 1);
	ck_assert_int_eq(d->run->holding.slot, 2);
}
END_TEST

START_TEST(each_group_counts_for_itself_and_each_label_too)
{
	add_group("g", 0, 0);
	commit_all();
	struct task *common = make_running("a"), *of_group = make_planned("b", "g", 0, 1);
	commit_all();
	ck_assert_int_eq(common->run->holding.slot, 0);
	ck_assert_int_eq(of_group->run->holding.slot, 0);
}
END_TEST

START_TEST(a_group_takes_over_the_numbers_of_its_label)
{
	struct task *a = make_planned("a", "x", 0, 1), *b = make_planned("b", "y", 0, 1);
	commit_all();
	ck_assert_int_eq(a->run->holding.slot, 0);
	ck_assert_int_eq(b->run->holding.slot, 0);
	add_group("x", 0, 0);
	struct task *c = make_planned("c", "x", 0, 1);
	commit_all();
	ck_assert_int_eq(c->run->holding.slot, 1);
	began(a->run);
	run_over(a);
	struct task *d = make_planned("d", "x", 0, 1);
	commit_all();
	ck_assert_int_eq(d->run->holding.slot, 0);
}
END_TEST

START_TEST(a_task_gets_as_many_devices_as_it_weighs)
{
	add_devices("g", "GPU=a,b,c");
	struct task *two = make_planned("two", "g", 0, 2), *one = make_planned("one", "g", 0, 1),
		    *none = make_planned("none", "g", 0, 0), *next = make_planned("next", "g", 0, 2);
	commit_all();
	check_holds(two, "GPU=a,b", 0);
	check_holds(one, "GPU=c", 1);
	check_holds(none, "GPU=", 2);
	check_holds(next, "GPU=", -1);
	began(one->run);
	run_over(one);
	check_holds(next, "GPU=", -1);
	began(two->run);
	run_over(two);
	check_holds(next, "GPU=a,b", 0);
}
END_TEST

START_TEST(a_paused_task_keeps_its_devices_and_its_weight)
{
	struct task_group *group = add_devices("g", "GPU=a,b");
	struct task *a = make_planned("a", "g", 0, 1), *b = make_planned("b", "g", 0, 1),
		    *c = make_planned("c", "g", 0, 1);
	commit_all();
	began(a->run);
	began(b->run);
	ck_assert_int_eq(pausing_pause(&core, a), 0);
	commit_all();
	check_holds(a, "GPU=a", 0);
	ck_assert_uint_eq(group->used, 2);
	ck_assert_int_eq(c->run->phase, RUN_READY);
	ck_assert_int_eq(pausing_resume(&core, a), 0);
	commit_all();
	ck_assert_uint_eq(group->used, 2);
	run_over(a);
	check_holds(c, "GPU=a", 0);
	ck_assert_uint_eq(group->used, 2);
}
END_TEST

START_TEST(what_a_stop_leaves_running_keeps_its_devices)
{
	struct task_group *group = add_devices("g", "GPU=a");
	struct task *a = make_planned("a", "g", 0, 1), *b = make_planned("b", "g", 0, 1);
	commit_all();
	began(a->run);
	ck_assert_int_eq(requests_stop(&core, a, &term), 0);
	commit_all();
	ended(a->run, 0, 1);
	commit_all();
	ck_assert_int_eq(a->status.state, TASK_STOPPING);
	check_holds(a, "GPU=a", 0);
	ck_assert_uint_eq(group->used, 1);
	ck_assert_int_eq(b->run->phase, RUN_READY);
	ended(a->run, 0, 0);
	commit_all();
	check_holds(b, "GPU=a", 0);
}
END_TEST

START_TEST(what_is_postponed_gives_them_back)
{
	struct task_group *group = add_devices("g", "GPU=a");
	postpone = true;
	struct task *a = make_planned("a", "g", 0, 1);
	commit_all();
	check_holds(a, "GPU=", -1);
	ck_assert(!holdings_in_use(group));
	postpone = false;
	ring();
	check_holds(a, "GPU=a", 0);
}
END_TEST

START_TEST(devices_stay_while_tasks_use_them)
{
	struct task_group *group = add_devices("g", "GPU=a,b");
	struct task *a = make_planned("a", "g", 0, 1);
	commit_all();
	began(a->run);
	ck_assert_int_eq(set_devices(group, "GPU=c"), -EBUSY);
	ck_assert_int_eq(set_devices(group, NULL), -EBUSY);
	ck_assert_int_eq(set_devices(group, "GPU=a,b"), 0);
	run_over(a);
	ck_assert_int_eq(set_devices(group, "GPU=c"), 0);
}
END_TEST

START_TEST(nothing_starts_with_devices_that_are_not_durable)
{
	struct task_group *group = add_devices("g", "GPU=a,b");
	ck_assert_int_eq(set_devices(group, "GPU=c"), 0);
	(void)make_planned("a", "g", 0, 1);
	ck_assert_uint_eq(started_count, 0);
	fail_commit();
	ck_assert_str_eq(group->settings.devices, "GPU=a,b");
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	ring();
	commit_all();
	ck_assert_int_eq(set_devices(group, "GPU=c"), 0);
	struct task *a = make_planned("a", "g", 0, 1);
	commit_all();
	check_holds(a, "GPU=c", 0);
}
END_TEST

START_TEST(a_claim_waits_for_devices_that_are_not_durable)
{
	struct task_group *group = add_devices("g", "GPU=a,b");
	room = 0;
	struct task *ready = make_planned("ready", "g", 0, 1);
	commit_all();
	ck_assert_int_eq(set_devices(group, "GPU=c"), 0);
	room = 1000;
	(void)make_planned("next", "g", 0, 1);
	ck_assert_uint_eq(started_count, 0);
	commit_all();
	check_holds(ready, "GPU=c", 0);
}
END_TEST

START_TEST(a_weight_above_the_devices_is_refused)
{
	struct task_spec spec = { .cwd = strdup("/"), .group = strdup("g"), .plan = plan_copy(NULL) };
	struct task_group *group = add_devices("g", "GPU=a,b");
	struct task *task = NULL, *heavy = make_planned("heavy", "g", 0, 2);
	char *error = NULL;
	spec.plan->weight = 3;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &task, &error), -EINVAL);
	ck_assert_str_eq(error, "weight 3 is more than the 2 devices of group 'g'");
	free(error);
	task_spec_release(&spec);
	/* But one that was made before there were fewer gets all of them. */
	commit_all();
	began(heavy->run);
	group->settings.paused = true;
	run_over(heavy);
	heavy = make_planned("more", "g", 0, 2);
	commit_all();
	ck_assert_int_eq(set_devices(group, "GPU=c"), 0);
	group->settings.paused = false;
	for (int i = 0; i < 3; i++)
		commit_all();
	check_holds(heavy, "GPU=c", 0);
}
END_TEST

static struct run_holding holding_of(int slot, unsigned place)
{
	struct run_holding holding = { .slot = slot };
	device_set_add(&holding.devices, place);
	return holding;
}

START_TEST(what_an_earlier_server_gave_is_taken_back)
{
	struct task_group *group = add_devices("g", "GPU=a,b,b");
	struct task *a = make_planned("a", "g", 0, 1), *b = make_planned("b", "g", 0, 1);
	commit_all();
	began(a->run);
	began(b->run);
	const struct run_holding second = holding_of(5, 1), same = holding_of(5, 1);
	executor.reports.holds(executor.reports.ctx, a->run, &second);
	check_holds(a, "GPU=b", 5);
	/* The name stands in the list twice, and the number may be that of a task whose end is not durable. */
	executor.reports.holds(executor.reports.ctx, b->run, &same);
	check_holds(b, "GPU=b", 5);
	ck_assert(group->devices[1].holders == 1 && group->devices[2].holders == 1);
	struct task *c = make_planned("c", "g", 0, 1);
	commit_all();
	check_holds(c, "GPU=a", 0);
	run_over(a);
	struct task *d = make_planned("d", "g", 0, 1);
	commit_all();
	check_holds(d, "GPU=b", 1);
	run_over(b);
	ck_assert_uint_eq(group->used, 2);
	const struct run_holding outside = holding_of(-1, 9);
	executor.reports.holds(executor.reports.ctx, c->run, &outside);
	check_holds(c, "GPU=", -1);
}
END_TEST

static int adopt_scarcely(struct executor *its, struct run *const *runs, const bool *other_boot, size_t count)
{
	const struct run_holding holding = { .slot = 0 };
	(void)other_boot;
	for (size_t i = 0; i < count; i++) {
		scarce_after(0);
		its->reports.holds(its->reports.ctx, runs[i], &holding);
		ck_assert(scarce_end());
	}
	return 0;
}

/* Else another task would get its number. */
START_TEST(without_memory_for_what_runs_no_server_starts)
{
	struct recovery recovery = { .core = &core };
	struct executor_verbs verbs = *executor.verbs;
	const struct executor_verbs *before = executor.verbs;
	struct store_task row = {
		.number = 1,
		.spec = { .id = strdup("a"), .cwd = strdup("/") },
		.status = { .state = TASK_RUNNING, .exit_code = -1 },
		.process = TASK_PROCESS_INIT,
	};
	verbs.adopt = adopt_scarcely;
	executor.verbs = &verbs;
	strings_add(&row.spec.command, "true");
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	task_spec_release(&row.spec);
	ck_assert_int_eq(recovery_finish(&recovery), -ENOMEM);
	recovery_release(&recovery);
	executor.verbs = before;
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_lowest_free_number_is_given,
		each_group_counts_for_itself_and_each_label_too,
		a_group_takes_over_the_numbers_of_its_label,
		a_task_gets_as_many_devices_as_it_weighs,
		a_paused_task_keeps_its_devices_and_its_weight,
		what_a_stop_leaves_running_keeps_its_devices,
		what_is_postponed_gives_them_back,
		devices_stay_while_tasks_use_them,
		nothing_starts_with_devices_that_are_not_durable,
		a_claim_waits_for_devices_that_are_not_durable,
		a_weight_above_the_devices_is_refused,
		what_an_earlier_server_gave_is_taken_back,
		without_memory_for_what_runs_no_server_starts,
	};
	return unit_run("holdings", setup, teardown, tests);
}
