/* What fails on the way: no room, no memory, commits that are undone, and what waits for them. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/editing.h"
#include "engine/core/groups.h"
#include "engine/core/reasons.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(no_room_means_later_and_in_order)
{
	refuse = -EMFILE;
	make("a", true);
	make("b", true);
	commit();
	ck_assert_uint_eq(prepared, 0);
	refuse = 0;
	make("c", true);
	ck_assert_uint_eq(prepared, 0);
	ring();
	commit();
	ck_assert_uint_eq(started_count, 3);
	ck_assert_str_eq(task_id(started[0]->task), "a");
	ck_assert_str_eq(task_id(started[1]->task), "b");
	ck_assert_str_eq(task_id(started[2]->task), "c");
}
END_TEST

START_TEST(who_waits_for_room_says_so)
{
	struct task *a = make("a", true), *b = make("b", true), *c;
	commit();
	ck_assert_ptr_null(a->status.message);
	room = 0;
	c = make("c", true);
	commit();
	ck_assert_str_eq(c->status.message, unit_says(MSG_TASK_WAITING, "there is no room"));
	ck_assert_ptr_null(b->status.message);
	room = 1000;
	executor.reports.room(executor.reports.ctx);
	commit();
	began(c->run);
	ck_assert_ptr_null(c->status.message);
	/* It is not a shortage if another task has the slot. */
	core.options.slots = 3;
	room = 0;
	struct task *d = make("d", true);
	commit();
	ck_assert_ptr_null(d->status.message);
}
END_TEST

START_TEST(a_postponed_run_goes_again_with_the_retry)
{
	struct reasons reasons;
	struct task *task = make("a", true);
	commit();
	executor.reports.postponed(executor.reports.ctx, task->run, -EAGAIN);
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ck_assert_str_eq(task->status.message, unit_says(MSG_TASK_WAITING, MSG_SHORT_OF_PROCESSES));
	reasons_find(&core, task, &reasons);
	unit_expect(reasons.list[0].message, MSG_WHY_SYSTEM, MSG_SHORT_OF_PROCESSES);
	ck_assert_uint_eq(started_count, 1);
	ring();
	ck_assert_uint_eq(started_count, 2);
	/* Its end may be stored before somebody says that it began. */
	ck_assert_ptr_null(task->status.message);
	began(task->run);
	ck_assert_ptr_null(task->status.message);
}
END_TEST

/* There was no memory for the words. */
START_TEST(an_unknown_end_without_words_has_no_status)
{
	struct task *task = make_running("a");
	const struct run_end end = { .exit_code = -1 };
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit_all();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, MSG_ENDED_UNSEEN);
}
END_TEST

START_TEST(what_is_postponed_at_once_is_not_told_to_go_at_once)
{
	for (int i = 0; i < 100; i++)
		make(NULL, true);
	postpone = true;
	commit();
	/* No more than one list of runs is started. */
	ck_assert_uint_le(started_count, 64);
	postpone = false;
	ring();
	for (unsigned i = 0; i < started_count; i++) {
		if (started[i]->phase == RUN_STARTING)
			began(started[i]);
	}
	ck_assert_uint_eq(core_active(&core), 100);
}
END_TEST

