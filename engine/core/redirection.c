#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/dependents.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/redirection.h"
#include "engine/core/runs.h"

struct redirection_change {
	struct journal_change change; /* first */
	struct core *core;
	struct task *task;
	struct plan_after *room; /* owned; the former array, which has room for all that may come back */
	size_t count;
	struct plan_after before[]; /* what was in it */
};

static void redirection_free(struct redirection_change *change)
{
	free(change->room);
	free(change);
}

static void redirection_durable(struct journal_change *journaled)
{
	struct redirection_change *change = (struct redirection_change *)journaled;
	for (size_t i = 0; i < change->count; i++)
		dependents_unpin(change->core, change->before[i].number);
	redirection_free(change);
}

static void redirection_dropped(struct journal_change *journaled)
{
	redirection_free((struct redirection_change *)journaled);
}

/* The array of the plan becomes that of the change. */
static void redirection_swap_room(struct redirection_change *change)
{
	struct task_plan *plan = change->task->plan;
	struct plan_after *room = plan->after;
	plan->after = change->room;
	plan->after_count = 0;
	change->room = room;
}

static void redirection_take_back(struct redirection_change *change)
{
	struct core *core = change->core;
	struct task *task = change->task;
	dependents_drop(core, task);
	redirection_swap_room(change);
	for (size_t i = 0; i < change->count; i++) {
		dependents_put_back(core, task, &change->before[i], i);
		dependents_list(core, dependents_of(core, change->before[i].number));
	}
	run_abandon(core, task);
	queue_judge(core, task);
	lifecycle_touch(core, task);
}

static void redirection_undone(struct journal_change *journaled)
{
	redirection_take_back((struct redirection_change *)journaled);
	redirection_free((struct redirection_change *)journaled);
}

static struct redirection_change *redirection_new(struct core *core, struct task *task, size_t count)
{
	size_t former = task->plan->after_count;
	struct redirection_change *change = calloc(1, sizeof(*change) + former * sizeof(change->before[0]));
	if (!change)
		return NULL;
	change->room = calloc(count + 1, sizeof(*change->room));
	if (!change->room) {
		free(change);
		return NULL;
	}
	change->change = (struct journal_change){ .effect = redirection_durable,
		                                  .undo = redirection_undone,
		                                  .drop = redirection_dropped };
	change->core = core;
	change->task = task;
	change->count = former;
	for (size_t i = 0; i < former; i++)
		change->before[i] = task->plan->after[i];
	return change;
}

/* 0 or -ENOMEM: then it is as it was. */
static int redirection_make(struct redirection_change *change, const struct plan_after *after, size_t count)
{
	struct core *core = change->core;
	struct task *task = change->task;
	for (size_t i = change->count; i-- > 0;) {
		dependents_of(core, change->before[i].number)->moved = true;
		dependents_take(core, task, i);
	}
	redirection_swap_room(change);
	for (size_t i = 0; i < count; i++)
		task->plan->after[i] = after[i];
	task->plan->after_count = count;
	int error = dependents_enter(core, task);
	if (error)
		redirection_take_back(change);
	return error;
}

int redirection_put(struct core *core, struct task *task, const struct plan_after *after, size_t count)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct redirection_change *change = redirection_new(core, task, count);
	if (!change)
		return -ENOMEM;
	int error = redirection_make(change, after, count);
	if (error) {
		redirection_free(change);
		return error;
	}
	store_batch_plan(&batch, task->number, task->plan);
	store_batch_forget_dependencies(&batch, task->number);
	for (size_t i = 0; i < count; i++)
		store_batch_dependency(&batch, task->number, &task->plan->after[i]);
	error = journal_put(&core->journal, &change->change, &batch, true);
	if (error) {
		redirection_undone(&change->change);
		return error;
	}
	queue_judge(core, task);
	lifecycle_touch(core, task);
	return 0;
}

/* A task that was visited, on the way from one that waits to those that it waits for. */
struct redirection_visit {
	uint64_t number;
	const struct task *task;
	size_t next;                  /* the first of what it waits for that was not looked at */
	bool open;                    /* there may be some */
	struct redirection_visit *up; /* who waits for it, on this way */
	UT_hash_handle hh;
};

static struct redirection_visit *redirection_visited(const struct redirection_search *search, uint64_t number)
{
	struct redirection_visit *visit = NULL;
	HASH_FIND(hh, search->visited, &number, sizeof(number), visit);
	return visit;
}

/* NULL: out of memory. */
static struct redirection_visit *redirection_visit(struct redirection_search *search, const struct task *task,
                                                   struct redirection_visit *up)
{
	bool out_of_memory = false;
	struct redirection_visit *visit = calloc(1, sizeof(*visit));
	if (!visit)
		return NULL;
	*visit = (struct redirection_visit){ .number = task->number, .task = task, .open = true, .up = up };
	HASH_ADD(hh, search->visited, number, sizeof(visit->number), visit);
	if (out_of_memory) {
		free(visit);
		return NULL;
	}
	return visit;
}

/* The oldest task of a circle: from `last` up to `first`, for which that waits. */
static const struct task *redirection_member(const struct redirection_visit *first,
                                             const struct redirection_visit *last)
{
	const struct task *oldest = first->task;
	for (; last != first; last = last->up) {
		if (last->number < oldest->number)
			oldest = last->task;
	}
	return oldest;
}

/* What is still open and is found again waits for itself. */
int redirection_search_from(struct redirection_search *search, const struct task *task)
{
	if (redirection_visited(search, task->number))
		return 0;
	struct redirection_visit *visit = redirection_visit(search, task, NULL);
	if (!visit)
		return -ENOMEM;
	while (visit) {
		const struct task_plan *plan = task_plan(visit->task);
		if (visit->next == plan->after_count) {
			visit->open = false;
			visit = visit->up;
			continue;
		}
		if (search->looks == 0)
			return -E2BIG;
		search->looks--;
		const struct task *next =
			order_find(&search->core->registry.order, plan->after[visit->next++].number);
		if (!next || task_state_terminal(next->status.state))
			continue;
		struct redirection_visit *before = redirection_visited(search, next->number);
		if (before && before->open && (search->any || next == task)) {
			search->member = redirection_member(before, visit);
			return 1;
		}
		if (before)
			continue;
		visit = redirection_visit(search, next, visit);
		if (!visit)
			return -ENOMEM;
	}
	return 0;
}

void redirection_search_release(struct redirection_search *search)
{
	struct redirection_visit *visit, *next;
	HASH_ITER(hh, search->visited, visit, next)
	{
		HASH_DEL(search->visited, visit);
		free(visit);
	}
}

int redirection_is_circular(const struct core *core, const struct task *task, unsigned *looks)
{
	struct redirection_search search = { .core = core, .looks = *looks };
	int found = redirection_search_from(&search, task);
	*looks = search.looks;
	redirection_search_release(&search);
	return found;
}
