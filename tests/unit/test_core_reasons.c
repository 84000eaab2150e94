/* Why a task does not run yet. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/reasons.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

static struct reasons reasons;

/* The reason of this kind, which must be there. */
static const struct reason *find(const struct task *task, enum reason_kind kind)
{
	reasons_find(&core, task, &reasons);
	for (size_t i = 0; i < reasons.count; i++) {
		ck_assert(i == 0 || reasons.list[i].kind >= reasons.list[i - 1].kind);
		if (reasons.list[i].kind == kind)
			return &reasons.list[i];
	}
	ck_abort_msg("%s is no reason", reason_name(kind));
	return NULL;
}

static bool has(const struct task *task, enum reason_kind kind)
{
	bool found = false;
	reasons_find(&core, task, &reasons);
	for (size_t i = 0; i < reasons.count; i++)
		found |= reasons.list[i].kind == kind;
	return found;
}

START_TEST(nothing_holds_what_runs_or_was_not_started)
{
	struct task *created = make("a", false), *running = make_running("b");
	size_t place, count;
	reasons_find(&core, created, &reasons);
	ck_assert_uint_eq(reasons.count, 0);
	reasons_find(&core, running, &reasons);
	ck_assert_uint_eq(reasons.count, 0);
	ck_assert(!reasons_place(created, &place, &count) && !reasons_place(running, &place, &count));
	ended(running->run, 0, 0);
	commit_all();
	reasons_find(&core, running, &reasons);
	ck_assert_uint_eq(reasons.count, 0);
}
END_TEST

START_TEST(pauses)
{
	struct task_group *group = add_group("gpu", 1, 0);
	struct task *first = make_planned("first", "gpu", 0, 1), *task = make_planned("a", "gpu", 0, 1);
	commit_all();
	ck_assert(!has(task, REASON_HELD) && !has(task, REASON_GROUP_PAUSED));
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	struct group_settings settings = group->settings;
	settings.paused = true;
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	ck_assert_int_eq(pausing_set_server(&core, true, GROUP_SWEEP_NONE), 0);
	commit_all();
	unit_expect(find(task, REASON_HELD)->message, MSG_WHY_HELD, "a");
	unit_expect(find(task, REASON_GROUP_PAUSED)->message, MSG_WHY_GROUP_PAUSED, "gpu", "gpu");
	ck_assert_str_eq(find(task, REASON_GROUP_PAUSED)->group, "gpu");
	unit_expect(find(task, REASON_SERVER_PAUSED)->message, MSG_WHY_SERVER_PAUSED);
	ck_assert(!has(first, REASON_HELD));
	ck_assert_int_eq(pausing_set_server(&core, false, GROUP_SWEEP_NONE), 0);
	core.options.paused = true;
	unit_expect(find(task, REASON_SERVER_PAUSED)->message, MSG_WHY_SERVER_STOPPING);
}
END_TEST

static struct task *make_with(const char *id, const struct task_plan *plan)
{
	struct task_spec spec = { .id = strdup(id), .cwd = strdup("/"), .plan = plan_copy(plan) };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &task, &error), 0);
	commit_all();
	return task;
}

START_TEST(times)
{
	struct task_plan plan = plan_default;
	plan.begin_at = now + 7200000;
	struct task *task = make_with("a", &plan);
	const struct reason *reason = find(task, REASON_BEGIN_TIME);
	unit_expect(reason->message, MSG_WHY_BEGIN_TIME, "2 h");
	ck_assert_int_eq(reason->until, plan.begin_at);
	static const struct {
		int64_t left;
		const char *text;
	} spans[] = { { 7199000, "1 h 59 min" }, { 90000, "1 min 30 s" }, { 400, "1 s" },
		      { 90061000, "1 d 1 h" },   { 3600000, "1 h" },      { 3601000, "1 h" } };
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		now = plan.begin_at - spans[i].left;
		unit_expect(find(task, REASON_BEGIN_TIME)->message, MSG_WHY_BEGIN_TIME, spans[i].text);
	}
}
END_TEST

