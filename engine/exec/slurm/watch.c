#include "config.h"

#include "engine/exec/slurm/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/slurm/fleet.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/program.h"
#include "engine/exec/slurm/reports.h"
#include "engine/exec/slurm/rows.h"
#include "engine/exec/slurm/silence.h"
#include "engine/exec/slurm/submit.h"
#include "engine/run/pool.h"
#include "engine/task/messages.h"

/*
 * A job is over, and its end is missing: after so many looks nothing is to come.  A controller that has been started
 * again may not know jobs at first that still run.
 */
enum { WATCH_LOOKS = 3, WATCH_LOOKS_ABSENT = 10 };

/* What sbatch answers is no number, so often, and there is no job: it will not be better. */
enum { WATCH_ANSWERS = 3 };

/* What the worker found out about an attempt. */
struct watched {
	uint64_t serial, number, job;
	uint32_t ordinal;
	char base[SLURM_BASE_SIZE];
	char *directory; /* owned */
	bool marked;     /* its directory can be read */
	struct slurm_row row;
	struct slurm_begin begin;
	struct slurm_end end;
};

struct watch_job {
	struct pool_job job; /* first */
	struct slurm *slurm;
	enum program_result result;
	char error[320];
	struct slurm_row *rows; /* owned; all jobs of this server, by task, attempt and job */
	size_t row_count;
	size_t count;
	struct watched all[];
};

/* --- on the worker */

static int watch_compare(const void *a, const void *b)
{
	const struct slurm_row *left = a, *right = b;
	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	if (left->attempt != right->attempt)
		return left->attempt < right->attempt ? -1 : 1;
	return left->job < right->job ? -1 : left->job > right->job;
}

/* What something else than squeue wrote is not taken for a list without our jobs. */
static enum program_result watch_parse(struct watch_job *job, char *output)
{
	size_t lines = 1, length = strlen(output);
	bool any = false;
	if (length > 0 && output[length - 1] != '\n')
		return PROGRAM_SILENT;
	for (const char *c = output; *c; c++)
		lines += *c == '\n';
	job->rows = calloc(lines, sizeof(*job->rows));
	if (!job->rows)
		return PROGRAM_SILENT;
	for (char *line = output, *end; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		any |= slurm_is_row(line);
		if (slurm_row_parse(line, job->slurm->identity, &job->rows[job->row_count]))
			job->row_count++;
	}
	qsort(job->rows, job->row_count, sizeof(*job->rows), watch_compare);
	if (length == 0 || any)
		return PROGRAM_DONE;
	snprintf(job->error, sizeof(job->error), MSG_SLURM_SQUEUE_ANSWER, output);
	return PROGRAM_REFUSED;
}

static void watch_ask(struct watch_job *job)
{
	static const char *const words[] = { "squeue", "-h", "--me", "-t", "all", "-r", "-O", ROWS_FORMAT };
	struct program program = { .directory = job->slurm->programs,
		                   .stop = job->slurm->stop_fd,
		                   .timeout_ms = job->slurm->options.program_ms };
	int error = 0;
	char nothing[1] = "";
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !error; i++)
		error = strings_add(&program.arguments, words[i]);
	job->result = error ? PROGRAM_SILENT : program_run(&program);
	if (job->result == PROGRAM_DONE)
		job->result = watch_parse(job, program.output ? program.output : nothing);
	else if (job->result == PROGRAM_REFUSED)
		snprintf(job->error, sizeof(job->error), MSG_SLURM_SQUEUE, program.error);
	else
		snprintf(job->error, sizeof(job->error), "%s", program.error);
	program_release(&program);
}

