#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/core.h"

/*
 * A change is made in memory at once, gets its number from the store, and waits here until it
 * is durable.  Then its effect happens (a process begins, a signal goes out, a status is reaped): never before,
 * so that nothing has happened that the store does not know.  When a commit fails all that wait are undone, the
 * newest first, and memory is again what is on the disk.
 */
enum change_kind { CHANGE_CREATED, CHANGE_STATUS, CHANGE_TEXT, CHANGE_REMOVED, CHANGE_ENVIRONMENT, CHANGE_OTHER };

struct change {
	struct change *prev, *next;
	uint64_t sequence;
	enum change_kind kind;
	struct task *task;
	change_effect effect;
	struct task_status status;  /* CHANGE_STATUS: as it was before */
	struct task_process process; /* a stop: as it was before */
	bool has_process;
	struct task_text text;      /* CHANGE_TEXT: as it was before */
	struct shared_environment *environment; /* CHANGE_ENVIRONMENT; NULL: it is gone */
};

static struct change *change_new(enum change_kind kind, struct task *task, change_effect effect)
{
	struct change *change = calloc(1, sizeof *change);
	if (!change)
		return NULL;
	change->kind = kind;
	change->task = task;
	change->effect = effect;
	return change;
}

static void change_free(struct change *change)
{
	task_status_release(&change->status);
	task_text_release(&change->text);
	free(change);
}

/* The change has its number now: it waits. */
static int put(struct engine *engine, struct change *change, int error)
{
	if (error) {
		change_free(change);
		return error;
	}
	engine->sequence = change->sequence;
	DL_APPEND(engine->changes, change);
	return 0;
}

int change_created(struct engine *engine, struct task *task)
{
	struct change *change = change_new(CHANGE_CREATED, task, NULL);
	if (!change)
		return -ENOMEM;
	struct store_task row = { .number = task->number, .created_at = task->created_at, 
		                  .spec = task_spec_borrow(task), .status = task->status, .process = TASK_PROCESS_INIT };
	int error = store_put_create(engine->store, &row, engine->registry.next_id, true, &change->sequence);
	return put(engine, change, error);
}

static int put_status(struct engine *engine, struct task *task, struct task_status *before,
                      const struct task_process *process, bool urgent, change_effect effect)
{
	struct change *change = change_new(CHANGE_STATUS, task, effect);
	int error = -ENOMEM;
	if (change)
		error = store_put_status(engine->store, task->number, &task->status, engine_process(task), engine->boot_id, urgent,
		                         &change->sequence);
	if (error) {
		if (process)
			task->run->process = *process;
		registry_set_state(&engine->registry, task, before->state);
		task_status_release(&task->status);
		task->status = *before;
		free(change);
		return error;
	}
	change->status = *before;
	change->has_process = process != NULL;
	if (process)
		change->process = *process;
	return put(engine, change, 0);
}

int change_status(struct engine *engine, struct task *task, struct task_status *before, bool urgent, change_effect effect)
{
	return put_status(engine, task, before, NULL, urgent, effect);
}

int change_stop(struct engine *engine, struct task *task, struct task_status *before, const struct task_process *process,
                change_effect effect)
{
	return put_status(engine, task, before, process, true, effect);
}

int change_text(struct engine *engine, struct task *task, struct task_text *before)
{
	struct change *change = change_new(CHANGE_TEXT, task, NULL);
	if (!change)
		return -ENOMEM;
	int error = store_put_text(engine->store, task->number, task_given_name(task), task_description(task),
	                           &change->sequence);
	if (error) {
		free(change);
		return error;
	}
	change->text = *before;
	return put(engine, change, 0);
}

static void free_removed(struct engine *engine, struct task *task)
{
	output_forget(engine->output, task->number);
	const struct shared_environment *environment = task_environment(task);
	char hash[ENVIRONMENT_HASH_SIZE];
	if (registry_forget(&engine->registry, task, hash))
		change_forget_environment(engine, hash, environment);
}

int change_removed(struct engine *engine, struct task *task)
{
	struct change *change = change_new(CHANGE_REMOVED, task, free_removed);
	if (!change)
		return -ENOMEM;
	return put(engine, change, store_put_remove(engine->store, task->number, &change->sequence));
}

int change_environment(struct engine *engine, struct shared_environment *shared, const char *block, size_t length)
{
	struct change *change = change_new(CHANGE_ENVIRONMENT, NULL, NULL);
	if (!change)
		return -ENOMEM;
	change->environment = shared;
	int error = put(engine, change, store_put_environment(engine->store, shared->hash, block, length, &change->sequence));
	shared->stored = error == 0;
	return error;
}

/* It is freed: what is on its way to the store must not look at it. */
static void forget_pointer(struct engine *engine, const struct shared_environment *gone)
{
	struct change *pending;
	DL_FOREACH(engine->changes, pending)
	{
		if (pending->environment == gone)
			pending->environment = NULL;
	}
}

