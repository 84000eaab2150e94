/* Tasks that wait for the ends of others. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/agenda.h"
#include "engine/core/creation.h"
#include "engine/core/editing.h"
#include "engine/core/groups.h"
#include "engine/core/recovery.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(a_dependent_begins_after_the_durable_end)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(next->status.state, TASK_QUEUED);
	uint64_t before = put_last;
	ended(first->run, 0, 0);
	/* The end and what it means are one change; then comes the claim. */
	ck_assert_uint_eq(put_last, before + 2);
	ck_assert_uint_eq(task_plan(next)->after_count, 0);
	ck_assert_uint_eq(started_count, 1);
	commit_all();
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

/* Its turn to be judged comes while it is stopped, which is not stored. */
START_TEST(an_undone_stop_gives_the_turn_back)
{
	core.dependents_slice = 1;
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_ANY);
	(void)make_after("other", first, PLAN_AFTER_ANY);
	commit_all();
	uint64_t end = put_last + 1;
	ended(first->run, 0, 0);
	ck_assert_uint_eq(task_plan(next)->after_count, 1);
	ck_assert_int_eq(requests_stop(&core, next, &term), 0);
	core_committed(&core, put_committed = end);
	ring();
	fail_commit();
	ck_assert_int_eq(first->status.state, TASK_COMPLETED);
	ck_assert_int_eq(next->status.state, TASK_QUEUED);
	ring();
	commit();
	ring();
	commit_all();
	ck_assert_uint_eq(task_plan(next)->after_count, 0);
	ck_assert_uint_eq(started_count, 3);
}
END_TEST

START_TEST(an_undone_end_keeps_dependents_waiting)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK);
	struct task *unless = make_after("unless", first, PLAN_AFTER_FAIL);
	commit_all();
	ended(first->run, 0, 0);
	ck_assert_int_eq(unless->status.state, TASK_STOPPED);
	fail_commit();
	ck_assert_int_eq(first->status.state, TASK_RUNNING);
	ck_assert_uint_eq(task_plan(next)->after_count, 1);
	ck_assert_ptr_null(next->run);
	ck_assert_int_eq(unless->status.state, TASK_QUEUED);
	ck_assert(!task_plan(unless)->after[0].unmet);
	ck_assert_uint_eq(told_ended, 0);
	ring();
	commit_all();
	ck_assert_int_eq(first->status.state, TASK_COMPLETED);
	ck_assert_int_eq(unless->status.state, TASK_STOPPED);
	ck_assert_uint_eq(started_count, 2);
	ck_assert_uint_eq(told_ended, 2);
}
END_TEST

START_TEST(what_is_being_prepared_for_a_dependent_is_undone)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK);
	commit_all();
	defer = true;
	ended(first->run, 0, 0);
	ck_assert_ptr_nonnull(next->run);
	fail_commit();
	ck_assert_ptr_null(next->run);
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

/* How the first one ends, and whether those that wait for it run. */
START_TEST(every_condition)
{
	static const struct {
		int exit_code; /* -2: it was stopped before it began */
		bool runs[PLAN_CONDITION_COUNT];
	} rows[] = {
		{ 0, { [PLAN_AFTER_OK] = true, [PLAN_AFTER_ANY] = true } },
		{ 3, { [PLAN_AFTER_FAIL] = true, [PLAN_AFTER_ANY] = true } },
		{ -1, { [PLAN_AFTER_FAIL] = true, [PLAN_AFTER_ANY] = true } },
		{ -2, { false } },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct task *first = make(NULL, false);
		if (rows[i].exit_code > -2)
			requests_start(&core, first);
		commit_all();
		for (int condition = 0; condition < PLAN_CONDITION_COUNT; condition++) {
			char id[16];
			snprintf(id, sizeof(id), "w%zu-%d", i, condition);
			make_after(id, first, (enum plan_condition)condition);
		}
		commit_all();
		if (first->run) {
			began(first->run);
			ended(first->run, rows[i].exit_code, 0);
		} else {
			requests_stop(&core, first, &term);
		}
		commit_all();
		for (int condition = 0; condition < PLAN_CONDITION_COUNT; condition++) {
			char id[16];
			snprintf(id, sizeof(id), "w%zu-%d", i, condition);
			const struct task *task = registry_find(&core.registry, id);
			ck_assert_msg((task->status.state == TASK_STOPPED) != rows[i].runs[condition],
			              "%s is %s", id, task_state_name(task->status.state));
			ck_assert(rows[i].runs[condition] == (task->run != NULL));
		}
	}
}
END_TEST

