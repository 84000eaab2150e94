#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/adopt.h"
#include "engine/exec/local/cap.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/discard.h"
#include "engine/exec/local/ending.h"
#include "engine/exec/local/files.h"
#include "engine/exec/local/lingering.h"
#include "engine/exec/local/local.h"
#include "engine/exec/local/progress.h"
#include "engine/exec/local/start.h"
#include "engine/exec/local/strays.h"
#include "engine/exec/local/stuck.h"
#include "engine/exec/local/traces.h"
#include "engine/exec/local/watch.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/process.h"
#include "engine/run/spawn.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

/* A pair of output files is kept open for each this many descriptors. */
enum { LOCAL_DESCRIPTORS_A_PAIR = 64 };

/* Orphans that ended are reaped at most this often. */
enum { LOCAL_REAP_MS = 200 };

static void local_prepare_run(struct local *local, struct run *run)
{
	const struct executor_reports *reports = &local->executor.reports;
	struct task_process process = TASK_PROCESS_INIT;
	process.entry = ledger_take(local->ledger);
	if (process.entry < 0) {
		reports->refused(reports->ctx, run, process.entry);
		return;
	}
	ledger_set_files(local->ledger, process.entry, -1, run->task->number);
	if (!local_attempt_new(local, run, process.entry)) {
		ledger_release(local->ledger, process.entry);
		reports->refused(reports->ctx, run, -ENOMEM);
		return;
	}
	reports->prepared(reports->ctx, run, &process);
}

static void local_prepare(struct executor *executor, struct run *const *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		local_prepare_run(local_of(executor), runs[i]);
}

static void local_go(struct executor *executor, struct run *const *runs, size_t count)
{
	(void)executor;
	for (size_t i = 0; i < count; i++)
		local_start(local_attempt_of(runs[i]));
}

static void local_look(struct executor *executor, const struct run *run)
{
	struct local_attempt *attempt = local_attempt_of(run);
	local_start_look(local_of(executor));
	if (attempt)
		local_progress_read_all(attempt);
}

static void local_signal(struct executor *executor, struct run *const *runs, size_t count, int signal)
{
	(void)executor;
	for (size_t i = 0; i < count; i++) {
		struct local_attempt *attempt = local_attempt_of(runs[i]);
		if (attempt && attempt->pid > 0 && signal > 0)
			local_census_signal(attempt, signal);
	}
}

static int local_signal_left(struct local *local, const struct task *task, int signal)
{
	struct local_attempt *attempt = local_attempt_of(task->run);
	if (!attempt)
		attempt = local_attempt_of_left(local, task->number, task->created_at);
	if (!attempt)
		return -ENOMEM;
	local_census_signal(attempt, signal);
	return 0;
}

static bool local_kill_left(struct executor *executor, const struct task *task)
{
	struct local *local = local_of(executor);
	return local_strays_of(local, task) && local_signal_left(local, task, SIGKILL) == 0;
}

static int local_continue_left(struct executor *executor, const struct task *task)
{
	return local_signal_left(local_of(executor), task, SIGCONT);
}

static int local_adopt(struct executor *executor, struct run *const *runs, const bool *other_boot,
                       size_t count)
{
	return local_adopt_runs(local_of(executor), runs, other_boot, count);
}

static void local_forget(struct executor *executor, struct run *const *runs, size_t count)
{
	(void)executor;
	for (size_t i = 0; i < count; i++) {
		struct local_attempt *attempt = local_attempt_of(runs[i]);
		if (attempt)
			local_ending_forget(attempt);
	}
}

static void local_describe(struct executor *executor, const struct run *run, struct executor_place *place)
{
	(void)executor;
	const struct local_attempt *attempt = local_attempt_of(run);
	*place = (struct executor_place){ .pid = attempt ? attempt->pid : 0 };
}

static unsigned local_room_now(struct executor *executor)
{
	return local_room(local_of(executor));
}

static const char *local_shortage(struct executor *executor)
{
	const struct local *local = local_of(executor);
	return *local->no_output ? local->no_output : local->shortage;
}

static bool local_shortfall(struct executor *executor, const struct environment *environment, char *text,
                            size_t size)
{
	return spawner_shortfall(local_of(executor)->spawner, environment, text, size);
}

