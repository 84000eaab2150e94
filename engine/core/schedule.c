#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/core.h"

/*
 * Who may run.  A queued task is first claimed: a slot of the ledger becomes its own, in a commit.  Claims run ahead of
 * the slots that are free, so that a slot never waits for the disk; what is claimed and waits is `ready`.
 */

void schedule_enqueue(struct engine *engine, struct task *task)
{
	DL_APPEND(engine->queue, task);
}

void schedule_dequeue(struct engine *engine, struct task *task)
{
	DL_DELETE(engine->queue, task);
	task->prev = task->next = NULL;
}

/* Descriptors kept free for connections, files and the store. */
static unsigned reserve(const struct engine *engine)
{
	return engine->descriptors < 1200 ? engine->descriptors / 2 : 600;
}

static unsigned room(const struct engine *engine)
{
	unsigned used = engine->active + engine->pipes + reserve(engine);
	unsigned left = used < engine->descriptors ? engine->descriptors - used : 0;
	if (engine->slots == 0)
		return left;
	unsigned slots = engine->active < engine->slots ? engine->slots - engine->active : 0;
	return slots < left ? slots : left;
}

void schedule_ready(struct engine *engine, struct task *task, bool first)
{
	task->run->queued = true;
	if (first)
		DL_PREPEND(engine->ready, task);
	else
		DL_APPEND(engine->ready, task);
	engine->ready_count++;
}

void schedule_not_ready(struct engine *engine, struct task *task)
{
	DL_DELETE(engine->ready, task);
	task->prev = task->next = NULL;
	engine->ready_count--;
	task->run->queued = false;
}

void schedule_ready_again(struct engine *engine, struct task *task)
{
	struct run *run = task->run;
	if (run->waiting)
		DL_DELETE(engine->unfinished, task);
	run->waiting = run->exited = run->never_began = false;
	schedule_ready(engine, task, true);
}

static void claimed(struct engine *engine, struct task *task)
{
	engine->claiming--;
	task->run->claimed = true;
	if (task->status.state == TASK_STOPPING) {
		end_never_began(engine, task);
		return;
	}
	schedule_ready(engine, task, false);
}

/* 0, or an error that means: not now. */
static int claim(struct engine *engine, struct task *task, bool urgent)
{
	int entry = ledger_take(engine->ledger);
	if (entry < 0)
		return entry;
	struct task_status before;
	if (!run_new(engine, task, entry)) {
		ledger_release(engine->ledger, entry);
		return -ENOMEM;
	}
	if (task_status_copy(&before, &task->status)) {
		run_free(task);
		return -ENOMEM;
	}
	schedule_dequeue(engine, task);
	life_apply(engine, task, TASK_EVENT_CLAIM);
	int error = change_status(engine, task, &before, urgent, claimed);
	if (error) {
		run_free(task);
		DL_PREPEND(engine->queue, task);
		return error;
	}
	engine->claiming++;
	return 0;
}

void schedule_claim_undone(struct engine *engine, struct task *task)
{
	engine->claiming--;
	run_free(task);
	DL_PREPEND(engine->queue, task);
}

void schedule(struct engine *engine)
{
	if (engine->paused)
		return;
	unsigned free_slots = room(engine);
	while (engine->ready && free_slots > 0) {
		struct task *task = engine->ready;
		schedule_not_ready(engine, task);
		begin(engine, task);
		free_slots--;
	}
	unsigned wanted = free_slots < CLAIMS_AT_ONCE ? free_slots + CLAIMS_AHEAD : CLAIMS_AT_ONCE;
	while (engine->queue && !engine->troubled && engine->claiming + engine->ready_count < wanted) {
		bool urgent = engine->claiming + engine->ready_count < free_slots;
		if (claim(engine, engine->queue, urgent)) {
			schedule_retry(engine);
			break;
		}
	}
}

void schedule_retry(struct engine *engine)
{
	struct timeval later = { .tv_sec = RETRY_MS / 1000, .tv_usec = RETRY_MS % 1000 * 1000 };
	if (!event_pending(engine->retry_event, EV_TIMEOUT, NULL))
		event_add(engine->retry_event, &later);
}

void schedule_retry_now(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	if (engine->troubled) {
		if (change_probe(engine))
			schedule_retry(engine);
		return;
	}
	end_finish_all(-1, 0, engine);
	end_look_again(engine);
	schedule(engine);
}
