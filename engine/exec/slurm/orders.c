#include "config.h"

#include "engine/exec/slurm/orders.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/slurm/program.h"
#include "engine/exec/slurm/silence.h"
#include "engine/run/pool.h"

enum { ORDERS_JOBS = 50 }; /* that one call takes */

static void orders_pool_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	pool_reap(ctx);
}

static int orders_make_pool(const struct slurm *slurm, struct pool **pool, struct event **event)
{
	if (slurm->closing)
		return -ECANCELED;
	if (*pool)
		return 0;
	int error = pool_new(pool, 1);
	if (error)
		return error;
	*event = event_new(slurm->options.base, pool_fd(*pool), EV_READ | EV_PERSIST, orders_pool_readable,
	                   *pool);
	if (*event && event_add(*event, NULL) == 0)
		return 0;
	if (*event)
		event_free(*event);
	*event = NULL;
	pool_free(*pool);
	*pool = NULL;
	return -ENOMEM;
}

int slurm_worker(struct slurm *slurm)
{
	return orders_make_pool(slurm, &slurm->pool, &slurm->pool_event);
}

int slurm_files(struct slurm *slurm)
{
	return orders_make_pool(slurm, &slurm->files, &slurm->files_event);
}

void slurm_give_files(struct slurm *slurm, struct pool_job *job, void (*work)(struct pool_job *),
                      void (*done)(struct pool_job *))
{
	job->work = work;
	job->done = done;
	pool_submit(slurm->files, job);
}

void slurm_give(struct slurm *slurm, struct pool_job *job, void (*work)(struct pool_job *),
                void (*done)(struct pool_job *))
{
	job->work = work;
	job->done = done;
	silence_begin(slurm);
	pool_submit(slurm->pool, job);
}

void slurm_hurry(struct slurm *slurm)
{
	struct timeval soon = { .tv_sec = slurm->options.least_ms / 1000,
		                .tv_usec = slurm->options.least_ms % 1000 * 1000 };
	slurm->changed = true;
	slurm->interval_ms = slurm->options.least_ms;
	if (!slurm->watching && !slurm->closing && !slurm->hurried &&
	    event_add(slurm->watch_event, &soon) == 0)
		slurm->hurried = true;
}

/* --- scontrol and scancel */

struct order_job {
	struct pool_job job;           /* first */
	struct order_job *prev, *next; /* in slurm->again (utlist) */
	struct slurm *slurm;
	enum slurm_order order;
	int signal;
	size_t count;
	enum program_result result;
	char error[256];
	uint64_t jobs[ORDERS_JOBS];
};

/* "release 1,2,3", or a list of words for scancel. */
static int order_arguments(const struct order_job *job, struct strings *arguments)
{
	static const char *const words[SLURM_ORDER_COUNT][3] = {
		[SLURM_ORDER_RELEASE] = { "scontrol", "release" },
		[SLURM_ORDER_HOLD] = { "scontrol", "hold" },
		[SLURM_ORDER_CANCEL] = { "scancel", "--state=PENDING" },
		[SLURM_ORDER_SIGNAL] = { "scancel", "--state=RUNNING", "--full" },
		[SLURM_ORDER_KILL] = { "scancel" },
	};
	char text[ORDERS_JOBS * 21 + 1], word[32];
	size_t length = 0;
	bool together = job->order == SLURM_ORDER_RELEASE || job->order == SLURM_ORDER_HOLD;
	int error = 0;
	for (size_t i = 0; i < 3 && !error && words[job->order][i]; i++)
		error = strings_add(arguments, words[job->order][i]);
	snprintf(word, sizeof(word), "--signal=%d", job->signal);
	if (!error && job->order == SLURM_ORDER_SIGNAL)
		error = strings_add(arguments, word);
	for (size_t i = 0; i < job->count && !error; i++) {
		snprintf(word, sizeof(word), "%" PRIu64, job->jobs[i]);
		if (together)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
			                           length > 0 ? "," : "", word);
		else
			error = strings_add(arguments, word);
	}
	return error || !together ? error : strings_add(arguments, text);
}

static void order_work(struct pool_job *pool_job)
{
	struct order_job *job = (struct order_job *)pool_job;
	struct program program = { .directory = job->slurm->programs,
		                   .stop = job->slurm->stop_fd,
		                   .timeout_ms = job->slurm->options.program_ms };
	job->result = order_arguments(job, &program.arguments) ? PROGRAM_SILENT : program_run(&program);
	memcpy(job->error, program.error, sizeof(job->error));
	program_release(&program);
}

static bool order_has(const struct order_job *job, uint64_t number)
{
	size_t i = 0;
	while (i < job->count && job->jobs[i] != number)
		i++;
	return i < job->count;
}

