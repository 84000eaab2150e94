/* Starts, stops, ends, progress and texts, in a core with no process and no disk. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/editing.h"
#include "engine/core/pausing.h"
#include "engine/core/requests.h"
#include "engine/core/runs.h"
#include "engine/task/messages.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

/*
 * If somebody sets the clock while a task runs, its duration stays right, and its start moves with the clock.
 */
START_TEST(a_duration_is_no_matter_of_the_clock)
{
	static const int64_t steps[] = { -3600000, 3600000, 10 * 24 * 3600000L, -5000, 100 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		char name[] = { (char)('a' + i), '\0' };
		struct task *task = make_running(name);
		int64_t start = task->status.started_at;
		now += 5000;
		ticks += 5000;
		ck_assert_int_eq(run_started_at(task, now), start);
		ck_assert_int_eq(run_duration(task, now), 5000);
		now += steps[i];
		/* A small step is only drift between the clocks, so it is not taken for a new setting. */
		bool set = steps[i] != 100;
		ck_assert_int_eq(run_duration(task, now), set ? 5000 : 5100);
		ck_assert_int_eq(run_started_at(task, now), set ? start + steps[i] : start);
		now += 2000;
		ticks += 2000;
		ended(task->run, 0, 0);
		commit();
		ck_assert_int_eq(task->status.ended_at, now);
		ck_assert_int_eq(task->status.started_at, set ? start + steps[i] : start);
		/* After the end, the duration no longer changes. */
		now += steps[i];
		ck_assert_int_eq(run_duration(task, now), set ? 7000 : 7100);
	}
}
END_TEST

START_TEST(what_runs_since_before_this_server_has_run_since_then)
{
	struct task *task = make("a", true);
	commit();
	ticks += 100000;
	now += 100000;
	struct executor_began report = { .process = task->run->process,
		                         .started_at = now - 60000,
		                         .tick = ticks - 60000 };
	executor.reports.began(executor.reports.ctx, task->run, &report);
	ck_assert_int_eq(run_duration(task, now), 60000);
	now -= 3600000;
	ck_assert_int_eq(run_duration(task, now), 60000);
	ended(task->run, 0, 0);
	commit();
}
END_TEST

START_TEST(a_start_is_once)
{
	struct task *task = make("a", false);
	ck_assert_int_eq(requests_start(&core, task), 0);
	ck_assert_int_eq(requests_start(&core, task), -EPERM);
	commit();
	ck_assert_int_eq(requests_start(&core, task), -EPERM);
	ck_assert_uint_eq(started_count, 1);
}
END_TEST

START_TEST(a_stop_before_the_claim_is_committed_takes_it_back)
{
	struct task *task = make("a", true);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED_BEFORE_START);
	commit();
	ck_assert_uint_eq(started_count, 0);
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_uint_eq(signals, 0);
}
END_TEST

START_TEST(a_stop_of_a_ready_claim_takes_it_back)
{
	core.options.slots = 1;
	make_running("a");
	struct task *task = make("b", true);
	commit();
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_ptr_null(task->run);
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(a_stop_during_the_spawn_is_sent_when_it_began)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_int_eq(task->run->phase, RUN_STARTING_STOPPED);
	ck_assert_uint_eq(signals, 0);
	began(task->run);
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED);
}
END_TEST