START_TEST(what_can_never_be_met_cascades)
{
	struct task *first = make_running("first"), *next = make_after("next", first, PLAN_AFTER_OK);
	struct task *last = make_after("last", next, PLAN_AFTER_OK);
	struct task *other = make_after("other", next, PLAN_AFTER_ANY);
	commit_all();
	uint64_t before = put_last;
	ended(first->run, 2, 0);
	ck_assert_uint_eq(put_last, before + 1);
	ck_assert_int_eq(last->status.state, TASK_STOPPED);
	ck_assert_int_eq(other->status.state, TASK_STOPPED);
	unit_expect(next->status.message, MSG_NOT_RUN, "first", "Failed");
	unit_expect(last->status.message, MSG_NOT_RUN, "next", "Stopped");
	ck_assert_uint_eq(told_ended, 0);
	commit_all();
	ck_assert_uint_eq(told_ended, 4);
	ck_assert_uint_eq(groups_waiting(&core), 0);
}
END_TEST

START_TEST(what_is_met_is_judged_at_start)
{
	struct task *first = make_running("first"), *bad = make_running("bad");
	struct plan_after after[] = { { .number = first->number }, { .number = bad->number } };
	struct task *good = make_waiting("good", false, after, 1, false);
	struct task *both = make_waiting("both", false, after, 2, false);
	commit_all();
	ended(first->run, 0, 0);
	ended(bad->run, 1, 0);
	commit_all();
	ck_assert_uint_eq(task_plan(good)->after_count, 1);
	ck_assert_int_eq(both->status.state, TASK_CREATED);
	ck_assert_int_eq(requests_start(&core, both), 0);
	ck_assert_int_eq(both->status.state, TASK_STOPPED);
	ck_assert_uint_eq(core.asked, put_last);
	fail_commit();
	ck_assert_int_eq(both->status.state, TASK_CREATED);
	ck_assert_ptr_null(both->standing);
	ck_assert_uint_eq(task_plan(both)->after_count, 2);
	ring();
	commit_all();
	ck_assert_int_eq(requests_start(&core, both), 0);
	ck_assert_int_eq(requests_start(&core, good), 0);
	commit_all();
	ck_assert_int_eq(both->status.state, TASK_STOPPED);
	ck_assert_ptr_null(both->standing);
	ck_assert_uint_eq(started_count, 3);
	ck_assert_int_eq(make_after("late", bad, PLAN_AFTER_OK)->status.state, TASK_STOPPED);
	make_after("soon", bad, PLAN_AFTER_FAIL);
	commit_all();
	ck_assert_uint_eq(started_count, 4);
}
END_TEST

START_TEST(an_unmet_one_can_be_kept)
{
	struct task *first = make_running("first"), *other = make_running("other");
	struct plan_after after[] = { { .number = first->number }, { .number = other->number } };
	struct task *kept = make_waiting("kept", true, after, 2, true);
	commit_all();
	ended(first->run, 1, 0);
	ended(other->run, 0, 0);
	commit_all();
	ck_assert_int_eq(kept->status.state, TASK_QUEUED);
	ck_assert_uint_eq(task_plan(kept)->after_count, 1);
	ck_assert_uint_eq(task_plan(kept)->after[0].number, first->number);
	ck_assert_uint_eq(started_count, 2);
	/* What others wait for cannot be removed. */
	ck_assert_int_eq(removal_remove(&core, first), -EPERM);
	ck_assert_int_eq(removal_remove(&core, other), 0);
	ck_assert_int_eq(requests_stop(&core, kept, &term), 0);
	ck_assert_int_eq(removal_remove(&core, first), 0);
	commit_all();
}
END_TEST

