#include "config.h"

#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/cap.h"
#include "engine/run/content.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"

/* How often capped files are checked.  Between two checks they may outgrow the cap. */
enum { CAP_INTERVAL_MS = 500 };
enum { CAP_FILES_MAX = 128 }; /* files that a worker gets at once */

struct cap_file {
	int fd; /* the job's, to be closed */
	uint64_t max;
};

/*
 * A worker makes room, since this waits for everybody who writes into the file, and takes longer the more is
 * removed.
 */
struct cap_job {
	struct pool_job job; /* first */
	struct local *local;
	struct local_attempt *attempt; /* told when its last cut is done; NULL: none */
	void (*capped)(struct local_attempt *attempt);
	size_t count;
	struct cap_file files[CAP_FILES_MAX];
};

static bool cap_is_due(const struct local_attempt *attempt)
{
	bool writes = attempt->stage == LOCAL_RUNNING || attempt->stage == LOCAL_LEFT;
	return writes && task_max_log(attempt->run->task) > 0;
}

static void cap_again(struct local *local)
{
	struct timeval interval = { .tv_usec = CAP_INTERVAL_MS * 1000 };
	if (!event_pending(local->cap_event, EV_TIMEOUT, NULL))
		event_add(local->cap_event, &interval);
}

void local_cap_watch(struct local_attempt *attempt)
{
	if (cap_is_due(attempt))
		cap_again(attempt->local);
}

/*
 * A pair may belong to another task when a worker gets to it.  So the worker gets open files and not the
 * number of the pair.
 */
static void cap_collect(struct cap_job *job, const struct local_attempt *attempt)
{
	const struct task *task = attempt->run->task;
	uint64_t max = task_max_log(task);
	for (enum output_stream stream = OUTPUT_STDOUT; stream <= OUTPUT_STDERR && job->count < CAP_FILES_MAX;
	     stream++) {
		int fd = output_write_open(job->local->output, local_attempt_owner(attempt), attempt->files,
		                           stream);
		if (fd < 0)
			continue;
		if (content_outgrows(fd, max))
			job->files[job->count++] = (struct cap_file){ fd, max };
		else
			close(fd);
	}
}

static void cap_work(struct pool_job *pool_job)
{
	struct cap_job *job = (struct cap_job *)pool_job;
	while (job->count > 0) {
		const struct cap_file *file = &job->files[--job->count];
		content_cap(file->fd, file->max);
		close(file->fd);
	}
}

/* Closes the files that no worker has handled. */
static void cap_job_free(struct cap_job *job)
{
	while (job->count > 0)
		close(job->files[--job->count].fd);
	free(job);
}

static void cap_done(struct pool_job *pool_job)
{
	struct cap_job *job = (struct cap_job *)pool_job;
	struct local *local = job->local;
	cap_job_free(job);
	local->capping = false;
	cap_again(local);
}

static void cap_last_done(struct pool_job *pool_job)
{
	struct cap_job *job = (struct cap_job *)pool_job;
	struct local_attempt *attempt = job->attempt;
	void (*capped)(struct local_attempt *) = job->capped;
	cap_job_free(job);
	capped(attempt);
}

bool local_cap_last(struct local_attempt *attempt, void (*capped)(struct local_attempt *attempt))
{
	if (attempt->files < 0 || task_max_log(attempt->run->task) == 0)
		return false;
	struct cap_job *job = malloc(sizeof(*job));
	if (!job)
		return false;
	*job = (struct cap_job){
		.job = { .work = cap_work, .done = cap_last_done },
		.local = attempt->local,
		.attempt = attempt,
		.capped = capped,
	};
	cap_collect(job, attempt);
	if (job->count == 0) {
		free(job);
		return false;
	}
	pool_submit(attempt->local->pool, &job->job);
	return true;
}

/* True if some attempt may write more than its output may hold. */
static bool cap_collect_all(struct cap_job *job)
{
	bool any = false;
	struct local_attempt *attempt;
	DL_FOREACH(job->local->attempts, attempt)
	{
		if (!cap_is_due(attempt))
			continue;
		any = true;
		cap_collect(job, attempt);
	}
	return any;
}

void local_cap_tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	if (local->capping)
		return;
	struct cap_job *job = malloc(sizeof(*job));
	if (!job) {
		cap_again(local);
		return;
	}
	*job = (struct cap_job){ .job = { .work = cap_work, .done = cap_done }, .local = local };
	bool any = cap_collect_all(job);
	if (job->count > 0) {
		local->capping = true;
		pool_submit(local->pool, &job->job);
		return;
	}
	free(job);
	if (any)
		cap_again(local);
}