START_TEST(a_stop_that_is_not_durable_is_not_sent)
{
	struct task *task = make("a", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	began(task->run);
	ck_assert_uint_eq(signals, 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 0);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_uint_eq(signals, 1);
}
END_TEST

START_TEST(a_stop_that_cannot_be_recorded_is_sent_all_the_same)
{
	static const struct stop_options kill = { .given = true, .signal = SIGKILL, .kill_after = -1 },
					 none = { .given = true, .signal = 0, .kill_after = -1 };
	struct task *task = make_running("a");
	ck_assert(requests_stop_sends(task, &term));
	ck_assert(!requests_stop_sends(task, &none));
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert(!requests_stop_sends(task, &term));
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(requests_stop(&core, task, &kill), 0);
	fail_commit();
	ck_assert_uint_eq(signals, 2);
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	fail_commit();
	ck_assert_uint_eq(signals, 2);
	/* No stop was stored, so the task ends as failed. */
	ended(task->run, 1, 0);
	ring();
	commit();
	commit();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
}
END_TEST

/* Otherwise a crash between both commits and the signal would lose it. */
START_TEST(a_stop_that_sends_none_keeps_the_signal_of_one_on_its_way)
{
	static const struct stop_options none = { .given = true, .signal = 0, .kill_after = 700 };
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	commit();
	commit();
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(last_signal, SIGTERM);
	ck_assert_int_eq(task->run->stop.kill_at, now + 700);
	/* Once it is sent there is nothing to keep. */
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	commit();
	ck_assert_int_eq(task->run->process.stop_signal, 0);
	ck_assert_uint_eq(signals, 1);
}
END_TEST

/* It continues the task, too. */
START_TEST(a_stop_that_sends_none_keeps_the_signal_for_what_is_paused)
{
	static const struct stop_options none = { .given = true, .signal = 0, .kill_after = -1 };
	struct task *task = make_running("a");
	ck_assert_int_eq(pausing_pause(&core, task), 0);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ck_assert_int_eq(requests_stop(&core, task, &none), 0);
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	commit_all();
	ck_assert_int_eq(last_signal, SIGTERM);
}
END_TEST

START_TEST(a_second_stop_needs_an_option)
{
	struct task *task = make_running("a");
	struct stop_options again = { .given = true, .signal = SIGINT, .kill_after = -1 };
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ck_assert_uint_eq(signals, 1);
	ck_assert_int_eq(requests_stop(&core, task, &again), 0);
	fail_commit();
	ck_assert_int_eq(task->run->process.stop_signal, SIGTERM);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(requests_stop(&core, task, &again), 0);
	commit();
	ck_assert_int_eq(last_signal, SIGINT);
}
END_TEST

START_TEST(a_kill_comes_when_it_is_due)
{
	struct task *task = make_running("a");
	struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = 3000 };
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	ck_assert_int_eq(alarm_at, INT64_MAX);
	commit();
	ck_assert_int_eq(alarm_at, ticks + 3000);
	ring();
	ck_assert_int_eq(last_signal, SIGKILL);
	ended(task->run, 0, 0);
	commit();
	ck_assert_int_eq(timers_next(&core.timers), INT64_MAX);
}
END_TEST

START_TEST(a_clock_that_is_set_delays_nothing)
{
	struct task *task = make_running("a");
	struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = 3000 };
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	commit();
	now -= 3600000;
	refuse = -EMFILE;
	struct task *other = make("b", true);
	refuse = 0;
	ring();
	ck_assert_int_eq(other->status.state, TASK_CLAIMED);
	now -= 3600000;
	ring();
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_int_eq(ticks, 3500);
	ended(task->run, 0, 0);
}
END_TEST

START_TEST(a_second_stop_leaves_the_kill_of_the_first)
{
	struct task *task = make_running("a");
	struct stop_options options = { .given = true, .signal = SIGTERM, .kill_after = 3000 };
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	commit();
	now -= 3600000;
	options.kill_after = -1;
	ck_assert_int_eq(requests_stop(&core, task, &options), 0);
	commit();
	ck_assert_uint_eq(signals, 2);
	ring();
	ck_assert_int_eq(last_signal, SIGKILL);
	ck_assert_int_eq(ticks, 3500);
	ended(task->run, 0, 0);
}
END_TEST

