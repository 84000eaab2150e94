/* Who gets the next slot: priorities, groups, weights and pauses. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(slots_bound_what_runs_and_claims_run_ahead)
{
	core.options.slots = 2;
	for (int i = 0; i < 300; i++)
		make(NULL, true);
	commit();
	ck_assert_uint_eq(started_count, 2);
	ck_assert_uint_eq(prepared, 102);
	began(started[0]);
	ended(started[0], 0, 0);
	ck_assert_uint_eq(started_count, 3);
	ck_assert_str_eq(task_id(started[2]->task), "3");
}
END_TEST

/* A group that uses up few does not take them from one that uses up many. */
START_TEST(claims_in_advance_are_shared_by_slots)
{
	const struct task_group *group = add_group("g", 1, 0);
	core.options.slots = 4;
	for (int i = 0; i < 400; i++) {
		next_group = i % 2 ? "g" : NULL;
		make(NULL, true);
	}
	next_group = NULL;
	commit_all();
	ck_assert_uint_eq(started_count, 4);
	ck_assert_uint_ge(ranking_count_kind(&core.common.ranking, RANK_CLAIMED), 80);
	ck_assert_uint_ge(ranking_count_kind(&group->ranking, RANK_CLAIMED), 20);
	ck_assert_uint_le(prepared, 4 + 80 + 20 + 4);
}
END_TEST

START_TEST(a_group_of_few_slots_has_some_claims_in_advance)
{
	const struct task_group *group = add_group("g", 1, 0);
	core.options.slots = SCHEDULER_CLAIMS_AHEAD;
	for (int i = 0; i < 4 * SCHEDULER_CLAIMS_AHEAD; i++) {
		next_group = i % 2 ? "g" : NULL;
		make(NULL, true);
	}
	next_group = NULL;
	commit_all();
	ck_assert_uint_ge(ranking_count_kind(&group->ranking, RANK_CLAIMED), SCHEDULER_CLAIMS_LEAST);
}
END_TEST

START_TEST(an_urgent_task_gets_the_next_slot)
{
	char id[16];
	core.options.slots = 1;
	struct task *first = make_running("first");
	for (int i = 0; i < 300; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		make(id, true);
	}
	commit_all();
	struct task *urgent = make_planned("urgent", NULL, 1, 1);
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(urgent->run->phase, RUN_STARTING);
	ck_assert_uint_eq(core.phases[RUN_STARTING], 1);
}
END_TEST

START_TEST(a_group_has_slots_of_its_own)
{
	struct task_group *group = add_group("g", 2, 0);
	struct task *tasks[3];
	for (int i = 0; i < 3; i++)
		tasks[i] = make_planned(i == 0 ? "a" : i == 1 ? "b" : "c", "g", 0, 1);
	struct task *other = make("other", true);
	commit_all();
	ck_assert_int_eq(tasks[1]->run->phase, RUN_STARTING);
	ck_assert_int_eq(tasks[2]->run->phase, RUN_READY);
	ck_assert_int_eq(other->run->phase, RUN_STARTING);
	ck_assert_uint_eq(group->used, 2);
	began(tasks[0]->run);
	ended(tasks[0]->run, 0, 0);
	ck_assert_int_eq(tasks[2]->run->phase, RUN_STARTING);
	commit_all();
	ck_assert_uint_eq(group->members, 2);
}
END_TEST