START_TEST(what_is_being_prepared_can_be_stopped)
{
	defer = true;
	struct task *task = make("a", true);
	ck_assert_int_eq(task->run->phase, RUN_PREPARING);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_uint_eq(forgotten, 1);
	defer = false;
	/* It does not keep other tasks from starting. */
	make("b", true);
	commit();
	commit();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(what_is_being_prepared_can_be_undone)
{
	struct task *task = make("a", false);
	commit();
	defer = true;
	ck_assert_int_eq(requests_start(&core, task), 0);
	make("b", true);
	ck_assert_uint_eq(core_runs(&core), 2);
	fail_commit();
	ck_assert_uint_eq(core_runs(&core), 0);
	ck_assert_uint_eq(forgotten, 2);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_ptr_null(registry_find(&core.registry, "b"));
}
END_TEST

START_TEST(an_undone_stop_of_what_is_being_prepared_queues_it_again)
{
	defer = true;
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	defer = false;
	ring();
	commit();
	commit();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

START_TEST(a_postponed_run_that_was_stopped_is_void)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	executor.reports.postponed(executor.reports.ctx, task->run, -EAGAIN);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_ptr_null(task->run);
}
END_TEST

START_TEST(an_end_that_cannot_be_sealed_is_tried_again)
{
	struct task *task = make_running("a");
	seal_error = -ENOSPC;
	ended(task->run, 4, 0);
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ring();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	seal_error = 0;
	ring();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	ck_assert_str_eq(task->status.message, unit_says(MSG_ENDED_WITH_STATUS, "4"));
}
END_TEST

START_TEST(out_of_memory_changes_nothing)
{
	struct task *task = make("a", false), *other = NULL, *running = make_running("r");
	struct task_spec spec = { .cwd = strdup("/") };
	char *error = NULL;
	strings_add(&spec.command, "true");
	put_error = -ENOMEM;
	ck_assert_int_eq(requests_start(&core, task), -ENOMEM);
	ck_assert_int_eq(requests_stop(&core, task, &term), -ENOMEM);
	ck_assert_int_eq(requests_stop(&core, running, &term), -ENOMEM);
	ck_assert_int_eq(editing_set_text(&core, task, "name", NULL, &error), -ENOMEM);
	ck_assert_int_eq(creation_make(&core, &spec, NULL, NULL, true, &other, &error), -ENOMEM);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_int_eq(running->status.state, TASK_RUNNING);
	ck_assert_ptr_null(task_given_name(task));
	ck_assert_uint_eq(core.registry.order.count, 2);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ended(running->run, 0, 0);
	ck_assert_int_eq(running->status.state, TASK_RUNNING);
	put_error = 0;
	ring();
	ck_assert_int_eq(running->status.state, TASK_COMPLETED);
	task_spec_release(&spec);
}
END_TEST

/*
 * The whole life of a few tasks, while the commit with this number fails.  Whatever this undoes, all tasks
 * end as they should, and no task begins twice.  Returns the number of commits.
 */
static unsigned live(unsigned failing)
{
	unsigned commits = 0, answered = 0;
	struct task *tasks[4];
	static const char *const ids[] = { "ok", "bad", "stopped", "deaf" };
	core.options.slots = 2;
	for (int turn = 0; turn < 200; turn++) {
		for (int i = 0; i < 4; i++) {
			tasks[i] = registry_find(&core.registry, ids[i]);
			if (!tasks[i])
				tasks[i] = make(ids[i], false);
			if (tasks[i]->status.state == TASK_CREATED)
				ck_assert_int_eq(requests_start(&core, tasks[i]), 0);
			bool stop = i >= 2 && (tasks[i]->status.state == TASK_RUNNING ||
			                       tasks[i]->status.state == TASK_CLAIMED);
			if (stop && turn > 3 + i)
				ck_assert_int_eq(requests_stop(&core, tasks[i], &term), 0);
		}
		if (put_last > put_committed || turn == 0) {
			if (++commits == failing)
				fail_commit();
			else
				commit();
		}
		for (; answered < started_count; answered++) {
			if (started[answered])
				began(started[answered]);
		}
		for (unsigned i = 0; i < answered; i++) {
			struct run *run = started[i];
			if (!run || run->phase == RUN_CLOSING ||
			    (run->phase == RUN_ENDED && run->end.left == 0))
				continue;
			bool first = run->phase == RUN_RUNNING;
			if (run->task == tasks[3])
				ended(run, 0, first ? 1 : 0);
			else if (run->task != tasks[2] || signals > 0)
				ended(run, run->task == tasks[1] ? 5 : 0, 0);
		}
		if (core.troubled && put_last == put_committed)
			ring();
	}
	return commits;
}

START_TEST(any_commit_may_fail)
{
	unsigned commits = live(0);
	ck_assert_uint_gt(commits, 4);
	for (unsigned failing = 1; failing <= commits + 2; failing++) {
		core_release(&core);
		setup();
		live(failing);
		ck_assert_msg(core_runs(&core) == 0, "%u runs are left after commit %u failed",
		              core_runs(&core), failing);
		ck_assert_uint_eq(told_ended, 4);
		ck_assert_uint_eq(put_last, put_committed);
		ck_assert_int_eq(registry_find(&core.registry, "ok")->status.state, TASK_COMPLETED);
		ck_assert_int_eq(registry_find(&core.registry, "bad")->status.state, TASK_FAILED);
		ck_assert_int_eq(registry_find(&core.registry, "bad")->status.exit_code, 5);
		/* Each task began once at most: no run was told to go again. */
		ck_assert_uint_le(started_count, 4);
		ck_assert_uint_eq(told_impossible, 0);
	}
}
END_TEST

START_TEST(a_failed_creation_is_gone)
{
	make("a", true);
	fail_commit();
	/* No reply waits for a change that will never be made. */
	ck_assert_uint_eq(core.journal.sequence, put_committed);
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	ck_assert_uint_eq(core_runs(&core), 0);
	ck_assert_uint_eq(groups_waiting(&core), 0);
	ring();
	commit();
	make("a", true);
	commit();
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

/* Fails the commit of all changes above this number. */
static void fail_above(uint64_t committed)
{
	put_last = put_committed = committed;
	core_failed(&core, committed);
	core_committed(&core, committed);
}

START_TEST(an_answer_waits_for_what_was_asked_and_not_for_what_follows)
{
	struct task *created = make("a", true);
	ck_assert_uint_eq(core.asked, 1);
	/* The same batch had the claim, so a reader waits for the claim too. */
	ck_assert_uint_eq(core.journal.sequence, 2);
	fail_above(1);
	ck_assert_ptr_eq(registry_find(&core.registry, "a"), created);
	ck_assert_int_eq(created->status.state, TASK_QUEUED);
	ring();
	commit();

	struct task *started_later = make("b", false);
	commit();
	uint64_t before = put_last;
	ck_assert_int_eq(requests_start(&core, started_later), 0);
	ck_assert_uint_eq(core.asked, before + 1);
	ck_assert_uint_gt(core.journal.sequence, core.asked);
	fail_above(core.asked);
	ck_assert_int_eq(started_later->status.state, TASK_QUEUED);
	ring();
	commit();
}
END_TEST

START_TEST(an_answer_that_tells_what_another_asked_waits_for_that)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	uint64_t stopped = core.asked;
	ck_assert_uint_gt(stopped, put_committed);
	ck_assert_int_eq(requests_progress(&core, task, 5, NULL), 0);
	ck_assert_uint_le(core.asked, put_committed);
	/* The task is stopping already, so the reply waits only for that change. */
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_uint_eq(core.asked, stopped);
	commit();
}
END_TEST

START_TEST(trouble_lets_nothing_wait_for_the_disk)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	make("b", true);
	ck_assert_ptr_null(registry_find(&core.registry, "b")->run);
	ring();
	fail_commit();
	ck_assert_ptr_null(registry_find(&core.registry, "b"));
	ring();
	commit();
	ck_assert(!core.troubled);
}
END_TEST

