#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/attempts.h"
#include "engine/core/grouping.h"
#include "engine/core/leftovers.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/task/messages.h"
#include "engine/task/retry.h"

/* How many processes a message names. */
enum { ATTEMPTS_NAMED_MAX = 8 };

static struct retry_end attempts_end(const struct run *run)
{
	const struct run_end *end = &run->end;
	return (struct retry_end){
		.known = end->known,
		.ran = (!end->message && !end->unsaid) ||
		       end->ran, /* with an end that was seen, it says why the command could not begin */
		.late = run->task->status.state == TASK_OVERTIME,
		.exit_code = end->exit_code,
		.term_signal = end->term_signal,
	};
}

bool attempts_follow(const struct run *run, enum task_event event)
{
	const struct task *task = run->task;
	const struct task_plan *plan = task_plan(task);
	struct retry_end end = attempts_end(run);
	int next = task_state_next(task->status.state, event);
	return plan->marks.attempt < plan->retries && next >= 0 &&
	       task_state_terminal((enum task_state)next) &&
	       task_state_next(task->status.state, TASK_EVENT_AGAIN) >= 0 && retry_follows(plan, &end);
}

/*
 * The end is durable.  Meanwhile the task may have been held, or stopped, which is put and can be undone: so
 * those that are left matter to it in any case.
 */
static void attempts_over(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run->executor->verbs->forget(run->executor, &run, 1);
	run_free(run);
	task->reported = false;
	if (task->standing)
		attempts_await_left(core, task);
	if (task->status.state == TASK_QUEUED)
		queue_enter(core, task);
	lifecycle_touch(core, task);
	core_need(core, CORE_DUE_SCHEDULE);
}

/* The pids of the processes that are left mean nothing in another boot. */
static int attempts_list_left(const struct core *core, const struct run *run, struct strings *left)
{
	const struct strings *processes = &run->end.processes;
	if (!run->end.lingers)
		return 0;
	int error = strings_add(left, core->options.boot_id);
	if (!error && processes->length > 0)
		error = strings_append(left, processes->block, processes->length);
	if (!error && task_plan(run->task)->marks.ran > 0)
		error = strings_add(left, PLAN_LEFT_PAUSED);
	return error;
}

static int attempts_put(struct core *core, struct run *run, const struct plan_attempt *attempt, bool urgent,
                        void (*undone)(struct core *core, struct task *task))
{
	const struct lifecycle_effect effect = { .committed = attempts_over, .undone = undone };
	const struct task *task = run->task;
	const struct task_plan *plan = task_plan(task);
	char text[TASK_MESSAGE_MAX];
	int used = snprintf(text, sizeof(text), MSG_ATTEMPT_ENDED, attempt->ordinal, "");
	retry_describe(attempt, text + used, sizeof(text) - (size_t)used);
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_STARTED_AT | LIFECYCLE_EXIT | LIFECYCLE_PERCENT | LIFECYCLE_MESSAGE |
		          LIFECYCLE_MARKS | LIFECYCLE_ATTEMPT | LIFECYCLE_NO_PROCESS,
		.status = { .exit_code = -1, .message = text },
		.marks = plan->marks,
		.attempt = attempt,
		.urgent = urgent,
	};
	fill.marks.attempt = attempt->ordinal;
	fill.marks.not_before = attempt->ended_at + retry_delay(plan, attempt->ordinal, task->number);
	fill.marks.ran = fill.marks.resumed_at = 0;
	/* Kept: an edit may make this the last attempt. */
	if (run->end.known)
		task_status_set_usage(&fill.status, run->end.usage);
	return lifecycle_apply(core, run->task, TASK_EVENT_AGAIN, &fill, &effect);
}

int attempts_again(struct core *core, struct run *run, const char *message, bool urgent,
                   void (*undone)(struct core *core, struct task *task))
{
	const struct run_end *end = &run->end;
	int64_t now = core_now(core);
	struct plan_attempt attempt = {
		.ordinal = task_plan(run->task)->marks.attempt + 1,
		.started_at = run_started_at(run->task, now),
		.ended_at = run_ended_at(run, now),
		.exit_code = end->known ? (int16_t)end->exit_code : -1,
		.term_signal = end->known ? (uint8_t)end->term_signal : 0,
		.message = (char *)message,
		.left = STRINGS_INIT,
	};
	int error = attempts_list_left(core, run, &attempt.left);
	if (!error)
		error = attempts_put(core, run, &attempt, urgent, undone);
	strings_release(&attempt.left);
	return error;
}

void attempts_await_left(struct core *core, struct task *task)
{
	const struct plan_attempt *last = plan_last_attempt(task_plan(task));
	const char *boot = last ? strings_next(&last->left, NULL) : NULL;
	if (!boot || strcmp(boot, core->options.boot_id) != 0)
		return;
	size_t skipped = strlen(boot) + 1;
	const struct strings processes = { .block = last->left.block + skipped,
		                           .length = last->left.length - skipped };
	task->standing->lingers = true;
	leftovers_continue(core, task);
	task->standing->watched = core->executor->verbs->watch_left(core->executor, task, &processes) == 0;
	if (task->standing->watched)
		return;
	core->unwatched = true;
	core_retry(core);
}

void attempts_retry(struct core *core)
{
	const struct order *order = &core->registry.order;
	if (!core->unwatched)
		return;
	core->unwatched = false;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->standing && task->standing->lingers && !task->standing->watched)
			attempts_await_left(core, task);
	}
}

