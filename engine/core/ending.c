#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/askers.h"
#include "engine/core/attempts.h"
#include "engine/core/ending.h"
#include "engine/core/grouping.h"
#include "engine/core/leftovers.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/task/duration.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"

static void ending_later(struct core *core, struct run *run)
{
	queue_unfinished(core, run);
	core_retry(core);
}

static void ending_forget(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run->executor->verbs->forget(run->executor, &run, 1);
	run_free(run);
	queue_dismiss(core, task);
	core_need(core, CORE_DUE_SCHEDULE);
	leftovers_watch(core, task);
	lifecycle_ended(core, task);
	askers_tell(&core->end_askers, 0);
}

void ending_await(struct core *core, struct core_asker *asker)
{
	askers_add(&core->end_askers, asker);
}

static void ending_reopen(struct core *core, struct task *task)
{
	run_step(task->run, RUN_EVENT_REOPEN);
	ending_later(core, task->run);
	askers_tell(&core->end_askers, 0);
}

static void ending_void_again(struct core *core, struct task *task)
{
	run_step(task->run, RUN_EVENT_VOID_AGAIN);
	ending_later(core, task->run);
	askers_tell(&core->end_askers, 0);
}

void ending_withdraw(struct core *core, struct run *run)
{
	run_step(run, RUN_EVENT_WITHDRAW);
	queue_unfinished(core, run);
	core_need(core, CORE_DUE_ENDINGS);
}

/* The task was stopped before its claim was used. */
static void ending_unclaim(struct core *core, struct run *run)
{
	static const struct lifecycle_effect effect = { .committed = ending_forget,
		                                        .undone = ending_void_again };
	char text[TASK_MESSAGE_MAX];
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE | LIFECYCLE_NO_PROCESS,
		.status = { .ended_at = core_now(core),
		            .message = attempts_describe_stop(run->task, text, sizeof(text)) },
		.urgent = true,
	};
	if (lifecycle_apply(core, run->task, TASK_EVENT_UNCLAIM, &fill, &effect))
		ending_later(core, run);
	else
		run_step(run, RUN_EVENT_UNCLAIM);
}

static void ending_recalled(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run->executor->verbs->forget(run->executor, &run, 1);
	run_free(run);
	queue_judge(core, task);
}

static void ending_recall_undone(struct core *core, struct task *task)
{
	run_step(task->run, RUN_EVENT_RECALL_UNDONE);
	if (task->status.state == TASK_PAUSED)
		ending_later(core, task->run);
}

/* A pause came while the command was being started, and nothing has run. */
static struct plan_marks ending_held(const struct task *task)
{
	struct plan_marks marks = task_plan(task)->marks;
	marks.held = true;
	marks.ran = marks.resumed_at = 0;
	return marks;
}

bool ending_can_recall(const struct run *run)
{
	enum task_state state = run->task->status.state;
	return run_phase_next(run->phase, RUN_EVENT_RECALL) >= 0 &&
	       (state == TASK_CLAIMED || state == TASK_PAUSED);
}

int ending_recall(struct core *core, struct run *run, const struct plan_marks *marks)
{
	static const struct lifecycle_effect effect = { .committed = ending_recalled,
		                                        .undone = ending_recall_undone };
	struct lifecycle_fill fill = { .fields = LIFECYCLE_NO_PROCESS, .urgent = true };
	enum task_state state = run->task->status.state;
	if (!ending_can_recall(run))
		return -EPERM;
	if (marks || state == TASK_PAUSED) {
		if (!record_make_plan(run->task))
			return -ENOMEM;
		fill.fields |= LIFECYCLE_MARKS;
		fill.marks = marks ? *marks : ending_held(run->task);
	}
	int error = lifecycle_apply(core, run->task, TASK_EVENT_UNCLAIM, &fill, &effect);
	if (error)
		return error;
	queue_drop_run(core, run);
	run_step(run, RUN_EVENT_RECALL);
	return 0;
}

/* Nothing is running now: the task is held. */
static void ending_hold(struct core *core, struct run *run)
{
	if (ending_recall(core, run, NULL))
		ending_later(core, run);
}

static enum task_event ending_event(const struct run *run)
{
	if (!run->end.known)
		return TASK_EVENT_LOST;
	if (task_state_stops(run->task->status.state))
		return TASK_EVENT_GROUP_EMPTY;
	return run->end.exit_code == 0 ? TASK_EVENT_EXIT_ZERO : TASK_EVENT_EXIT_OTHER;
}

/* A user stopped it, or its time limit. */
static void ending_describe_stop(const struct task *task, char *text, size_t size)
{
	char limit[DURATION_SIZE];
	if (task->status.state == TASK_OVERTIME)
		snprintf(text, size, MSG_TIME_LIMIT_REACHED,
		         duration_write(task_plan(task)->time_limit, limit));
	else
		snprintf(text, size, MSG_CANCELLED);
}