START_TEST(between_groups_priority_then_share_then_age)
{
	core.options.slots = 1;
	struct task *first = make_running("first");
	add_group("low", 4, 0);
	add_group("high", 4, 1);
	struct task *low = make_planned("l", "low", 9, 1), *high = make_planned("h", "high", -9, 1);
	commit_all();
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(high->run->phase, RUN_STARTING);
	began(high->run);
	ended(high->run, 0, 0);
	commit_all();
	ck_assert_int_eq(low->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(the_head_reserves_what_it_weighs)
{
	struct task_group *group = add_group("g", 3, 0);
	struct task *two = make_planned("two", "g", 0, 2), *big = make_planned("big", "g", 0, 2),
		    *small = make_planned("small", "g", 0, 1), *giant = make_planned("giant", "g", 0, 9);
	commit_all();
	ck_assert_int_eq(two->run->phase, RUN_STARTING);
	ck_assert_int_eq(big->run->phase, RUN_READY);
	ck_assert_int_eq(small->run->phase, RUN_READY);
	began(two->run);
	ended(two->run, 0, 0);
	commit_all();
	ck_assert_int_eq(big->run->phase, RUN_STARTING);
	ck_assert_int_eq(small->run->phase, RUN_STARTING);
	ck_assert_int_eq(giant->run->phase, RUN_READY);
	ck_assert_uint_eq(group->used, 3);
	began(big->run);
	began(small->run);
	ended(big->run, 0, 0);
	ended(small->run, 0, 0);
	commit_all();
	ck_assert_int_eq(giant->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(a_paused_group_gives_its_claims_back)
{
	struct task_group *group = add_group("g", 1, 0);
	make_planned("a", "g", 0, 1);
	struct task *waits = make_planned("b", "g", 0, 1);
	commit_all();
	ck_assert_int_eq(waits->status.state, TASK_CLAIMED);
	struct group_settings settings = group->settings;
	settings.paused = true;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	ck_assert_int_eq(waits->status.state, TASK_QUEUED);
	commit_all();
	ck_assert_ptr_null(waits->run);
	settings.paused = false;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	ck_assert_int_eq(waits->status.state, TASK_CLAIMED);
}
END_TEST

START_TEST(a_group_takes_over_a_label_and_gives_it_back)
{
	next_group = "g";
	struct task *running = make_running("a"), *waits = make("b", true);
	next_group = NULL;
	core.options.slots = 1;
	commit_all();
	ck_assert_ptr_eq(waits->standing->group, &core.labels);
	struct task_group *group = add_group("g", 1, 0);
	ck_assert_ptr_eq(running->standing->group, group);
	ck_assert_uint_eq(group->members, 2);
	ck_assert_uint_eq(group->used, core.used);
	ck_assert_uint_eq(core.labels.used, 0);
	fail_commit();
	ck_assert_ptr_eq(running->standing->group, &core.labels);
	ck_assert_uint_eq(core.labels.used, core.used);
	ck_assert_uint_eq(core.group_count, 0);
}
END_TEST

static unsigned heard;

static void hear(void *ctx)
{
	(void)ctx;
	heard++;
}

/* Makes a group that more tasks join than one turn of the loop allows.  One task has the slot of the server. */
static struct task_group *add_large_group(unsigned *before)
{
	const struct group_asker asker = { .joined = hear };
	core.options.slots = 1;
	(void)make_running("r");
	next_group = "g";
	for (unsigned i = 0; i < 3 * GROUPING_SLICE; i++)
		make(NULL, true);
	next_group = "other";
	make(NULL, true);
	next_group = NULL;
	commit_all();
	*before = started_count;
	heard = 0;
	struct task_group *group = add_group("g", 2, 0);
	ck_assert_uint_eq(group->members, GROUPING_SLICE);
	ck_assert(grouping_await(group, &asker));
	core.options.slots = 0;
	core_need(&core, CORE_DUE_SCHEDULE);
	settle_core(&core);
	ck_assert_uint_eq(started_count, *before);
	return group;
}

START_TEST(many_tasks_join_a_group_in_slices)
{
	unsigned before;
	struct task_group *group = add_large_group(&before);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ring();
	ck_assert_uint_eq(group->members, 2 * GROUPING_SLICE);
	ck_assert_uint_eq(started_count, before);
	ck_assert_int_eq(grouping_remove(&core, group), -EBUSY);
	ck_assert_uint_eq(heard, 0);
	while (heard == 0)
		ring();
	ck_assert_uint_eq(group->members, 3 * GROUPING_SLICE);
	ck_assert_uint_eq(core.labels.members, 1);
	commit_all();
	/* two in the group, and one that still has only a label */
	ck_assert_uint_eq(started_count, before + 3);
	ck_assert_uint_eq(group->used, 2);
	ck_assert_uint_eq(heard, 1);
}
END_TEST

START_TEST(who_fails_pauses_the_group_that_it_is_to_join)
{
	const struct group_settings settings = { .pause_on_fail = true };
	core.grouping_slice = 1;
	next_group = "g";
	(void)make_running("a");
	struct task *b = make_running("b");
	next_group = NULL;
	ck_assert_int_eq(grouping_add(&core, "g", &settings), 0);
	settle_core(&core);
	const struct task_group *group = groups_named(&core, "g");
	ck_assert_uint_eq(group->members, 1);
	ended(b->run, 1, 0);
	ck_assert(group->settings.paused);
	commit_all();
}
END_TEST

START_TEST(what_is_not_removed_after_all_joins_the_group_that_others_joined_meanwhile)
{
	core.options.slots = core.grouping_slice = 1;
	(void)make_running("r");
	core.paused = true;
	next_group = "g";
	make("a", true);
	struct task *b = make("b", true);
	next_group = NULL;
	commit_all();
	struct task_group *group = add_group("g", 1, 0);
	ck_assert_uint_eq(group->members, 1);
	commit();
	ck_assert_int_eq(requests_stop(&core, b, &term), 0);
	ck_assert_int_eq(removal_remove(&core, b), 0);
	while (group->join.going)
		ring();
	fail_commit();
	ck_assert_int_eq(b->status.state, TASK_QUEUED);
	ck_assert_ptr_eq(b->standing->group, group);
	ck_assert_uint_eq(group->members, 2);
	ck_assert_uint_eq(core.labels.members, 0);
	ring();
	commit_all();
}
END_TEST

START_TEST(a_group_that_is_not_added_loses_those_that_have_joined)
{
	unsigned before;
	add_large_group(&before);
	core.options.slots = 2;
	fail_commit();
	ck_assert_ptr_null(groups_named(&core, "g"));
	ck_assert_uint_eq(core.labels.members, 3 * GROUPING_SLICE + 1);
	ck_assert_uint_eq(core.joins, 0);
	ck_assert_uint_eq(heard, 1);
	ring();
	commit_all();
	ck_assert_uint_eq(started_count, before + 1);
}
END_TEST

START_TEST(an_unknown_group_makes_nothing)
{
	struct task_group *group = add_group("g", 1, 0);
	struct task_spec spec = { .id = strdup("a"), .cwd = strdup("/"), .group = strdup("h") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &task, &error), -ENOENT);
	task_spec_release(&spec);
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	make_planned("b", "g", 0, 1);
	ck_assert_int_eq(grouping_remove(&core, group), -EBUSY);
	ck_assert_int_eq(grouping_remove(&core, &core.common), -EBUSY);
}
END_TEST

START_TEST(a_failure_pauses_a_strict_group)
{
	struct task_group *group = add_group("g", 1, 0);
	group->settings.pause_on_fail = true;
	struct task *bad = make_planned("bad", "g", 0, 1), *next = make_planned("next", "g", 0, 1);
	commit_all();
	began(bad->run);
	ended(bad->run, 3, 0);
	ck_assert(group->settings.paused);
	commit_all();
	ck_assert_int_eq(next->status.state, TASK_QUEUED);
}
END_TEST

START_TEST(a_pause_is_sent_once_it_is_durable)
{
	struct task *task = make_running("a");
	ticks += 700;
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_int_eq(task->plan->marks.ran, 700);
	ck_assert_uint_eq(signals, 0);
	commit();
	ck_assert_int_eq(last_signal, SIGSTOP);
	ck_assert_uint_eq(core.used, 0);
	ck_assert_int_eq(pausing_pause(&core, task), -EPERM);
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	ck_assert_uint_eq(core.used, 1);
	ck_assert_int_eq(last_signal, SIGSTOP);
	commit();
	ck_assert_int_eq(last_signal, SIGCONT);
	ck_assert_int_eq(pausing_resume(&core, task), -EPERM);
}
END_TEST

START_TEST(a_paused_task_that_is_stopped_uses_its_slot_again)
{
	const struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = -1 };
	core.options.slots = 1;
	struct task *task = make_running("a"), *next = make("b", true);
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	commit_all();
	began(next->run);
	ck_assert_uint_eq(core.used, 1);
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	ck_assert_uint_eq(core.used, 2);
	make("c", true);
	ended(next->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(core.used, 1);
	ck_assert_uint_eq(core.phases[RUN_STARTING], 0);
}
END_TEST

START_TEST(a_held_task_keeps_its_place)
{
	core.options.slots = 1;
	struct task *first = make_running("first"), *held = make("held", true), *next = make("next", true);
	commit_all();
	ck_assert_int_eq(pausing_pause(&core, held), 0);
	ck_assert_int_eq(held->status.state, TASK_QUEUED);
	commit_all();
	ck_assert_ptr_null(held->run);
	ck_assert_int_eq(pausing_resume(&core, held), 0);
	commit_all();
	ended(first->run, 0, 0);
	commit_all();
	ck_assert_int_eq(held->run->phase, RUN_STARTING);
	ck_assert_int_eq(next->run->phase, RUN_READY);
}
END_TEST

START_TEST(a_pause_starts_nothing)
{
	core.options.paused = true;
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	core.options.paused = false;
	core_need(&core, CORE_DUE_SCHEDULE);
	settle_core(&core);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
}
END_TEST

static bool sink_is_scarce(void *ctx)
{
	(void)ctx;
	return true;
}

/* Another group could claim a task, and finds no room. */
START_TEST(a_paused_group_gives_its_claims_back_while_the_store_has_no_room)
{
	core.options.slots = 1;
	struct task *first = make_running("first"), *held = make("held", false);
	ck_assert_int_eq(requests_start(&core, held), 0);
	ck_assert_int_eq(pausing_pause(&core, held), 0);
	struct task_group *group = add_group("g", 0, 0);
	const struct task *claimed = make_planned("claimed", "g", 0, 1);
	commit_all();
	ck_assert_int_eq(claimed->status.state, TASK_CLAIMED);
	core.journal.sink.is_scarce = sink_is_scarce;
	ck_assert_int_eq(pausing_resume(&core, held), 0);
	struct group_settings settings = group->settings;
	settings.paused = true;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	ck_assert(held->status.state == TASK_QUEUED && !held->run);
	ck_assert_int_eq(claimed->status.state, TASK_QUEUED);
	core.journal.sink.is_scarce = NULL;
	(void)first;
	commit_all();
}
END_TEST

/* What was paused and resumed while it was being started cannot be given back. */
START_TEST(a_paused_group_gives_its_claims_back_before_one_that_stays)
{
	core.options.slots = 1;
	struct task_group *group = add_group("g", 0, 0);
	struct task *last = make_planned("last", "g", -1, 1);
	commit_all();
	ck_assert_int_eq(last->run->phase, RUN_STARTING);
	const struct task *claimed = make_planned("claimed", "g", 0, 1);
	ck_assert_int_eq(pausing_pause(&core, last), 0);
	ck_assert_int_eq(pausing_resume(&core, last), 0);
	commit_all();
	executor.reports.postponed(executor.reports.ctx, last->run, -EAGAIN);
	ck_assert(last->status.state == TASK_RUNNING && last->run->phase == RUN_READY);
	ck_assert_int_eq(claimed->status.state, TASK_CLAIMED);
	struct group_settings settings = group->settings;
	settings.paused = true;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	settle_core(&core);
	commit_all();
	ck_assert_int_eq(claimed->status.state, TASK_QUEUED);
	ck_assert(last->status.state == TASK_RUNNING && last->run->phase == RUN_READY);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		slots_bound_what_runs_and_claims_run_ahead,
		claims_in_advance_are_shared_by_slots,
		a_group_of_few_slots_has_some_claims_in_advance,
		an_urgent_task_gets_the_next_slot,
		a_group_has_slots_of_its_own,
		between_groups_priority_then_share_then_age,
		the_head_reserves_what_it_weighs,
		a_paused_group_gives_its_claims_back,
		a_group_takes_over_a_label_and_gives_it_back,
		many_tasks_join_a_group_in_slices,
		who_fails_pauses_the_group_that_it_is_to_join,
		what_is_not_removed_after_all_joins_the_group_that_others_joined_meanwhile,
		a_group_that_is_not_added_loses_those_that_have_joined,
		a_paused_group_gives_its_claims_back_while_the_store_has_no_room,
		a_paused_group_gives_its_claims_back_before_one_that_stays,
		an_unknown_group_makes_nothing,
		a_failure_pauses_a_strict_group,
		a_pause_is_sent_once_it_is_durable,
		a_paused_task_that_is_stopped_uses_its_slot_again,
		a_held_task_keeps_its_place,
		a_pause_starts_nothing,
	};
	return unit_run("core queue", setup, teardown, tests);
}
