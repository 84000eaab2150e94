#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run/pool.h"
#include "engine/run/sizes.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"

/* Methods on the server itself. */

enum { HOOK_LIMIT_MAX = 31 * 86400 /* seconds */, KEEP_SECONDS_MAX = 1000000000 };

static void reply_nothing(struct wire_call *call)
{
	wire_reply(call, NULL, false);
}

/* The ids of all that are paused. */
static void control_write_paused(struct jsonw *w, const struct service *service)
{
	const struct registry *registry = engine_registry(service->engine);
	const struct task *task = registry->counts[TASK_PAUSED] > 0 ? order_at(&registry->order, 0) : NULL;
	jsonw_array(w);
	for (; task; task = order_next(&registry->order, task)) {
		if (task->status.state == TASK_PAUSED)
			jsonw_string(w, task_id(task));
	}
	jsonw_end_array(w);
}

/* What the server waits for before it ends; null: it does not end. */
static void control_write_stopping(struct jsonw *w, const struct service *service)
{
	const uint64_t *counts = engine_registry(service->engine)->counts;
	if (service->mode != MODE_DRAIN && service->mode != MODE_CANCEL) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "mode");
	jsonw_string(w, service->mode == MODE_DRAIN ? "drain" : "cancel");
	jsonw_key(w, "running");
	jsonw_uint(w, engine_running(service->engine));
	jsonw_key(w, "queued");
	jsonw_uint(w, engine_busy(service->engine) - engine_running(service->engine) - counts[TASK_PAUSED]);
	jsonw_key(w, "paused");
	control_write_paused(w, service);
	jsonw_key(w, "hooks");
	jsonw_bool(w, engine_hooks_busy(service->engine));
	jsonw_end_object(w);
}

void service_server_status(void *ctx, struct wire_call *call, const json_t *parameters)
{
	(void)parameters;
	const struct service *service = ctx;
	struct jsonw w = JSONW_INIT;
	engine_look(service->engine);
	jsonw_object(&w);
	jsonw_key(&w, "status");
	show_status(&w, ctx);
	jsonw_key(&w, "stateDirectory");
	jsonw_string(&w, service->options.state);
	jsonw_key(&w, "loop");
	show_turns(&w);
	jsonw_key(&w, "stopping");
	control_write_stopping(&w, service);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

/* Milliseconds from seconds; what is not given stays as it is. */
static void read_keep_time(struct args *args, const char *key, int64_t *time)
{
	double seconds = args_number(args, key, 0);
	if (!args_has(args, key))
		return;
	if (seconds < 0 || seconds > KEEP_SECONDS_MAX)
		args_fail(args, key);
	else
		*time = llround(seconds * 1000);
}

void service_server_set(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	int64_t slots = args_count(&args, "slots", INT32_MAX, -1);
	double hook_limit = args_number(&args, "hookLimit", 0);
	bool limits = args_has(&args, "hookLimit");
	struct keep keep = *engine_keep(service->engine);
	read_keep_time(&args, "keep", &keep.ended);
	read_keep_time(&args, "keepFailed", &keep.failed);
	keep.size = args_count(&args, "keepSize", INT64_MAX, keep.size);
	bool keeps = args_has(&args, "keep") || args_has(&args, "keepFailed") || args_has(&args, "keepSize");
	if (limits && !(hook_limit >= 0.001 && hook_limit <= HOOK_LIMIT_MAX))
		args_fail(&args, "hookLimit");
	if (args_failed(&args, call, NULL))
		return;
	const struct core_settings settings = { .slots = slots,
		                                .hook_limit = limits ? (int64_t)(hook_limit * 1000) : 0,
		                                .keep = keeps ? &keep : NULL };
	if (engine_set(service->engine, &settings)) {
		fail_memory(call);
		return;
	}
	if (keeps)
		retention_changed(service);
	wire_reply_tagged(call, NULL, false, engine_asked(service->engine));
}

/* The room that the output takes is found out by a worker. */
struct size_job {
	struct pool_job job;    /* first */
	struct wire_call *call; /* NULL: it is gone */
	char *directory;
	struct sizes usage;
	int error;
};

static void size_work(struct pool_job *job)
{
	struct size_job *size = (struct size_job *)job;
	size->error = sizes_read(&size->usage, size->directory);
}

static void size_done(struct pool_job *job)
{
	struct size_job *size = (struct size_job *)job;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "bytes");
	jsonw_uint(&w, size->usage.total);
	jsonw_end_object(&w);
	if (size->call && size->error)
		fail_code(size->call, "OutputFailed", size->error);
	else if (size->call)
		wire_reply(size->call, &w, false);
	jsonw_release(&w);
	sizes_release(&size->usage);
	free(size->directory);
	free(size);
}

static void size_call_gone(void *ctx)
{
	((struct size_job *)ctx)->call = NULL;
}

void service_server_size(void *ctx, struct wire_call *call, const json_t *parameters)
{
	(void)parameters;
	struct service *service = ctx;
	struct size_job *size = calloc(1, sizeof(*size));
	if (!size || string_copy(&size->directory, service->options.state)) {
		free(size);
		fail_memory(call);
		return;
	}
	size->job = (struct pool_job){ .work = size_work, .done = size_done };
	size->call = call;
	wire_call_on_close(call, size_call_gone, size);
	pool_submit(engine_pool(service->engine), &size->job);
}