void change_forget_environment(struct engine *engine, const char *hash, const struct shared_environment *gone)
{
	forget_pointer(engine, gone);
	struct change *change = change_new(CHANGE_OTHER, NULL, NULL);
	/* Out of memory leaves an unused row behind, which the next start of the server removes. */
	if (change)
		put(engine, change, store_put_forget_environment(engine->store, hash, &change->sequence));
}

int change_reserved(struct engine *engine, uint64_t id)
{
	struct change *change = change_new(CHANGE_OTHER, NULL, NULL);
	if (!change)
		return -ENOMEM;
	return put(engine, change, store_put_reserved(engine->store, id, &change->sequence));
}

int change_probe(struct engine *engine)
{
	struct change *change = change_new(CHANGE_OTHER, NULL, NULL);
	uint64_t sequence = engine->sequence;
	if (!change)
		return -ENOMEM;
	int error = put(engine, change, store_put_probe(engine->store, engine_now(engine), &change->sequence));
	engine->sequence = sequence;
	return error;
}

/* Queues, slots and retries follow the state back. */
static void undo_status(struct engine *engine, struct task *task, struct change *change)
{
	struct task_status *before = &change->status;
	enum task_state was = task->status.state;
	int64_t started_at = task->status.started_at;
	struct run *run = task->run;
	if (change->has_process && run) {
		run->process.stop_signal = change->process.stop_signal;
		run->process.kill_at = change->process.kill_at;
	}
	registry_set_state(&engine->registry, task, before->state);
	task_status_release(&task->status);
	task->status = *before;
	before->message = NULL;
	/* A process that has begun meanwhile goes on: it is not begun again. */
	if (run && run->process.pid > 0) {
		task->status.started_at = started_at;
		life_apply(engine, task, TASK_EVENT_SPAWN);
	}
	if (was == TASK_QUEUED && task->status.state == TASK_CREATED)
		schedule_dequeue(engine, task);
	else if (was == TASK_STOPPED && task->status.state == TASK_QUEUED && !run)
		schedule_enqueue(engine, task);
	else if (was == TASK_CLAIMED && task->status.state == TASK_QUEUED)
		schedule_claim_undone(engine, task);
	else if (run && run->claimed && !run->spawning && !run->queued && task->status.state == TASK_CLAIMED)
		schedule_ready_again(engine, task);
	else if (run && run->exited && !run->waiting) {
		run->waiting = true;
		DL_APPEND(engine->unfinished, task);
	}
}

static void undo_created(struct engine *engine, struct task *task)
{
	const struct shared_environment *environment = task_environment(task);
	char hash[ENVIRONMENT_HASH_SIZE];
	if (task->status.state == TASK_QUEUED)
		schedule_dequeue(engine, task);
	registry_remove(&engine->registry, task);
	if (registry_forget(&engine->registry, task, hash))
		forget_pointer(engine, environment);
}

static void undo(struct engine *engine, struct change *change)
{
	struct task *task = change->task;
	switch (change->kind) {
	case CHANGE_CREATED:
		undo_created(engine, task);
		break;
	case CHANGE_STATUS:
		undo_status(engine, task, change);
		break;
	case CHANGE_TEXT:
		task_text_exchange(&change->text, task);
		registry_touch(&engine->registry, task);
		break;
	case CHANGE_REMOVED:
		registry_restore(&engine->registry, task);
		break;
	case CHANGE_ENVIRONMENT:
		/* Whoever uses it next puts it again. */
		if (change->environment)
			change->environment->stored = false;
		break;
	case CHANGE_OTHER:
		break;
	}
}

static void undo_all(struct engine *engine)
{
	while (engine->changes) {
		struct change *change = engine->changes->prev; /* the last: a utlist is circular backwards */
		DL_DELETE(engine->changes, change);
		undo(engine, change);
		change_free(change);
	}
}

static void settle(struct engine *engine, uint64_t committed)
{
	while (engine->changes && engine->changes->sequence <= committed) {
		struct change *change = engine->changes;
		DL_DELETE(engine->changes, change);
		if (change->effect)
			change->effect(engine, change->task);
		change_free(change);
	}
}

void change_poll(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	char *reason = NULL;
	uint64_t committed = engine->committed, before = committed;
	int error = store_poll(engine->store, &committed, &reason);
	engine->committed = committed;
	settle(engine, committed);
	if (error) {
		undo_all(engine);
		/* What was dropped is never committed: nothing is to wait for it. */
		engine->sequence = committed;
		if (engine->hooks.failed)
			engine->hooks.failed(engine->hooks.ctx, committed, reason ? reason : "out of memory");
		engine->troubled = true;
		schedule_retry(engine);
	} else if (engine->troubled && committed > before) {
		engine->troubled = false;
		event_active(engine->retry_event, EV_TIMEOUT, 0);
	}
	free(reason);
	if (engine->hooks.committed)
		engine->hooks.committed(engine->hooks.ctx, committed);
	schedule(engine);
	life_touched(engine);
}

void change_release_all(struct engine *engine)
{
	struct change *change, *next;
	DL_FOREACH_SAFE(engine->changes, change, next)
	{
		DL_DELETE(engine->changes, change);
		change_free(change);
	}
}