START_TEST(progress_is_what_the_task_says)
{
	struct task *task = make_running("a");
	executor.reports.progress(executor.reports.ctx, task->run, 20, "seen", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 20);
	executor.reports.progress(executor.reports.ctx, task->run, -1, "last words", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 20);
	ck_assert_str_eq(task->status.message, "last words");
	ck_assert_int_eq(requests_progress(&core, task, 130, "said"), 0);
	ck_assert_int_eq(task->status.percent, 100);
	executor.reports.progress(executor.reports.ctx, task->run, 30, "seen", EXECUTOR_PROGRESS_SEEN);
	ck_assert_int_eq(task->status.percent, 100);
	ck_assert_str_eq(task->status.message, "said");
	executor.reports.progress(executor.reports.ctx, task->run, 40, NULL, EXECUTOR_PROGRESS_REPORTED);
	ck_assert_int_eq(task->status.percent, 40);
	ck_assert_str_eq(task->status.message, "said");
	ck_assert_int_eq(requests_progress(&core, make("b", false), 1, NULL), -EPERM);
}
END_TEST

START_TEST(progress_survives_an_undone_stop)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(requests_progress(&core, task, 60, "far"), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(task->status.percent, 60);
	ck_assert_str_eq(task->status.message, "far");
	ck_assert_int_eq(task->run->process.stop_signal, -1);
}
END_TEST

