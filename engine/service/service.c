#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run/pool.h"
#include "engine/run/turns.h"
#include "engine/service/service.h"
#include "engine/service/tops.h"
#include "engine/service/tree.h"
#include "engine/task/messages.h"
#include "engine/wire/description.h"

const struct wire_method service_methods[] = {
	{ "Environment", service_environment },
	{ "Create", service_create },
	{ "Again", service_again },
	{ "Start", service_start },
	{ "Stop", service_stop },
	{ "Remove", service_remove },
	{ "Pause", service_pause },
	{ "Resume", service_resume },
	{ "Set", service_set },
	{ "Get", service_get },
	{ "Why", service_why },
	{ "List", service_list },
	{ "Scroll", service_scroll },
	{ "ListEnd", service_list_end },
	{ "Position", service_position },
	{ "Find", service_find },
	{ "Log", service_log },
	{ "Result", service_result },
	{ "Wait", service_wait },
	{ "Progress", service_progress },
	{ "Cancelled", service_cancelled },
	{ "Away", service_away },
	{ "AwaySeen", service_away_seen },
	{ "GroupAdd", service_group_add },
	{ "GroupSet", service_group_set },
	{ "GroupRemove", service_group_remove },
	{ "GroupPause", service_group_pause },
	{ "GroupResume", service_group_resume },
	{ "GroupList", service_group_list },
	{ "ServerStatus", service_server_status },
	{ "ServerSet", service_server_set },
	{ "ServerSize", service_server_size },
	{ "ServerPause", service_server_pause },
	{ "ServerResume", service_server_resume },
	{ "ServerStop", service_server_stop },
	{ "ServerRestart", service_server_restart },
	{ NULL, NULL },
};

void fail_not_found(struct wire_call *call, const char *id)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, id);
	jsonw_end_object(&w);
	wire_error(call, "NotFound", &w);
	jsonw_release(&w);
}

void fail_reason(struct wire_call *call, const char *error, const char *reason)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "reason");
	jsonw_string(&w, reason);
	jsonw_end_object(&w);
	wire_error(call, error, &w);
	jsonw_release(&w);
}

void fail_memory(struct wire_call *call)
{
	wire_error(call, "OutOfMemory", NULL);
}

void fail_code(struct wire_call *call, const char *error, int code)
{
	if (code == -ENOMEM)
		fail_memory(call);
	else
		fail_reason(call, error, strerror(-code));
}

void fail_change(struct wire_call *call, int code)
{
	if (code == -ENOSPC)
		fail_reason(call, "StoreFailed", MSG_DISK_SCARCE);
	else
		fail_code(call, "StoreFailed", code);
}

void reply_bool(struct wire_call *call, const char *key, bool value)
{
	char text[64];
	struct jsonw w = { .data = text };
	w.length = (size_t)snprintf(text, sizeof(text), "{\"%s\":%s}", key, value ? "true" : "false");
	wire_reply(call, &w, false);
}

void reply_done(struct service *service, struct wire_call *call)
{
	static char text[] = "{\"result\":true}";
	const struct jsonw w = { .data = text, .length = sizeof(text) - 1 };
	wire_reply_tagged(call, &w, false, engine_asked(service->engine));
}

struct task *find_or_fail(struct service *service, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs_id[] = { "id", NULL };
	struct args args = { .parameters = parameters };
	const char *id = args_string(&args, "id");
	if (args_failed(&args, call, needs_id))
		return NULL;
	engine_look(service->engine);
	struct task *task = engine_find(service->engine, id);
	if (!task)
		fail_not_found(call, id);
	return task;
}

static uint64_t service_sequence(void *ctx)
{
	return engine_sequence(((struct service *)ctx)->engine);
}

/* A job of the wire for a worker. */
struct service_job {
	struct pool_job job; /* first */
	struct wire_job *wire;
};

static void service_job_work(struct pool_job *job)
{
	struct wire_job *wire = ((struct service_job *)job)->wire;
	wire->work(wire);
}

