#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/core.h"
#include "engine/core/creation.h"
#include "engine/core/environments.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/lifecycle.h"
#include "engine/core/pausing.h"
#include "engine/core/recovery.h"
#include "engine/core/settle.h"
#include "engine/engine.h"
#include "engine/run/content.h"
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
enum { ENGINE_WORKERS = 3 };
/* What is due later than that is looked at again meanwhile: sums of times are far from their limits. */
enum { ENGINE_ALARM_MAX_MS = 86400000 };

struct engine {
	struct core core;
	bool core_ready; /* core_init() was called */
	bool lost;       /* the latest commit failed, since the files of the store are gone */
	struct event_base *base;
	struct engine_hooks hooks;
	int64_t (*now)(void);
	void (*fault)(const char *text);
	struct environment own_environment; /* for callers that sent none */
	struct store *store;
	struct executor *executor;
	struct pool *pool;
	struct follow *follow;
	struct event *pool_event, *follow_event, *store_event, *alarm_event;
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
	(void)fd, (void)what;
	core_alarm(&((struct engine *)ctx)->core);
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

static void engine_core_alarm(void *ctx, int64_t at)
{
	struct engine *engine = ctx;
	if (at == INT64_MAX) {
		event_del(engine->alarm_event);
		return;
	}
	int64_t left = at - engine_core_ticks(engine);
	left = left < 0 ? 0 : left > ENGINE_ALARM_MAX_MS ? ENGINE_ALARM_MAX_MS : left;
	struct timeval wait = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
	/* Out of memory: too often rather than never. */
	if (event_add(engine->alarm_event, &wait))
		event_active(engine->alarm_event, EV_TIMEOUT, 0);
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
		{ &engine->alarm_event, -1, engine_alarm_due },
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		bool timer = wanted[i].fd < 0;
		*wanted[i].event = event_new(engine->base, wanted[i].fd, timer ? 0 : EV_READ | EV_PERSIST,
		                             wanted[i].fn, engine);
		if (!*wanted[i].event || (!timer && event_add(*wanted[i].event, NULL)))
			return -ENOMEM;
	}
	return 0;
}