static void ending_describe_end(const struct run *run, enum task_event event, char *text, size_t size)
{
	const struct run_end *end = &run->end;
	const char *message = run->task->status.message;
	switch (event) {
	case TASK_EVENT_GROUP_EMPTY:
		ending_describe_stop(run->task, text, size);
		break;
	case TASK_EVENT_EXIT_ZERO:
		snprintf(text, size, "%s", message ? message : "");
		break;
	default:
		if (end->message)
			snprintf(text, size, "%s", end->message);
		else if (!end->known) /* there was no memory to keep why */
			snprintf(text, size, "%s", MSG_ENDED_UNSEEN);
		else if (end->unsaid)
			snprintf(text, size, "%s", MSG_ENDED_NOT_RUN);
		else if (end->term_signal)
			snprintf(text, size, MSG_ENDED_BY_SIGNAL, signal_name(end->term_signal));
		else
			snprintf(text, size, MSG_ENDED_WITH_STATUS, end->exit_code);
	}
}

/*
 * The processes that are left are always named, however long the message of the task is.  If there is no
 * memory for this, they are at least counted.
 */
static void ending_describe(const struct run *run, enum task_event event, char *text, size_t size)
{
	const struct run_end *end = &run->end;
	char count[sizeof(MSG_LEFT_COUNT) + 10] = "";
	const char *survivors = end->survivors ? end->survivors : count;
	if (end->left > 0)
		snprintf(count, sizeof(count), MSG_LEFT_COUNT, end->left);
	size_t room = strlen(survivors);
	room = room > 0 && room + 2 < size ? size - room - 2 : size;
	ending_describe_end(run, event, text, room);
	size_t used = strlen(text);
	if (*survivors)
		snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", survivors);
}

static void ending_fill_exit(const struct run *run, struct lifecycle_fill *fill)
{
	fill->fields |= LIFECYCLE_EXIT;
	fill->status.exit_code = (int16_t)run->end.exit_code;
	fill->status.term_signal = (uint8_t)run->end.term_signal;
	task_status_set_usage(&fill->status, run->end.usage);
}

/*
 * The first process of a task that is being stopped has ended, but others of its session still run.  Its exit
 * status is stored now.
 */
static void ending_note_exit(struct core *core, struct run *run)
{
	const struct task_status *status = &run->task->status;
	const struct run_end *end = &run->end;
	if (!end->known || (status->exit_code == end->exit_code && status->term_signal == end->term_signal))
		return;
	struct lifecycle_fill fill = { .fields = 0 };
	ending_fill_exit(run, &fill);
	enum task_event event = end->exit_code == 0 ? TASK_EVENT_EXIT_ZERO : TASK_EVENT_EXIT_OTHER;
	if (lifecycle_apply(core, run->task, event, &fill, NULL))
		ending_later(core, run);
}

static void ending_fill(struct core *core, const struct run *run, enum task_event event, const char *text,
                        struct lifecycle_fill *fill)
{
	*fill = (struct lifecycle_fill){
		.fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE | LIFECYCLE_NO_PROCESS,
		.status = { .ended_at = run_ended_at(run, core_now(core)),
		            .message = *text ? (char *)text : NULL,
		            .percent = 100,
		            .percent_known = true },
		.urgent = run->task->status.state == TASK_STOPPING || core_needs_end(core, run->task) ||
		          core_active(core) == 0,
	};
	if (run->end.known)
		ending_fill_exit(run, fill);
	if (core_is_remote(core, run) && run->task->plan) {
		fill->fields |= LIFECYCLE_MARKS;
		fill->marks = run->task->plan->marks;
	}
	if (event == TASK_EVENT_EXIT_ZERO)
		fill->fields |= LIFECYCLE_PERCENT;
}

static void ending_close(struct core *core, struct run *run)
{
	static const struct lifecycle_effect effect = { .committed = ending_forget, .undone = ending_reopen };
	struct task *task = run->task;
	if (task_state_stops(task->status.state) && run->end.left > 0) {
		ending_note_exit(core, run);
		return;
	}
	/*
	 * This may be the first report about the claim of an earlier server.  If the command has an exit
	 * status, it did run.
	 */
	if (run->end.known)
		lifecycle_began(core, task);
	task->status.started_at = run_started_at(task, core_now(core));
	char text[TASK_MESSAGE_MAX] = "";
	enum task_event event = ending_event(run);
	ending_describe(run, event, text, sizeof(text));
	struct lifecycle_fill fill;
	ending_fill(core, run, event, text, &fill);
	int error = run->executor->verbs->seal(run->executor, run);
	if (!error && attempts_follow(run, event))
		error = attempts_again(core, run, text, fill.urgent, ending_reopen);
	else if (!error)
		error = lifecycle_apply(core, run->task, event, &fill, &effect);
	if (error) {
		ending_later(core, run);
		return;
	}
	run_step(run, RUN_EVENT_CLOSE);
	if (task->status.state == TASK_FAILED)
		grouping_failed(core, task);
}

void ending_write_all(struct core *core)
{
	struct run *run, *next, *list = core->unfinished;
	if (core->troubled)
		return;
	core->unfinished = NULL;
	DL_FOREACH_SAFE(list, run, next)
	{
		DL_DELETE(list, run);
		run->prev = run->next = NULL;
		if (run->phase == RUN_VOID)
			ending_unclaim(core, run);
		else if (run->phase == RUN_ENDED)
			ending_close(core, run);
		else if (run->phase == RUN_READY && run->task->status.state == TASK_PAUSED)
			ending_hold(core, run);
		else if (run->phase == RUN_READY && run->worthless && ending_recall(core, run, NULL))
			ending_later(core, run);
	}
}
