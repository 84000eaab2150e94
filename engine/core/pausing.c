#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/ending.h"
#include "engine/core/lifecycle.h"
#include "engine/core/limits.h"
#include "engine/core/pausing.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/core/settle.h"
#include "engine/core/stopping.h"

/* Pausing and resuming a task that waits. */

/* A task that is held is not prepared. */
static void pausing_judge(struct core *core, struct task *task)
{
	if (task_plan(task)->marks.held)
		run_abandon(core, task);
	queue_judge(core, task);
}

static int pausing_hold(struct core *core, struct task *task, enum task_event event)
{
	static const struct lifecycle_effect effect = { .undone = pausing_judge };
	/* The run of an attempt that has ended may still be there. */
	struct lifecycle_fill fill = { .fields = LIFECYCLE_MARKS | LIFECYCLE_NO_PROCESS, .urgent = true };
	bool hold = event == TASK_EVENT_PAUSE;
	if (task_plan(task)->marks.held == hold)
		return hold ? 0 : -EPERM;
	if (!record_make_plan(task))
		return -ENOMEM;
	fill.marks = task->plan->marks;
	fill.marks.held = hold;
	int error = lifecycle_apply(core, task, event, &fill, &effect);
	if (!error)
		pausing_judge(core, task);
	return error;
}

static int pausing_give_back(struct core *core, struct task *task)
{
	if (!record_make_plan(task))
		return -ENOMEM;
	struct plan_marks marks = task->plan->marks;
	marks.held = true;
	return ending_recall(core, task->run, &marks);
}

/* Pausing and resuming a task that runs or is being started. */

static void pausing_durable(struct core *core, struct task *task, bool pause)
{
	struct run *run = task->run;
	if (!run)
		return;
	run->pauses--;
	run->resumed = !pause;
	if (run_step(run, pause ? RUN_EVENT_PAUSE_DURABLE : RUN_EVENT_RESUME_DURABLE))
		stopping_pause(core, run, pause);
	if (pause)
		limits_paused(run);
	else
		limits_resumed(run);
}

static void pausing_paused(struct core *core, struct task *task)
{
	pausing_durable(core, task, true);
}

static void pausing_resumed(struct core *core, struct task *task)
{
	pausing_durable(core, task, false);
}

static void pausing_undone(struct core *core, struct task *task)
{
	struct run *run = task->run;
	if (!run)
		return;
	run->pauses--;
	limits_follow(run);
	queue_judge(core, task);
}

/* As a stop, it is sent whatever the disk says, and the answer says that it is not recorded. */
static void pausing_resume_unrecorded(struct core *core, struct task *task, const struct task_process *asked)
{
	(void)asked;
	if (task->run)
		stopping_pause(core, task->run, false);
}

bool pausing_resume_sends(const struct task *task)
{
	return task->run && stopping_reaches(task->run) &&
	       task_state_next(task->status.state, TASK_EVENT_RESUME) >= 0;
}

/* Never 0: that says that this attempt was not paused (leftovers_watch()). */
static int64_t pausing_ran(const struct run *run)
{
	int64_t ran = limits_ran(run);
	return ran > 0 ? ran : 1;
}

static int pausing_apply(struct core *core, struct task *task, enum task_event event,
                         void (*committed)(struct core *core, struct task *task))
{
	struct lifecycle_effect effect = { .committed = committed, .undone = pausing_undone };
	if (event == TASK_EVENT_RESUME)
		effect.unrecorded = pausing_resume_unrecorded;
	struct lifecycle_fill fill = { .fields = LIFECYCLE_MARKS, .urgent = true };
	if (!record_make_plan(task))
		return -ENOMEM;
	fill.marks = task->plan->marks;
	if (event == TASK_EVENT_PAUSE) {
		limits_pause(task->run);
		fill.marks.ran = pausing_ran(task->run);
	} else if (task->run->uncounted > fill.marks.ran) {
		fill.marks.ran = task->run->uncounted;
	}
	fill.marks.resumed_at = event == TASK_EVENT_PAUSE ? 0 : core_now(core);
	int error = lifecycle_apply(core, task, event, &fill, &effect);
	if (error)
		return error;
	task->run->pauses++;
	queue_judge(core, task);
	return 0;
}

static int pausing_finish(struct core *core, int error)
{
	core_asked(core);
	settle_core(core);
	return error;
}

int pausing_pause(struct core *core, struct task *task)
{
	enum task_state state = task->status.state;
	if (task_state_next(state, TASK_EVENT_PAUSE) < 0)
		return -EPERM;
	if (journal_is_scarce(&core->journal))
		return -ENOSPC;
	if (state == TASK_QUEUED)
		return pausing_finish(core, pausing_hold(core, task, TASK_EVENT_PAUSE));
	if (state == TASK_CLAIMED && run_phase_next(task->run->phase, RUN_EVENT_RECALL) >= 0)
		return pausing_finish(core, pausing_give_back(core, task));
	return pausing_finish(core, pausing_apply(core, task, TASK_EVENT_PAUSE, pausing_paused));
}

int pausing_resume(struct core *core, struct task *task)
{
	enum task_state state = task->status.state;
	if (task_state_next(state, TASK_EVENT_RESUME) < 0)
		return -EPERM;
	if (state == TASK_QUEUED)
		return pausing_finish(core, pausing_hold(core, task, TASK_EVENT_RESUME));
	return pausing_finish(core, pausing_apply(core, task, TASK_EVENT_RESUME, pausing_resumed));
}

/* The change of whether the server is paused, on its way to the store. */
struct pausing_change {
	struct journal_change change; /* first */
	struct core *core;
	bool before;
	enum group_sweep sweep; /* before */
};

static void pausing_free(struct journal_change *journaled)
{
	free(journaled);
}

static void pausing_mark(struct core *core, bool paused, enum group_sweep sweep)
{
	core->paused = paused;
	core->sweep = sweep;
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

static void pausing_mark_undone(struct journal_change *journaled)
{
	struct pausing_change *change = (struct pausing_change *)journaled;
	pausing_mark(change->core, change->before, change->sweep);
	free(change);
}

static int pausing_put_server(struct core *core, bool paused, enum group_sweep sweep)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct pausing_change *change = calloc(1, sizeof(*change));
	if (!change)
		return -ENOMEM;
	change->change = (struct journal_change){ .effect = pausing_free,
		                                  .undo = pausing_mark_undone,
		                                  .drop = pausing_free };
	change->core = core;
	change->before = core->paused;
	change->sweep = core->sweep;
	store_batch_paused(&batch, paused);
	if (sweep != core->sweep)
		store_batch_sweep(&batch, sweep);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error)
		free(change);
	return error;
}

int pausing_set_server(struct core *core, bool paused, enum group_sweep sweep)
{
	int error = pausing_put_server(core, paused, sweep);
	if (error)
		return error;
	core_asked(core);
	pausing_mark(core, paused, sweep);
	settle_core(core);
	return 0;
}
