#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/core.h"
#include "engine/store/hash.h"
#include "engine/task/progress.h"

/* More than two spawning threads are not faster on two cores (clone blocks in the kernel); jobs that read files want one more. */
enum { WORKERS = 3, TAIL_SIZE = 4096 };

static int64_t system_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pool_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	pool_reap(engine->pool);
	schedule(engine);
}

static void follow_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	follow_dispatch(((struct engine *)ctx)->follow);
}

static int add_event(struct engine *engine, struct event **event, evutil_socket_t fd, short what, event_callback_fn fn)
{
	*event = event_new(engine->base, fd, what, fn, engine);
	if (!*event)
		return -ENOMEM;
	/* Timers are added when they are due for something. */
	return fd >= 0 && event_add(*event, NULL) ? -ENOMEM : 0;
}

static int add_events(struct engine *engine)
{
	int error = add_event(engine, &engine->pool_event, pool_fd(engine->pool), EV_READ | EV_PERSIST, pool_readable);
	if (!error)
		error = add_event(engine, &engine->follow_event, follow_fd(engine->follow), EV_READ | EV_PERSIST,
		                  follow_readable);
	if (!error)
		error = add_event(engine, &engine->store_event, store_fd(engine->store), EV_READ | EV_PERSIST, change_poll);
	if (!error)
		error = add_event(engine, &engine->child_event, SIGCHLD, EV_SIGNAL | EV_PERSIST, end_reap_strays);
	if (!error)
		error = add_event(engine, &engine->retry_event, -1, 0, schedule_retry_now);
	if (!error)
		error = add_event(engine, &engine->finish_event, -1, 0, end_finish_all);
	if (!error)
		error = add_event(engine, &engine->cap_event, -1, 0, cap_tick);
	if (!error)
		error = add_event(engine, &engine->strays_event, -1, 0, end_reap_anchors_strays);
	return error;
}

static int capture_own_environment(struct engine *engine)
{
	engine->own_environment = calloc(1, sizeof *engine->own_environment);
	if (!engine->own_environment)
		return -ENOMEM;
	engine->own_environment->references = 1;
	return environment_capture(&engine->own_environment->environment);
}

/* All descriptors that we may have: a running task costs one or two.  Tasks get the limits of their callers. */
static void raise_descriptors(struct engine *engine)
{
	struct rlimit limit;
	engine->descriptors = 1024;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	engine->descriptors = limit.rlim_cur < 1u << 30 ? (unsigned)limit.rlim_cur : 1u << 30;
}

static int open_parts(struct engine *engine, const struct engine_options *options, char **error)
{
	int code = capture_own_environment(engine);
	raise_descriptors(engine);
	engine->address = strdup(options->address);
	if (!code && !engine->address)
		code = -ENOMEM;
	if (!code)
		code = pool_new(&engine->pool, WORKERS);
	if (!code)
		code = follow_new(&engine->follow);
	if (!code)
		code = output_open(&engine->output, options->directory);
	if (!code)
		code = store_open(&engine->store, options->directory, error);
	if (!code)
		code = add_events(engine);
	if (!code)
		code = recover(engine, options->directory, error);
	return code;
}

int engine_open(struct engine **out, const struct engine_options *options, char **error)
{
	*error = NULL;
	struct engine *engine = calloc(1, sizeof *engine);
	if (!engine)
		return -ENOMEM;
	engine->base = options->base;
	engine->line = options->line;
	engine->slots = options->slots;
	engine->paused = options->paused;
	engine->now = options->now ? options->now : system_now;
	registry_init(&engine->registry);
	process_boot_id(engine->boot_id);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int code = open_parts(engine, options, error);
	if (code) {
		if (!*error)
			*error = strdup(strerror(-code));
		engine_close(engine);
		return code;
	}
	schedule(engine);
	*out = engine;
	return 0;
}

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

