#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/service/leaving.h"
#include "engine/service/service.h"
#include "engine/task/array.h"

/* A Completed task, by its number, since a user may remove it first. */
struct leave {
	struct leave *prev, *next;
	uint64_t number;
	uint64_t asked; /* number of the change that removes it */
};

static struct task *leaving_find(const struct service *service, uint64_t number)
{
	return order_find(&engine_registry(service->engine)->order, number);
}

static bool leaving_is_meant(const struct task *task)
{
	return task->status.state == TASK_COMPLETED && task_plan(task)->auto_remove;
}

void leaving_look(struct service *service)
{
	if (service->leaving.waiting)
		chores_add(&service->chores, &service->leaving.chore);
}

/* If memory runs out, the next server removes it. */
static void leaving_add(struct service *service, uint64_t number)
{
	struct leave *leave = calloc(1, sizeof(*leave));
	if (!leave)
		return;
	leave->number = number;
	DL_APPEND(service->leaving.waiting, leave);
	leaving_look(service);
}

static bool leaving_is_held(const struct service *service, uint64_t number)
{
	const struct leaving_holder *holder;
	DL_FOREACH(service->holders, holder)
	{
		size_t low = 0, high = holder->count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (holder->numbers[middle] < number)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < holder->count && holder->numbers[low] == number)
			return true;
	}
	return false;
}

/* False: it must stay for now. */
static bool leaving_remove(struct service *service, struct leave *leave, struct task *task)
{
	static const struct removal_asker nobody = { 0 };
	if (task->waiters > 0 || log_calls_read(service, task))
		return false;
	int error = engine_remove(service->engine, task);
	if (error == -E2BIG)
		error = engine_remove_subtree(service->engine, task, &nobody);
	leave->asked = engine_asked(service->engine);
	return error == 0;
}

static bool leaving_slice(struct chore *chore)
{
	struct leaving *leaving = (struct leaving *)chore;
	struct service *service = leaving->service;
	struct leave *leave, *next;
	size_t units = 0;
	DL_FOREACH_SAFE(leaving->waiting, leave, next)
	{
		struct task *task = leaving_find(service, leave->number);
		if (task && !leaving_remove(service, leave, task))
			continue;
		DL_DELETE(leaving->waiting, leave);
		if (task)
			DL_APPEND(leaving->removing, leave);
		else
			free(leave);
		if (++units == CHORE_UNITS)
			return true;
	}
	return false;
}

void leaving_ended(struct service *service, const struct task *task)
{
	if (leaving_is_meant(task) && !leaving_is_held(service, task->number))
		leaving_add(service, task->number);
	else
		leaving_look(service);
}

void leaving_committed(struct service *service, uint64_t number)
{
	struct leaving *leaving = &service->leaving;
	while (leaving->removing && leaving->removing->asked <= number) {
		struct leave *leave = leaving->removing;
		DL_DELETE(leaving->removing, leave);
		free(leave);
	}
	if (leaving->failed && number > leaving->failed_at) {
		leaving->failed = false;
		leaving_look(service);
	}
}

/* They are tried again when something ends, or when a commit succeeds. */
void leaving_failed(struct service *service, uint64_t number)
{
	struct leaving *leaving = &service->leaving;
	struct leave *leave, *next;
	leaving->failed = true;
	leaving->failed_at = number;
	DL_FOREACH_SAFE(leaving->removing, leave, next)
	{
		if (leave->asked <= number)
			continue;
		DL_DELETE(leaving->removing, leave);
		DL_APPEND(leaving->waiting, leave);
	}
}

void leaving_hold(struct leaving_holder *holder, struct service *service, const struct task *task)
{
	uint64_t *numbers = array_grow(holder->numbers, &holder->size, holder->count + 1, sizeof(*numbers));
	if (!numbers)
		return;
	size_t place = holder->count++;
	for (; place > 0 && numbers[place - 1] > task->number; place--)
		numbers[place] = numbers[place - 1];
	numbers[place] = task->number;
	holder->numbers = numbers;
	if (holder->service)
		return;
	holder->service = service;
	DL_APPEND(service->holders, holder);
}

void leaving_let_go(struct leaving_holder *holder)
{
	struct service *service = holder->service;
	if (!service)
		return;
	DL_DELETE(service->holders, holder);
	for (size_t i = 0; i < holder->count; i++) {
		const struct task *task = leaving_find(service, holder->numbers[i]);
		if (task && leaving_is_meant(task))
			leaving_add(service, task->number);
	}
	free(holder->numbers);
	*holder = (struct leaving_holder){ 0 };
}

void leaving_init(struct service *service)
{
	const struct order *order = &engine_registry(service->engine)->order;
	service->leaving.chore.slice = leaving_slice;
	service->leaving.service = service;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (leaving_is_meant(task))
			leaving_add(service, task->number);
	}
}

void leaving_release(struct service *service)
{
	struct leave *leave, *next;
	DL_CONCAT(service->leaving.waiting, service->leaving.removing);
	DL_FOREACH_SAFE(service->leaving.waiting, leave, next)
	{
		free(leave);
	}
}
