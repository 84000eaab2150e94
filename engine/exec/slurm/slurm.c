#include "config.h"

#include "engine/exec/slurm/slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/kernel.h"
#include "engine/exec/slurm/attempt.h"
#include "engine/exec/slurm/crew.h"
#include "engine/exec/slurm/fleet.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/silence.h"
#include "engine/exec/slurm/submit.h"
#include "engine/exec/slurm/watch.h"
#include "engine/run/pool.h"
#include "engine/task/messages.h"

/* How often Slurm is asked. */
enum { SLURM_LEAST_MS = 2000, SLURM_MOST_MS = 30000 };

/* It has no limit that is known here. */
enum { SLURM_ROOM = 1000000 };

/* Its programs are killed.  A directory that hangs may hang for ever, and what was begun there is found by the next server. */
enum { SLURM_CLOSE_MS = 1000 };

/* The crew of its group; *crew NULL: each task is a job.  0 or -ENOMEM. */
static int slurm_find_crew(struct slurm *slurm, const struct run *run, const char *directory,
                           struct slurm_crew **crew)
{
	const struct task_group *group = run->task->standing->group;
	bool adopted = run->process.entry == TASK_ENTRY_REMOTE;
	*crew = NULL;
	if (adopted ? run->process.pid_start != CREW_HANDLE : group->settings.pilots == 0)
		return 0;
	*crew = crew_of(slurm, group->name ? group->name : GROUP_DEFAULT,
	                group->settings.pilots > 0 ? &group->settings : NULL, directory);
	return *crew ? 0 : -ENOMEM;
}

static void slurm_prepare(struct executor *executor, struct run *const *runs, size_t count)
{
	struct slurm *slurm = slurm_of(executor);
	for (size_t i = 0; i < count; i++) {
		const struct group_settings *settings = &runs[i]->task->standing->group->settings;
		struct slurm_attempt *attempt =
			slurm_attempt_new(slurm, runs[i], SLURM_SUBMITTING, settings->directory);
		struct slurm_crew *crew = NULL;
		if (attempt && slurm_find_crew(slurm, runs[i], settings->directory, &crew)) {
			slurm_attempt_free(attempt);
			attempt = NULL;
		}
		if (attempt && crew) {
			attempt->crew = crew;
			attempt->job = CREW_HANDLE;
			crew_prepare(attempt);
		} else if (attempt)
			slurm_submit(attempt);
		else
			executor->reports.refused(executor->reports.ctx, runs[i], -ENOMEM);
	}
	if (!slurm->swept)
		slurm_hurry(slurm);
}

/* sbatch refused it, or the job that was held is gone: that is its end. */
static void slurm_fail(struct slurm_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->slurm->executor.reports;
	struct executor_began began = { .process = attempt->run->process,
		                        .started_at = attempt->slurm->options.now() };
	char *error = attempt->error;
	struct run_end end = { .known = true, .exit_code = -1, .message = error ? error : MSG_SLURM_GONE };
	attempt->stage = SLURM_ENDED;
	attempt->error = NULL;
	struct run *run = attempt->run;
	reports->began(reports->ctx, run, &began);
	reports->ended(reports->ctx, run, &end);
	free(error);
}

/* Jobs for one order. */
struct slurm_list {
	uint64_t *jobs;
	size_t count;
};

static struct slurm_list slurm_list_new(size_t count)
{
	return (struct slurm_list){ .jobs = calloc(count, sizeof(uint64_t)) };
}

static void slurm_list_order(struct slurm *slurm, struct slurm_list *list, enum slurm_order order)
{
	if (list->count > 0)
		slurm_order(slurm, order, 0, list->jobs, list->count);
	free(list->jobs);
}

static void slurm_go(struct executor *executor, struct run *const *runs, size_t count)
{
	struct slurm_list list = slurm_list_new(count);
	for (size_t i = 0; i < count; i++) {
		struct slurm_attempt *attempt = slurm_attempt_of(runs[i]);
		if (attempt->stage != SLURM_HELD || !list.jobs) {
			if (attempt->stage != SLURM_HELD)
				slurm_fail(attempt);
			else
				executor->reports.postponed(executor->reports.ctx, runs[i], -ENOMEM);
			continue;
		}
		if (attempt->crew) {
			crew_go(attempt);
			continue;
		}
		attempt->stage = SLURM_RELEASED;
		attempt->released = false;
		list.jobs[list.count++] = attempt->job;
	}
	slurm_list_order(slurm_of(executor), &list, SLURM_ORDER_RELEASE);
}