static void stop_fail_running(struct service *service, struct wire_call *call)
{
	const uint64_t *counts = engine_registry(service->engine)->counts;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "running");
	jsonw_uint(&w, engine_running(service->engine));
	jsonw_key(&w, "queued");
	jsonw_uint(&w, engine_busy(service->engine) - engine_running(service->engine) - counts[TASK_PAUSED]);
	jsonw_key(&w, "paused");
	jsonw_uint(&w, counts[TASK_PAUSED]);
	jsonw_end_object(&w);
	wire_error(call, "TasksRunning", &w);
	jsonw_release(&w);
}

/* They would be waited for until somebody resumes them. */
static void stop_fail_paused(struct service *service, struct wire_call *call)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "ids");
	control_write_paused(&w, service);
	jsonw_end_object(&w);
	wire_error(call, "TasksPaused", &w);
	jsonw_release(&w);
}

/*
 * What is not recorded, and never will be, is no reason to go on.  Hooks are waited for, too, but nobody is
 * refused because of them.
 */
static bool control_is_busy(const struct service *service)
{
	const uint64_t *counts = engine_registry(service->engine)->counts;
	if (engine_lost(service->engine))
		return engine_has_processes(service->engine);
	return service->mode == MODE_COLLECT
	               ? counts[TASK_CLAIMED] + counts[TASK_PAUSED] + engine_running(service->engine) > 0
	               : engine_busy(service->engine) > 0;
}

/* Ends the server if all tasks that it waits for have ended, and their ends are durable. */
static void control_look(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct service *service = ctx;
	if (service->mode == MODE_SERVING || control_is_busy(service) || !engine_settled(service->engine))
		return;
	if (!engine_lost(service->engine) &&
	    (engine_cancelling(service->engine) || engine_hooks_busy(service->engine)))
		return;
	service->unrecorded = engine_lost(service->engine) && engine_busy(service->engine) > 0;
	const uint64_t *counts = engine_registry(service->engine)->counts;
	service->waiting = counts[TASK_QUEUED] + counts[TASK_CLAIMED];
	service->options.finish(service->options.ctx);
}

static void control_reply_stopped(const struct service *service, struct wire_call *call)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "waiting");
	jsonw_uint(&w, service->waiting);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

void service_end_calls(struct service *service)
{
	wire_server_end_calls(service->wire, service->stop_call);
}

void service_tell_end(struct service *service)
{
	struct wire_call *call = service->stop_call;
	service->stop_call = NULL;
	if (call && service->unrecorded)
		fail_reason(call, "StoreFailed", MSG_SERVER_UNRECORDED);
	else if (call)
		control_reply_stopped(service, call);
	wire_server_send_now(service->wire);
}

/* The look runs from the loop, since a change is still in progress here. */
void stop_changed(struct service *service)
{
	if (service->mode != MODE_SERVING && service->stop_event)
		event_active(service->stop_event, EV_TIMEOUT, 0);
}

/*
 * The client that asked the server to stop has gone.  The server goes on, unless it is already cancelling
 * tasks.
 */
static void asker_gone(void *ctx)
{
	struct service *service = ctx;
	service->stop_call = NULL;
	if (service->mode == MODE_DRAIN)
		service->mode = MODE_SERVING;
}

void service_server_stop(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const modes[] = { "idle", "drain", "cancel" };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const char *name = args_string(&args, "mode");
	size_t mode = 0;
	while (name && mode < 3 && strcmp(modes[mode], name) != 0)
		mode++;
	if (mode == 3)
		args_fail(&args, "mode");
	if (args_failed(&args, call, NULL))
		return;
	if (mode == 0 && control_is_busy(service)) {
		stop_fail_running(service, call);
		return;
	}
	if (mode == 1 && engine_registry(service->engine)->counts[TASK_PAUSED] > 0) {
		stop_fail_paused(service, call);
		return;
	}
	if (service->stop_call) {
		fail_reason(call, "Stopping", MSG_SERVER_STOPPING);
		return;
	}
	if (mode == 2 && engine_cancel(service->engine)) {
		fail_memory(call);
		return;
	}
	engine_resume(service->engine);
	service->mode = mode == 2 ? MODE_CANCEL : MODE_DRAIN;
	service->stop_call = call;
	wire_call_on_close(call, asker_gone, service);
	stop_changed(service);
}

void service_server_restart(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const char *program = args_string(&args, "program");
	char *error = NULL;
	if (args_failed(&args, call, NULL))
		return;
	int code = service->options.restart(service->options.ctx, program, &error);
	if (code)
		fail_reason(call, "RestartFailed", error ? error : strerror(-code));
	else
		reply_nothing(call);
	free(error);
}

int control_init(struct service *service)
{
	service->stop_event = event_new(service->options.base, -1, 0, control_look, service);
	if (!service->stop_event)
		return -ENOMEM;
	service->mode = service->options.collect ? MODE_COLLECT : MODE_SERVING;
	stop_changed(service);
	return 0;
}

bool control_may_start(struct service *service, struct wire_call *call)
{
	if (service->mode == MODE_COLLECT) {
		service->mode = MODE_SERVING;
		engine_resume(service->engine);
	}
	if (service->mode == MODE_SERVING)
		return true;
	fail_reason(call, "Stopping", MSG_SERVER_STARTS_NONE);
	return false;
}
