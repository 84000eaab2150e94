#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/attempts.h"
#include "engine/core/dependencies.h"
#include "engine/core/ending.h"
#include "engine/core/groups.h"
#include "engine/core/leftovers.h"
#include "engine/core/lifecycle.h"
#include "engine/core/limits.h"
#include "engine/core/queue.h"
#include "engine/core/requests.h"
#include "engine/core/runs.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "engine/core/stopping.h"
#include "engine/task/messages.h"

static void requests_stopped(struct core *core, struct task *task)
{
	leftovers_look(core, task);
	queue_dismiss(core, task);
	lifecycle_ended(core, task);
}

int requests_start(struct core *core, struct task *task)
{
	static const struct lifecycle_effect effect = { .undone = scheduler_undo_start };
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_START_ORDER,
		.status = { .start_order = queue_next_start(core) },
		.urgent = true,
	};
	if (task_state_next(task->status.state, TASK_EVENT_START) < 0)
		return -EPERM;
	if (plan_delay(task_plan(task)) > 0) {
		fill.fields |= LIFECYCLE_MARKS;
		fill.marks = task->plan->marks;
		fill.marks.not_before = core_now(core) + plan_delay(task->plan);
	}
	if (journal_is_scarce(&core->journal))
		return -ENOSPC;
	journal_open(&core->journal);
	int error = queue_admit(core, task);
	if (!error)
		error = lifecycle_apply(core, task, TASK_EVENT_START, &fill, &effect);
	if (error) {
		queue_dismiss(core, task);
	} else {
		queue_enter(core, task);
		dependencies_judge(core, task);
	}
	int closing = journal_close(&core->journal);
	if (error || closing)
		return error ? error : closing;
	core_asked(core);
	settle_core(core);
	return 0;
}

static int requests_stop_unstarted(struct core *core, struct task *task)
{
	static const struct lifecycle_effect effect = { .committed = requests_stopped,
		                                        .undone = queue_return };
	char text[TASK_MESSAGE_MAX];
	struct lifecycle_fill fill = {
		/* the run of an attempt that has ended may still be there */
		.fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE | LIFECYCLE_NO_PROCESS,
		.status = { .ended_at = core_now(core),
		            .message = attempts_describe_stop(task, text, sizeof(text)) },
		.urgent = true,
	};
	bool queued = task->status.state == TASK_QUEUED;
	int error = lifecycle_apply(core, task, TASK_EVENT_STOP, &fill, &effect);
	if (!error && queued)
		scheduler_dequeue(core, task);
	return error;
}

/*
 * A user must be able to stop a task even if the disk is full.  So the signal is sent, and the answer says
 * that the stop is not recorded.
 */
static void requests_stop_unrecorded(struct core *core, struct task *task, const struct task_process *asked)
{
	struct run *run = task->run;
	(void)core;
	if (run && asked->stop_signal > 0 && stopping_reaches(run))
		run->executor->verbs->signal(run->executor, &run, 1, asked->stop_signal);
}

bool requests_stop_sends(const struct task *task, const struct stop_options *options)
{
	const struct run *run = task->run;
	return run && stopping_reaches(run) && options->signal > 0 &&
	       (options->given || !task_state_stops(task->status.state));
}

/* The task is paused.  Or it was paused, and it is unknown whether SIGCONT was sent. */
static bool requests_may_be_paused(const struct run *run)
{
	return run->task->status.state == TASK_PAUSED || run->pauses > 0 ||
	       task_plan(run->task)->marks.resumed_at > 0 || run->process.stop_signal == SIGCONT;
}

/*
 * An earlier stop may have a signal that waits until the command has begun, or until that stop is durable.  A
 * stop that sends none leaves it in place, or it would be lost.  It continues what is paused, too.
 */
static bool requests_stop_keeps(const struct run *run, const struct stop_options *options)
{
	bool begun = run->phase == RUN_RUNNING || run->phase == RUN_ENDED;
	/* Its time limit has sent one. */
	if (run->task->status.state == TASK_OVERTIME && !options->given)
		return true;
	return options->signal <= 0 && run->process.stop_signal > 0 &&
	       (!begun || run->process.stop_signal != run->stop.signal);
}

/* A paused task must be continued in any case, since it could never end otherwise. */
static int requests_stop_signal(const struct run *run, const struct stop_options *options)
{
	if (requests_stop_keeps(run, options))
		return run->process.stop_signal;
	return options->signal <= 0 && requests_may_be_paused(run) ? SIGCONT : options->signal;
}

