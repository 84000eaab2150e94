#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/task/messages.h"

enum { DEPENDENCIES_LOOKS = 10 /* tasks looked at in one slice, for each that may be judged */ };

/*
 * A command that could not be executed counts as having run.  What has an exit status did run, even if nobody
 * saw when it began.
 */
static bool dependencies_has_run(const struct task *task)
{
	return task->status.started_at != 0 || task->status.exit_code >= 0 || task->status.term_signal != 0 ||
	       task_plan(task)->marks.attempt > 0;
}

enum dependency_verdict dependencies_verdict(const struct core *core, const struct plan_after *after,
                                             struct task **target)
{
	static const bool meets[PLAN_CONDITION_COUNT][TASK_STATE_COUNT] = {
		[PLAN_AFTER_OK] = { [TASK_COMPLETED] = true },
		[PLAN_AFTER_FAIL] = { [TASK_FAILED] = true },
		[PLAN_AFTER_ANY] = { [TASK_COMPLETED] = true, [TASK_FAILED] = true, [TASK_STOPPED] = true },
	};
	struct task *task = *target = order_find(&core->registry.order, after->number);
	if (!task)
		return DEPENDENCY_NEVER;
	enum task_state state = task->status.state;
	if (!task_state_terminal(state))
		return DEPENDENCY_OPEN;
	bool met = meets[after->condition][state] && (state == TASK_COMPLETED || dependencies_has_run(task));
	return met ? DEPENDENCY_MET : DEPENDENCY_NEVER;
}

/* A dependency that is met, on its way to the store. */
struct dependencies_change {
	struct journal_change change; /* first */
	struct core *core;
	struct task *task;
	struct plan_after after;
	size_t index; /* where it was */
};

static void dependencies_met_durably(struct journal_change *journaled)
{
	struct dependencies_change *change = (struct dependencies_change *)journaled;
	dependents_unpin(change->core, change->after.number);
	free(change);
}

static void dependencies_drop(struct journal_change *journaled)
{
	free(journaled);
}

/* The task waits again, and nothing is prepared for it any more. */
static void dependencies_met_undone(struct journal_change *journaled)
{
	struct dependencies_change *change = (struct dependencies_change *)journaled;
	struct core *core = change->core;
	dependents_put_back(core, change->task, &change->after, change->index);
	run_abandon(core, change->task);
	queue_judge(core, change->task);
	lifecycle_touch(core, change->task);
	dependents_list(core, dependents_of(core, change->after.number));
	free(change);
}

static int dependencies_put_met(struct core *core, struct task *task, size_t index)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct dependencies_change *change = calloc(1, sizeof(*change));
	if (!change)
		return -ENOMEM;
	change->change = (struct journal_change){ .effect = dependencies_met_durably,
		                                  .undo = dependencies_met_undone,
		                                  .drop = dependencies_drop };
	change->core = core;
	change->task = task;
	change->after = task->plan->after[index];
	change->index = index;
	store_batch_forget_dependency(&batch, task->number, change->after.number);
	int error = journal_put(&core->journal, &change->change, &batch, false);
	if (error)
		free(change);
	return error;
}

static int dependencies_meet(struct core *core, struct task *task, size_t index)
{
	int error = dependencies_put_met(core, task, index);
	if (error)
		return error;
	dependents_take(core, task, index);
	queue_judge(core, task);
	lifecycle_touch(core, task);
	return 0;
}

/* A task that is not run. */

static void dependencies_stopped(struct core *core, struct task *task)
{
	queue_dismiss(core, task);
	lifecycle_ended(core, task);
}

static void dependencies_unmark(struct task *task)
{
	for (size_t i = 0; i < task->plan->after_count; i++)
		task->plan->after[i].unmet = false;
}

static void dependencies_stop_undone(struct core *core, struct task *task)
{
	dependencies_unmark(task);
	queue_return(core, task);
}

static int dependencies_stop(struct core *core, struct task *task, size_t index, const struct task *target)
{
	static const struct lifecycle_effect effect = { .committed = dependencies_stopped,
		                                        .undone = dependencies_stop_undone };
	char text[TASK_MESSAGE_MAX] = MSG_NOT_RUN_GONE;
	if (target)
		snprintf(text, sizeof(text), MSG_NOT_RUN, task_id(target),
		         task_state_name(target->status.state));
	task->plan->after[index].unmet = true;
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE | LIFECYCLE_UNMET,
		.status = { .ended_at = core_now(core), .message = text },
		.unmet = &task->plan->after[index],
		.urgent = core_needs_end(core, task),
	};
	int error = lifecycle_apply(core, task, TASK_EVENT_UNMET, &fill, &effect);
	if (error)
		task->plan->after[index].unmet = false;
	else
		queue_leave(core, task);
	return error;
}

/* 0 or -ENOMEM: then it must be judged again. */
static int dependencies_judge_one(struct core *core, struct task *task, size_t index)
{
	struct task *target;
	switch (dependencies_verdict(core, &task->plan->after[index], &target)) {
	case DEPENDENCY_MET:
		return dependencies_meet(core, task, index);
	case DEPENDENCY_NEVER:
		if (!task->plan->unmet_hold)
			return dependencies_stop(core, task, index, target);
		lifecycle_touch(core, task);
		return 0;
	case DEPENDENCY_OPEN:
		break;
	}
	return 0;
}

