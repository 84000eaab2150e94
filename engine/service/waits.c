#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"

/* Wait: a reply when each of the tasks ends. */
struct wait {
	struct wait *prev, *next;
	struct service *service;
	struct wire_call *call;
	uint64_t *numbers; /* of those that have not ended */
	size_t count;
};

static void wait_free(void *ctx)
{
	struct wait *wait = ctx;
	for (size_t i = 0; i < wait->count; i++) {
		struct task *task =
			order_find(&engine_registry(wait->service->engine)->order, wait->numbers[i]);
		if (task)
			engine_wait_end(task);
	}
	DL_DELETE(wait->service->waits, wait);
	free(wait->numbers);
	free(wait);
}

/* True if the call goes on.  sequence is the commit of the task's end; 0: the end is durable. */
static bool wait_tell(struct wire_call *call, const struct task *task, bool more, uint64_t sequence)
{
	static const char *const fields[] = { "id", "state", "exitCode", "signal", "statusMessage" };
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		jsonw_key(&w, fields[i]);
		column_find(fields[i])->write(&w, task, 0);
	}
	jsonw_end_object(&w);
	bool goes_on = wire_reply_tagged(call, &w, more, sequence);
	jsonw_release(&w);
	return goes_on;
}

/* Removes the task from the list, with one reply each time that it is there.  False: the call is over. */
static bool task_ended(struct wait *wait, struct task *task)
{
	for (size_t i = 0; i < wait->count;) {
		if (wait->numbers[i] != task->number) {
			i++;
			continue;
		}
		wait->numbers[i] = wait->numbers[--wait->count];
		engine_wait_end(task);
		if (!wait_tell(wait->call, task, wait->count > 0, 0))
			return false;
	}
	return true;
}

void waits_ended(struct service *service, const struct task *task)
{
	struct wait *wait, *next;
	if (task->waiters == 0)
		return;
	DL_FOREACH_SAFE(service->waits, wait, next)
	{
		if (!task_ended(wait, (struct task *)task))
			wait_free(wait);
	}
}

/* Changes were undone.  A task that is waited for may not exist any more, since its creation failed. */
void waits_undone(struct service *service)
{
	const struct order *order = &engine_registry(service->engine)->order;
	struct wait *wait, *next;
	DL_FOREACH_SAFE(service->waits, wait, next)
	{
		bool gone = false;
		for (size_t i = 0; i < wait->count; i++)
			gone |= !order_find(order, wait->numbers[i]);
		if (!gone)
			continue;
		struct wire_call *call = wait->call;
		wait_free(wait);
		fail_reason(call, "StoreFailed", MSG_TASK_NOT_STORED);
	}
}

/* Replies at once for tasks that have ended, and waits for the others. */
static void wait_begin(struct wait *wait, struct task *const *tasks, size_t count)
{
	uint64_t sequence = engine_sequence(wait->service->engine);
	size_t left = count;
	bool goes_on = true;
	for (size_t i = 0; i < count && goes_on; i++) {
		if (task_state_terminal(tasks[i]->status.state)) {
			left--;
			goes_on = wait_tell(wait->call, tasks[i], left > 0, sequence);
		} else {
			wait->numbers[wait->count++] = tasks[i]->number;
			engine_wait_begin(tasks[i]);
		}
	}
	if (goes_on)
		wire_call_on_close(wait->call, wait_free, wait);
	else
		wait_free(wait);
}

/* False: it has replied with an error. */
static bool find_tasks(struct service *service, struct wire_call *call, const json_t *ids,
                       struct task **tasks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = args_item(json_array_get(ids, i));
		tasks[i] = text ? engine_find(service->engine, text) : NULL;
		if (tasks[i])
			continue;
		if (text)
			fail_not_found(call, text);
		else
			wire_invalid(call, "ids");
		return false;
	}
	return true;
}

void service_wait(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "ids", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const json_t *ids = args_array(&args, "ids");
	size_t count = json_array_size(ids);
	if (!args.bad && (count == 0 || (count > 1 && !wire_call_more(call))))
		args_fail(&args, "ids");
	if (args_failed(&args, call, needs))
		return;
	struct task **tasks = calloc(count + 1, sizeof(*tasks));
	struct wait *wait = calloc(1, sizeof(*wait));
	uint64_t *numbers = calloc(count + 1, sizeof(*numbers));
	if (!tasks || !wait || !numbers) {
		fail_memory(call);
	} else if (find_tasks(service, call, ids, tasks, count)) {
		*wait = (struct wait){ .service = service, .call = call, .numbers = numbers };
		DL_APPEND(service->waits, wait);
		wait_begin(wait, tasks, count);
		wait = NULL; /* the list of waits owns it now, and the numbers */
		numbers = NULL;
	}
	free(wait);
	free(numbers);
	free(tasks);
}
