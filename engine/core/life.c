#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/core.h"

bool life_apply(struct engine *engine, struct task *task, enum task_event event)
{
	int next = task_state_next(task->status.state, event);
	if (next < 0)
		return false;
	registry_set_state(&engine->registry, task, (enum task_state)next);
	return true;
}

void life_touched(struct engine *engine)
{
	if (engine->hooks.changed)
		engine->hooks.changed(engine->hooks.ctx);
}

void life_touch(struct engine *engine, struct task *task)
{
	registry_touch(&engine->registry, task);
	life_touched(engine);
}

void life_ended(struct engine *engine, struct task *task)
{
	if (engine->hooks.ended)
		engine->hooks.ended(engine->hooks.ctx, task);
}

/* The id that was given, or one of our own.  -EEXIST with *error. */
static int settle_id(struct engine *engine, struct task_spec *spec, uint64_t *reserve, char **error)
{
	struct registry *registry = &engine->registry;
	*reserve = 0;
	if (!spec->id) {
		char id[TASK_ID_MAX + 1];
		/* Nobody has it: numbers that users took are reserved. */
		registry_take_id(registry, id);
		spec->id = strdup(id);
		return spec->id ? 0 : -ENOMEM;
	}
	if (registry_find(registry, spec->id)) {
		if (asprintf(error, "id '%s' is in use", spec->id) < 0)
			*error = NULL;
		return -EEXIST;
	}
	uint64_t number = registry_id_number(spec->id);
	if (number > 0 && number < registry->next_id && !registry_is_reserved(registry, number)) {
		if (asprintf(error, "id '%s' was used before", spec->id) < 0)
			*error = NULL;
		return -EEXIST;
	}
	if (number >= registry->next_id)
		*reserve = number;
	return 0;
}

static int reserve_number(struct engine *engine, uint64_t number)
{
	/* It may be reserved here, but not in the store: a commit may have failed. */
	int error = registry_is_reserved(&engine->registry, number) ? 0 : registry_reserve(&engine->registry, number);
	return error ? error : change_reserved(engine, number);
}

/* Its commit had failed: once more, before a task that uses it. */
static int store_environment(struct engine *engine, struct shared_environment *shared)
{
	char *block;
	size_t length;
	if (!shared || shared->stored)
		return 0;
	int error = environment_pack(&shared->environment, &block, &length);
	if (error)
		return error;
	error = change_environment(engine, shared, block, length);
	free(block);
	return error;
}

/* In the registry, with its parent and its environment. */
static struct task *enlist(struct engine *engine, const struct task_spec *spec, struct shared_environment *environment,
                           struct task *parent)
{
	char gone[ENVIRONMENT_HASH_SIZE];
	struct task *task = registry_make(&engine->registry, spec, environment, parent);
	if (!task)
		return NULL;
	task->number = engine->registry.last_number + 1;
	task->created_at = engine_now(engine);
	if (registry_add(&engine->registry, task) == 0)
		return task;
	registry_forget(&engine->registry, task, gone);
	return NULL;
}

static void delist(struct engine *engine, struct task *task)
{
	char gone[ENVIRONMENT_HASH_SIZE];
	registry_remove(&engine->registry, task);
	registry_forget(&engine->registry, task, gone);
}

int engine_create(struct engine *engine, struct task_spec *spec, struct shared_environment *environment, struct task *parent,
                  bool start, struct task **out, char **error)
{
	uint64_t reserve;
	*error = NULL;
	*out = spec->has_nonce ? registry_find_nonce(&engine->registry, spec->nonce) : NULL;
	if (*out) {
		task_spec_release(spec);
		return 0;
	}
	int code = task_spec_check(spec, error);
	if (!code)
		code = settle_id(engine, spec, &reserve, error);
	if (!code)
		code = store_environment(engine, environment);
	if (code)
		return code;
	struct task *task = enlist(engine, spec, environment, parent);
	if (!task)
		return -ENOMEM;
	if (start)
		life_apply(engine, task, TASK_EVENT_START);
	code = reserve ? reserve_number(engine, reserve) : 0;
	if (!code)
		code = change_created(engine, task);
	if (code) {
		delist(engine, task);
		return code;
	}
	task_spec_release(spec);
	*out = task;
	if (start) {
		schedule_enqueue(engine, task);
		schedule(engine);
	}
	life_touched(engine);
	return 0;
}

bool engine_start(struct engine *engine, struct task *task)
{
	struct task_status before;
	if (task_state_next(task->status.state, TASK_EVENT_START) < 0 || task_status_copy(&before, &task->status))
		return false;
	life_apply(engine, task, TASK_EVENT_START);
	if (change_status(engine, task, &before, true, NULL))
		return false;
	schedule_enqueue(engine, task);
	schedule(engine);
	life_touched(engine);
	return true;
}

