#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/hooks.h"
#include "engine/core/recovery.h"
#include "engine/exec/local/variables.h"
#include "engine/exec/slurm/slurm.h"
#include "engine/parts.h"
#include "engine/run/alarm.h"
#include "engine/run/follow.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "engine/run/shed.h"
#include "engine/store/store.h"
#include "engine/task/messages.h"
#include "engine/task/progress.h"

/*
 * More than two spawning threads are not faster on two cores (clone blocks in the kernel); jobs that read
 * files want one more.
 */
enum {
	ENGINE_WORKERS = 3,
	ENGINE_WORKERS_MOST = 128, /* if some wait for a disk that does not answer */
	ENGINE_LINGER_MS = 1,
	ENGINE_CLOSE_MS = 2000 /* they are waited for at the end */
};

static int64_t engine_system_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t engine_core_now(void *ctx)
{
	return ((struct engine *)ctx)->now();
}

static int64_t engine_core_ticks(void *ctx)
{
	(void)ctx;
	return process_uptime();
}

/* The loop's events. */

static void engine_pool_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	pool_reap(engine->pool);
}

static void engine_follow_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	follow_dispatch(((struct engine *)ctx)->follow);
}

static void engine_store_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	char *reason = NULL;
	uint64_t committed = 0;
	int error = store_poll(engine->store, &committed, &reason);
	engine->lost = error == -ESTALE;
	if (error) {
		core_failed(&engine->core, committed);
		if (engine->hooks.failed)
			engine->hooks.failed(engine->hooks.ctx, committed,
			                     reason ? reason : MSG_OUT_OF_MEMORY);
	}
	core_committed(&engine->core, committed);
	free(reason);
	if (engine->hooks.committed)
		engine->hooks.committed(engine->hooks.ctx, committed);
}

static void engine_alarm_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)what;
	(void)alarm_take(fd);
	core_alarm(&((struct engine *)ctx)->core);
}

static void engine_wake_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)what;
	struct engine *engine = ctx;
	bool was_set = alarm_take(fd) || engine->clock_was_set;
	engine->clock_was_set = false;
	core_clock(&engine->core, was_set);
}

/* What the core tells. */

static void engine_core_changed(void *ctx)
{
	struct engine *engine = ctx;
	if (engine->hooks.changed)
		engine->hooks.changed(engine->hooks.ctx);
}

static void engine_core_ended(void *ctx, const struct task *task)
{
	struct engine *engine = ctx;
	if (engine->hooks.ended)
		engine->hooks.ended(engine->hooks.ctx, task);
}

static bool engine_core_needs(void *ctx, const struct task *task)
{
	const struct engine *engine = ctx;
	return !engine->hooks.needs || engine->hooks.needs(engine->hooks.ctx, task);
}

static void engine_core_alarm(void *ctx, int64_t at)
{
	struct engine *engine = ctx;
	if (at == INT64_MAX)
		(void)alarm_set(engine->alarm_fd, ALARM_NEVER, false);
	else
		(void)alarm_set(engine->alarm_fd, at > 0 ? at : 1, false);
}

/* A test may have a clock of its own. */
static void engine_core_wake(void *ctx, int64_t at)
{
	struct engine *engine = ctx;
	if (engine->now != engine_system_now && at > 0 && at < INT64_MAX)
		at += engine_system_now() - engine->now();
	if (alarm_set(engine->wake_fd, at, at != 0) != -ECANCELED)
		return;
	engine->clock_was_set = true;
	event_active(engine->wake_event, EV_READ, 0);
}

static void engine_core_impossible(void *ctx, const struct task *task, const char *phase, const char *event)
{
	struct engine *engine = ctx;
	char text[256];
	snprintf(text, sizeof(text), MSG_PHASE_IMPOSSIBLE, task_id(task), event, phase);
	if (engine->fault)
		engine->fault(text);
}

