#include "config.h"

#include "engine/service/service.h"
#include "engine/task/messages.h"

/* Methods that pause and resume: tasks, and the server. */

static int pauses_pause(struct service *service, struct wire_call *call, struct task *task,
                        const void *options)
{
	(void)call;
	(void)options;
	return engine_pause_task(service->engine, task);
}

static int pauses_resume(struct service *service, struct wire_call *call, struct task *task,
                         const void *options)
{
	(void)options;
	if (engine_resume_sends(task))
		wire_call_note(call, MSG_RESUME_UNRECORDED);
	return engine_resume_task(service->engine, task);
}

static void pauses_act(struct service *service, struct wire_call *call, const json_t *parameters,
                       acts_function *act, enum acts_order order)
{
	struct args args = { 0 };
	if (acts_on_several(service, call, parameters, act, NULL, order))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (task)
		reply_act(service, call, act(service, call, task, NULL));
}

/* What waits goes first, so that no slot that comes free starts what is about to be held. */
void service_pause(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct args args = { .parameters = parameters };
	enum acts_order order = acts_read_order(&args);
	if (!args_failed(&args, call, NULL))
		pauses_act(ctx, call, parameters, pauses_pause, order);
}

void service_resume(void *ctx, struct wire_call *call, const json_t *parameters)
{
	pauses_act(ctx, call, parameters, pauses_resume, ACTS_AS_NAMED);
}

void pauses_running(struct service *service, const struct task_group *group, bool paused)
{
	const struct order *order = &engine_registry(service->engine)->order;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		const struct standing *standing = task->standing;
		if (!standing || standing->rank.ranked || task_hook_target(task) > 0 ||
		    (group && standing->group != group))
			continue;
		if (paused)
			(void)engine_pause_task(service->engine, task);
		else if (task->status.state == TASK_PAUSED)
			(void)engine_resume_task(service->engine, task);
	}
}

static void pauses_set_server(struct service *service, struct wire_call *call, const json_t *parameters,
                              bool paused)
{
	struct args args = { .parameters = parameters };
	bool running = args_bool(&args, "running");
	if (args_failed(&args, call, NULL))
		return;
	if (engine_set_paused(service->engine, paused)) {
		fail_memory(call);
		return;
	}
	if (running)
		pauses_running(service, NULL, paused);
	wire_reply_tagged(call, NULL, false, engine_asked(service->engine));
}

void service_server_pause(void *ctx, struct wire_call *call, const json_t *parameters)
{
	pauses_set_server(ctx, call, parameters, true);
}

void service_server_resume(void *ctx, struct wire_call *call, const json_t *parameters)
{
	pauses_set_server(ctx, call, parameters, false);
}