START_TEST(a_created_one_keeps_what_it_waits_for)
{
	struct task *first = make_running("first");
	const struct plan_after after = { .number = first->number };
	struct task *created = make_waiting("created", false, &after, 1, false);
	commit_all();
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_int_eq(removal_remove(&core, first), -EPERM);
	requests_stop(&core, created, &term);
	commit_all();
	ck_assert_int_eq(removal_remove(&core, created), 0);
	commit_all();
	ck_assert_int_eq(removal_remove(&core, first), 0);
	commit_all();
	ck_assert_ptr_null(core.dependents);
}
END_TEST

START_TEST(many_dependents_are_judged_in_slices)
{
	enum { MANY = 2500 };
	char id[16];
	struct task *first = make_running("first");
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "w%d", i);
		make_after(id, first, PLAN_AFTER_OK);
	}
	commit_all();
	uint64_t before = put_last;
	ended(first->run, 1, 0);
	ck_assert_uint_eq(put_last, before + 1);
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 1000);
	/* The next slice waits until this one is durable. */
	ck_assert(alarm_at > ticks);
	commit();
	ring();
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 2000);
	/* What fails is judged again. */
	fail_commit();
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 1000);
	ring();
	for (int i = 0; i < 2; i++) {
		commit();
		ring();
	}
	commit();
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], MANY);
	ck_assert_uint_eq(core.registry.counts[TASK_QUEUED], 0);
	ck_assert_int_eq(alarm_at, INT64_MAX);
}
END_TEST

/* Whichever put fails for lack of memory, dependents do not wait for ever. */
START_TEST(dependents_without_memory)
{
	struct task *first = make_running("first");
	make_after("a", first, PLAN_AFTER_OK);
	make_after("b", first, PLAN_AFTER_FAIL);
	commit_all();
	put_error = -ENOMEM;
	ended(first->run, 0, 0);
	ck_assert_int_eq(first->status.state, TASK_RUNNING);
	ck_assert_uint_eq(core.registry.counts[TASK_QUEUED], 2);
	put_error = 0;
	ring();
	commit_all();
	ck_assert_uint_eq(core.registry.counts[TASK_STOPPED], 1);
	ck_assert_uint_eq(started_count, 2);
}
END_TEST

START_TEST(a_recovered_dependent_is_judged)
{
	char first[] = "first", next[] = "next", lost[] = "lost", directory[] = "/";
	struct plan_after after = { .number = 1, .condition = PLAN_AFTER_FAIL }, gone = { .number = 9 };
	struct task_plan plan = plan_default;
	struct recovery recovery = { .core = &core };
	struct store_task row = {
		.number = 1,
		.spec = { .id = first, .cwd = directory },
		.status = { .state = TASK_FAILED, .started_at = 5, .exit_code = 1 },
		.process = TASK_PROCESS_INIT,
	};
	strings_add(&row.spec.command, "true");
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	plan.after = &after;
	plan.after_count = 1;
	row.number = 2;
	row.spec.id = next;
	row.spec.plan = &plan;
	row.status = (struct task_status){ .state = TASK_QUEUED, .exit_code = -1 };
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	plan.after = &gone;
	row.number = 3;
	row.spec.id = lost;
	ck_assert_int_eq(recovery_reader.task(&recovery, &row), 0);
	ck_assert_int_eq(recovery_reader.counters(&recovery, 3, 1), 0);
	recovery_finish(&recovery);
	strings_release(&row.spec.command);
	ring();
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(registry_find(&core.registry, "lost")->status.state, TASK_STOPPED);
	unit_expect(registry_find(&core.registry, "lost")->status.message, MSG_NOT_RUN_GONE);
}
END_TEST

/* Replaces what a task waits for.  Returns what editing_apply() does. */
static int wait_for(struct task *task, struct plan_after *after, size_t count)
{
	const struct editing edit = {
		.task = task, .fields = EDITING_AFTER, .after = after, .after_count = count
	};
	char *error = NULL;
	int code = editing_apply(&core, &edit, 1, &error);
	if (code == -EINVAL)
		unit_expect(error, MSG_AFTER_ITSELF, task_id(task));
	free(error);
	return code;
}

