/* All that runs is paused or resumed, in slices. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>

#include "engine/core/askers.h"
#include "engine/core/grouping.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/settle.h"
#include "engine/core/sweeping.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

enum { MANY = SWEEPING_SLICE + 40 };

static unsigned told;

static void tell_asker(void *ctx)
{
	ck_assert_ptr_null(ctx);
	told++;
}

static struct core_asker asker = { .over = tell_asker };

static void setup_sweeping(void)
{
	told = 0;
	setup();
}

static void make_many(void)
{
	for (int i = 0; i < MANY; i++)
		(void)make(NULL, true);
	commit_all();
	for (unsigned i = 0; i < started_count; i++)
		began(started[i]);
	commit_all();
	ck_assert_uint_eq(core.registry.counts[TASK_RUNNING], MANY);
}

static int sweep(struct task_group *group, bool pause)
{
	return sweeping_begin(&core, group, pause, &asker);
}

static uint64_t count_of(enum task_state state)
{
	return core.registry.counts[state];
}

/* Until nothing more is to be done; returns the number of commits. */
static unsigned sweep_all(void)
{
	unsigned commits = 0;
	while (core.sweeps) {
		if (alarm_at != INT64_MAX)
			ring();
		commit();
		commits++;
	}
	return commits;
}

START_TEST(few_are_one_commit)
{
	struct task_group *group = add_group("g", 0, 0);
	next_group = "g";
	const struct task *a = make_running("a"), *b = make_running("b");
	next_group = NULL;
	const struct task *other = make_running("other");
	uint64_t put = put_last;
	ck_assert_int_eq(sweep(group, true), 0);
	ck_assert_uint_eq(put_last, put + 1);
	ck_assert_uint_eq(core.asked, put_last);
	ck_assert_uint_eq(signals, 0);
	commit_all();
	ck_assert_uint_eq(signals, 2);
	ck_assert(a->status.state == TASK_PAUSED && b->status.state == TASK_PAUSED);
	ck_assert_int_eq(other->status.state, TASK_RUNNING);
	ck_assert(group->settings.paused && !group->settings.sweep);
	ck_assert_int_eq(sweep(group, false), 0);
	commit_all();
	ck_assert_uint_eq(count_of(TASK_RUNNING), 3);
	ck_assert(!group->settings.paused);
	ck_assert_uint_eq(told, 0);
}
END_TEST

START_TEST(many_are_paused_and_resumed_in_slices)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	ck_assert(core.paused && core.sweep == GROUP_SWEEP_PAUSES);
	ck_assert_uint_eq(count_of(TASK_PAUSED), 0);
	commit();
	ring();
	ck_assert_uint_eq(count_of(TASK_PAUSED), SWEEPING_SLICE);
	/* The next slice waits for this one. */
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ck_assert_uint_eq(signals, SWEEPING_SLICE);
	(void)sweep_all();
	ck_assert_uint_eq(count_of(TASK_PAUSED), MANY);
	ck_assert_uint_eq(told, 1);
	ck_assert(core.paused && !core.sweep);
	ck_assert_int_eq(sweep(NULL, false), 1);
	(void)sweep_all();
	ck_assert_uint_eq(count_of(TASK_RUNNING), MANY);
	ck_assert_uint_eq(told, 2);
	ck_assert(!core.paused && !core.sweep);
}
END_TEST

/* The mark of one who asks again is on its way when the first one is durable. */
START_TEST(a_slice_waits_for_every_mark)
{
	struct core_asker other = { .over = tell_asker };
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	put_committed = put_last;
	ck_assert_int_eq(sweeping_begin(&core, NULL, true, &other), 1);
	core_committed(&core, put_committed);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ring();
	ck_assert_uint_eq(count_of(TASK_PAUSED), SWEEPING_SLICE);
	(void)sweep_all();
	ck_assert_uint_eq(count_of(TASK_PAUSED), MANY);
	ck_assert_uint_eq(told, 2);
}
END_TEST

/* Also if the queue is resumed meanwhile: what would start would be paused. */
START_TEST(nothing_starts_meanwhile)
{
	make_many();
	unsigned before = started_count;
	ck_assert_int_eq(sweep(NULL, true), 1);
	ck_assert_int_eq(pausing_set_server(&core, false, core.sweep), 0);
	struct task *later = make("later", true);
	commit();
	ck_assert_uint_eq(started_count, before);
	(void)sweep_all();
	commit_all();
	ck_assert_uint_eq(started_count, before + 1);
	ck_assert_uint_eq(count_of(TASK_PAUSED), MANY);
	ck_assert_int_eq(later->status.state, TASK_CLAIMED);
}
END_TEST

START_TEST(a_mark_that_is_not_stored_pauses_nothing)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	fail_commit();
	ck_assert_uint_eq(told, 1);
	ck_assert(!core.sweeps && !core.sweep && !core.paused);
	ring();
	commit_all();
	ck_assert_uint_eq(count_of(TASK_RUNNING), MANY);
	ck_assert_uint_eq(signals, 0);
}
END_TEST

START_TEST(a_slice_that_is_not_stored_is_repeated)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	commit();
	ring();
	fail_commit();
	ck_assert_uint_eq(count_of(TASK_PAUSED), 0);
	ck_assert_uint_eq(told, 0);
	(void)sweep_all();
	ck_assert_uint_eq(count_of(TASK_PAUSED), MANY);
	ck_assert_uint_eq(told, 1);
}
END_TEST