/* Its stop is durable: now the signal may go out. */
static void stop_committed(struct engine *engine, struct task *task)
{
	struct run *run = task->run;
	(void)engine;
	if (task->status.state != TASK_STOPPING || !run)
		return;
	/* Being spawned: begin.c sends it then. */
	run->signal_due = run->process.pid <= 0;
	if (run->signal_due)
		return;
	run_signal(run, run->process.stop_signal);
	run_arm_kill(run);
}

static bool stop_unstarted(struct engine *engine, struct task *task, struct task_status *before)
{
	/* One whose claim is just being taken back is not in the queue yet. */
	bool queued = task->status.state == TASK_QUEUED && !task->run;
	if (queued)
		schedule_dequeue(engine, task);
	life_apply(engine, task, TASK_EVENT_STOP);
	task->status.ended_at = engine_now(engine);
	task_status_set_message(&task->status, CANCELLED_BEFORE_START);
	if (change_status(engine, task, before, true, life_ended)) {
		if (queued)
			schedule_enqueue(engine, task);
		return false;
	}
	return true;
}

static bool stop_started(struct engine *engine, struct task *task, const struct stop_options *options,
                         struct task_status *before)
{
	struct task_process process = task->run->process;
	bool ready = task->run->queued;
	life_apply(engine, task, TASK_EVENT_STOP);
	task->run->process.stop_signal = options->signal;
	if (options->kill_after >= 0)
		task->run->process.kill_at = engine_now(engine) + options->kill_after;
	if (change_stop(engine, task, before, &process, stop_committed))
		return false;
	if (ready) {
		schedule_not_ready(engine, task);
		end_never_began(engine, task);
	}
	return true;
}

bool engine_stop(struct engine *engine, struct task *task, const struct stop_options *options)
{
	enum task_state state = task->status.state;
	int next = task_state_next(state, TASK_EVENT_STOP);
	if (next < 0)
		return false;
	if (state == TASK_STOPPING && !options->given)
		return true;
	struct task_status before;
	if (task_status_copy(&before, &task->status))
		return false;
	bool done = next == TASK_STOPPED ? stop_unstarted(engine, task, &before)
	                                 : stop_started(engine, task, options, &before);
	life_touched(engine);
	return done;
}

static bool all_terminal(struct task *top)
{
	for (struct task *task = task_family_first(top); task; task = task_family_next(top, task)) {
		if (!task_state_terminal(task->status.state) || task->run)
			return false;
	}
	return true;
}

static bool remove_family(struct engine *engine, struct task *top)
{
	struct task *task, *next;
	for (task = task_family_first(top); task; task = next) {
		next = task_family_next(top, task);
		if (change_removed(engine, task))
			return false;
		registry_remove(&engine->registry, task);
	}
	return true;
}

bool engine_remove(struct engine *engine, struct task *task)
{
	if (!all_terminal(task))
		return false;
	bool done = remove_family(engine, task);
	life_touched(engine);
	return done;
}

int engine_set_text(struct engine *engine, struct task *task, const char *name, const char *description, char **error)
{
	struct task_spec check = task_spec_borrow(task);
	struct task_text text;
	*error = NULL;
	if (name)
		check.name = (char *)name;
	if (description)
		check.description = (char *)description;
	int code = task_spec_check(&check, error);
	if (!code)
		code = task_text_init(&text, task, name, description);
	if (code)
		return code;
	task_text_exchange(&text, task);
	code = change_text(engine, task, &text);
	if (code) {
		task_text_exchange(&text, task);
		task_text_release(&text);
		return code;
	}
	life_touch(engine, task);
	return 0;
}

bool engine_progress(struct engine *engine, struct task *task, int percent, const char *message)
{
	/* A command may say so before the worker that made it has said that it began. */
	if (task->status.state != TASK_CLAIMED && task->status.state != TASK_RUNNING && task->status.state != TASK_STOPPING)
		return false;
	task->reported = true;
	task->status.percent_known = true;
	task->status.percent = (uint8_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent);
	if (message)
		task_status_set_message(&task->status, *message ? message : NULL);
	life_touch(engine, task);
	return true;
}

bool engine_cancelled(const struct task *task)
{
	return task->status.state == TASK_STOPPING || task->status.state == TASK_STOPPED;
}

void engine_wait_begin(struct task *task)
{
	task->waiters++;
}

void engine_wait_end(struct task *task)
{
	task->waiters--;
}
