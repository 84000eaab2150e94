#include "config.h"

#include <stdio.h>
#include <utlist.h>

#include "engine/core/ending.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/core/scheduler.h"
#include "engine/task/messages.h"

enum { SCHEDULER_LIST = 64 }; /* runs that one call of a verb takes */

static unsigned scheduler_room(const struct core *core)
{
	unsigned room = core->executor->verbs->room(core->executor), slots = core->options.slots;
	unsigned active = core_active(core);
	if (core->backing_off)
		return 0;
	if (slots == 0)
		return room;
	slots = active < slots ? slots - active : 0;
	return slots < room ? slots : room;
}

/* Claims that exist, or are being made, and have not started. */
static unsigned scheduler_ahead(const struct core *core)
{
	return core->phases[RUN_PREPARING] + core->phases[RUN_CLAIMING] + core->phases[RUN_READY];
}

/* Puts the task back to the front of the queue. */
static void scheduler_give_up(struct core *core, struct run *run)
{
	struct task *task = run->task;
	run_free(run);
	queue_prepend(core, task);
}

void scheduler_dequeue(struct core *core, struct task *task)
{
	struct run *run = task->run;
	if (!run) {
		queue_remove(core, task);
		return;
	}
	core->executor->verbs->forget(core->executor, &run, 1);
	run_free(run);
	core_need(core, CORE_DUE_SCHEDULE);
}

static void scheduler_claimed(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run_step(run, RUN_EVENT_CLAIMED);
	if (task->status.state == TASK_STOPPING)
		ending_withdraw(core, run);
	else
		queue_ready(core, run, false);
}

static void scheduler_claim_undone(struct core *core, struct task *task)
{
	struct run *run = task->run;
	core->executor->verbs->forget(core->executor, &run, 1);
	scheduler_give_up(core, run);
}

void scheduler_prepared(struct core *core, struct run *run, const struct task_process *process)
{
	static const struct lifecycle_effect effect = { .committed = scheduler_claimed,
		                                        .undone = scheduler_claim_undone };
	run_step(run, RUN_EVENT_PREPARED);
	run->process = *process;
	/* A slot is free, so the commit is not delayed. */
	struct lifecycle_fill fill = { .urgent = scheduler_ahead(core) <= scheduler_room(core) };
	if (lifecycle_apply(core, run->task, TASK_EVENT_CLAIM, &fill, &effect)) {
		core->executor->verbs->forget(core->executor, &run, 1);
		scheduler_refused(core, run);
	}
}

void scheduler_refused(struct core *core, struct run *run)
{
	core->backing_off = true;
	core_retry(core);
	scheduler_give_up(core, run);
}

/* Those that could have a slot, and wait for what the executor lacks. */
static void scheduler_explain(struct core *core)
{
	const struct executor_verbs *verbs = core->executor->verbs;
	unsigned slots = core->options.slots;
	struct run *run;
	char message[TASK_MESSAGE_MAX];
	if (!core->ready || core->backing_off || (slots > 0 && core_active(core) >= slots) ||
	    verbs->room(core->executor) > 0)
		return;
	snprintf(message, sizeof(message), MSG_TASK_WAITING, verbs->shortage(core->executor));
	DL_FOREACH(core->ready, run)
	{
		if (run->task->status.message || task_status_set_message(&run->task->status, message))
			continue;
		lifecycle_touch(core, run->task);
	}
}

static unsigned scheduler_start(struct core *core, unsigned room)
{
	while (core->ready && room > 0 && !core->backing_off) {
		struct run *list[SCHEDULER_LIST];
		size_t count = 0;
		for (; core->ready && room > 0 && count < SCHEDULER_LIST; room--) {
			list[count] = core->ready;
			queue_not_ready(core, list[count]);
			run_step(list[count++], RUN_EVENT_GO);
		}
		core->executor->verbs->go(core->executor, list, count);
	}
	return room;
}

/* False: not possible now. */
static bool scheduler_claim(struct core *core, struct task *task)
{
	struct run *run = run_new(core, task, RUN_PREPARING);
	if (!run) {
		core_retry(core);
		return false;
	}
	queue_remove(core, task);
	core->executor->verbs->prepare(core->executor, &run, 1);
	return !core->backing_off;
}

void scheduler_run(struct core *core)
{
	if (core->options.paused)
		return;
	unsigned room = scheduler_start(core, scheduler_room(core));
	scheduler_explain(core);
	unsigned wanted =
		room < SCHEDULER_CLAIMS_AT_ONCE ? room + SCHEDULER_CLAIMS_AHEAD : SCHEDULER_CLAIMS_AT_ONCE;
	while (core->queue && !core->troubled && !core->backing_off && scheduler_ahead(core) < wanted &&
	       scheduler_claim(core, core->queue))
		continue;
}