static void service_job_done(struct pool_job *job)
{
	struct wire_job *wire = ((struct service_job *)job)->wire;
	free(job);
	wire->done(wire);
}

static bool service_offload(void *ctx, struct wire_job *wire)
{
	const struct service *service = ctx;
	struct service_job *job = malloc(sizeof(*job));
	if (!job)
		return false;
	*job = (struct service_job){ .job = { .work = service_job_work, .done = service_job_done },
		                     .wire = wire };
	pool_submit(engine_pool(service->engine), (struct pool_job *)job);
	return true;
}

static void service_committed(void *ctx, uint64_t number)
{
	struct service *service = ctx;
	wire_server_committed(service->wire, number);
	leaving_committed(service, number);
}

static void service_failed(void *ctx, uint64_t number, const char *reason)
{
	struct service *service = ctx;
	wire_server_failed(service->wire, number, reason);
	waits_undone(service);
	leaving_failed(service, number);
}

static void service_changed(void *ctx)
{
	struct service *service = ctx;
	windows_changed(service);
	log_calls_changed(service);
	stop_changed(service);
}

static void service_ended(void *ctx, const struct task *task)
{
	struct service *service = ctx;
	waits_ended(service, task);
	log_calls_ended(service, task);
	leaving_ended(service, task);
	retention_ended(service, task);
}

static const struct wire_plain service_plain[] = {
	{ "{\"method\":\"io.krtask.Create\",\"parameters\":", service_create_plain },
	{ "{\"method\":\"io.krtask.Environment\",\"parameters\":", service_environment_plain },
	{ NULL, NULL },
};

static const struct wire_interface interface = {
	.name = "io.krtask",
	.description = wire_description,
	.vendor = "krtask",
	.product = "krtaskd",
	.version = PACKAGE_VERSION,
	.url = "https://varlink.org",
	.methods = service_methods,
	.plain = service_plain,
	.prepare = create_prepare,
	.unprepare = create_unprepare,
};

static void service_free_lists(struct service *service)
{
	if (service->tree)
		tree_release(service->tree);
	free(service->tree);
	if (service->tops)
		tops_release(service->tops);
	free(service->tops);
	introduction_forget(service);
}

int service_new(struct service **out, const struct service_options *options)
{
	struct service *service = calloc(1, sizeof(*service));
	if (!service)
		return -ENOMEM;
	service->options = *options;
	service->engine = options->engine;
	service->started_at = engine_now(options->engine);
	service->wire_hooks = (struct wire_hooks){
		.ctx = service, .offload = service_offload, .late = turns_late, .sequence = service_sequence
	};
	service->tree = calloc(1, sizeof(*service->tree));
	service->tops = calloc(1, sizeof(*service->tops));
	int error = service->tree && service->tops ? chores_init(&service->chores, options->base) : -ENOMEM;
	if (!error)
		error = wire_server_new(&service->wire, options->base, options->listen_fd, &interface,
		                        &service->wire_hooks, service);
	if (!error)
		error = retention_init(service);
	if (!error)
		error = control_init(service);
	if (error) {
		retention_release(service);
		if (service->wire)
			wire_server_free(service->wire);
		chores_release(&service->chores);
		service_free_lists(service);
		free(service);
		return error;
	}
	struct engine_hooks engine_hooks = {
		.ctx = service,
		.committed = service_committed,
		.failed = service_failed,
		.changed = service_changed,
		.ended = service_ended,
		.needs = waits_need,
	};
	engine_set_hooks(options->engine, &engine_hooks);
	leaving_init(service);
	*out = service;
	return 0;
}

/* Connections are closed first, since this releases what their calls have left in the service. */
void service_free(struct service *service)
{
	struct engine_hooks none = { 0 };
	engine_set_hooks(service->engine, &none);
	wire_server_free(service->wire);
	event_free(service->stop_event);
	leaving_release(service);
	retention_release(service);
	chores_release(&service->chores);
	service_free_lists(service);
	free(service);
}

struct wire_server *service_wire(struct service *service)
{
	return service->wire;
}