static int engine_sink_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	return store_put(((struct engine *)ctx)->store, batch, urgent, sequence);
}

static bool engine_sink_is_scarce(void *ctx)
{
	return store_is_scarce(((struct engine *)ctx)->store);
}

static int engine_add_events(struct engine *engine)
{
	const struct {
		struct event **event;
		evutil_socket_t fd;
		event_callback_fn fn;
	} wanted[] = {
		{ &engine->pool_event, pool_fd(engine->pool), engine_pool_readable },
		{ &engine->follow_event, follow_fd(engine->follow), engine_follow_readable },
		{ &engine->store_event, store_fd(engine->store), engine_store_readable },
		{ &engine->alarm_event, engine->alarm_fd, engine_alarm_due },
		{ &engine->wake_event, engine->wake_fd, engine_wake_due },
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		*wanted[i].event =
			event_new(engine->base, wanted[i].fd, EV_READ | EV_PERSIST, wanted[i].fn, engine);
		if (!*wanted[i].event || event_add(*wanted[i].event, NULL))
			return -ENOMEM;
	}
	return 0;
}

static char *engine_record(void *ctx, const struct task *task, int64_t now)
{
	const struct engine *engine = ctx;
	return engine->record(engine, task, now);
}

static void engine_init_core(struct engine *engine, const struct engine_options *options, const char *boot_id)
{
	struct core_options core_options = {
		.executor = engine->executor,
		.remote = engine->slurm,
		.sink = { .ctx = engine, .put = engine_sink_put, .is_scarce = engine_sink_is_scarce },
		.now = engine_core_now,
		.ticks = engine_core_ticks,
		.clock_ctx = engine,
		.record = options->record ? engine_record : NULL,
		.record_ctx = engine,
		.paused = options->paused,
	};
	const struct core_hooks hooks = {
		.ctx = engine,
		.changed = engine_core_changed,
		.ended = engine_core_ended,
		.needs = engine_core_needs,
		.alarm = engine_core_alarm,
		.wake = engine_core_wake,
		.impossible = engine_core_impossible,
	};
	snprintf(core_options.boot_id, sizeof(core_options.boot_id), "%s", boot_id);
	core_init(&engine->core, &core_options);
	core_set_hooks(&engine->core, &hooks);
	engine->core_ready = true;
}

static bool engine_knows(void *ctx, uint64_t number)
{
	return order_find(&((struct engine *)ctx)->core.registry.order, number) != NULL;
}

static int engine_open_alarms(struct engine *engine)
{
	engine->alarm_fd = alarm_open(CLOCK_BOOTTIME);
	engine->wake_fd = alarm_open(CLOCK_REALTIME);
	return engine->alarm_fd < 0 ? engine->alarm_fd : engine->wake_fd < 0 ? engine->wake_fd : 0;
}

static int engine_open_executor(struct engine *engine, const struct engine_options *options,
                                const char *boot_id, char **error)
{
	const struct local_options local = {
		.base = engine->base,
		.directory = options->directory,
		.address = options->address,
		.identity = store_identity(engine->store),
		.boot_id = boot_id,
		.pool = engine->pool,
		.anchor = options->anchor,
		.now = engine->now,
		.own_environment = &engine->own_environment,
		.descriptors = shed_limits(),
		.linger_ms = ENGINE_LINGER_MS,
	};
	const struct slurm_options slurm = {
		.base = engine->base,
		.address = options->address,
		.identity = local.identity,
		.programs = getenv(SLURM_PROGRAMS),
		.now = engine->now,
		.own_environment = &engine->own_environment,
	};
	int code = local_open(&engine->executor, &local, error);
	return code ? code : slurm_open(&engine->slurm, &slurm);
}