static void slurm_withhold(struct executor *executor, struct run *const *runs, size_t count)
{
	struct slurm_list list = slurm_list_new(count);
	for (size_t i = 0; i < count; i++) {
		struct slurm_attempt *attempt = slurm_attempt_of(runs[i]);
		if (attempt->crew) {
			crew_withhold(attempt);
			continue;
		}
		if (attempt->stage == SLURM_RELEASED)
			attempt->stage = SLURM_WITHHELD;
		else if (attempt->stage == SLURM_ADOPTED)
			attempt->withholds = true;
		else
			continue;
		/* If it is listed again, it is held then. */
		if (list.jobs && !attempt->absent)
			list.jobs[list.count++] = attempt->job;
	}
	slurm_list_order(slurm_of(executor), &list, SLURM_ORDER_HOLD);
}

static void slurm_signal(struct executor *executor, struct run *const *runs, size_t count, int signal)
{
	struct slurm_list list = slurm_list_new(count);
	for (size_t i = 0; i < count && list.jobs && signal > 0; i++) {
		struct slurm_attempt *attempt = slurm_attempt_of(runs[i]);
		if (!attempt || attempt->stage != SLURM_RUNNING)
			continue;
		if (attempt->crew) {
			crew_signal(attempt, signal);
			continue;
		}
		if (!attempt->begin.known || attempt->absent)
			attempt->signal = signal;
		if (!attempt->absent)
			list.jobs[list.count++] = attempt->job;
	}
	if (list.count > 0)
		slurm_order_signal(slurm_of(executor), signal, list.jobs, list.count);
	free(list.jobs);
}

/* A job ends with all of its processes. */
static bool slurm_kill_left(struct executor *executor, const struct task *task)
{
	(void)executor, (void)task;
	return false;
}

static int slurm_continue_left(struct executor *executor, const struct task *task)
{
	(void)executor, (void)task;
	return 0;
}

static int slurm_watch_left(struct executor *executor, const struct task *task,
                            const struct strings *processes)
{
	(void)processes;
	executor->reports.left_gone(executor->reports.ctx, task->number);
	return 0;
}

/* What became of them is seen by the first squeue.  A job is there whatever this machine did. */
static int slurm_adopt(struct executor *executor, struct run *const *runs, const bool *other_boot,
                       size_t count)
{
	struct slurm *slurm = slurm_of(executor);
	(void)other_boot;
	for (size_t i = 0; i < count; i++) {
		const struct plan_job *job = task_plan(runs[i]->task)->job;
		struct slurm_attempt *attempt =
			slurm_attempt_new(slurm, runs[i], SLURM_ADOPTED, job ? job->directory : NULL);
		if (!attempt)
			return -ENOMEM;
		attempt->job = runs[i]->process.pid_start;
		attempt->withholds = runs[i]->phase != RUN_ADOPTING;
		if (slurm_find_crew(slurm, runs[i], attempt->directory, &attempt->crew))
			return -ENOMEM;
		if (attempt->crew) {
			attempt->withdraws = attempt->withholds;
			crew_adopt(attempt);
		} else if (attempt->job == 0) {
			attempt->stage = SLURM_REFUSED;
			executor->reports.withheld(executor->reports.ctx, runs[i], true);
		}
	}
	slurm_hurry(slurm);
	struct timeval now = { .tv_sec = 0 };
	event_add(slurm->watch_event, &now);
	return 0;
}

static int slurm_seal(struct executor *executor, struct run *run)
{
	(void)executor, (void)run;
	return 0;
}

static void slurm_forget_attempt(struct slurm_attempt *attempt, struct slurm_list *list)
{
	struct slurm *slurm = attempt->slurm;
	if (attempt->crew) {
		crew_forget(attempt);
		slurm_attempt_free(attempt);
		return;
	}
	attempt->run->execution = NULL;
	attempt->run = NULL;
	/* The worker does this after the submission that it has, and before another one of the same attempt. */
	slurm_discard(slurm, attempt->directory, attempt->number, attempt->ordinal, attempt->ordinal, false);
	if (attempt->stage == SLURM_SUBMITTING && !slurm_submit_not(attempt)) {
		attempt->stage = SLURM_FORGOTTEN;
		return;
	}
	if (attempt->stage == SLURM_DOUBTFUL)
		slurm->swept = false;
	else if (attempt->stage != SLURM_ENDED && attempt->job > 0 && list->jobs && !attempt->absent)
		list->jobs[list->count++] = attempt->job;
	slurm_attempt_free(attempt);
}

