#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/duration.h"
#include "engine/task/messages.h"

/* Why: the reasons for which a task does not run yet, as a method and as columns. */

static void why_write_reason(struct jsonw *w, const struct reason *reason)
{
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_string(w, reason_name(reason->kind));
	jsonw_key(w, "message");
	jsonw_string(w, reason->message);
	jsonw_key(w, "tasks");
	jsonw_array(w);
	for (size_t i = 0; i < reason->task_count; i++)
		jsonw_string(w, task_id(reason->tasks[i]));
	jsonw_end_array(w);
	jsonw_key(w, "group");
	jsonw_string(w, reason->group);
	jsonw_key(w, "until");
	jsonw_time(w, reason->until);
	jsonw_end_object(w);
}

static void why_write_all(struct jsonw *w, const struct reasons *reasons)
{
	jsonw_array(w);
	for (size_t i = 0; i < reasons->count; i++)
		why_write_reason(w, &reasons->list[i]);
	jsonw_end_array(w);
}

void why_write(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	struct reasons reasons;
	engine_reasons(engine, task, &reasons);
	why_write_all(w, &reasons);
}

void why_write_first(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	struct reasons reasons;
	engine_reasons(engine, task, &reasons);
	jsonw_string(w, reasons.count > 0 ? reasons.list[0].message : NULL);
}

/* FNV-1a (G.  Fowler, L. C. Noll, K.-P. Vo). */
uint32_t why_hash(const struct engine *engine, const struct task *task)
{
	struct reasons reasons;
	uint32_t hash = 2166136261u;
	engine_reasons(engine, task, &reasons);
	for (size_t i = 0; i < reasons.count; i++) {
		for (const char *c = reasons.list[i].message; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 16777619u;
	}
	return hash;
}

static void why_write_place(struct jsonw *w, const struct task *task)
{
	size_t place, count;
	bool placed = engine_place(task, &place, &count);
	jsonw_key(w, "position");
	if (placed)
		jsonw_uint(w, place);
	else
		jsonw_null(w);
	jsonw_key(w, "of");
	if (placed)
		jsonw_uint(w, count);
	else
		jsonw_null(w);
	jsonw_key(w, "group");
	jsonw_string(w, placed ? engine_queue_name(task) : NULL);
}

/* Who waits for the task inside a task keeps a slot from it. */
static void why_write_with_callers(struct jsonw *w, const struct service *service, const struct task *task)
{
	struct reasons reasons;
	engine_reasons(service->engine, task, &reasons);
	for (size_t i = 0; i < reasons.count; i++) {
		struct reason *reason = &reasons.list[i];
		const struct task *caller = reason->kind == REASON_SLOTS ? waits_inside(service, task) : NULL;
		size_t length = strlen(reason->message);
		if (caller)
			snprintf(reason->message + length, sizeof(reason->message) - length, MSG_WHY_INSIDE,
			         task_id(caller));
	}
	why_write_all(w, &reasons);
}

/* How it ended, how its last attempt did, or why it is being stopped. */
static void why_write_message(struct jsonw *w, const struct task *task)
{
	char text[TASK_MESSAGE_MAX], limit[DURATION_SIZE];
	if (task->status.state == TASK_OVERTIME) {
		snprintf(text, sizeof(text), MSG_TIME_LIMIT_REACHED,
		         duration_write(task_plan(task)->time_limit, limit));
		jsonw_string(w, text);
	} else {
		jsonw_string(w, task->status.state == TASK_STOPPING ? MSG_STOPPED_BY_USER
		                                                    : task->status.message);
	}
}

void service_why(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	const struct task *task = find_or_fail(service, call, parameters);
	if (!task)
		return;
	bool began = task->status.started_at != 0;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, task_id(task));
	jsonw_key(&w, "state");
	jsonw_string(&w, task_state_name(task_state_shown(task->status.state)));
	why_write_place(&w, task);
	jsonw_key(&w, "reasons");
	why_write_with_callers(&w, service, task);
	jsonw_key(&w, "message");
	why_write_message(&w, task);
	jsonw_key(&w, "attempts");
	jsonw_uint(&w, task_plan(task)->marks.attempt + began);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}