START_TEST(an_undone_end_has_used_nothing)
{
	struct task *task = make_running("a");
	const struct run_end end = { .known = true, .usage = { .cpu_ms = 7, .max_rss = 32768 } };
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_int_eq(task_status_usage(&task->status).cpu_ms, 7);
	ck_assert_int_eq(task_status_usage(&task->status).max_rss, 32768);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(task_status_usage(&task->status).max_rss, 0);
	ring();
	commit_all();
	ck_assert_int_eq(task_status_usage(&task->status).cpu_ms, 7);
}
END_TEST

static bool scarce;

static bool sink_is_scarce(void *ctx)
{
	(void)ctx;
	return scarce;
}

START_TEST(nothing_is_claimed_while_the_store_has_no_room)
{
	struct reasons reasons;
	core.journal.sink.is_scarce = sink_is_scarce;
	scarce = false;
	core.paused = true;
	struct task *task = make("a", true);
	commit_all();
	scarce = true;
	core.paused = false;
	core_need(&core, CORE_DUE_SCHEDULE);
	settle_core(&core);
	ck_assert_uint_eq(prepared, 0);
	reasons_find(&core, task, &reasons);
	ck_assert_uint_eq(reasons.count, 1);
	ck_assert_int_eq(reasons.list[0].kind, REASON_SYSTEM);
	/* It is looked at again, and nothing is put. */
	uint64_t last = put_last;
	ck_assert_int_eq(alarm_at, ticks + CORE_RETRY_MS);
	ring();
	ck_assert_uint_eq(put_last, last);
	/* There is room again. */
	scarce = false;
	ring();
	commit_all();
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
	reasons_find(&core, task, &reasons);
	ck_assert_uint_eq(reasons.count, 0);
	ck_assert_int_eq(alarm_at, INT64_MAX);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		no_room_means_later_and_in_order,
		who_waits_for_room_says_so,
		a_postponed_run_goes_again_with_the_retry,
		an_unknown_end_without_words_has_no_status,
		what_is_postponed_at_once_is_not_told_to_go_at_once,
		what_is_being_prepared_can_be_stopped,
		what_is_being_prepared_can_be_undone,
		an_undone_stop_of_what_is_being_prepared_queues_it_again,
		a_postponed_run_that_was_stopped_is_void,
		an_end_that_cannot_be_sealed_is_tried_again,
		out_of_memory_changes_nothing,
		any_commit_may_fail,
		a_failed_creation_is_gone,
		an_answer_waits_for_what_was_asked_and_not_for_what_follows,
		an_answer_that_tells_what_another_asked_waits_for_that,
		trouble_lets_nothing_wait_for_the_disk,
		progress_is_what_the_task_says,
		progress_survives_an_undone_stop,
		an_undone_end_has_used_nothing,
		nothing_is_claimed_while_the_store_has_no_room,
	};
	return unit_run("core failure", setup, teardown, tests);
}
