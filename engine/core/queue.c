#include "config.h"

#include <utlist.h>

#include "engine/core/queue.h"

void queue_append(struct core *core, struct task *task)
{
	DL_APPEND(core->queue, task);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_prepend(struct core *core, struct task *task)
{
	DL_PREPEND(core->queue, task);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_remove(struct core *core, struct task *task)
{
	DL_DELETE(core->queue, task);
	task->prev = task->next = NULL;
}

void queue_ready(struct core *core, struct run *run, bool first)
{
	if (first)
		DL_PREPEND(core->ready, run);
	else
		DL_APPEND(core->ready, run);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_not_ready(struct core *core, struct run *run)
{
	DL_DELETE(core->ready, run);
	run->prev = run->next = NULL;
}

/* Every element of a utlist has a previous one; that of the first is the last. */
void queue_unfinished(struct core *core, struct run *run)
{
	if (!run->prev)
		DL_APPEND(core->unfinished, run);
}

void queue_drop_run(struct core *core, struct run *run)
{
	if (!run->prev)
		return;
	if (run->phase == RUN_READY)
		DL_DELETE(core->ready, run);
	else
		DL_DELETE(core->unfinished, run);
	run->prev = run->next = NULL;
}