/* By its comment and its number; without a number, by its comment. */
static void watch_find(const struct watch_job *job, struct watched *watched)
{
	struct slurm_row key = { .number = watched->number,
		                 .attempt = watched->ordinal,
		                 .job = watched->job };
	size_t low = 0, high = job->row_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (watch_compare(&job->rows[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct slurm_row *row = low < job->row_count ? &job->rows[low] : NULL;
	watched->row = (struct slurm_row){ .condition = SLURM_ABSENT };
	/* Without a number, one that is held is meant: earlier claims may have had others. */
	for (; row && row < job->rows + job->row_count && row->number == watched->number &&
	       row->attempt == watched->ordinal;
	     row++) {
		if (watched->job == row->job || (watched->job == 0 && row->held)) {
			watched->row = *row;
			return;
		}
	}
}

static void watch_read_files(const struct watch_job *job, struct watched *watched)
{
	if (watched->job == 0 || watched->row.condition == SLURM_PENDING)
		return;
	watched->marked = slurm_is_marked(watched->directory, job->slurm->identity);
	watched->begin = slurm_read_begin(watched->directory, watched->base, watched->job);
	watched->end = slurm_read_end(watched->directory, watched->base, watched->job);
}

static void watch_work(struct pool_job *pool_job)
{
	struct watch_job *job = (struct watch_job *)pool_job;
	watch_ask(job);
	for (size_t i = 0; i < job->count && job->result == PROGRAM_DONE; i++) {
		watch_find(job, &job->all[i]);
		watch_read_files(job, &job->all[i]);
	}
}

/* --- what it means */

/* Slurm ended it, and its word says why: a time limit, or somebody who cancelled its job, but not from here. */
static bool watch_was_ended(const struct slurm_attempt *attempt, const struct watched *watched)
{
	enum task_state state = attempt->run->task->status.state;
	if (watched->end.status == 0)
		return false;
	return watched->row.condition == SLURM_FATAL ||
	       (strcmp(watched->row.state, "CANCELLED") == 0 && watched->end.terminated &&
	        !task_state_stops(state) && state != TASK_OVERTIME);
}

/* The node wrote how it ended. */
static void watch_ended_with(struct slurm_attempt *attempt, const struct watched *watched)
{
	char text[128];
	struct run_end end = { .known = true,
		               .ran = true,
		               .exit_code = watched->end.status,
		               .lasted = slurm_lasted(attempt, watched->end.at) };
	snprintf(text, sizeof(text), MSG_SLURM_ENDED, watched->row.state);
	if (watch_was_ended(attempt, watched))
		end.message = text;
	slurm_report_ended(attempt, &end);
}

/* How it ended was not written, and will not be. */
static void watch_ended_without(struct slurm_attempt *attempt, const struct watched *watched)
{
	const struct slurm_row *row = &watched->row;
	char text[SLURM_PATH_SIZE + 128];
	struct run_end end = { .ran = attempt->begin.known, .exit_code = -1, .message = text };
	if (row->condition == SLURM_LOST) {
		snprintf(text, sizeof(text), MSG_SLURM_LOST, row->state);
	} else if (row->condition == SLURM_FATAL || strcmp(row->state, "CANCELLED") == 0) {
		end.known = true;
		snprintf(text, sizeof(text), MSG_SLURM_ENDED, row->state);
	} else if (strncmp(row->reason, "JobLaunchFailure", 16) == 0) {
		end.known = true;
		snprintf(text, sizeof(text), MSG_SLURM_ENDED, row->reason);
	} else if (row->condition == SLURM_OVER && !attempt->begin.known) {
		end.known = true;
		snprintf(text, sizeof(text), MSG_SLURM_NO_TRACE, (unsigned long long)attempt->job, row->node,
		         attempt->directory);
	} else if (row->condition == SLURM_OVER) {
		snprintf(text, sizeof(text), MSG_SLURM_NO_END, (unsigned long long)attempt->job, row->state);
	} else {
		snprintf(text, sizeof(text), MSG_SLURM_UNSEEN, (unsigned long long)attempt->job);
	}
	slurm_report_ended(attempt, &end);
}

/*
 * Slurm took the node away, and that ended the command: what it says then is no end of its own.  One that had ended
 * before, or was done, or was stopped from here, is as the node wrote it.
 */
static bool watch_was_taken(const struct slurm_attempt *attempt, const struct watched *watched)
{
	return watched->row.condition == SLURM_LOST && watched->end.status != 0 && watched->end.terminated &&
	       !task_state_stops(attempt->run->task->status.state);
}

static void watch_over(struct slurm_attempt *attempt, const struct watched *watched)
{
	const struct executor_reports *reports = &attempt->slurm->executor.reports;
	if (watched->end.known && attempt->begin.known) {
		if (watch_was_taken(attempt, watched))
			watch_ended_without(attempt, watched);
		else
			watch_ended_with(attempt, watched);
		return;
	}
	attempt->slurm->changed = true;
	snprintf(attempt->reason, sizeof(attempt->reason), "%s", watched->row.state);
	/* If the directory cannot be read, nothing is known. */
	unsigned looks = watched->row.condition == SLURM_ABSENT ? WATCH_LOOKS_ABSENT : WATCH_LOOKS;
	if (!watched->marked || ++attempt->unseen < looks)
		return;
	if (watched->row.condition == SLURM_ABSENT && attempt->stage == SLURM_ADOPTED &&
	    !attempt->begin.known) {
		attempt->stage = SLURM_REFUSED;
		reports->withheld(reports->ctx, attempt->run, true);
		return;
	}
	watch_ended_without(attempt, watched);
}

static void watch_held(struct slurm_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->slurm->executor.reports;
	attempt->stage = SLURM_HELD;
	attempt->slurm->changed = true;
	reports->withheld(reports->ctx, attempt->run, false);
}

static void watch_pending(struct slurm_attempt *attempt, const struct watched *watched)
{
	struct slurm *slurm = attempt->slurm;
	const struct executor_reports *reports = &slurm->executor.reports;
	const struct slurm_row *row = &watched->row;
	bool other = strcmp(attempt->reason, row->reason) != 0;
	snprintf(attempt->reason, sizeof(attempt->reason), "%s", row->reason);
	if (attempt->stage == SLURM_RUNNING)
		return;
	if (row->held && attempt->stage != SLURM_RELEASED)
		watch_held(attempt);
	else if (row->held && !attempt->released)
		slurm_order(slurm, SLURM_ORDER_RELEASE, 0, &attempt->job, 1);
	else if (attempt->stage == SLURM_WITHHELD || (attempt->stage == SLURM_ADOPTED && attempt->withholds))
		slurm_order(slurm, SLURM_ORDER_HOLD, 0, &attempt->job, 1);
	else if (other)
		reports->progress(reports->ctx, attempt->run, -1, NULL, EXECUTOR_PROGRESS_SEEN);
}

static void watch_active(struct slurm_attempt *attempt, const struct watched *watched)
{
	struct slurm *slurm = attempt->slurm;
	if (attempt->begin.known && attempt->signal > 0) {
		slurm_order_signal(slurm, attempt->signal, &attempt->job, 1);
		attempt->signal = 0;
	}
	attempt->unseen = 0;
	snprintf(attempt->reason, sizeof(attempt->reason), "%s", watched->row.state);
	slurm_report_began(attempt);
}

/* An answer of sbatch was lost.  There is a job with that comment, or there never was one. */
static void watch_doubtful(struct slurm_attempt *attempt, const struct watched *watched)
{
	if (watched->row.condition == SLURM_PENDING) {
		attempt->job = watched->row.job;
		free(attempt->error);
		attempt->error = NULL;
		slurm_report_prepared(attempt);
	} else if (attempt->answers >= WATCH_ANSWERS) {
		/* If one of them was a job after all, it is held, and found by its comment. */
		attempt->slurm->swept = false;
		slurm_report_prepared(attempt);
	} else {
		slurm_submit(attempt);
	}
}

static void watch_judge(struct slurm_attempt *attempt, const struct watched *watched)
{
	if (attempt->stage == SLURM_DOUBTFUL) {
		watch_doubtful(attempt, watched);
		return;
	}
	/* It may be another job by now. */
	if (attempt->job != watched->job || attempt->stage < SLURM_RELEASED || attempt->stage > SLURM_RUNNING)
		return;
	attempt->absent = watched->row.condition == SLURM_ABSENT;
	if (watched->begin.known)
		attempt->begin = watched->begin;
	snprintf(attempt->node, sizeof(attempt->node), "%s",
	         attempt->begin.known ? attempt->begin.node : watched->row.node);
	switch (watched->row.condition) {
	case SLURM_PENDING:
		watch_pending(attempt, watched);
		break;
	case SLURM_ACTIVE:
		watch_active(attempt, watched);
		break;
	default:
		watch_over(attempt, watched);
	}
}

static bool watch_knows(const struct slurm *slurm, const struct slurm_row *row)
{
	const struct slurm_attempt *attempt;
	DL_FOREACH(slurm->attempts, attempt)
	{
		bool its = attempt->number == row->number && attempt->ordinal == row->attempt;
		if (attempt->job == row->job ||
		    (its && (attempt->stage == SLURM_SUBMITTING || attempt->stage == SLURM_DOUBTFUL ||
		             attempt->stage == SLURM_FORGOTTEN)))
			return true;
	}
	return false;
}

/* A server died between sbatch and the claim.  Such a job is held, and nobody would release it. */
static void watch_sweep(const struct watch_job *job)
{
	struct slurm *slurm = job->slurm;
	if (slurm->swept)
		return;
	for (size_t i = 0; i < job->row_count; i++) {
		const struct slurm_row *row = &job->rows[i];
		if (!row->pilot && row->condition == SLURM_PENDING && row->held && !watch_knows(slurm, row))
			slurm_order(slurm, SLURM_ORDER_CANCEL, 0, &row->job, 1);
	}
	/* What an earlier server has left for a task that is being submitted is seen when that is over. */
	const struct slurm_attempt *attempt;
	slurm->swept = true;
	DL_FOREACH(slurm->attempts, attempt)
	{
		if (!attempt->crew &&
		    (attempt->stage == SLURM_SUBMITTING || attempt->stage == SLURM_DOUBTFUL))
			slurm->swept = false;
	}
}

static void watch_free(struct watch_job *job)
{
	for (size_t i = 0; i < job->count; i++)
		free(job->all[i].directory);
	free(job->rows);
	free(job);
}

static bool watch_wants(const struct slurm_attempt *attempt)
{
	enum slurm_stage stage = attempt->stage;
	return attempt->run && !attempt->crew &&
	       (stage == SLURM_DOUBTFUL || (stage >= SLURM_RELEASED && stage <= SLURM_RUNNING));
}

static bool watch_is_needed(const struct slurm *slurm)
{
	const struct slurm_attempt *attempt;
	DL_FOREACH(slurm->attempts, attempt)
	{
		if (watch_wants(attempt))
			return true;
	}
	return slurm->again != NULL || fleet_watches(slurm) || (!slurm->swept && slurm->attempts != NULL);
}

/* Nothing has happened: it is asked less often. */
static void watch_again(struct slurm *slurm)
{
	if (!watch_is_needed(slurm) || slurm->closing)
		return;
	int most = slurm->options.most_ms;
	slurm->interval_ms = slurm->changed ? slurm->options.least_ms : 2 * slurm->interval_ms;
	if (slurm->interval_ms > most)
		slurm->interval_ms = most;
	struct timeval later = { .tv_sec = slurm->interval_ms / 1000,
		                 .tv_usec = slurm->interval_ms % 1000 * 1000 };
	event_add(slurm->watch_event, &later);
}

static void watch_done(struct pool_job *pool_job)
{
	struct watch_job *job = (struct watch_job *)pool_job;
	struct slurm *slurm = job->slurm;
	slurm->watching = false;
	silence_end(slurm);
	if (slurm->closing) {
		watch_free(job);
		return;
	}
	silence_note(slurm, SLURM_ASKED_SQUEUE, job->result, job->error);
	if (job->result == PROGRAM_DONE) {
		watch_sweep(job);
		fleet_judge(slurm, job->rows, job->row_count);
		for (size_t i = 0; i < job->count; i++) {
			struct slurm_attempt *attempt = slurm_attempt_find(slurm, job->all[i].serial);
			if (attempt && attempt->run)
				watch_judge(attempt, &job->all[i]);
		}
		/* Nothing is left that they have not heard. */
		if (!slurm->again && slurm->orders == 0)
			silence_clear(slurm, SLURM_ASKED_ORDERS);
		if (!slurm->submissions)
			silence_clear(slurm, SLURM_ASKED_SBATCH);
	}
	watch_free(job);
	watch_again(slurm);
}

static struct watch_job *watch_job_new(struct slurm *slurm)
{
	struct slurm_attempt *attempt;
	size_t count = 0;
	DL_FOREACH(slurm->attempts, attempt)
	{
		count += watch_wants(attempt);
	}
	struct watch_job *job = calloc(1, sizeof(*job) + count * sizeof(*job->all));
	if (!job)
		return NULL;
	DL_FOREACH(slurm->attempts, attempt)
	{
		if (!watch_wants(attempt))
			continue;
		struct watched *watched = &job->all[job->count];
		watched->directory = strdup(attempt->directory);
		if (!watched->directory)
			continue;
		watched->serial = attempt->serial;
		watched->number = attempt->number;
		watched->ordinal = attempt->ordinal;
		watched->job = attempt->job;
		memcpy(watched->base, attempt->base, sizeof(watched->base));
		job->count++;
	}
	return job;
}

void slurm_watch_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct slurm *slurm = ctx;
	slurm->hurried = false;
	if (slurm->watching || slurm->closing || !watch_is_needed(slurm))
		return;
	struct watch_job *job = slurm_worker(slurm) == 0 ? watch_job_new(slurm) : NULL;
	if (!job) {
		watch_again(slurm);
		return;
	}
	slurm_repeat_orders(slurm);
	job->slurm = slurm;
	slurm->watching = true;
	slurm->changed = false;
	slurm_give(slurm, &job->job, watch_work, watch_done);
}
