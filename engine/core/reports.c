#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/agenda.h"
#include "engine/core/attempts.h"
#include "engine/core/ending.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/leftovers.h"
#include "engine/core/lifecycle.h"
#include "engine/core/limits.h"
#include "engine/core/queue.h"
#include "engine/core/reports.h"
#include "engine/core/runs.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "engine/core/stopping.h"
#include "engine/task/messages.h"

static void reports_prepared(void *ctx, struct run *run, const struct task_process *process)
{
	struct core *core = ctx;
	scheduler_prepared(core, run, process);
	settle_core(core);
}

static void reports_refused(void *ctx, struct run *run, int error)
{
	(void)error;
	struct core *core = ctx;
	scheduler_refused(core, run);
	settle_core(core);
}

/* The claim stays valid, unless the task was stopped or paused meanwhile. */
static void reports_ready_again(struct core *core, struct run *run)
{
	if (run->task->status.state == TASK_STOPPING) {
		ending_withdraw(core, run);
	} else if (run->task->status.state == TASK_PAUSED) {
		queue_unfinished(core, run);
		core_need(core, CORE_DUE_ENDINGS);
	}
}

/* What the system lacks.  NULL: the executor knows. */
static const char *reports_lack(const struct run *run, int error)
{
	if (run->trouble || error == -EMFILE)
		return NULL;
	return error == -EAGAIN ? MSG_SHORT_OF_PROCESSES : strerror(-error);
}

/* The system cannot start it now.  The task stays queued, and its message says why. */
static void reports_postponed(void *ctx, struct run *run, int error)
{
	struct core *core = ctx;
	char message[TASK_MESSAGE_MAX];
	const char *lacking = reports_lack(run, error);
	const char *trouble = run->trouble ? run->trouble : lacking;
	run->trouble = NULL;
	if (!run_step(run, RUN_EVENT_POSTPONED))
		return;
	if (!trouble)
		trouble = run->executor->verbs->shortage(run->executor);
	snprintf(message, sizeof(message), MSG_TASK_WAITING, trouble);
	(void)task_status_set_message(&run->task->status, message);
	/* Whatever was said of it, its command has not begun. */
	run->task->reported = false;
	lifecycle_touch(core, run->task);
	core->backing_off = true;
	core->lacking = lacking;
	core_retry(core);
	reports_ready_again(core, run);
	settle_core(core);
}

/* It is stored with the end. */
static void reports_note_node(struct run *run)
{
	struct executor_place place = { .pid = 0 };
	struct plan_job *job = task_plan(run->task)->job;
	run->executor->verbs->describe(run->executor, run, &place);
	if (job && *place.job)
		job->number = strtoull(place.job, NULL, 10);
	if (job)
		snprintf(job->node, sizeof(job->node), "%.*s", (int)sizeof(job->node) - 1, place.host);
}

static void reports_began(void *ctx, struct run *run, const struct executor_began *began)
{
	struct core *core = ctx;
	struct task *task = run->task;
	/* The signal of a stop was not sent while nothing was running, or must be sent again. */
	bool stopped = run->phase == RUN_STARTING_STOPPED || run->phase == RUN_ADOPTING_STOPPED;
	/*
	 * The same for a pause, and for a resume of what an earlier server may have paused.  The state of the
	 * task does not say this: it may not be durable yet.
	 */
	bool paused = run->phase == RUN_STARTING_PAUSED || run->phase == RUN_ADOPTING_PAUSED;
	bool resumed = run->phase == RUN_ADOPTING && run->resumed;
	/*
	 * The message that says why it had to wait is obsolete, also if an earlier server stored it with the claim.  A
	 * message from the task itself is not.
	 */
	bool waited = (!run_phase_is_adopting(run->phase) || run->only_claimed) && !task->reported;
	if (!run_step(run, RUN_EVENT_BEGAN))
		return;
	run->process.entry = began->process.entry;
	run->process.pid = began->process.pid;
	run->process.pid_start = began->process.pid_start;
	task->status.started_at = began->started_at;
	run->began = began->tick ? began->tick : core_ticks(core);
	if (core_is_remote(core, run))
		reports_note_node(run);
	if (waited)
		(void)task_status_set_message(&task->status, began->note);
	lifecycle_began(core, task);
	limits_began(run, paused);
	lifecycle_touch(core, task);
	if (stopped)
		stopping_signal(core, run);
	else if (paused || resumed)
		stopping_pause(core, run, paused);
	settle_core(core);
}

