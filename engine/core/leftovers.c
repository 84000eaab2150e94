#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/leftovers.h"
#include "engine/core/lifecycle.h"
#include "engine/task/messages.h"
#include "engine/task/state.h"

/* A change of a message, on its way to the store, or to be tried again. */
struct leftovers_change {
	struct journal_change change; /* first */
	struct core *core;
	uint64_t number;
	struct task *task;                    /* while it is on its way */
	char *message;                        /* owned; the other one of the two */
	struct leftovers_change *prev, *next; /* in core->leftovers (utlist) */
};

/* What the task said itself comes before that. */
const char *leftovers_place(const char *message)
{
	static const char start[] = MSG_LEFT_RUNNING;
	const char *place = NULL;
	for (const char *at = message; at && (at = strstr(at, start)); at += strlen(start)) {
		if (isdigit((unsigned char)at[strlen(start)]))
			place = at;
	}
	return place;
}

static bool leftovers_named(const struct task *task)
{
	return task_state_terminal(task->status.state) && leftovers_place(task->status.message);
}

/* Where there was no memory for their names, the message of a task that was cancelled after an attempt has none. */
static bool leftovers_unnamed(const struct task *task)
{
	const struct plan_attempt *last = plan_last_attempt(task_plan(task));
	return task->status.state == TASK_STOPPED && last && last->left.length > 0;
}

/* It may have been resumed since, and the processes that are left may not have heard that. */
bool leftovers_were_paused(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	const struct plan_attempt *last = plan_last_attempt(plan);
	for (const char *text = NULL; last && (text = strings_next(&last->left, text));) {
		if (strcmp(text, PLAN_LEFT_PAUSED) == 0)
			return true;
	}
	return plan->marks.ran > 0;
}

void leftovers_continue(struct core *core, const struct task *task)
{
	if (!leftovers_were_paused(task) || core->executor->verbs->continue_left(core->executor, task) == 0)
		return;
	core->uncontinued = true;
	core_retry(core);
}

/* If there is no memory, the message stays as it is until the next server looks. */
void leftovers_watch(struct core *core, const struct task *task)
{
	bool named = leftovers_named(task);
	if (named || leftovers_unnamed(task))
		leftovers_continue(core, task);
	if (named)
		(void)core->executor->verbs->watch_left(core->executor, task, NULL);
}

void leftovers_look(struct core *core, const struct task *task)
{
	if (task->standing && task->standing->lingers && !task->standing->watched)
		leftovers_watch(core, task);
}

void leftovers_killed(struct core *core, const struct task *task)
{
	static const struct strings none = STRINGS_INIT;
	if (leftovers_named(task))
		(void)core->executor->verbs->watch_left(core->executor, task, &none);
}

static void leftovers_free(struct journal_change *journaled)
{
	struct leftovers_change *change = (struct leftovers_change *)journaled;
	free(change->message);
	free(change);
}

static void leftovers_exchange(struct leftovers_change *change)
{
	char *message = change->task->status.message;
	change->task->status.message = change->message;
	change->message = message;
	lifecycle_touch(change->core, change->task);
}

static void leftovers_later(struct leftovers_change *change)
{
	change->task = NULL;
	DL_APPEND(change->core->leftovers, change);
	core_retry(change->core);
}

static void leftovers_undone(struct journal_change *journaled)
{
	struct leftovers_change *change = (struct leftovers_change *)journaled;
	leftovers_exchange(change);
	leftovers_later(change);
}

static struct leftovers_change *leftovers_new(struct core *core, uint64_t number)
{
	struct leftovers_change *change = calloc(1, sizeof(*change));
	if (!change)
		return NULL;
	change->change = (struct journal_change){ .effect = leftovers_free,
		                                  .undo = leftovers_undone,
		                                  .drop = leftovers_free };
	change->core = core;
	change->number = number;
	return change;
}

/* 0 or -errno: nothing has changed. */
static int leftovers_put(struct leftovers_change *change, struct task *task)
{
	struct store_batch batch = STORE_BATCH_INIT;
	const char *message = task->status.message, *place = leftovers_place(message);
	free(change->message);
	change->message = NULL;
	change->task = task;
	if (asprintf(&change->message, "%.*s" MSG_LEFT_ENDED "%s", (int)(place - message), message,
	             place + strlen(MSG_LEFT_RUNNING)) < 0) {
		change->message = NULL;
		return -1;
	}
	leftovers_exchange(change);
	store_batch_status(&batch, task->number, &task->status, NULL, NULL);
	int error = journal_put(&change->core->journal, &change->change, &batch, false);
	if (error)
		leftovers_exchange(change);
	return error;
}

static void leftovers_revise(struct leftovers_change *change)
{
	struct core *core = change->core;
	struct task *task = order_find(&core->registry.order, change->number);
	/* It may have been removed meanwhile. */
	if (!task || !leftovers_named(task))
		leftovers_free(&change->change);
	else if (core->troubled || leftovers_put(change, task))
		leftovers_later(change);
}

void leftovers_gone(struct core *core, uint64_t number)
{
	struct leftovers_change *change = leftovers_new(core, number);
	if (change)
		leftovers_revise(change);
}

static void leftovers_continue_again(struct core *core)
{
	const struct order *order = &core->registry.order;
	if (!core->uncontinued)
		return;
	core->uncontinued = false;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		/* What still has a run is continued when its end is durable. */
		if (!task->run && (leftovers_named(task) || leftovers_unnamed(task) ||
		                   (task->standing && task->standing->lingers)))
			leftovers_continue(core, task);
	}
}

void leftovers_retry(struct core *core)
{
	leftovers_continue_again(core);
	struct leftovers_change *change, *next, *list = core->leftovers;
	core->leftovers = NULL;
	DL_FOREACH_SAFE(list, change, next)
	{
		change->prev = change->next = NULL;
		leftovers_revise(change);
	}
}

void leftovers_release(struct core *core)
{
	struct leftovers_change *change, *next;
	DL_FOREACH_SAFE(core->leftovers, change, next)
	{
		leftovers_free(&change->change);
	}
	core->leftovers = NULL;
}
