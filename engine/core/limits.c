#include "config.h"

#include <signal.h>
#include <stddef.h>

#include "engine/core/lifecycle.h"
#include "engine/core/limits.h"
#include "engine/core/stopping.h"

static void limits_try_again(struct run *run)
{
	(void)timers_set(&run->core->limits, &run->limit, core_ticks(run->core) + CORE_RETRY_MS);
}

static void limits_undone(struct core *core, struct task *task)
{
	stopping_undone(core, task);
	if (task->run && task->status.state == TASK_RUNNING)
		limits_try_again(task->run);
}

static int limits_stop(struct run *run)
{
	static const struct lifecycle_effect effect = { .recorded = stopping_recorded,
		                                        .undone = limits_undone };
	struct core *core = run->core;
	int64_t kill_after = task_plan(run->task)->kill_after;
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_STOP,
		.process = { .stop_signal = SIGTERM,
		             .kill_at = kill_after >= 0 ? core_now(core) + kill_after : 0 },
		.urgent = true,
	};
	return lifecycle_apply(core, run->task, TASK_EVENT_OVERDUE, &fill, &effect);
}

/* Whether it runs, and since when, is not known before its last pause or resume is durable. */
static bool limits_counts(const struct run *run)
{
	return run->phase == RUN_RUNNING && run->task->status.state == TASK_RUNNING && run->pauses == 0;
}

static void limits_reached(struct timer *timer)
{
	struct run *run = (struct run *)((char *)timer - offsetof(struct run, limit));
	if (limits_counts(run) && (run->core->troubled || limits_stop(run)))
		limits_try_again(run);
}

/* Before its last resume, which may have been put before it was known how long it ran until its pause was sent. */
static int64_t limits_ran_before(const struct run *run)
{
	const struct plan_marks *marks = &task_plan(run->task)->marks;
	return run->uncounted > marks->ran ? run->uncounted : marks->ran;
}

/* There was room for the timer when the run was made, so it can be set. */
void limits_follow(struct run *run)
{
	const struct task_plan *plan = task_plan(run->task);
	if (!run->limited)
		return;
	run->limit.fire = limits_reached;
	if (limits_counts(run))
		(void)timers_set(&run->core->limits, &run->limit,
		                 run->since + plan->time_limit - limits_ran_before(run));
	else
		limits_clear(run);
}

void limits_recovered(struct run *run)
{
	const struct core *core = run->core;
	int64_t resumed_at = task_plan(run->task)->marks.resumed_at, ago = core_now(core) - resumed_at;
	if (run->task->status.state == TASK_RUNNING && resumed_at > 0)
		run->since = core_ticks(core) - (ago > 0 ? ago : 0);
}

void limits_began(struct run *run, bool paused)
{
	/* A pause that was over before the command was known to have begun has never been sent. */
	if (run->paused_early || run->since < run->began)
		run->since = run->began;
	if (paused)
		run->since = 0;
	if (paused)
		limits_paused(run);
	else
		limits_follow(run);
}

void limits_resumed(struct run *run)
{
	run->since = core_ticks(run->core);
	limits_follow(run);
}

/*
 * What was paused and resumed while it was being started has not run, whatever its state says; and it is not known yet
 * whether what an earlier server claimed has, or never will be.
 */
static bool limits_has_begun(const struct run *run)
{
	bool known = run->began > 0 || !run->only_claimed;
	return run->phase == RUN_RUNNING ||
	       (known && (run_phase_is_adopting(run->phase) || run->phase == RUN_ENDED));
}

/*
 * It goes on running until its process is there, and the signal of the pause is sent.  An earlier server may have paused
 * what is adopted, after it had begun: then it has run more than the millisecond that only says that it was paused.
 */
void limits_pause(struct run *run)
{
	run->paused_early |= !limits_has_begun(run) && task_plan(run->task)->marks.ran <= 1;
}

void limits_paused(struct run *run)
{
	if (run->paused_early && run->uncounted < 0 && run->phase == RUN_RUNNING)
		run->uncounted = core_ticks(run->core) - run->began;
	limits_follow(run);
}

int64_t limits_ran(const struct run *run)
{
	const struct task *task = run->task;
	const struct plan_marks *marks = &task_plan(task)->marks;
	int64_t since = marks->resumed_at ? marks->resumed_at : task->status.started_at, time = 0;
	if (run->pauses > 0 || !limits_has_begun(run))
		return marks->ran;
	if (run->since > 0)
		time = core_ticks(run->core) - run->since;
	else if (since > 0)
		time = core_now(run->core) - since;
	return limits_ran_before(run) + (time > 0 ? time : 0);
}

void limits_clear(struct run *run)
{
	timers_clear(&run->core->limits, &run->limit);
}