static void local_retry(struct executor *executor)
{
	struct local *local = local_of(executor);
	local_adopt_retry(local);
	local_watch_look(local);
	local_ending_look(-1, 0, local);
	local_census_retry(local);
	local_lingering_spare(local);
}

static const struct executor_verbs local_verbs = {
	.prepare = local_prepare,
	.go = local_go,
	.look = local_look,
	.withhold = local_stuck_withhold,
	.signal = local_signal,
	.kill_left = local_kill_left,
	.continue_left = local_continue_left,
	.watch_left = local_watch_left,
	.adopt = local_adopt,
	.seal = local_seal,
	.forget = local_forget,
	.output = local_output,
	.discard = local_discard,
	.describe = local_describe,
	.reason = local_stuck_reason,
	.room = local_room_now,
	.shortage = local_shortage,
	.shortfall = local_shortfall,
	.retry = local_retry,
};

static void local_retry_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	local_retry(ctx);
}

/*
 * Most children that end are first processes, and orphans are looked at whenever a run ends.  So the next of them
 * are not heard of before the reaping is due.  Only somebody who has no other way to hear of an end waits for each.
 */
static void local_child_changed(evutil_socket_t fd, short what, void *ctx)
{
	(void)what;
	struct local *local = ctx;
	struct timeval soon = { .tv_usec = LOCAL_REAP_MS * 1000 };
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof(info)) > 0)
		;
	if (!event_pending(local->reap_event, EV_TIMEOUT, NULL))
		event_add(local->reap_event, &soon);
	local_watch_look(local);
}

static void local_reap_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	event_add(local->child_event, NULL);
	(void)local_strays_reap(local);
}

static void local_strays_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	local_strays_reap_anchor(ctx);
	local_watch_look(ctx);
}

void local_sweep(struct executor *executor, bool (*is_known)(void *ctx, uint64_t number), void *ctx)
{
	struct local *local = local_of(executor);
	local_traces_forget(local);
	local_files_sweep(local, is_known, ctx);
	if (local->anchor)
		local_strays_reap_anchor(local);
}

/* At most once a second, since every look reads all children of the anchor, and these may be many. */
void local_anchor_child(struct executor *executor)
{
	struct local *local = local_of(executor);
	struct timeval soon = { .tv_sec = 1 };
	if (local->anchor && !event_pending(local->strays_event, EV_TIMEOUT, NULL))
		event_add(local->strays_event, &soon);
}

static void local_spares_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	local_lingering_spare(ctx);
}

static int local_add_events(struct local *local)
{
	const struct {
		struct event **event;
		evutil_socket_t fd;
		short what;
		event_callback_fn fn;
	} wanted[] = {
		{ &local->child_event, local->child_fd, EV_READ, local_child_changed },
		{ &local->retry_event, -1, 0, local_retry_due },
		{ &local->end_event, -1, 0, local_ending_look },
		{ &local->cap_event, -1, 0, local_cap_tick },
		{ &local->strays_event, -1, 0, local_strays_due },
		{ &local->reap_event, -1, 0, local_reap_due },
		{ &local->spares_event, -1, 0, local_spares_due },
		{ &local->stuck_event, -1, 0, local_stuck_due },
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		*wanted[i].event = event_new(local->base, wanted[i].fd, wanted[i].what, wanted[i].fn, local);
		/* Timers are added when they are due for something. */
		if (!*wanted[i].event || (wanted[i].fd >= 0 && event_add(*wanted[i].event, NULL)))
			return -ENOMEM;
	}
	return 0;
}

/* It is blocked in this thread, as it is in all others. */
static int local_hear_children(struct local *local)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	local->child_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return local->child_fd < 0 ? -errno : 0;
}