/* Between go and began, a stop or a pause became durable; or what was prepared is gone. */
static void reports_withheld(void *ctx, struct run *run, bool void_handle)
{
	struct core *core = ctx;
	enum run_event event =
		run_phase_is_adopting(run->phase) ? RUN_EVENT_NEVER_BEGAN : RUN_EVENT_POSTPONED;
	if (!run_step(run, event))
		return;
	lifecycle_touch(core, run->task);
	reports_ready_again(core, run);
	run->worthless = void_handle && run->task->status.state == TASK_CLAIMED;
	core_touch(core, run->task->standing->group);
	if (run->worthless) {
		queue_unfinished(core, run);
		core_need(core, CORE_DUE_ENDINGS);
	}
	settle_core(core);
}

static void reports_progress(void *ctx, struct run *run, int percent, const char *message,
                             enum executor_progress_source source)
{
	struct core *core = ctx;
	struct task_status *status = &run->task->status;
	if (task_state_terminal(status->state))
		return;
	if (source == EXECUTOR_PROGRESS_REPORTED)
		run->task->reported = true;
	else if (run->task->reported)
		return;
	if (percent >= 0) {
		status->percent = (uint8_t)(percent > 100 ? 100 : percent);
		status->percent_known = true;
	}
	if (message)
		(void)task_status_set_message(status, *message ? message : NULL);
	lifecycle_touch(core, run->task);
	settle_core(core);
}

/*
 * If memory runs out, only the messages are lost.  The end is not.  Of a task that was being stopped, an earlier
 * server may have stored how its first process ended, while others were left.
 */
static void reports_keep_end(struct run *run, const struct run_end *reported)
{
	const struct task_status *status = &run->task->status;
	struct run_end kept = *reported, *end = &kept;
	if (!end->known && (status->exit_code >= 0 || status->term_signal > 0)) {
		end->known = true;
		end->exit_code = status->exit_code;
		end->term_signal = status->term_signal;
		end->usage = task_status_usage(status);
		end->message = NULL;
	}
	struct run_end bare = *end;
	bare.unsaid = end->known && end->message && !end->ran;
	bare.message = bare.survivors = NULL;
	bare.processes = (struct strings)STRINGS_INIT;
	if (run_set_end(run, end))
		(void)run_set_end(run, &bare);
}

static void reports_ended(void *ctx, struct run *run, const struct run_end *end)
{
	struct core *core = ctx;
	bool stopped = run->phase == RUN_ADOPTING_STOPPED, closing = run->phase == RUN_CLOSING;
	/* A task that is being stopped keeps its devices while others of its processes are left. */
	run->end.left = end->left;
	if (!run_step(run, RUN_EVENT_EXITED))
		return;
	limits_clear(run);
	core_need(core, CORE_DUE_SCHEDULE);
	/* This is needed even while an end is being committed: if the commit fails, a later stop uses it. */
	reports_keep_end(run, end);
	/* No process is left that could need SIGKILL. */
	if (end->left == 0)
		timers_clear(&core->timers, &run->kill);
	if (!closing) {
		queue_unfinished(core, run);
		core_need(core, CORE_DUE_ENDINGS);
		/* A stop of an earlier server may be due for the processes that are left. */
		if (stopped && end->left > 0)
			stopping_signal(core, run);
	}
	settle_core(core);
}

static void reports_holds(void *ctx, struct run *run, const struct run_holding *holding)
{
	struct core *core = ctx;
	core->unheld |= holdings_take_back(core, run, holding) != 0;
	groups_weigh(core, run);
}

static void reports_never_began(void *ctx, struct run *run)
{
	struct core *core = ctx;
	if (!run_step(run, RUN_EVENT_NEVER_BEGAN))
		return;
	/* The earlier server may have been giving the claim back, since a time has not come, or it is too late. */
	if (agenda_waits(run->task))
		agenda_review(core);
	reports_ready_again(core, run);
	settle_core(core);
}

static void reports_left_gone(void *ctx, uint64_t number)
{
	struct core *core = ctx;
	attempts_left_gone(core, number);
	leftovers_gone(core, number);
	settle_core(core);
}

static void reports_room(void *ctx)
{
	struct core *core = ctx;
	core_need(core, CORE_DUE_SCHEDULE);
	settle_core(core);
}

void reports_connect(struct core *core)
{
	const struct executor_reports reports = {
		.ctx = core,
		.prepared = reports_prepared,
		.refused = reports_refused,
		.postponed = reports_postponed,
		.withheld = reports_withheld,
		.began = reports_began,
		.progress = reports_progress,
		.ended = reports_ended,
		.holds = reports_holds,
		.never_began = reports_never_began,
		.left_gone = reports_left_gone,
		.room = reports_room,
	};
	core->executor->reports = core->remote->reports = reports;
}