static void engine_init_core(struct engine *engine, const struct engine_options *options, const char *boot_id)
{
	struct core_options core_options = {
		.executor = engine->executor,
		.sink = { .ctx = engine, .put = engine_sink_put },
		.now = engine_core_now,
		.ticks = engine_core_ticks,
		.clock_ctx = engine,
		.paused = options->paused,
	};
	const struct core_hooks hooks = {
		.ctx = engine,
		.changed = engine_core_changed,
		.ended = engine_core_ended,
		.alarm = engine_core_alarm,
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

static int engine_open_executor(struct engine *engine, const struct engine_options *options,
                                const char *boot_id, char **error)
{
	const struct local_options local = {
		.base = engine->base,
		.directory = options->directory,
		.address = options->address,
		.boot_id = boot_id,
		.pool = engine->pool,
		.anchor = options->anchor,
		.now = engine->now,
		.own_environment = &engine->own_environment,
		.descriptors = shed_limits(),
	};
	return local_open(&engine->executor, &local, error);
}

static int engine_recover(struct engine *engine, int slots, char **error)
{
	struct recovery recovery = { .core = &engine->core };
	int code = store_load(engine->store, &recovery_reader, &recovery, error);
	if (!code)
		code = store_start(engine->store);
	if (!code && slots >= 0 && (unsigned)slots != engine->core.options.slots)
		code = requests_set_slots(&engine->core, (unsigned)slots);
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
	engine->own_environment.ignored = 0;
	if (!code)
		code = pool_new(&engine->pool, ENGINE_WORKERS);
	if (!code)
		code = follow_new(&engine->follow);
	if (!code)
		code = store_open(&engine->store, options->directory, error);
	if (!code)
		code = engine_open_executor(engine, options, boot_id, error);
	if (!code)
		code = engine_add_events(engine);
	if (code)
		return code;
	engine_init_core(engine, options, boot_id);
	return engine_recover(engine, options->slots, error);
}

int engine_open(struct engine **out, const struct engine_options *options, char **error)
{
	*error = NULL;
	struct engine *engine = calloc(1, sizeof(*engine));
	if (!engine)
		return -ENOMEM;
	engine->base = options->base;
	engine->now = options->now ? options->now : engine_system_now;
	engine->fault = options->fault;
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

void engine_close_store(struct engine *engine)
{
	struct event **events[] = { &engine->pool_event, &engine->follow_event, &engine->store_event,
		                    &engine->alarm_event };
	engine->hooks = (struct engine_hooks){ 0 };
	engine->core.hooks = (struct core_hooks){ 0 };
	engine->core.options.paused = true;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (*events[i])
			event_free(*events[i]);
		*events[i] = NULL;
	}
	if (engine->executor)
		local_silence(engine->executor);
	/* The workers first: what they spawn now is in the ledger, and the next server finds it there. */
	if (engine->pool)
		pool_free(engine->pool);
	engine->pool = NULL;
	store_close(engine->store);
	engine->store = NULL;
}

void engine_close(struct engine *engine)
{
	engine_close_store(engine);
	if (engine->executor)
		local_close(engine->executor);
	if (engine->core_ready)
		core_release(&engine->core);
	if (engine->follow)
		follow_free(engine->follow);
	environment_release(&engine->own_environment);
	free(engine);
}

bool engine_shortfall(const struct engine *engine, const struct task *task, char *text, size_t size)
{
	const struct shared_environment *shared = task_environment(task);
	return engine->executor->verbs->shortfall(
		engine->executor, shared ? &shared->environment : &engine->own_environment, text, size);
}

void engine_set_hooks(struct engine *engine, const struct engine_hooks *hooks)
{
	engine->hooks = *hooks;
}

const struct registry *engine_registry(const struct engine *engine)
{
	return &engine->core.registry;
}

struct pool *engine_pool(struct engine *engine)
{
	return engine->pool;
}

struct follow *engine_follow(struct engine *engine)
{
	return engine->follow;
}

struct store *engine_store(struct engine *engine)
{
	return engine->store;
}

int64_t engine_now(const struct engine *engine)
{
	return engine->now();
}

uint64_t engine_sequence(const struct engine *engine)
{
	return engine->core.journal.sequence;
}

uint64_t engine_asked(const struct engine *engine)
{
	return engine->core.asked;
}

struct task *engine_find(const struct engine *engine, const char *id)
{
	return registry_find(&engine->core.registry, id);
}

int engine_take_environment(struct engine *engine, const char *hash, const char *block, size_t length,
                            struct shared_environment **shared)
{
	return environments_take_hashed(&engine->core, hash, block, length, shared);
}

void engine_release_environment(struct engine *engine, struct shared_environment *shared)
{
	environments_drop(&engine->core, shared);
}

int engine_create(struct engine *engine, struct task_spec *spec, struct shared_environment *environment,
                  struct task *parent, bool start, struct task **task, char **error)
{
	return creation_make(&engine->core, spec, environment, parent, start, task, error);
}

int engine_start(struct engine *engine, struct task *task)
{
	return requests_start(&engine->core, task);
}

int engine_stop(struct engine *engine, struct task *task, const struct stop_options *options)
{
	return requests_stop(&engine->core, task, options);
}

bool engine_stop_sends(const struct task *task, const struct stop_options *options)
{
	return requests_stop_sends(task, options);
}

int engine_remove(struct engine *engine, struct task *task)
{
	return removal_remove(&engine->core, task);
}

void engine_hold(struct engine *engine)
{
	settle_hold(&engine->core);
}

void engine_go_on(struct engine *engine)
{
	settle_go_on(&engine->core);
}

int engine_remove_subtree(struct engine *engine, struct task *task, const struct removal_asker *asker)
{
	return removal_begin(&engine->core, task, asker);
}

void engine_disown_removal(struct engine *engine, const void *ctx)
{
	removal_disown(&engine->core, ctx);
}

void engine_begin_reading(struct engine *engine, struct core_reader *reader)
{
	removal_hold(&engine->core, reader);
}

void engine_end_reading(struct engine *engine, struct core_reader *reader)
{
	removal_let_go(&engine->core, reader);
}

int engine_progress(struct engine *engine, struct task *task, int percent, const char *message)
{
	return requests_progress(&engine->core, task, percent, message);
}

int engine_set_text(struct engine *engine, struct task *task, const char *name, const char *description,
                    char **error)
{
	return requests_set_text(&engine->core, task, name, description, error);
}

bool engine_cancelled(const struct task *task)
{
	return task->status.state == TASK_OVERTIME || task->status.state == TASK_STOPPING ||
	       task->status.state == TASK_STOPPED;
}

bool engine_has_begun(const struct task *task)
{
	return task->run && (task->run->phase == RUN_RUNNING || task->run->phase == RUN_ENDED ||
	                     task->run->phase == RUN_CLOSING);
}

pid_t engine_pid(const struct task *task)
{
	return task->run && !task_state_terminal(task->status.state) ? task->run->process.pid : 0;
}

int engine_output(struct engine *engine, const struct task *task, enum executor_stream stream, bool want_fd,
                  struct executor_output *output)
{
	return engine->executor->verbs->output(engine->executor, task, stream, want_fd, output);
}

void engine_describe(const struct engine *engine, const struct task *task, struct executor_place *place)
{
	*place = (struct executor_place){ .pid = 0 };
	if (task->run)
		engine->executor->verbs->describe(engine->executor, task->run, place);
}

static bool engine_scan(struct engine *engine, const struct task *task, enum executor_stream stream,
                        struct progress *progress)
{
	struct executor_output output;
	if (engine_output(engine, task, stream, true, &output) || output.fd < 0)
		return false;
	bool found = content_scan_progress(output.fd, progress);
	close(output.fd);
	return found;
}

/* The stream with a percentage; if neither has one, the first that has anything. */
static bool engine_scan_streams(struct engine *engine, const struct task *task, struct progress *progress)
{
	struct progress other;
	bool any = engine_scan(engine, task, EXECUTOR_STDOUT, progress);
	if ((any && progress->percent >= 0) || task_merge(task) ||
	    !engine_scan(engine, task, EXECUTOR_STDERR, &other))
		return any;
	if (!any || other.percent >= 0)
		*progress = other;
	return true;
}

void engine_refresh_progress(struct engine *engine, struct task *task)
{
	struct task_status *status = &task->status;
	struct progress progress;
	if (task_state_terminal(status->state) || task->reported || !engine_has_begun(task))
		return;
	if (!engine_scan_streams(engine, task, &progress))
		return;
	if (progress.percent < 0) {
		if (!status->percent_known)
			return;
		progress.percent = status->percent;
	}
	if (status->percent_known && status->percent == progress.percent &&
	    strcmp(status->message ? status->message : "", progress.message) == 0)
		return;
	if (task_status_set_message(status, *progress.message ? progress.message : NULL))
		return;
	status->percent = (uint8_t)progress.percent;
	status->percent_known = true;
	registry_touch(&engine->core.registry, task);
}

void engine_wait_begin(struct task *task)
{
	task->waiters++;
}

void engine_wait_end(struct task *task)
{
	task->waiters--;
}

unsigned engine_slots(const struct engine *engine)
{
	return engine->core.options.slots;
}

static void engine_reschedule(struct engine *engine)
{
	core_need(&engine->core, CORE_DUE_SCHEDULE);
	core_need(&engine->core, CORE_DUE_CHANGED);
	settle_core(&engine->core);
}

int engine_set_slots(struct engine *engine, unsigned slots)
{
	return requests_set_slots(&engine->core, slots);
}

/* Without its files no later server can go on with them. */
unsigned engine_unfinished(const struct engine *engine)
{
	return engine->lost && !engine_has_processes(engine) ? 0 : core_runs(&engine->core);
}

uint64_t engine_running(const struct engine *engine)
{
	const uint64_t *counts = engine->core.registry.counts;
	return counts[TASK_RUNNING] + counts[TASK_STOPPING] + counts[TASK_OVERTIME];
}

uint64_t engine_busy(const struct engine *engine)
{
	const struct core *core = &engine->core;
	return engine_running(engine) + core->registry.counts[TASK_PAUSED] + groups_able(core);
}

int engine_pause_task(struct engine *engine, struct task *task)
{
	return pausing_pause(&engine->core, task);
}

int engine_resume_task(struct engine *engine, struct task *task)
{
	return pausing_resume(&engine->core, task);
}

int engine_set_paused(struct engine *engine, bool paused)
{
	return pausing_set_server(&engine->core, paused);
}

static int engine_settle(struct engine *engine, int error)
{
	if (!error)
		core_asked(&engine->core);
	settle_core(&engine->core);
	return error;
}

int engine_group_add(struct engine *engine, const char *name, const struct group_settings *settings)
{
	return engine_settle(engine, grouping_add(&engine->core, name, settings));
}

int engine_group_set(struct engine *engine, struct task_group *group, const struct group_settings *settings)
{
	return engine_settle(engine, grouping_set(&engine->core, group, settings));
}

int engine_group_remove(struct engine *engine, struct task_group *group)
{
	return engine_settle(engine, grouping_remove(&engine->core, group));
}

struct task_group *engine_group_find(const struct engine *engine, const char *name)
{
	return groups_named(&engine->core, name);
}

const struct task_group *engine_groups(const struct engine *engine)
{
	return engine->core.groups;
}

bool engine_paused(const struct engine *engine)
{
	return engine->core.paused;
}

void engine_resume(struct engine *engine)
{
	engine->core.options.paused = false;
	engine_reschedule(engine);
}

void engine_pause(struct engine *engine)
{
	engine->core.options.paused = true;
}

bool engine_settled(const struct engine *engine)
{
	return engine->core.journal.committed >= engine->core.journal.sequence;
}

bool engine_lost(const struct engine *engine)
{
	return engine->lost;
}

static bool engine_run_has_processes(const struct run *run)
{
	if (run->phase == RUN_ENDED)
		return run->end.left > 0 && run->task->status.state == TASK_STOPPING;
	return run->phase >= RUN_STARTING && run->phase <= RUN_RUNNING;
}

bool engine_has_processes(const struct engine *engine)
{
	const struct order *order = &engine->core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->run && engine_run_has_processes(task->run))
			return true;
	}
	return false;
}

void engine_anchor_child(struct engine *engine)
{
	local_anchor_child(engine->executor);
}