static void slurm_forget(struct executor *executor, struct run *const *runs, size_t count)
{
	struct slurm_list list = slurm_list_new(count);
	for (size_t i = 0; i < count; i++) {
		if (runs[i]->execution)
			slurm_forget_attempt(slurm_attempt_of(runs[i]), &list);
	}
	slurm_list_order(slurm_of(executor), &list, SLURM_ORDER_CANCEL);
}

static int slurm_output(struct executor *executor, const struct task *task, uint32_t ordinal,
                        enum executor_stream stream, bool want_fd, struct executor_output *output)
{
	const struct plan_job *job = task_plan(task)->job;
	char base[SLURM_BASE_SIZE];
	(void)executor;
	*output = (struct executor_output){ .fd = -1, .elsewhere = true };
	slurm_base(base, task->number, ordinal);
	if (!job || !job->directory ||
	    !slurm_path(output->path, job->directory, base, stream == EXECUTOR_STDERR ? ".err" : ".out"))
		return -ENOENT;
	int fd = open(output->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		output->path[0] = '\0';
		return -errno;
	}
	if (want_fd)
		output->fd = fd;
	else
		close(fd);
	return 0;
}

static void slurm_discard_output(struct executor *executor, const struct task *task, uint32_t attempts)
{
	const struct plan_job *job = task_plan(task)->job;
	if (job && job->directory)
		slurm_discard(slurm_of(executor), job->directory, task->number, 1, attempts, true);
}

static void slurm_describe(struct executor *executor, const struct run *run, struct executor_place *place)
{
	const struct slurm_attempt *attempt = slurm_attempt_of(run);
	(void)executor;
	*place = (struct executor_place){ .pid = 0 };
	if (!attempt)
		return;
	snprintf(place->directory, sizeof(place->directory), "%s", attempt->directory);
	snprintf(place->host, sizeof(place->host), "%s", attempt->node);
	uint64_t job = !attempt->crew ? attempt->job : attempt->pilot ? attempt->pilot->job : 0;
	if (job > 0)
		snprintf(place->job, sizeof(place->job), "%" PRIu64, job);
	place->pid = attempt->begin.pid;
}

static const char *slurm_crew_reason(struct slurm *slurm, const struct slurm_attempt *attempt)
{
	bool of_slurm;
	const char *reason = crew_reason(attempt, &of_slurm);
	if (!reason || !of_slurm)
		return reason;
	snprintf(slurm->text, sizeof(slurm->text), MSG_SLURM_REASON, reason);
	return slurm->text;
}

static const char *slurm_reason(struct executor *executor, const struct run *run)
{
	struct slurm *slurm = slurm_of(executor);
	const struct slurm_attempt *attempt = slurm_attempt_of(run);
	if (!attempt || attempt->stage == SLURM_HELD)
		return NULL;
	const char *silence = silence_reason(attempt);
	if (silence)
		return silence;
	if (attempt->stage == SLURM_RUNNING && run->task->status.state == TASK_PAUSED)
		return attempt->crew ? MSG_PILOT_PAUSED : MSG_SLURM_PAUSED;
	if (attempt->crew)
		return slurm_crew_reason(slurm, attempt);
	if (attempt->stage == SLURM_SUBMITTING || attempt->stage == SLURM_DOUBTFUL)
		return attempt->error;
	if ((attempt->stage != SLURM_RELEASED && attempt->stage != SLURM_ADOPTED) || !*attempt->reason ||
	    strcmp(attempt->reason, "None") == 0)
		return NULL;
	snprintf(slurm->text, sizeof(slurm->text), MSG_SLURM_REASON, attempt->reason);
	return slurm->text;
}

static unsigned slurm_room(struct executor *executor)
{
	(void)executor;
	return SLURM_ROOM;
}

static const char *slurm_shortage(struct executor *executor)
{
	(void)executor;
	return MSG_SLURM_SILENT;
}

static bool slurm_shortfall(struct executor *executor, const struct environment *environment, char *text,
                            size_t size)
{
	(void)executor, (void)environment, (void)text, (void)size;
	return false;
}

static void slurm_retry(struct executor *executor)
{
	(void)executor;
}