START_TEST(attempts)
{
	struct task_plan plan = plan_default;
	plan.retries = 2;
	plan.retry_rule = NULL;
	struct task *task = make_with("a", &plan);
	began(task->run);
	ended(task->run, 3, 0);
	commit_all();
	const struct reason *reason = find(task, REASON_RETRY);
	ck_assert_ptr_nonnull(strstr(reason->message, "attempt 2 of 3"));
	ck_assert_int_eq(reason->until, task_plan(task)->marks.not_before);
	/* What the attempt has left is named. */
	struct plan_attempt *attempt = (struct plan_attempt *)plan_last_attempt(task->plan);
	const struct plan_left left = { .pid = 12, .start = 5, .name = "sleep" };
	ck_assert_int_eq(strings_add(&attempt->left, "boot"), 0);
	ck_assert_int_eq(plan_add_left(&attempt->left, &left), 0);
	task->standing->lingers = true;
	ck_assert_ptr_nonnull(strstr(find(task, REASON_SURVIVORS)->message, "12 (sleep)"));
	task->standing->lingers = false;
}
END_TEST

START_TEST(dependencies)
{
	struct task *first = make_running("first"), *bad = make_running("bad");
	struct plan_after after[] = { { .number = first->number, .condition = PLAN_AFTER_FAIL },
		                      { .number = bad->number },
		                      { .number = 99 } };
	struct task_plan plan = plan_default;
	plan.after = after;
	plan.after_count = 3;
	plan.unmet_hold = true;
	struct task *task = make_with("a", &plan);
	ended(bad->run, 1, 0);
	commit_all();
	const struct reason *reason = find(task, REASON_DEPENDENCY);
	unit_expect(reason[0].message, MSG_WHY_AFTER, "first", "Running", "Failed");
	unit_expect(reason[1].message, MSG_WHY_AFTER_NEVER, "bad", "Failed", "Completed");
	unit_expect(reason[2].message, MSG_WHY_AFTER_GONE);
	ck_assert_ptr_eq(reason[0].tasks[0], first);
}
END_TEST

START_TEST(slots_of_the_group_and_of_the_server)
{
	size_t place, count;
	add_group("gpu", 2, 0);
	struct task *a = make_planned("a", "gpu", 0, 1), *b = make_planned("b", "gpu", 0, 1);
	struct task *task = make_planned("c", "gpu", 0, 1);
	commit_all();
	began(a->run);
	began(b->run);
	now += 60000;
	ticks += 60000;
	const struct reason *reason = find(task, REASON_SLOTS);
	ck_assert_str_eq(reason->message, "slots: group gpu uses 2 of 2 (a since 1 min, b)");
	ck_assert(reason->task_count == 2 && reason->tasks[1] == b);
	ck_assert(reasons_place(task, &place, &count) && place == 1 && count == 1);
	/* Not more are named than a line can hold. */
	ck_assert_int_eq(requests_set_slots(&core, 10), 0);
	for (int i = 0; i < 8; i++)
		make(NULL, true);
	struct task *last = make("last", true);
	commit_all();
	reason = find(last, REASON_SLOTS);
	ck_assert_ptr_nonnull(strstr(reason->message, "slots: the server uses 10 of 10 ("));
	ck_assert_uint_le(reason->task_count, REASON_TASKS);
	ended(a->run, 0, 0);
	commit_all();
	ck_assert_ptr_nonnull(strstr(find(last, REASON_SLOTS)->message, "the server uses"));
}
END_TEST

START_TEST(the_slots_of_the_server_are_held_in_any_group)
{
	add_group("gpu", 2, 0);
	ck_assert_int_eq(requests_set_slots(&core, 2), 0);
	struct task *a = make_planned("a", "gpu", 0, 1), *b = make("b", true), *task = make("c", true);
	commit_all();
	began(a->run);
	began(b->run);
	now += 60000;
	ticks += 60000;
	ck_assert_str_eq(find(task, REASON_SLOTS)->message,
	                 "slots: the server uses 2 of 2 (a since 1 min, b)");
}
END_TEST

START_TEST(what_takes_no_slot_is_not_named_among_those_who_do)
{
	ck_assert_int_eq(requests_set_slots(&core, 1), 0);
	struct task *light = make_planned("light", NULL, 0, 0), *a = make("a", true), *task = make("b", true);
	commit_all();
	began(light->run);
	began(a->run);
	now += 60000;
	ticks += 60000;
	ck_assert_str_eq(find(task, REASON_SLOTS)->message, "slots: the server uses 1 of 1 (a since 1 min)");
	ended(light->run, 0, 0);
	commit_all();
	ck_assert_str_eq(find(task, REASON_SLOTS)->message, "slots: the server uses 1 of 1 (a since 1 min)");
}
END_TEST