void attempts_left_gone(struct core *core, uint64_t number)
{
	struct task *task = order_find(&core->registry.order, number);
	/* It may have been stopped meanwhile. */
	if (!task || !task->standing || !task->standing->lingers)
		return;
	task->standing->lingers = false;
	queue_judge(core, task);
	lifecycle_touch(core, task);
}

/* "; left running: 12 (sleep), 13 (sh)" */
static void attempts_name_left(const struct plan_attempt *last, char *text, size_t size)
{
	size_t used = 0;
	unsigned count = 0;
	for (const char *string = NULL; (string = strings_next(&last->left, string));) {
		struct plan_left process;
		/* The first string is the boot. */
		if (string == last->left.block || !plan_parse_left(string, &process))
			continue;
		if (count++ >= ATTEMPTS_NAMED_MAX || used >= size)
			continue;
		int added = snprintf(text + used, size - used, "%s%d (%s)",
		                     count > 1 ? ", " : "; " MSG_LEFT_RUNNING, process.pid, process.name);
		used += added > 0 ? (size_t)added : 0;
	}
	if (count > ATTEMPTS_NAMED_MAX && used < size)
		snprintf(text + used, size - used, MSG_LEFT_MORE, count - ATTEMPTS_NAMED_MAX);
}

/* Processes of its last attempt are left, whose end may not be durable yet. */
static bool attempts_left(const struct task *task)
{
	return task->run ? task->run->end.left > 0 : task->standing && task->standing->lingers;
}

/* While the end was not durable, nobody could wait for those that it left. */
static void attempts_gave_up(struct core *core, struct task *task)
{
	if (!task->standing || !task->standing->lingers || !task->standing->watched)
		leftovers_watch(core, task);
	queue_dismiss(core, task);
	lifecycle_ended(core, task);
}

/*
 * If the end itself is not durable yet, the task is not in its queue.  Else nobody could be asked to wait for those that
 * are left while the attempt was to be the end of the task; but when the next attempt was claimed, nobody was left.
 */
static void attempts_go_on(struct core *core, struct task *task)
{
	if (task->run && task->run->phase == RUN_CLOSING)
		return;
	if (!task->run && (!task->standing->lingers || !task->standing->watched))
		attempts_await_left(core, task);
	queue_enter(core, task);
}

/* What has reached its time limit has failed, whatever its exit status. */
static enum task_event attempts_event(const struct plan_attempt *last)
{
	if (last->exit_code < 0 && last->term_signal == 0)
		return TASK_EVENT_LOST;
	return retry_was_success(last) ? TASK_EVENT_EXIT_ZERO : TASK_EVENT_EXIT_OTHER;
}

/* Its message names those that it left, who may be gone by now. */
static void attempts_describe_last(const struct task *task, const struct plan_attempt *last, char *text,
                                   size_t size)
{
	const char *message = last->message ? last->message : "", *place = leftovers_place(message);
	if (place && !attempts_left(task))
		snprintf(text, size, "%.*s" MSG_LEFT_ENDED "%s", (int)(place - message), message,
		         place + strlen(MSG_LEFT_RUNNING));
	else
		snprintf(text, size, "%s", message);
}

static int attempts_give_up(struct core *core, struct task *task, const struct plan_attempt *last)
{
	static const struct lifecycle_effect effect = { .committed = attempts_gave_up,
		                                        .undone = attempts_go_on };
	char text[TASK_MESSAGE_MAX];
	struct lifecycle_fill fill = {
		.fields = LIFECYCLE_STARTED_AT | LIFECYCLE_ENDED_AT | LIFECYCLE_EXIT | LIFECYCLE_MESSAGE |
		          LIFECYCLE_NO_PROCESS | LIFECYCLE_MARKS | LIFECYCLE_NO_ATTEMPT,
		.status = { .started_at = last->started_at,
		            .ended_at = last->ended_at,
		            .exit_code = last->exit_code,
		            .term_signal = last->term_signal },
		.marks = { .attempt = last->ordinal - 1, .ran = leftovers_were_paused(task) },
		.urgent = true,
	};
	enum task_event event = attempts_event(last);
	attempts_describe_last(task, last, text, sizeof(text));
	fill.status.message = *text ? text : NULL;
	task_status_set_usage(&fill.status, task_status_usage(&task->status));
	if (event == TASK_EVENT_EXIT_ZERO) {
		fill.fields |= LIFECYCLE_PERCENT;
		fill.status.percent = 100;
		fill.status.percent_known = true;
	}
	int error = lifecycle_apply(core, task, event, &fill, &effect);
	if (error)
		return error;
	queue_leave(core, task);
	if (task->status.state == TASK_FAILED)
		grouping_failed(core, task);
	return 0;
}

int attempts_judge(struct core *core, struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	const struct plan_attempt *last = plan_last_attempt(plan);
	return last && plan->marks.attempt > plan->retries ? attempts_give_up(core, task, last) : 0;
}

int64_t attempts_not_before(const struct task *task, const struct task_plan *plan)
{
	const struct plan_attempt *last = plan_last_attempt(task_plan(task));
	return last ? last->ended_at + retry_delay(plan, last->ordinal, task->number) : 0;
}

char *attempts_describe_stop(const struct task *task, char *text, size_t size)
{
	const struct task_plan *plan = task_plan(task);
	if (plan->marks.attempt == 0)
		snprintf(text, size, MSG_CANCELLED_BEFORE_START);
	else
		snprintf(text, size, MSG_CANCELLED_BEFORE_ATTEMPT, plan->marks.attempt + 1);
	size_t used = strlen(text);
	if (attempts_left(task) && plan_last_attempt(plan))
		attempts_name_left(plan_last_attempt(plan), text + used, size - used);
	return text;
}