/* Its time limit may have been reached meanwhile, which meant nothing to a task that was being stopped. */
static void requests_stop_undone(struct core *core, struct task *task)
{
	stopping_undone(core, task);
	if (task->run)
		limits_follow(task->run);
}

static int requests_stop_started(struct core *core, struct task *task, const struct stop_options *options)
{
	struct lifecycle_effect effect = { .recorded = stopping_recorded, .undone = requests_stop_undone };
	struct run *run = task->run;
	if (requests_stop_keeps(run, options))
		effect.recorded = stopping_kept;
	if (requests_stop_sends(task, options))
		effect.unrecorded = requests_stop_unrecorded;
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_STOP,
		.process = { .stop_signal = requests_stop_signal(run, options),
		             .kill_at = run->process.kill_at },
		.urgent = true,
	};
	if (options->kill_after >= 0)
		fill.process.kill_at = core_now(core) + options->kill_after;
	int error = lifecycle_apply(core, task, TASK_EVENT_STOP, &fill, &effect);
	if (!error && run->phase == RUN_READY) {
		queue_drop_run(core, run);
		ending_withdraw(core, run);
	}
	return error;
}

/* The task has ended, but processes of it may be left.  A kill is meant for these. */
static int requests_stop_left(struct core *core, const struct task *task, const struct stop_options *options)
{
	bool reached = options->signal == SIGKILL && task_state_terminal(task->status.state) &&
	               core->executor->verbs->kill_left(core->executor, task);
	if (reached)
		leftovers_killed(core, task);
	core_asked(core);
	return reached ? 0 : -EPERM;
}

int requests_stop(struct core *core, struct task *task, const struct stop_options *options)
{
	int next = task_state_next(task->status.state, TASK_EVENT_STOP);
	if (next < 0)
		return requests_stop_left(core, task, options);
	if (task->status.state == TASK_STOPPING && !options->given) {
		core_asked(core);
		return 0;
	}
	/* Those of the last attempt: what is meant to be killed is, even if the stop is not recorded. */
	if (options->signal == SIGKILL && task->standing && task->standing->lingers)
		(void)core->executor->verbs->kill_left(core->executor, task);
	int error = next == TASK_STOPPED ? requests_stop_unstarted(core, task)
	                                 : requests_stop_started(core, task, options);
	core_asked(core);
	settle_core(core);
	return error;
}

int requests_progress(struct core *core, struct task *task, int percent, const char *message)
{
	/* What it has said before in another way must not come later. */
	const struct run *run = task->run;
	if (run && run->executor->verbs->look)
		run->executor->verbs->look(run->executor, run);
	/* A command may report progress before the report that it began. */
	if (!task_state_active(task->status.state))
		return -EPERM;
	if (message && task_status_set_message(&task->status, *message ? message : NULL))
		return -ENOMEM;
	task->reported = true;
	task->status.percent_known = true;
	task->status.percent = (uint8_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent);
	lifecycle_touch(core, task);
	/*
	 * This changes nothing in the store.  So the reply waits for nothing if the claim of the task is
	 * durable.
	 */
	bool claiming = task->run->phase == RUN_CLAIMING;
	core->asked = claiming ? core->journal.sequence : core->journal.committed;
	settle_core(core);
	return 0;
}

/* A new number of slots on its way to the store, and the former one. */
struct requests_slots {
	struct journal_change change; /* first */
	struct core *core;
	unsigned before;
};

static void requests_slots_free(struct journal_change *journaled)
{
	free(journaled);
}

static void requests_reschedule(struct core *core, unsigned slots)
{
	core->options.slots = slots;
	groups_touch_all(core);
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

static void requests_slots_undone(struct journal_change *journaled)
{
	struct requests_slots *change = (struct requests_slots *)journaled;
	requests_reschedule(change->core, change->before);
	free(change);
}

static struct journal_change *requests_slots_new(struct core *core)
{
	struct requests_slots *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	change->change = (struct journal_change){
		.effect = requests_slots_free,
		.undo = requests_slots_undone,
		.drop = requests_slots_free,
	};
	change->core = core;
	change->before = core->options.slots;
	return &change->change;
}

int requests_set_slots(struct core *core, unsigned slots)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct journal_change *change = requests_slots_new(core);
	int error;

	if (!change)
		return -ENOMEM;
	store_batch_slots(&batch, slots);
	error = journal_put(&core->journal, change, &batch, true);
	if (error) {
		requests_slots_free(change);
		return error;
	}
	core_asked(core);
	requests_reschedule(core, slots);
	settle_core(core);
	return 0;
}
