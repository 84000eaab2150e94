#include "config.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"

/* Methods on one task. */

static const char *const needs_id[] = { "id", NULL };

/* Replies True, or False if the table of states does not allow the event. */
void reply_act(struct service *service, struct wire_call *call, int error)
{
	if (!error)
		reply_done(service, call);
	else if (error == -EPERM)
		reply_bool(call, "result", false);
	else
		fail_change(call, error);
}

/* For Start, Stop and Remove, a task that was not found is False.  For other methods it is an error. */
struct task *tasks_find(struct service *service, struct wire_call *call, const json_t *parameters,
                        struct args *args)
{
	args->parameters = parameters;
	const char *id = args_string(args, "id");
	if (args_failed(args, call, needs_id))
		return NULL;
	engine_look(service->engine);
	struct task *task = engine_find(service->engine, id);
	if (!task)
		reply_bool(call, "result", false);
	return task;
}

static int tasks_start(struct service *service, struct wire_call *call, struct task *task,
                       const void *options)
{
	(void)call;
	(void)options;
	return engine_start(service->engine, task);
}

void service_start(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	if (json_object_get(parameters, "ids") && !control_may_start(service, call))
		return;
	if (acts_on_several(service, call, parameters, tasks_start, NULL, ACTS_AS_NAMED))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (task && control_may_start(service, call))
		reply_act(service, call, tasks_start(service, call, task, NULL));
}

static bool read_stop(struct args *args, struct stop_options *options)
{
	const char *signal = args_string(args, "signal");
	double kill_after = args_number(args, "killAfter", -1);
	bool kill_now = args_bool(args, "kill");
	if (kill_after < 0 && json_is_number(json_object_get(args->parameters, "killAfter")))
		args_fail(args, "killAfter");
	options->signal = kill_now ? SIGKILL : signal ? signal_parse(signal) : SIGTERM;
	options->kill_after = kill_after < 0     ? -1
	                      : kill_after < 1e9 ? (int64_t)llround(kill_after * 1000)
	                                         : (int64_t)1000000000000;
	options->given = signal || kill_now || kill_after >= 0;
	if (options->signal < 0)
		args_fail(args, "signal");
	return !args->bad;
}

static int tasks_stop(struct service *service, struct wire_call *call, struct task *task, const void *options)
{
	if (engine_stop_sends(task, options))
		wire_call_note(call, MSG_STOP_UNRECORDED);
	return engine_stop(service->engine, task, options);
}

void service_stop(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct stop_options options;
	enum acts_order order = acts_read_order(&args);
	if (!read_stop(&args, &options)) {
		args_failed(&args, call, NULL);
		return;
	}
	if (acts_on_several(service, call, parameters, tasks_stop, &options, order))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (task)
		reply_act(service, call, tasks_stop(service, call, task, &options));
}

static int tasks_remove(struct service *service, struct wire_call *call, struct task *task,
                        const void *options)
{
	(void)call;
	(void)options;
	return engine_remove(service->engine, task);
}

/* A task that is removed with all under it, in slices, and who is to be told. */
struct subtree {
	struct service *service;
	struct wire_call *call;
};

static void subtree_removed(void *ctx, int error)
{
	struct subtree subtree = *(struct subtree *)ctx;
	free(ctx);
	if (error == -EIO)
		reply_bool(subtree.call, "result",
		           false); /* StoreFailed takes its place: its change is not committed */
	else
		reply_act(subtree.service, subtree.call, error);
}

static void subtree_asker_gone(void *ctx)
{
	struct subtree *subtree = ctx;
	engine_disown_removal(subtree->service->engine, subtree);
	free(subtree);
}

static void subtree_remove(struct service *service, struct wire_call *call, struct task *task)
{
	struct subtree *subtree = malloc(sizeof(*subtree));
	const struct removal_asker asker = { .ctx = subtree, .ended = subtree_removed };
	if (!subtree || engine_remove_subtree(service->engine, task, &asker)) {
		free(subtree);
		fail_memory(call);
		return;
	}
	*subtree = (struct subtree){ service, call };
	wire_call_note(call, MSG_REMOVAL_PART);
	wire_call_on_close(call, subtree_asker_gone, subtree);
}

void service_remove(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	if (closing_awaits(service, call, parameters, service_remove))
		return;
	if (acts_on_several(service, call, parameters, tasks_remove, NULL, ACTS_NEWEST_FIRST))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (!task)
		return;
	int error = tasks_remove(service, call, task, NULL);
	if (error == -E2BIG)
		subtree_remove(service, call, task);
	else
		reply_act(service, call, error);
}

void service_get(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct task *task = find_or_fail(service, call, parameters);
	if (!task)
		return;
	engine_refresh_progress(service->engine, task);
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "task");
	columns_record(&w, service->engine, task, engine_now(service->engine));
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

void service_progress(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "id", "percent", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	double percent = args_number(&args, "percent", 0);
	const char *message = args_string(&args, "message");
	if (args_failed(&args, call, needs))
		return;
	struct task *task = find_or_fail(service, call, parameters);
	if (!task)
		return;
	percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
	reply_act(service, call, engine_progress(service->engine, task, (int)percent, message));
}

void service_cancelled(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct task *task = find_or_fail(ctx, call, parameters);
	if (task)
		reply_bool(call, "cancelled", engine_cancelled(task));
}
