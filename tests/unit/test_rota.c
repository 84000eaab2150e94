/* Whose turn it is, of very many groups, and what decides on that. */
#include "config.h"

#include <check.h>
#include <stdio.h>

#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/rota.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

enum { MANY = 20000, MORE_THAN_ARE_SERVED = 150 };

static struct task *tasks[MANY];

static const char *numbered(const char *kind, unsigned number)
{
	static char name[32];
	snprintf(name, sizeof(name), "%s%u", kind, number);
	return name;
}

/* In a group that it has for itself. */
static struct task *make_alone(const char *kind, unsigned number, int32_t priority)
{
	const struct group_settings settings = { .slots = 1, .priority = priority };
	ck_assert_int_eq(grouping_add(&core, numbered(kind, number), &settings), 0);
	return make_planned(NULL, numbered(kind, number), 0, 1);
}

static void run_to_its_end(struct task *task)
{
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
	began(task->run);
	ended(task->run, 0, 0);
	commit_all();
	started_count = 0;
}

START_TEST(in_twenty_thousand_groups_each_task_has_its_turn)
{
	core.options.slots = 1;
	for (unsigned i = 0; i < MANY; i++)
		tasks[i] = make_alone("g", i, 0);
	commit_all();
	for (unsigned i = 0; i < MANY; i++) {
		ck_assert_ptr_eq(groups_named(&core, numbered("g", i)), tasks[i]->standing->group);
		ck_assert_uint_eq(core_active(&core), 1);
		ck_assert_uint_le(core_runs(&core), 2 * SCHEDULER_CLAIMS_AHEAD);
		run_to_its_end(tasks[i]);
	}
	ck_assert_uint_eq(core_active(&core), 0);
	ck_assert_uint_eq(groups_waiting(&core), 0);
}
END_TEST

START_TEST(groups_without_room_hide_none_that_has_some)
{
	for (unsigned i = 0; i < MORE_THAN_ARE_SERVED; i++) {
		make_alone("full", i, 1);
		commit_all();
		make_planned(NULL, numbered("full", i), 0, 1);
	}
	commit_all();
	struct task *low = make_alone("low", 0, 0);
	commit_all();
	ck_assert_int_eq(low->run->phase, RUN_STARTING);
	ck_assert_uint_eq(core_active(&core), MORE_THAN_ARE_SERVED + 1);
}
END_TEST

START_TEST(the_share_follows_the_slots_of_the_server)
{
	core.options.slots = 2;
	add_group("g", 2, 0);
	make_planned(NULL, "g", 0, 1);
	make_planned(NULL, NULL, 0, 1);
	struct task *its = make_planned(NULL, "g", 0, 1), *common = make_planned(NULL, NULL, 0, 1);
	commit_all();
	ck_assert_uint_eq(core_active(&core), 2);
	ck_assert_ptr_eq(rota_turn(&core), its->standing->group);
	ck_assert_int_eq(requests_set_slots(&core, 3), 0);
	commit_all();
	ck_assert_int_eq(common->run->phase, RUN_STARTING);
	ck_assert_int_eq(its->run->phase, RUN_READY);
}
END_TEST

START_TEST(a_group_whose_removal_failed_is_where_it_was)
{
	struct task_group *first = add_group("first", 1, 0), *second = add_group("second", 1, 0);
	commit_all();
	ck_assert_int_eq(grouping_remove(&core, first), 0);
	ck_assert_ptr_null(groups_named(&core, "first"));
	add_group("first", 9, 0);
	ck_assert_ptr_ne(groups_named(&core, "first"), first);
	fail_commit();
	ck_assert_ptr_eq(groups_named(&core, "first"), first);
	ck_assert_ptr_eq(first->next, second);
	ck_assert_ptr_null(second->next);
	ck_assert_ptr_null(groups_named(&core, ""));
	ck_assert_ptr_eq(groups_named(&core, GROUP_DEFAULT), &core.common);
}
END_TEST

START_TEST(a_group_that_is_freed_has_no_turn)
{
	struct task_group *group = add_group("g", 1, 0);
	commit_all();
	ck_assert_int_eq(grouping_remove(&core, group), 0);
	core_touch(&core, group);
	settle_hold(&core);
	commit();
	ck_assert_ptr_null(core.stale);
	settle_go_on(&core);
	ck_assert_ptr_null(rota_turn(&core));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		in_twenty_thousand_groups_each_task_has_its_turn,
		groups_without_room_hide_none_that_has_some,
		the_share_follows_the_slots_of_the_server,
		a_group_whose_removal_failed_is_where_it_was,
		a_group_that_is_freed_has_no_turn,
	};
	return unit_run("rota", setup, teardown, tests);
}
