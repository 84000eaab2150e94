#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/dependents.h"
#include "engine/task/array.h"

struct dependents *dependents_of(const struct core *core, uint64_t number)
{
	struct dependents *dependents = NULL;
	if (core->dependents)
		HASH_FIND(hh, core->dependents, &number, sizeof(number), dependents);
	return dependents;
}

static struct dependents *dependents_make(struct core *core, uint64_t number)
{
	struct dependents *dependents = dependents_of(core, number);
	bool out_of_memory = false;
	if (dependents)
		return dependents;
	dependents = calloc(1, sizeof(*dependents));
	if (!dependents)
		return NULL;
	dependents->number = number;
	HASH_ADD(hh, core->dependents, number, sizeof(number), dependents);
	if (!out_of_memory)
		return dependents;
	free(dependents);
	return NULL;
}

static void dependents_free_unused(struct core *core, struct dependents *dependents)
{
	if (dependents->count > 0 || dependents->pins > 0)
		return;
	dependents_unlist(core, dependents);
	HASH_DEL(core->dependents, dependents);
	free(dependents->tasks);
	free(dependents);
}

size_t dependents_index(const struct task *task, uint64_t number)
{
	const struct task_plan *plan = task_plan(task);
	size_t low = 0, high = plan->after_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (plan->after[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < plan->after_count && plan->after[low].number == number ? low : plan->after_count;
}

/* There must be room. */
static void dependents_append(struct dependents *dependents, struct task *task, struct plan_after *after)
{
	after->place = (uint32_t)dependents->count;
	dependents->tasks[dependents->count++] = task;
}

static int dependents_add(struct core *core, struct task *task, struct plan_after *after)
{
	struct dependents *dependents = dependents_make(core, after->number);
	struct task **tasks = dependents ? array_grow(dependents->tasks, &dependents->size,
	                                              dependents->count + 1, sizeof(struct task *))
	                                 : NULL;
	if (!tasks) {
		if (dependents)
			dependents_free_unused(core, dependents);
		return -ENOMEM;
	}
	dependents->tasks = tasks;
	dependents_append(dependents, task, after);
	return 0;
}

/* The last one takes its place. */
static void dependents_remove(struct core *core, const struct plan_after *after)
{
	struct dependents *dependents = dependents_of(core, after->number);
	struct task *last = dependents->tasks[--dependents->count];
	size_t place = after->place;
	if (place < dependents->count) {
		dependents->tasks[place] = last;
		last->plan->after[dependents_index(last, after->number)].place = (uint32_t)place;
	}
	if (dependents->judged > dependents->count)
		dependents->judged = dependents->count;
}

int dependents_enter(struct core *core, struct task *task)
{
	struct task_plan *plan = task->plan;
	for (size_t i = 0; plan && i < plan->after_count; i++) {
		if (dependents_add(core, task, &plan->after[i]) == 0)
			continue;
		plan->after_count = i;
		dependents_drop(core, task);
		return -ENOMEM;
	}
	return 0;
}

void dependents_drop(struct core *core, struct task *task)
{
	struct task_plan *plan = task->plan;
	while (plan && plan->after_count > 0) {
		const struct plan_after after = plan->after[plan->after_count - 1];
		dependents_remove(core, &after);
		plan->after_count--;
		dependents_free_unused(core, dependents_of(core, after.number));
	}
}

void dependents_take(struct core *core, struct task *task, size_t index)
{
	struct task_plan *plan = task->plan;
	const struct plan_after after = plan->after[index];
	dependents_of(core, after.number)->pins++;
	dependents_remove(core, &after);
	plan->after_count--;
	memmove(&plan->after[index], &plan->after[index + 1],
	        (plan->after_count - index) * sizeof(*plan->after));
}

void dependents_put_back(struct core *core, struct task *task, const struct plan_after *after, size_t index)
{
	struct dependents *dependents = dependents_of(core, after->number);
	struct task_plan *plan = task->plan;
	memmove(&plan->after[index + 1], &plan->after[index],
	        (plan->after_count - index) * sizeof(*plan->after));
	plan->after_count++;
	plan->after[index] = *after;
	dependents_append(dependents, task, &plan->after[index]);
	dependents->pins--;
}

void dependents_unpin(struct core *core, uint64_t number)
{
	struct dependents *dependents = dependents_of(core, number);
	dependents->pins--;
	dependents_free_unused(core, dependents);
}

void dependents_list(struct core *core, struct dependents *dependents)
{
	dependents->judged = dependents->count;
	if (!dependents->listed)
		DL_APPEND(core->unjudged, dependents);
	dependents->listed = true;
}

void dependents_list_again(struct core *core, const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	for (size_t i = 0; i < plan->after_count; i++)
		dependents_list(core, dependents_of(core, plan->after[i].number));
}

void dependents_unlist(struct core *core, struct dependents *dependents)
{
	if (dependents->listed)
		DL_DELETE(core->unjudged, dependents);
	dependents->listed = false;
}

bool dependents_wait(const struct core *core, const struct task *task)
{
	const struct dependents *dependents = dependents_of(core, task->number);
	for (size_t i = 0; dependents && i < dependents->count; i++) {
		if (!task_state_terminal(dependents->tasks[i]->status.state))
			return true;
	}
	return false;
}

void dependents_release(struct core *core)
{
	struct dependents *dependents, *next;
	HASH_ITER(hh, core->dependents, dependents, next)
	{
		HASH_DEL(core->dependents, dependents);
		free(dependents->tasks);
		free(dependents);
	}
	core->unjudged = NULL;
}