START_TEST(what_takes_no_slot_joins_a_group_that_is_added)
{
	ck_assert_int_eq(requests_set_slots(&core, 1), 0);
	struct task *light = make_planned("light", "gpu", 0, 0), *a = make_planned("a", "gpu", 0, 1);
	commit_all();
	began(light->run);
	began(a->run);
	add_group("gpu", 1, 0);
	struct task *task = make_planned("b", "gpu", 0, 1);
	now += 60000;
	ticks += 60000;
	ck_assert_str_eq(find(task, REASON_SLOTS)->message, "slots: group gpu uses 1 of 1 (a since 1 min)");
	ended(light->run, 0, 0);
	ended(a->run, 0, 0);
	commit_all();
	ck_assert_uint_eq(started_count, 3);
}
END_TEST

START_TEST(weights)
{
	add_group("gpu", 3, 0);
	make_planned("a", "gpu", 0, 2);
	struct task *heavy = make_planned("heavy", "gpu", 0, 2), *light = make_planned("light", "gpu", 0, 1);
	commit_all();
	ck_assert_uint_eq(started_count, 1);
	unit_expect(find(heavy, REASON_WEIGHT)->message, MSG_WHY_WEIGHT, "2", "1");
	unit_expect(find(light, REASON_WEIGHT)->message, MSG_WHY_HEAD_WEIGHT, "heavy", "2", "1");
	ck_assert_ptr_eq(find(light, REASON_WEIGHT)->tasks[0], heavy);
}
END_TEST

START_TEST(priorities)
{
	add_group("urgent", 1, 5);
	core.options.slots = 1;
	make_running("first");
	struct task *low = make_planned("low", NULL, 0, 1), *high = make_planned("high", NULL, 7, 1);
	struct task *other = make_planned("other", "urgent", 0, 1);
	commit_all();
	reasons_find(&core, low, &reasons);
	const struct reason *reason = find(low, REASON_PRIORITY);
	ck_assert_str_eq(reason[0].message, "priority: task high comes first, with 7");
	ck_assert_str_eq(reason[1].message, "priority: group urgent comes first, with 5");
	ck_assert(reason[0].tasks[0] == high && reason[1].tasks[0] == other);
	ck_assert(!has(other, REASON_PRIORITY));
}
END_TEST

/* It waits with others whose groups were never added either. */
START_TEST(a_label_is_named_as_a_group)
{
	core.options.slots = 1;
	make_running("first");
	next_group = "label";
	make("other", true);
	next_group = NULL;
	add_group("lazy", 0, -1);
	struct task *low = make_planned("low", "lazy", 0, 1);
	commit_all();
	ck_assert_str_eq(find(low, REASON_PRIORITY)->message, "priority: group label comes first, with 0");
}
END_TEST

START_TEST(devices)
{
	struct task_group *group = add_group("gpu", 2, 0);
	struct group_settings settings = group->settings;
	settings.devices = (char *)"CARD=0,1";
	ck_assert_int_eq(grouping_set(&core, group, &settings), 0);
	commit_all();
	struct task *a = make_planned("a", "gpu", 0, 2), *task = make_planned("b", "gpu", 0, 2);
	commit_all();
	began(a->run);
	const struct reason *reason = find(task, REASON_DEVICES);
	ck_assert_str_eq(reason->message, "devices: CARD has 0 of 2 free, and it needs 2");
	ck_assert_ptr_eq(reason->tasks[0], a);
}
END_TEST

START_TEST(the_system)
{
	room = 0;
	struct task *task = make("a", true);
	commit_all();
	unit_expect(find(task, REASON_SYSTEM)->message, MSG_WHY_SYSTEM, "there is no room");
	room = 1000;
	core.troubled = true;
	unit_expect(find(task, REASON_SYSTEM)->message, MSG_WHY_STORE);
	core.troubled = false;
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nothing_holds_what_runs_or_was_not_started,
		pauses,
		times,
		attempts,
		dependencies,
		slots_of_the_group_and_of_the_server,
		the_slots_of_the_server_are_held_in_any_group,
		what_takes_no_slot_is_not_named_among_those_who_do,
		what_takes_no_slot_joins_a_group_that_is_added,
		weights,
		priorities,
		a_label_is_named_as_a_group,
		devices,
		the_system,
	};
	return unit_run("core reasons", setup, teardown, tests);
}