/* If one of them can never be met, the others do not matter. */
static size_t dependencies_first_unmet(const struct core *core, const struct task_plan *plan)
{
	struct task *target;
	size_t i = 0;
	while (i < plan->after_count &&
	       dependencies_verdict(core, &plan->after[i], &target) != DEPENDENCY_NEVER)
		i++;
	return i;
}

/* What could not be judged now, for lack of memory, is judged later. */
static void dependencies_later(struct core *core, uint64_t number)
{
	dependents_list(core, dependents_of(core, number));
	core_retry(core);
}

void dependencies_judge(struct core *core, struct task *task)
{
	struct task_plan *plan = task->plan;
	if (!plan || plan->after_count == 0)
		return;
	size_t unmet = dependencies_first_unmet(core, plan);
	size_t i = plan->after_count, least = 0;
	if (unmet < plan->after_count && !plan->unmet_hold) {
		i = unmet + 1;
		least = unmet;
	}
	while (i-- > least) {
		uint64_t number = plan->after[i].number;
		if (dependencies_judge_one(core, task, i))
			dependencies_later(core, number);
	}
}

/* Slices. */

/* False: not now. */
static bool dependencies_judge_next(struct core *core, struct dependents *dependents, unsigned *most)
{
	struct task *task = dependents->tasks[dependents->judged - 1];
	dependents->judged--;
	if (task->status.state != TASK_QUEUED)
		return true;
	(*most)--;
	if (dependencies_judge_one(core, task, dependents_index(task, dependents->number)) == 0)
		return true;
	dependencies_later(core, dependents->number);
	return false;
}

static bool dependencies_have_ended(const struct core *core, const struct dependents *dependents)
{
	const struct task *task = order_find(&core->registry.order, dependents->number);
	return !task || task_state_terminal(task->status.state);
}

/* Between journal_open() and journal_close(). */
static void dependencies_slice(struct core *core)
{
	unsigned most = core->dependents_slice, looks = DEPENDENCIES_LOOKS * most;
	core->judging = true;
	while (core->unjudged && most > 0 && looks-- > 0) {
		struct dependents *dependents = core->unjudged;
		if (dependents->judged == 0 || !dependencies_have_ended(core, dependents))
			dependents_unlist(core, dependents);
		else if (!dependencies_judge_next(core, dependents, &most))
			break;
	}
	core->judging = false;
}

/* The next slice is judged when this one is durable, so that others wait for a short commit. */
struct dependencies_pause {
	struct journal_change change; /* first */
	struct core *core;
};

static void dependencies_paused(struct journal_change *journaled)
{
	((struct dependencies_pause *)journaled)->core->slices--;
	free(journaled);
}

static void dependencies_put_pause(struct core *core)
{
	struct store_batch batch = STORE_BATCH_INIT;
	/* Without a write there is nothing to wait for. */
	bool wait = core->unjudged && core->journal.bundle;
	struct dependencies_pause *pause = wait ? calloc(1, sizeof(*pause)) : NULL;
	if (!pause)
		return;
	pause->change = (struct journal_change){ .effect = dependencies_paused,
		                                 .undo = dependencies_paused,
		                                 .drop = dependencies_drop };
	pause->core = core;
	if (journal_put(&core->journal, &pause->change, &batch, true))
		free(pause);
	else
		core->slices++;
}

static void dependencies_follow(struct core *core, struct task *task)
{
	struct dependents *dependents = dependents_of(core, task->number);
	if (!dependents)
		return;
	dependents_list(core, dependents);
	/* If this is the end of a task that is judged, its dependents have their turn after it. */
	if (core->judging)
		return;
	dependencies_slice(core);
	dependencies_put_pause(core);
}

void dependencies_connect(struct core *core)
{
	core->follow = dependencies_follow;
}

bool dependencies_are_due(const struct core *core)
{
	return core->unjudged && core->slices == 0 && !core->troubled && core->retry_at == INT64_MAX;
}

void dependencies_go_on(struct core *core)
{
	journal_open(&core->journal);
	dependencies_slice(core);
	dependencies_put_pause(core);
	if (journal_close(&core->journal))
		core_retry(core);
}

void dependencies_recover(struct core *core)
{
	struct dependents *dependents, *next;
	HASH_ITER(hh, core->dependents, dependents, next)
	{
		if (dependencies_have_ended(core, dependents))
			dependents_list(core, dependents);
	}
}

static int dependencies_compare(const void *a, const void *b)
{
	const struct plan_after *one = a, *other = b;
	return one->number < other->number ? -1 : one->number > other->number;
}

int dependencies_sort(struct plan_after *after, size_t *count, uint64_t *number)
{
	size_t kept = 0;
	if (*count > 1)
		qsort(after, *count, sizeof(*after), dependencies_compare);
	for (size_t i = 0; i < *count; i++) {
		bool same = kept > 0 && after[kept - 1].number == after[i].number;
		if (same && after[kept - 1].condition != after[i].condition) {
			*number = after[i].number;
			return -EINVAL;
		}
		if (!same)
			after[kept++] = after[i];
	}
	*count = kept;
	return 0;
}