/* The slice passed by a task that a user had paused. */
START_TEST(what_another_had_paused_is_paused_if_that_is_undone)
{
	make_many();
	struct task *task = order_at(&core.registry.order, 0);
	ck_assert_int_eq(sweep(NULL, true), 1);
	(void)sweep_all();
	ck_assert_int_eq(pausing_resume(&core, task), 0);
	commit_all();
	ck_assert_int_eq(sweep(NULL, true), 1);
	commit();
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ring();
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	(void)sweep_all();
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert_uint_eq(told, 2);
}
END_TEST

/* The end and what follows it fail together. */
START_TEST(it_is_asked_for_again_while_it_ends)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	for (int i = 0; i < 3; i++) {
		commit();
		ring();
	}
	/* The end is on its way. */
	ck_assert_int_eq(core.sweep, GROUP_SWEEP_NONE);
	ck_assert_ptr_nonnull(core.sweeps);
	struct core_asker second = { .over = tell_asker };
	ck_assert_int_eq(sweeping_begin(&core, NULL, false, &second), 1);
	if (_i == 1) {
		fail_commit();
		ck_assert_uint_eq(told, 1);
		ck_assert_int_eq(core.sweep, GROUP_SWEEP_PAUSES);
	}
	(void)sweep_all();
	ck_assert_uint_eq(told, 2);
	ck_assert_uint_eq(count_of(_i == 1 ? TASK_PAUSED : TASK_RUNNING), MANY);
}
END_TEST

/* The end of the first one is durable when the mark of the second one is lost. */
START_TEST(who_asked_first_is_told_although_the_next_is_not_stored)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	for (int i = 0; i < 3; i++) {
		commit();
		ring();
	}
	ck_assert_int_eq(core.sweep, GROUP_SWEEP_NONE);
	put_committed = put_last;
	struct core_asker second = { .over = tell_asker };
	ck_assert_int_eq(sweeping_begin(&core, NULL, true, &second), 1);
	core_committed(&core, put_committed);
	ck_assert_uint_eq(told, 0);
	fail_commit();
	ck_assert_uint_eq(told, 2);
	ck_assert_ptr_null(core.sweeps);
}
END_TEST

/* Nothing runs then; it would stay held when all that runs is resumed. */
START_TEST(what_is_between_two_attempts_is_not_held)
{
	next_plan.retries = 1;
	const struct task *task = make_running("a");
	ended(task->run, 1, 0);
	ck_assert(task->status.state == TASK_QUEUED && task->run);
	ck_assert_int_eq(sweep(NULL, true), 0);
	ck_assert(!task_plan(task)->marks.held);
	commit_all();
}
END_TEST

/* More tasks than one turn allows are to join the group. */
START_TEST(what_runs_and_is_to_join_a_group_is_paused_with_it)
{
	const struct group_settings settings = { .slots = 0 };
	next_group = "g";
	const struct task *first = make_running("a"), *last = make_running("b");
	core.grouping_slice = 1;
	ck_assert_int_eq(grouping_add(&core, "g", &settings), 0);
	ck_assert_ptr_eq(last->standing->group, &core.labels);
	ck_assert_int_eq(sweep(core.groups->prev, true), 0);
	commit_all();
	ck_assert(first->status.state == TASK_PAUSED && last->status.state == TASK_PAUSED);
	next_group = NULL;
}
END_TEST

START_TEST(who_has_gone_is_not_told)
{
	make_many();
	ck_assert_int_eq(sweep(NULL, true), 1);
	askers_disown(&asker);
	(void)sweep_all();
	ck_assert_uint_eq(told, 0);
	ck_assert_uint_eq(count_of(TASK_PAUSED), MANY);
}
END_TEST

/* Of all, or of a group, which cannot be removed meanwhile. */
START_TEST(a_later_server_goes_on)
{
	struct recovery recovery = { .core = &core };
	struct group_settings settings = { .paused = true, .sweep = GROUP_SWEEP_PAUSES };
	if (_i == 0)
		ck_assert_int_eq(recovery_reader.sweep(&recovery, GROUP_SWEEP_PAUSES), 0);
	else
		ck_assert_int_eq(recovery_reader.group(&recovery, GROUP_DEFAULT, &settings), 0);
	const struct task *task = recover(TASK_RUNNING, "this-boot");
	(void)sweep_all();
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_PAUSED);
	ck_assert(!core.sweep && !core.common.settings.sweep);
	ck_assert_int_eq(core.common.settings.paused, _i);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core sweeping");
	TCase *tcase = tcase_create("core sweeping");
	tcase_add_checked_fixture(tcase, setup_sweeping, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, few_are_one_commit);
	tcase_add_test(tcase, many_are_paused_and_resumed_in_slices);
	tcase_add_test(tcase, a_slice_waits_for_every_mark);
	tcase_add_test(tcase, nothing_starts_meanwhile);
	tcase_add_test(tcase, a_mark_that_is_not_stored_pauses_nothing);
	tcase_add_test(tcase, a_slice_that_is_not_stored_is_repeated);
	tcase_add_test(tcase, what_another_had_paused_is_paused_if_that_is_undone);
	tcase_add_loop_test(tcase, it_is_asked_for_again_while_it_ends, 0, 2);
	tcase_add_test(tcase, who_asked_first_is_told_although_the_next_is_not_stored);
	tcase_add_test(tcase, what_is_between_two_attempts_is_not_held);
	tcase_add_test(tcase, what_runs_and_is_to_join_a_group_is_paused_with_it);
	tcase_add_test(tcase, who_has_gone_is_not_told);
	tcase_add_loop_test(tcase, a_later_server_goes_on, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