static int local_open_parts(struct local *local, const struct local_options *options, char **error)
{
	local->address = strdup(options->address);
	snprintf(local->identity, sizeof(local->identity), "%s", options->identity);
	local->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!local->address || local->input < 0)
		return local->input < 0 ? -errno : -ENOMEM;
	int kept = (int)(options->descriptors / LOCAL_DESCRIPTORS_A_PAIR);
	int code = output_open(&local->output, options->directory,
	                       kept < OUTPUT_KEPT_MAX ? kept : OUTPUT_KEPT_MAX);
	if (code && code != -ENOMEM)
		(void)error_set(error, code, MSG_LOG_UNUSABLE, options->directory, strerror(-code));
	local->discards = local_discards_new(local);
	if (!code && !local->discards)
		code = -ENOMEM;
	if (!code)
		code = ledger_open(&local->ledger, options->directory, options->boot_id, &local->same_boot,
		                   error);
	if (!code)
		code = local_hear_children(local);
	if (!code)
		code = local_add_events(local);
	if (!code)
		code = spawner_new(&local->spawner);
	if (!code)
		code = local_census_open(local, local_ending_counted);
	/*
	 * Pids of another boot mean nothing.  They are recognized, since every row of the store has the boot
	 * of its claim.
	 */
	if (!code && !local->same_boot)
		ledger_reset(local->ledger, options->boot_id);
	return code;
}

int local_open(struct executor **executor, const struct local_options *options, char **error)
{
	*error = NULL;
	struct local *local = calloc(1, sizeof(*local));
	if (!local)
		return -ENOMEM;
	local->executor.verbs = &local_verbs;
	local->base = options->base;
	local->pool = options->pool;
	local->anchor = options->anchor;
	local->now = options->now;
	local->own_environment = options->own_environment;
	local->descriptors = options->descriptors;
	local->linger_ms = options->linger_ms;
	snprintf(local->shortage, sizeof(local->shortage), MSG_SHORT_OF_DESCRIPTORS, local->descriptors);
	local->alone_since = process_ticks();
	local->child_fd = -1;
	/* Orphans of tasks become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1L);
	int code = local_open_parts(local, options, error);
	if (code) {
		local_close(&local->executor);
		return code;
	}
	*executor = &local->executor;
	return 0;
}

static void local_hear_prepared(void *ctx, struct run *run, const struct task_process *process)
{
	(void)ctx, (void)run, (void)process;
}

static void local_hear_error(void *ctx, struct run *run, int error)
{
	(void)ctx, (void)run, (void)error;
}

static void local_hear_began(void *ctx, struct run *run, const struct executor_began *began)
{
	(void)ctx, (void)run, (void)began;
}

static void local_hear_progress(void *ctx, struct run *run, int percent, const char *message,
                                enum executor_progress_source source)
{
	(void)ctx, (void)run, (void)percent, (void)message, (void)source;
}

static void local_hear_ended(void *ctx, struct run *run, const struct run_end *end)
{
	(void)ctx, (void)run, (void)end;
}

static void local_hear_holds(void *ctx, struct run *run, const struct run_holding *holding)
{
	(void)ctx, (void)run, (void)holding;
}

static void local_hear_never_began(void *ctx, struct run *run)
{
	(void)ctx, (void)run;
}

static void local_hear_gone(void *ctx, uint64_t number)
{
	(void)ctx, (void)number;
}

static void local_hear_room(void *ctx)
{
	(void)ctx;
}

void local_silence(struct executor *executor)
{
	local_discards_leave(local_of(executor)->discards);
	executor->reports = (struct executor_reports){
		.prepared = local_hear_prepared,
		.refused = local_hear_error,
		.postponed = local_hear_error,
		.began = local_hear_began,
		.progress = local_hear_progress,
		.ended = local_hear_ended,
		.holds = local_hear_holds,
		.never_began = local_hear_never_began,
		.left_gone = local_hear_gone,
		.room = local_hear_room,
	};
}

void local_close(struct executor *executor)
{
	struct local *local = local_of(executor);
	struct event *events[] = { local->child_event,  local->retry_event,  local->end_event,
		                   local->cap_event,    local->strays_event, local->reap_event,
		                   local->spares_event, local->stuck_event };
	struct local_attempt *attempt, *next;
	local_census_close(local);
	DL_FOREACH_SAFE(local->attempts, attempt, next)
	{
		local_ending_release(attempt);
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		if (events[i])
			event_free(events[i]);
	}
	if (local->input >= 0)
		close(local->input);
	if (local->child_fd >= 0)
		close(local->child_fd);
	spawner_free(local->spawner);
	local_discards_free(local->discards);
	output_close(local->output);
	ledger_close(local->ledger);
	local_traces_forget(local);
	free(local->strays);
	free(local->spares.all);
	free(local->address);
	free(local);
}
