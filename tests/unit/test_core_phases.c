/* The phases of a run: one table decides each step, and nothing happens before what it follows from is durable. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>

#include "engine/core/requests.h"
#include "engine/core/runs.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(every_phase_and_event)
{
	static const struct {
		enum run_phase phase;
		enum run_event event;
		enum run_phase next;
	} cells[] = {
#define CELL(phase, event, next) { RUN_##phase, RUN_EVENT_##event, RUN_##next }
		CELL(PREPARING, PREPARED, CLAIMING),
		CELL(CLAIMING, CLAIMED, READY),
		CELL(CLAIMING, RECALL, RECALLING_EARLY),
		CELL(READY, RECALL, RECALLING),
		CELL(RECALLING_EARLY, CLAIMED, RECALLING),
		CELL(RECALLING_EARLY, RECALL_UNDONE, CLAIMING),
		CELL(RECALLING, RECALL_UNDONE, READY),
		CELL(READY, PAUSE_DURABLE, READY),
		CELL(READY, RESUME_DURABLE, READY),
		CELL(RECALLING, PAUSE_DURABLE, RECALLING),
		CELL(RECALLING, RESUME_DURABLE, RECALLING),
		CELL(STARTING, PAUSE_DURABLE, STARTING_PAUSED),
		CELL(STARTING, RESUME_DURABLE, STARTING),
		CELL(STARTING_PAUSED, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING_PAUSED, PAUSE_DURABLE, STARTING_PAUSED),
		CELL(STARTING_PAUSED, RESUME_DURABLE, STARTING),
		CELL(STARTING_PAUSED, POSTPONED, READY),
		CELL(STARTING_PAUSED, BEGAN, RUNNING),
		CELL(STARTING_STOPPED, PAUSE_DURABLE, STARTING_STOPPED),
		CELL(STARTING_STOPPED, RESUME_DURABLE, STARTING_STOPPED),
		CELL(ADOPTING, PAUSE_DURABLE, ADOPTING_PAUSED),
		CELL(ADOPTING, RESUME_DURABLE, ADOPTING),
		CELL(ADOPTING_PAUSED, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_PAUSED, PAUSE_DURABLE, ADOPTING_PAUSED),
		CELL(ADOPTING_PAUSED, RESUME_DURABLE, ADOPTING),
		CELL(ADOPTING_PAUSED, BEGAN, RUNNING),
		CELL(ADOPTING_PAUSED, NEVER_BEGAN, READY),
		CELL(ADOPTING_PAUSED, EXITED, ENDED),
		CELL(ADOPTING_STOPPED, PAUSE_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, RESUME_DURABLE, ADOPTING_STOPPED),
		CELL(RUNNING, PAUSE_DURABLE, RUNNING),
		CELL(RUNNING, RESUME_DURABLE, RUNNING),
		CELL(ENDED, PAUSE_DURABLE, ENDED),
		CELL(ENDED, RESUME_DURABLE, ENDED),
		CELL(CLOSING, PAUSE_DURABLE, CLOSING),
		CELL(CLOSING, RESUME_DURABLE, CLOSING),
		CELL(VOID, PAUSE_DURABLE, VOID),
		CELL(VOID, RESUME_DURABLE, VOID),
		CELL(UNCLAIMING, PAUSE_DURABLE, UNCLAIMING),
		CELL(UNCLAIMING, RESUME_DURABLE, UNCLAIMING),
		CELL(READY, GO, STARTING),
		CELL(READY, WITHDRAW, VOID),
		CELL(STARTING, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING, POSTPONED, READY),
		CELL(STARTING, BEGAN, RUNNING),
		CELL(STARTING_STOPPED, STOP_DURABLE, STARTING_STOPPED),
		CELL(STARTING_STOPPED, POSTPONED, READY),
		CELL(STARTING_STOPPED, BEGAN, RUNNING),
		CELL(ADOPTING, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, STOP_DURABLE, ADOPTING_STOPPED),
		CELL(ADOPTING_STOPPED, BEGAN, RUNNING),
		CELL(ADOPTING_STOPPED, NEVER_BEGAN, READY),
		CELL(ADOPTING_STOPPED, EXITED, ENDED),
		CELL(ADOPTING, BEGAN, RUNNING),
		CELL(ADOPTING, NEVER_BEGAN, READY),
		CELL(ADOPTING, EXITED, ENDED),
		CELL(RUNNING, STOP_DURABLE, RUNNING),
		CELL(RUNNING, EXITED, ENDED),
		CELL(ENDED, STOP_DURABLE, ENDED),
		CELL(ENDED, EXITED, ENDED),
		CELL(ENDED, CLOSE, CLOSING),
		CELL(CLOSING, STOP_DURABLE, CLOSING),
		CELL(CLOSING, EXITED, CLOSING),
		CELL(CLOSING, REOPEN, ENDED),
		CELL(VOID, STOP_DURABLE, VOID),
		CELL(VOID, RESTORE, READY),
		CELL(VOID, UNCLAIM, UNCLAIMING),
		CELL(UNCLAIMING, STOP_DURABLE, UNCLAIMING),
		CELL(UNCLAIMING, VOID_AGAIN, VOID),
#undef CELL
	};
	for (int phase = -1; phase <= RUN_PHASE_COUNT; phase++) {
		for (int event = -1; event <= RUN_EVENT_COUNT; event++) {
			int next = -1;
			for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
				if ((int)cells[i].phase == phase && (int)cells[i].event == event)
					next = (int)cells[i].next;
			}
			ck_assert_msg(run_phase_next((enum run_phase)phase, (enum run_event)event) == next,
			              "%s × %s", run_phase_name((enum run_phase)phase),
			              run_event_name((enum run_event)event));
		}
	}
}
END_TEST

START_TEST(what_cannot_be_is_told_and_ignored)
{
	struct task *task = make_running("a");
	ck_assert(!run_step(task->run, RUN_EVENT_GO));
	ck_assert_int_eq(task->run->phase, RUN_RUNNING);
	ck_assert_uint_eq(told_impossible, 1);
	told_impossible = 0;
}
END_TEST

START_TEST(nothing_goes_before_its_claim_is_durable)
{
	struct task *task = make("a", true);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(task->run->phase, RUN_CLAIMING);
	ck_assert_uint_eq(started_count, 0);
	commit();
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(task->run->phase, RUN_STARTING);
}
END_TEST

START_TEST(nothing_is_forgotten_before_its_end_is_durable)
{
	struct task *task = make_running("a");
	now += 5000;
	ticks += 5000;
	ended(task->run, 0, 0);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	ck_assert_int_eq(task->status.percent, 100);
	ck_assert_uint_eq(sealed, 1);
	ck_assert_uint_eq(forgotten, 0);
	ck_assert_uint_eq(told_ended, 0);
	commit();
	ck_assert_uint_eq(forgotten, 1);
	ck_assert_uint_eq(told_ended, 1);
	ck_assert_ptr_null(task->run);
	ck_assert_int_eq(task_duration(&task->status, now), 5000);
}
END_TEST

START_TEST(a_kill_of_what_has_ended_is_for_who_is_left)
{
	const struct stop_options by_kill = { .given = true, .signal = SIGKILL, .kill_after = -1 };
	struct task *task = make_running("a");
	ended(task->run, 0, 0);
	commit();
	left_over = false;
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), -EPERM);
	left_over = true;
	ck_assert_int_eq(requests_stop(&core, task, &term), -EPERM);
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), 0);
	ck_assert_int_eq(task->status.state, TASK_COMPLETED);
	/* A task that has not begun leaves no process running. */
	task = make("b", false);
	ck_assert_int_eq(requests_stop(&core, task, &by_kill), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	left_over = false;
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_phase_and_event,
		what_cannot_be_is_told_and_ignored,
		nothing_goes_before_its_claim_is_durable,
		nothing_is_forgotten_before_its_end_is_durable,
		a_kill_of_what_has_ended_is_for_who_is_left,
	};
	return unit_run("core phases", setup, teardown, tests);
}
