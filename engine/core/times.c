#include "config.h"

#include <errno.h>

#include "engine/core/agenda.h"
#include "engine/core/ending.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/core/times.h"
#include "engine/task/messages.h"

static void times_expired(struct core *core, struct task *task)
{
	queue_dismiss(core, task);
	lifecycle_ended(core, task);
}

static void times_wait_again(struct core *core, struct task *task)
{
	queue_return(core, task);
	/* It is still too late.  That is tried again when the trouble is over. */
	agenda_leave(core, task);
}

static int times_stop(struct core *core, struct task *task)
{
	static const struct lifecycle_effect effect = { .committed = times_expired,
		                                        .undone = times_wait_again };
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE,
		.status = { .ended_at = core_now(core), .message = (char *)MSG_TOO_LATE },
		.urgent = true,
	};
	run_abandon(core, task);
	int error = lifecycle_apply(core, task, TASK_EVENT_EXPIRED, &fill, &effect);
	if (!error)
		queue_leave(core, task);
	return error;
}

/* A command that is on its way begins. */
static int times_give_back(struct core *core, struct task *task)
{
	run_abandon(core, task);
	return task->run && task->status.state != TASK_QUEUED ? ending_recall(core, task->run, NULL) : 0;
}

/* A claim is given back first: then it is looked at again. */
static int times_expire(struct core *core, struct task *task)
{
	return task->status.state == TASK_QUEUED ? times_stop(core, task) : times_give_back(core, task);
}

static void times_look(struct core *core, struct task *task)
{
	int error = 0;
	queue_judge(core, task);
	bool expired = agenda_expired(core, task);
	/* A task that waits may have been claimed before somebody set the clock back. */
	if (expired || (agenda_waits(task) && task->run))
		error = core->troubled ? -ENOMEM
		        : expired      ? times_expire(core, task)
		                       : times_give_back(core, task);
	if (task->standing)
		queue_judge(core, task);
	if (!error)
		return;
	if (expired)
		agenda_leave(core, task);
	if (error == -ENOMEM)
		core_retry(core);
}

void times_run(struct core *core)
{
	struct task *task;
	for (unsigned i = 0; i < TIMES_AT_ONCE && (task = agenda_due(core)); i++) {
		if (task->standing->rank.ranked)
			times_look(core, task);
	}
}