static const struct executor_verbs slurm_verbs = {
	.prepare = slurm_prepare,
	.go = slurm_go,
	.withhold = slurm_withhold,
	.signal = slurm_signal,
	.kill_left = slurm_kill_left,
	.continue_left = slurm_continue_left,
	.watch_left = slurm_watch_left,
	.adopt = slurm_adopt,
	.seal = slurm_seal,
	.forget = slurm_forget,
	.output = slurm_output,
	.discard = slurm_discard_output,
	.describe = slurm_describe,
	.reason = slurm_reason,
	.room = slurm_room,
	.shortage = slurm_shortage,
	.shortfall = slurm_shortfall,
	.retry = slurm_retry,
};

bool slurm_refuses(struct executor *executor, const char *directory)
{
	return slurm_is_foreign(directory, slurm_of(executor)->identity);
}

bool slurm_is_here(const char *programs)
{
	const char *path = programs ? programs : getenv("PATH");
	char file[SLURM_PATH_SIZE];
	while (path && *path) {
		size_t length = programs ? strlen(path) : strcspn(path, ":");
		snprintf(file, sizeof(file), "%.*s/sbatch", (int)length, path);
		if (access(file, X_OK) == 0)
			return true;
		path += length + (path[length] == ':');
	}
	return false;
}

/* 0: the usual one. */
static int slurm_interval(void)
{
	const char *text = getenv(SLURM_INTERVAL);
	double seconds = text ? strtod(text, NULL) : 0;
	return seconds >= 0.1 && seconds <= SLURM_MOST_MS / 1000.0 ? (int)(seconds * 1000) : 0;
}

int slurm_open(struct executor **executor, const struct slurm_options *options)
{
	struct slurm *slurm = calloc(1, sizeof(*slurm));
	if (!slurm)
		return -ENOMEM;
	slurm->executor.verbs = &slurm_verbs;
	slurm->options = *options;
	snprintf(slurm->identity, sizeof(slurm->identity), "%s", options->identity);
	slurm->address = strdup(options->address);
	slurm->programs = options->programs ? strdup(options->programs) : NULL;
	if (options->least_ms <= 0)
		slurm->options.least_ms = slurm_interval();
	if (slurm->options.least_ms <= 0)
		slurm->options.least_ms = SLURM_LEAST_MS;
	if (options->most_ms <= 0)
		slurm->options.most_ms = SLURM_MOST_MS;
	if (options->program_ms <= 0)
		slurm->options.program_ms = PROGRAM_TIMEOUT_MS;
	slurm->interval_ms = slurm->options.least_ms;
	slurm->crew_turn = fleet_turn;
	slurm->last_ticket = (uint64_t)slurm->options.now() * 1000;
	slurm->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	slurm->watch_event = event_new(options->base, -1, 0, slurm_watch_due, slurm);
	if (slurm->stop_fd < 0 || !slurm->watch_event || silence_open(slurm) || !slurm->address ||
	    (options->programs && !slurm->programs)) {
		slurm_close(&slurm->executor);
		return -ENOMEM;
	}
	*executor = &slurm->executor;
	return 0;
}

void slurm_silence(struct executor *executor)
{
	struct slurm *slurm = slurm_of(executor);
	if (slurm->closing)
		return;
	slurm->closing = true;
	if (slurm->stop_fd >= 0)
		(void)eventfd_write(slurm->stop_fd, 1);
	if (slurm->watch_event)
		event_free(slurm->watch_event);
	slurm->watch_event = NULL;
	crews_stop(slurm);
	if (slurm->files_event)
		event_free(slurm->files_event);
	slurm->files_event = NULL;
	slurm->abandoned = !pool_free_within(slurm->files, SLURM_CLOSE_MS);
	slurm->files = NULL;
	if (slurm->pool_event)
		event_free(slurm->pool_event);
	slurm->pool_event = NULL;
	slurm->abandoned |= !pool_free_within(slurm->pool, SLURM_CLOSE_MS);
	slurm->pool = NULL;
}

void slurm_close(struct executor *executor)
{
	struct slurm *slurm = slurm_of(executor);
	slurm_silence(executor);
	if (slurm->abandoned)
		return;
	slurm_drop_orders(slurm);
	slurm_submit_none(slurm);
	silence_close(slurm);
	while (slurm->attempts)
		slurm_attempt_free(slurm->attempts);
	crews_free(slurm);
	if (slurm->stop_fd >= 0)
		close(slurm->stop_fd);
	free(slurm->address);
	free(slurm->programs);
	free(slurm);
}