/* A pause or a resume that was not heard is over once a later one was: it is not repeated. */
static void order_overtake(struct slurm *slurm, const struct order_job *heard)
{
	struct order_job *job, *next;
	DL_FOREACH_SAFE(slurm->again, job, next)
	{
		size_t left = 0;
		if (job->order != SLURM_ORDER_SIGNAL || (job->signal != SIGSTOP && job->signal != SIGCONT))
			continue;
		for (size_t i = 0; i < job->count; i++) {
			if (!order_has(heard, job->jobs[i]))
				job->jobs[left++] = job->jobs[i];
		}
		job->count = left;
		/* scancel without a number would mean all jobs. */
		if (left == 0) {
			DL_DELETE(slurm->again, job);
			free(job);
		}
	}
}

static void order_done(struct pool_job *pool_job)
{
	struct order_job *job = (struct order_job *)pool_job;
	struct slurm *slurm = job->slurm;
	struct slurm_attempt *attempt;
	bool released = job->order == SLURM_ORDER_RELEASE && job->result == PROGRAM_DONE;
	silence_end(slurm);
	slurm->orders--;
	/* That one of its jobs is gone is seen by the next squeue. */
	silence_note(slurm, SLURM_ASKED_ORDERS, job->result == PROGRAM_REFUSED ? PROGRAM_DONE : job->result,
	             job->error);
	for (size_t i = 0; released && i < job->count; i++) {
		DL_FOREACH(slurm->attempts, attempt)
		{
			if (attempt->job == job->jobs[i])
				attempt->released = true;
		}
	}
	if (job->order == SLURM_ORDER_SIGNAL && job->result == PROGRAM_DONE)
		order_overtake(slurm, job);
	/* Whether a job is held or not is seen by the next squeue. */
	bool seen = job->order == SLURM_ORDER_RELEASE || job->order == SLURM_ORDER_HOLD;
	if (!seen && !slurm->closing && (job->result == PROGRAM_SILENT || job->result == PROGRAM_MISSING))
		DL_APPEND(slurm->again, job);
	else
		free(job);
}

static void order_give(struct order_job *job)
{
	job->slurm->orders++;
	slurm_give(job->slurm, &job->job, order_work, order_done);
}

void slurm_repeat_orders(struct slurm *slurm)
{
	struct order_job *job;
	while ((job = slurm->again)) {
		DL_DELETE(slurm->again, job);
		order_give(job);
	}
}

void slurm_drop_orders(struct slurm *slurm)
{
	struct order_job *job;
	while ((job = slurm->again)) {
		DL_DELETE(slurm->again, job);
		free(job);
	}
}

void slurm_order(struct slurm *slurm, enum slurm_order order, int signal, const uint64_t *jobs, size_t count)
{
	for (size_t at = 0; at < count && slurm_worker(slurm) == 0; at += ORDERS_JOBS) {
		struct order_job *job = calloc(1, sizeof(*job));
		if (!job)
			break;
		job->slurm = slurm;
		job->order = order;
		job->signal = signal;
		job->count = count - at < ORDERS_JOBS ? count - at : ORDERS_JOBS;
		memcpy(job->jobs, jobs + at, job->count * sizeof(*jobs));
		order_give(job);
	}
	slurm_hurry(slurm);
}

void slurm_order_signal(struct slurm *slurm, int signal, const uint64_t *jobs, size_t count)
{
	slurm_order(slurm, signal == SIGKILL ? SLURM_ORDER_KILL : SLURM_ORDER_SIGNAL, signal, jobs, count);
	if (signal != SIGKILL && signal != SIGSTOP && signal != SIGCONT)
		slurm_order(slurm, SLURM_ORDER_SIGNAL, SIGCONT, jobs, count);
}

/* --- files that are no longer needed */

struct slurm_removal {
	struct pool_job job; /* first */
	struct slurm *slurm;
	uint64_t number;
	uint32_t first, last;
	bool all;
	char directory[];
};

static void slurm_removal_work(struct pool_job *pool_job)
{
	struct slurm_removal *job = (struct slurm_removal *)pool_job;
	/* Files of another server have the same names. */
	if (!slurm_is_marked(job->directory, job->slurm->identity))
		return;
	for (uint32_t ordinal = job->first; ordinal <= job->last; ordinal++) {
		char base[SLURM_BASE_SIZE];
		slurm_base(base, job->number, ordinal);
		slurm_remove(job->directory, base, job->all);
	}
}

static void slurm_removal_done(struct pool_job *pool_job)
{
	struct slurm_removal *job = (struct slurm_removal *)pool_job;
	silence_end(job->slurm);
	free(job);
}

void slurm_discard(struct slurm *slurm, const char *directory, uint64_t number, uint32_t first, uint32_t last,
                   bool all)
{
	size_t length = strlen(directory) + 1;
	struct slurm_removal *job = slurm_worker(slurm) == 0 ? calloc(1, sizeof(*job) + length) : NULL;
	if (!job)
		return;
	job->slurm = slurm;
	job->number = number;
	job->first = first;
	job->last = last;
	job->all = all;
	memcpy(job->directory, directory, length);
	slurm_give(slurm, &job->job, slurm_removal_work, slurm_removal_done);
}
