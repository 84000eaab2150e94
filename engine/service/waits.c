#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/run/turns.h"
#include "engine/service/awaited.h"
#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"

/* Tasks between two looks at the time; bytes that a client has not read when no more is told to it. */
enum { WAIT_LOOK = 32, WAIT_UNSENT_MAX = 256 * 1024 };

/* Wait: a reply when each of the tasks ends. */
struct wait {
	struct chore chore; /* first: until all tasks are waited for */
	struct wait *prev, *next;
	struct service *service;
	struct wire_call *call;
	struct awaited awaited;
	uint64_t caller;      /* the task in which the caller is, 0: none */
	bool poll;            /* it ends once each task was looked at */
	json_t *ids;          /* a reference; NULL: all tasks were looked at */
	uint64_t *numbers;    /* of the tasks that were found, until then */
	size_t found, looked; /* ids whose tasks are known; those that were looked at after that */
};

static void wait_free(void *ctx)
{
	struct wait *wait = ctx;
	uint64_t number;
	chores_drop(&wait->service->chores, &wait->chore);
	json_decref(wait->ids);
	for (size_t at = 0; (number = awaited_next(&wait->awaited, &at));) {
		struct task *task = order_find(&engine_registry(wait->service->engine)->order, number);
		if (task)
			engine_wait_end(task);
	}
	DL_DELETE(wait->service->waits, wait);
	awaited_release(&wait->awaited);
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

/* A reply is not the last one. */
static bool wait_goes_on(const struct wait *wait)
{
	return wait->awaited.left > 0 || wait->looked < wait->found;
}

/* Removes the task from the list, with one reply each time that it is there.  False: the call is over. */
static bool task_ended(struct wait *wait, struct task *task)
{
	while (awaited_take(&wait->awaited, task->number)) {
		engine_wait_end(task);
		if (!wait_tell(wait->call, task, wait_goes_on(wait), 0))
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

/* Who waits for others too is told of all ends of a commit at once. */
bool waits_need(void *ctx, const struct task *task)
{
	const struct service *service = ctx;
	const struct wait *wait;
	DL_FOREACH(service->waits, wait)
	{
		if (!wait->ids && wait->awaited.left == 1 && awaited_has(&wait->awaited, task->number))
			return true;
	}
	return false;
}

/* Changes were undone.  A task that is waited for may not exist any more, since its creation failed. */
void waits_undone(struct service *service)
{
	const struct order *order = &engine_registry(service->engine)->order;
	struct wait *wait, *next;
	DL_FOREACH_SAFE(service->waits, wait, next)
	{
		bool gone = false;
		uint64_t number;
		for (size_t at = 0; !gone && (number = awaited_next(&wait->awaited, &at));)
			gone = !order_find(order, number);
		if (!gone)
			continue;
		struct wire_call *call = wait->call;
		wait_free(wait);
		fail_reason(call, "StoreFailed", MSG_TASK_NOT_STORED);
	}
}

/* Finds the tasks of all ids, so that an unknown id fails before anything is told.  False: it has failed. */
static bool wait_find(struct wait *wait, size_t *units)
{
	size_t count = json_array_size(wait->ids);
	while (wait->found < count) {
		if (*units == 0 || (*units % WAIT_LOOK == 0 && turns_late()))
			break;
		const char *text = args_item(json_array_get(wait->ids, wait->found));
		const struct task *task = text ? engine_find(wait->service->engine, text) : NULL;
		if (!text)
			wire_invalid(wait->call, "ids");
		else if (!task)
			fail_not_found(wait->call, text);
		if (!task)
			return false;
		wait->numbers[wait->found++] = task->number;
		--*units;
	}
	return true;
}

/* Replies at once for a task that has ended, and waits for any other.  False: the call is over. */
static bool wait_look(struct wait *wait)
{
	struct engine *engine = wait->service->engine;
	const char *id = json_string_value(json_array_get(wait->ids, wait->looked));
	uint64_t number = wait->numbers[wait->looked++];
	struct task *task = order_find(&engine_registry(engine)->order, number);
	if (!task) {
		fail_not_found(wait->call, id);
		return false;
	}
	if (task_state_terminal(task->status.state))
		return wait_tell(wait->call, task, wait_goes_on(wait), engine_sequence(engine));
	awaited_add(&wait->awaited, number);
	engine_wait_begin(task);
	return true;
}

/* A poll is over, and some of its tasks have not ended. */
static void wait_fail(struct wait *wait)
{
	const struct order *order = &engine_registry(wait->service->engine)->order;
	size_t at = 0;
	const struct task *task = order_find(order, awaited_next(&wait->awaited, &at));
	struct wire_call *call = wait->call;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, task ? task_id(task) : "");
	jsonw_end_object(&w);
	wait_free(wait);
	wire_error(call, "NotEnded", &w);
	jsonw_release(&w);
}

static void wait_drained(void *ctx)
{
	struct wait *wait = ctx;
	chores_add(&wait->service->chores, &wait->chore);
}

static bool wait_slice(struct chore *chore)
{
	struct wait *wait = (struct wait *)chore;
	size_t units = CHORE_UNITS, count = json_array_size(wait->ids);
	bool goes_on = wait_find(wait, &units);
	while (goes_on && wait->found == count && wait->looked < count) {
		if (units == 0 || (units % WAIT_LOOK == 0 && turns_late()))
			return true;
		if (wire_call_unsent(wait->call) > WAIT_UNSENT_MAX) {
			wire_call_on_drained(wait->call, wait_drained, wait);
			return false;
		}
		units--;
		goes_on = wait_look(wait);
	}
	if (!goes_on) {
		wait_free(wait);
		return false;
	}
	if (wait->looked < count)
		return true;
	json_decref(wait->ids);
	wait->ids = NULL;
	free(wait->numbers);
	wait->numbers = NULL;
	if (wait->poll)
		wait_fail(wait);
	return false;
}

/* A task that has a slot, and in which somebody waits for this one.  NULL: there is none. */
const struct task *waits_inside(const struct service *service, const struct task *task)
{
	const struct wait *wait;
	DL_FOREACH(service->waits, wait)
	{
		if (!wait->caller || !awaited_has(&wait->awaited, task->number))
			continue;
		const struct task *caller = engine_by_number(service->engine, wait->caller);
		if (caller && caller->run && caller->run->holds_slots)
			return caller;
	}
	return NULL;
}

void service_wait(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "ids", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const json_t *ids = args_array(&args, "ids");
	const char *caller_id = args_string(&args, "caller");
	const struct task *caller = caller_id ? engine_find(service->engine, caller_id) : NULL;
	bool poll = args_bool(&args, "poll");
	size_t count = json_array_size(ids);
	if (!args.bad && (count == 0 || (count > 1 && !wire_call_more(call))))
		args_fail(&args, "ids");
	if (args_failed(&args, call, needs))
		return;
	struct wait *wait = calloc(1, sizeof(*wait));
	uint64_t *numbers = calloc(count + 1, sizeof(*numbers));
	struct awaited awaited;
	if (!wait || !numbers || awaited_init(&awaited, count)) {
		free(wait);
		free(numbers);
		fail_memory(call);
		return;
	}
	*wait = (struct wait){
		.chore = { .slice = wait_slice },
		.service = service,
		.call = call,
		.ids = json_incref((json_t *)ids),
		.numbers = numbers,
		.awaited = awaited,
		.caller = caller ? caller->number : 0,
		.poll = poll,
	};
	DL_APPEND(service->waits, wait);
	wire_call_on_close(call, wait_free, wait);
	if (turns_late() || wait_slice(&wait->chore))
		chores_add(&service->chores, &wait->chore);
}