void engine_close(struct engine *engine)
{
	/* The workers first: what they spawn now is in the ledger, and the next server finds it there. */
	engine->hooks = (struct engine_hooks){ 0 };
	engine->paused = true;
	if (engine->pool)
		pool_free(engine->pool);
	store_close(engine->store);
	const struct order *order = &engine->registry.order;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task))
		run_free(task);
	change_release_all(engine);
	free_event(engine->pool_event);
	free_event(engine->follow_event);
	free_event(engine->store_event);
	free_event(engine->child_event);
	free_event(engine->retry_event);
	free_event(engine->finish_event);
	free_event(engine->cap_event);
	free_event(engine->strays_event);
	if (engine->follow)
		follow_free(engine->follow);
	if (engine->output)
		output_close(engine->output);
	if (engine->ledger)
		ledger_close(engine->ledger);
	registry_release(&engine->registry);
	if (engine->own_environment)
		environment_release(&engine->own_environment->environment);
	free(engine->own_environment);
	free(engine->address);
	free(engine);
}

void engine_set_hooks(struct engine *engine, const struct engine_hooks *hooks)
{
	engine->hooks = *hooks;
}

const struct registry *engine_registry(const struct engine *engine)
{
	return &engine->registry;
}

struct pool *engine_pool(struct engine *engine)
{
	return engine->pool;
}

struct output *engine_output(struct engine *engine)
{
	return engine->output;
}

struct follow *engine_follow(struct engine *engine)
{
	return engine->follow;
}

int64_t engine_now(const struct engine *engine)
{
	return engine->now();
}

uint64_t engine_sequence(const struct engine *engine)
{
	return engine->sequence;
}

struct task *engine_find(const struct engine *engine, const char *id)
{
	return registry_find(&engine->registry, id);
}

int engine_take_environment(struct engine *engine, const char *block, size_t length, struct shared_environment **shared)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	hash_make(block, length, hash);
	*shared = registry_environment(&engine->registry, hash);
	if (!*shared) {
		int error = registry_add_environment(&engine->registry, hash, block, length, shared);
		if (error)
			return error;
		error = change_environment(engine, *shared, block, length);
		if (error) {
			(*shared)->references = 1;
			registry_drop_environment(&engine->registry, *shared);
			return error;
		}
	}
	(*shared)->references++;
	return 0;
}

void engine_release_environment(struct engine *engine, struct shared_environment *shared)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	memcpy(hash, shared->hash, sizeof hash);
	if (registry_drop_environment(&engine->registry, shared))
		change_forget_environment(engine, hash, shared);
}

static bool scan_stream(struct engine *engine, const struct task *task, enum output_stream stream, struct progress *progress)
{
	int fd = output_read_open(engine->output, task->number, task->run->process.entry, stream);
	if (fd < 0)
		return false;
	char tail[TAIL_SIZE];
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof tail ? end - (off_t)sizeof tail : 0;
	ssize_t got = end > 0 ? pread(fd, tail, sizeof tail, from) : 0;
	close(fd);
	return got > 0 && progress_scan_output(tail, (size_t)got, progress);
}

void engine_refresh_progress(struct engine *engine, struct task *task)
{
	bool runs = task->status.state == TASK_RUNNING || task->status.state == TASK_STOPPING;
	if (!runs || task->reported || !task->run)
		return;
	struct progress progress;
	if (!scan_stream(engine, task, OUTPUT_STDOUT, &progress) &&
	    (task_merge(task) || !scan_stream(engine, task, OUTPUT_STDERR, &progress)))
		return;
	const char *message = task->status.message ? task->status.message : "";
	if (task->status.percent_known && task->status.percent == progress.percent && strcmp(message, progress.message) == 0)
		return;
	task->status.percent = (uint8_t)progress.percent;
	task->status.percent_known = true;
	task_status_set_message(&task->status, *progress.message ? progress.message : NULL);
	registry_touch(&engine->registry, task);
}

const struct task_process *engine_process(const struct task *task)
{
	return task->run && task_state_active(task->status.state) ? &task->run->process : NULL;
}

unsigned engine_slots(const struct engine *engine)
{
	return engine->slots;
}

void engine_set_slots(struct engine *engine, unsigned slots)
{
	engine->slots = slots;
	schedule(engine);
	life_touched(engine);
}

unsigned engine_unfinished(const struct engine *engine)
{
	return engine->runs;
}

uint64_t engine_busy(const struct engine *engine)
{
	const uint64_t *counts = engine->registry.counts;
	return counts[TASK_QUEUED] + counts[TASK_CLAIMED] + counts[TASK_RUNNING] + counts[TASK_STOPPING];
}

void engine_resume(struct engine *engine)
{
	engine->paused = false;
	schedule(engine);
}

bool engine_settled(const struct engine *engine)
{
	return engine->committed >= engine->sequence;
}
