#include "tests/simulate/targets.h"

#include "engine/core/editing.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/server.h"
#include "tests/simulate/wishes.h"

struct task *target_that(struct task *first, bool (*is)(struct task *task))
{
	const struct order *order = &server_core.registry.order;
	struct task *task = first;
	while (!wish_is_task(task) || !is(task)) {
		task = order_next(order, task) ? order_next(order, task) : order_at(order, 0);
		if (task == first)
			break;
	}
	return task;
}

bool target_in_transit(struct task *task)
{
	enum run_phase phase = task->run ? task->run->phase : RUN_PREPARING;
	return phase == RUN_STARTING || phase == RUN_STARTING_PAUSED || phase == RUN_STARTING_STOPPED ||
	       phase == RUN_ADOPTING || phase == RUN_ADOPTING_PAUSED || phase == RUN_ADOPTING_STOPPED;
}

bool target_counts(struct task *task)
{
	return task_plan(task)->time_limit > 0 &&
	       (target_in_transit(task) || task->status.state == TASK_PAUSED);
}

bool target_lingers(struct task *task)
{
	const struct machine_fate *fate = &machine_fates[task->number];
	return task->status.state == TASK_QUEUED && task->standing && task->standing->lingers &&
	       (!task->standing->watched || fate->left_stopped);
}

bool target_is_tried_again(struct task *task)
{
	return task->status.state == TASK_QUEUED && task_plan(task)->marks.attempt > 0;
}

bool target_leaves(struct task *task)
{
	const struct machine_fate *fate = &machine_fates[task->number];
	return task->status.state == TASK_RUNNING &&
	       task_plan(task)->marks.attempt < task_plan(task)->retries && !fate->over && fate->left > 0;
}

bool target_was_postponed(struct task *task)
{
	return task->status.state == TASK_RUNNING && task->run && task->run->phase == RUN_READY;
}

bool target_has_limit(struct task *task)
{
	return task->status.state == TASK_RUNNING && task_plan(task)->time_limit > 0;
}

bool target_is_stopping(struct task *task)
{
	return task->status.state == TASK_STOPPING;
}

bool target_is_paused(struct task *task)
{
	return task->status.state == TASK_PAUSED;
}

bool target_is_served_first(struct task *task)
{
	enum task_state state = task->status.state;
	return (state == TASK_QUEUED || state == TASK_CLAIMED) && grouped_of_task(task) == 0;
}

bool target_is_held(struct task *task)
{
	return task->status.state == TASK_QUEUED && task_plan(task)->marks.held;
}

bool target_runs(struct task *task)
{
	return task->status.state == TASK_RUNNING;
}

bool target_is_prepared(struct task *task)
{
	return task->run && task->run->phase == RUN_PREPARING;
}

bool target_is_between(struct task *task)
{
	return task->status.state == TASK_QUEUED && task->run && task->run->phase == RUN_CLOSING;
}

bool target_waits(struct task *task)
{
	return editing_possible(task);
}