START_TEST(what_is_waited_for_is_replaced)
{
	struct task *a = make_running("a"), *b = make_running("b");
	struct task *task = make_after("task", a, PLAN_AFTER_OK), *plain = make("plain", true);
	struct plan_after both[] = { { .number = a->number }, { .number = b->number } };
	commit_all();
	/* What is not durable yet is undone with what follows. */
	ended(a->run, 0, 0);
	ck_assert_int_eq(wait_for(task, both, 2), 0);
	ck_assert_uint_eq(task_plan(task)->after_count, 1);
	ck_assert_uint_eq(task_plan(task)->after[0].number, b->number);
	fail_commit();
	ck_assert_uint_eq(task_plan(task)->after_count, 1);
	ck_assert_uint_eq(task_plan(task)->after[0].number, a->number);
	ring();
	commit_all();
	/* A claim is given back. */
	unsigned before = started_count;
	ck_assert_int_eq(wait_for(plain, &both[1], 1), -EPERM);
	core.options.slots = 1;
	struct task *claimed = make("claimed", true);
	commit_all();
	ck_assert_int_eq(claimed->status.state, TASK_CLAIMED);
	ck_assert_int_eq(wait_for(claimed, &both[1], 1), 0);
	commit_all();
	core.options.slots = 0;
	ck_assert_int_eq(removal_remove(&core, a), 0);
	ended(b->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(started_count, before + 1);
	ck_assert_ptr_null(core.dependents);
}
END_TEST

START_TEST(no_task_waits_for_itself)
{
	struct task *a = make("a", false), *b = make("b", false), *c = make("c", false);
	struct plan_after to_a = { .number = a->number }, to_b = { .number = b->number };
	struct plan_after to_c = { .number = c->number };
	commit_all();
	ck_assert_int_eq(wait_for(a, &to_a, 1), -EINVAL);
	ck_assert_int_eq(wait_for(b, &to_a, 1), 0);
	ck_assert_int_eq(wait_for(c, &to_b, 1), 0);
	uint64_t before = put_last;
	ck_assert_int_eq(wait_for(a, &to_c, 1), -EINVAL);
	ck_assert_uint_eq(put_last, before);
	ck_assert_uint_eq(task_plan(a)->after_count, 0);
	/* Each alone would be right. */
	const struct editing edits[] = {
		{ .task = b, .fields = EDITING_AFTER, .after = &to_c, .after_count = 1 },
		{ .task = a, .fields = EDITING_AFTER, .after = &to_b, .after_count = 1 },
	};
	char *error = NULL;
	ck_assert_int_eq(editing_apply(&core, edits, 2, &error), -EINVAL);
	free(error);
	ck_assert_uint_eq(task_plan(b)->after[0].number, a->number);
	ck_assert_int_eq(wait_for(b, NULL, 0), 0);
	ck_assert_int_eq(wait_for(a, &to_c, 1), 0);
	commit_all();
}
END_TEST

START_TEST(a_task_between_attempts_has_not_ended)
{
	struct task *first = make_running("first");
	struct task *next = make_after("next", first, PLAN_AFTER_FAIL);
	commit_all();
	ck_assert_ptr_nonnull(record_make_plan(first));
	first->plan->retries = 1;
	ck_assert_int_eq(agenda_admit(&core, first), 0);
	ended(first->run, 1, 0);
	commit_all();
	ck_assert_int_eq(first->status.state, TASK_QUEUED);
	ck_assert_uint_eq(task_plan(next)->after_count, 1);
	/* It has run. */
	requests_stop(&core, first, &term);
	ck_assert_int_eq(next->status.state, TASK_STOPPED);
	struct task *any = make_after("any", first, PLAN_AFTER_ANY);
	commit_all();
	ck_assert_ptr_nonnull(any->run);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_dependent_begins_after_the_durable_end,
		an_undone_stop_gives_the_turn_back,
		an_undone_end_keeps_dependents_waiting,
		what_is_being_prepared_for_a_dependent_is_undone,
		every_condition,
		what_can_never_be_met_cascades,
		what_is_met_is_judged_at_start,
		an_unmet_one_can_be_kept,
		a_created_one_keeps_what_it_waits_for,
		many_dependents_are_judged_in_slices,
		dependents_without_memory,
		a_recovered_dependent_is_judged,
		what_is_waited_for_is_replaced,
		no_task_waits_for_itself,
		a_task_between_attempts_has_not_ended,
	};
	return unit_run("core after", setup, teardown, tests);
}
