#include "config.h"

#include <errno.h>
#include <stdlib.h>

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

/* What runs is paused or resumed, which goes on.  It is the call's. */
struct pauses_call {
	struct core_asker asker;
	struct wire_call *call;
	uint64_t asked; /* the change with the mark */
};

/*
 * If the mark was not stored, StoreFailed takes the place of this reply: its change is not committed.  What others have
 * asked for since does not matter.
 */
static void pauses_over(void *ctx)
{
	struct pauses_call *its = ctx, that = *its;
	free(its);
	wire_reply_tagged(that.call, NULL, false, that.asked);
}

static void pauses_asker_gone(void *ctx)
{
	struct pauses_call *its = ctx;
	askers_disown(&its->asker);
	free(its);
}

void pauses_sweep(struct service *service, struct wire_call *call, struct task_group *group, bool paused)
{
	struct pauses_call *its = calloc(1, sizeof(*its));
	int code = -ENOMEM;
	if (its) {
		*its = (struct pauses_call){ .asker = { .ctx = its, .over = pauses_over }, .call = call };
		code = engine_sweep(service->engine, group, paused, &its->asker);
	}
	if (code == 1) {
		its->asked = engine_asked(service->engine);
		wire_call_on_close(call, pauses_asker_gone, its);
		return;
	}
	free(its);
	if (code)
		fail_change(call, code);
	else
		wire_reply_tagged(call, NULL, false, engine_asked(service->engine));
}

static void pauses_set_server(struct service *service, struct wire_call *call, const json_t *parameters,
                              bool paused)
{
	struct args args = { .parameters = parameters };
	bool running = args_bool(&args, "running");
	if (args_failed(&args, call, NULL))
		return;
	if (running)
		pauses_sweep(service, call, NULL, paused);
	else if (engine_set_paused(service->engine, paused))
		fail_memory(call);
	else
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