static int engine_recover(struct engine *engine, const struct engine_options *options, char **error)
{
	struct recovery recovery = { .core = &engine->core };
	int code = store_load(engine->store, &recovery_reader, &recovery, error);
	if (!code)
		code = store_start(engine->store);
	if (!code && options->slots >= 0 && (unsigned)options->slots != engine->core.options.slots)
		code = requests_set_slots(&engine->core, (unsigned)options->slots);
	if (!code && options->hook_limit > 0 && options->hook_limit != engine->core.hook_limit)
		code = hooks_set_limit(&engine->core, options->hook_limit);
	if (!code)
		code = recovery_finish(&recovery);
	recovery_release(&recovery);
	if (!code)
		local_sweep(engine->executor, engine_knows, engine);
	return code;
}

static int engine_open_parts(struct engine *engine, const struct engine_options *options, char **error)
{
	char boot_id[37];
	int code = process_boot_id(boot_id);
	if (!code)
		code = environment_capture(&engine->own_environment);
	/* Those are this process's own; a login has none of them. */
	engine->own_environment.umask = options->umask;
	for (int i = 0; options->limits && i < (int)RLIM_NLIMITS; i++)
		engine->own_environment.limits[i].rlim_cur = options->limits->soft[i];
	engine->own_environment.ignored = 0;
	if (!code)
		code = pool_new_growing(&engine->pool, ENGINE_WORKERS, ENGINE_WORKERS_MOST);
	if (!code)
		code = follow_new(&engine->follow);
	if (!code)
		code = store_open(&engine->store, options->directory, error);
	if (!code)
		code = engine_open_executor(engine, options, boot_id, error);
	if (!code)
		code = engine_open_alarms(engine);
	if (!code)
		code = engine_add_events(engine);
	if (code)
		return code;
	engine_init_core(engine, options, boot_id);
	return engine_recover(engine, options, error);
}

int engine_open(struct engine **out, const struct engine_options *options, char **error)
{
	*error = NULL;
	struct engine *engine = calloc(1, sizeof(*engine));
	if (!engine)
		return -ENOMEM;
	engine->base = options->base;
	engine->alarm_fd = engine->wake_fd = -1;
	engine->now = options->now ? options->now : engine_system_now;
	engine->fault = options->fault;
	engine->record = options->record;
	int code = engine_open_parts(engine, options, error);
	if (code) {
		if (!*error)
			*error = strdup(strerror(-code));
		engine_close(engine);
		return code;
	}
	*out = engine;
	return 0;
}

bool engine_close_store(struct engine *engine)
{
	struct event **events[] = { &engine->pool_event, &engine->follow_event, &engine->store_event,
		                    &engine->alarm_event, &engine->wake_event };
	engine->hooks = (struct engine_hooks){ 0 };
	engine->core.hooks = (struct core_hooks){ 0 };
	engine->core.options.paused = true;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (*events[i])
			event_free(*events[i]);
		*events[i] = NULL;
	}
	if (engine->slurm)
		slurm_silence(engine->slurm);
	if (engine->executor)
		local_silence(engine->executor);
	/* The workers first: what they spawn now is in the ledger, and the next server finds it there. */
	if (!pool_free_within(engine->pool, ENGINE_CLOSE_MS))
		engine->abandoned = true;
	engine->pool = NULL;
	store_close(engine->store);
	engine->store = NULL;
	return !engine->abandoned;
}

void engine_close(struct engine *engine)
{
	if (!engine_close_store(engine))
		return;
	if (engine->slurm)
		slurm_close(engine->slurm);
	if (engine->executor)
		local_close(engine->executor);
	if (engine->core_ready)
		core_release(&engine->core);
	if (engine->follow)
		follow_free(engine->follow);
	environment_release(&engine->own_environment);
	if (engine->alarm_fd >= 0)
		close(engine->alarm_fd);
	if (engine->wake_fd >= 0)
		close(engine->wake_fd);
	free(engine);
}

bool engine_leave_task(void)
{
	return local_variables_leave();
}

const char *engine_missing(const struct engine *engine)
{
	return store_missing(engine->store);
}