START_TEST(a_stop_lasts_until_the_session_is_empty)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ended(task->run, 3, 2);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(task->status.exit_code, 3);
	commit();
	ck_assert_uint_eq(forgotten, 0);
	ended(task->run, 3, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

/* Who has asked for it wants to see it, whatever else runs. */
START_TEST(the_end_of_a_stop_is_not_delayed)
{
	struct task *task = make_running("a"), *other = make_running("b"), *third = make_running("c");
	ck_assert_int_eq(third->run->phase, RUN_RUNNING);
	ended(other->run, 0, 0);
	ck_assert(!put_urgent);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	ended(task->run, 3, 0);
	ck_assert(put_urgent);
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
}
END_TEST

START_TEST(an_exit_that_is_stored_is_no_unknown_end)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	commit();
	const struct run_end end = { .known = true, .exit_code = 3, .left = 2, .usage = { .cpu_ms = 40 } };
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit();
	ended(task->run, -1, 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_int_eq(task->status.exit_code, 3);
	ck_assert_int_eq(task_status_usage(&task->status).cpu_ms, 40);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED);
}
END_TEST

START_TEST(without_a_stop_those_left_are_named)
{
	struct task *task = make_running("a");
	struct run_end end = {
		.known = true, .exit_code = 0, .left = 1, .survivors = (char *)MSG_LEFT_RUNNING "7 (x)"
	};
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_str_eq(task->status.message, MSG_LEFT_RUNNING "7 (x)");
	/* The end of the remaining processes is not reported again. */
	end.left = 0;
	executor.reports.ended(executor.reports.ctx, task->run, &end);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(a_stop_waits_for_none_that_are_gone_already)
{
	struct task *task = make_running("a");
	ended(task->run, 0, 1);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ended(task->run, 0, 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_RUNNING);
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ring(); /* a probe of the store */
	commit();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(an_undone_stop_lets_an_end_be_an_end)
{
	struct task *task = make_running("a");
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	ended(task->run, 3, 1);
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	fail_commit();
	ring(); /* a probe of the store */
	commit();
	ck_assert_int_eq(task->status.state, TASK_FAILED);
	commit();
	ck_assert_uint_eq(told_ended, 1);
}
END_TEST

START_TEST(an_undone_stop_makes_a_claim_ready_again)
{
	core.options.slots = 1;
	struct task *first = make_running("a"), *task = make("b", true);
	commit();
	ck_assert_int_eq(requests_stop(&core, task, &term), 0);
	fail_commit();
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(task->run->phase, RUN_READY);
	ring();
	commit();
	ended(first->run, 0, 0);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(text_is_undone)
{
	struct task *task = make("a", false);
	char *error = NULL;
	commit();
	ck_assert_int_eq(editing_set_text(&core, task, "one", NULL, &error), 0);
	commit();
	ck_assert_int_eq(editing_set_text(&core, task, "two", "about", &error), 0);
	ck_assert_str_eq(task_given_name(task), "two");
	fail_commit();
	ck_assert_str_eq(task_given_name(task), "one");
	ck_assert_ptr_null(task_description(task));
	ck_assert_int_eq(editing_set_text(&core, task, " ", NULL, &error), -EINVAL);
	ck_assert_ptr_nonnull(error);
	free(error);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_duration_is_no_matter_of_the_clock,
		what_runs_since_before_this_server_has_run_since_then,
		a_start_is_once,
		a_stop_before_the_claim_is_committed_takes_it_back,
		a_stop_of_a_ready_claim_takes_it_back,
		a_stop_during_the_spawn_is_sent_when_it_began,
		a_stop_that_is_not_durable_is_not_sent,
		a_stop_that_cannot_be_recorded_is_sent_all_the_same,
		a_stop_that_sends_none_keeps_the_signal_of_one_on_its_way,
		a_stop_that_sends_none_keeps_the_signal_for_what_is_paused,
		a_second_stop_needs_an_option,
		a_kill_comes_when_it_is_due,
		a_clock_that_is_set_delays_nothing,
		a_second_stop_leaves_the_kill_of_the_first,
		a_stop_lasts_until_the_session_is_empty,
		the_end_of_a_stop_is_not_delayed,
		an_exit_that_is_stored_is_no_unknown_end,
		without_a_stop_those_left_are_named,
		a_stop_waits_for_none_that_are_gone_already,
		an_undone_stop_lets_an_end_be_an_end,
		an_undone_stop_makes_a_claim_ready_again,
		text_is_undone,
	};
	return unit_run("core", setup, teardown, tests);
}
