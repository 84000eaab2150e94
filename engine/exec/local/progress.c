#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/registry.h"
#include "engine/exec/local/progress.h"
#include "engine/run/content.h"
#include "engine/run/output.h"
#include "engine/task/progress.h"

enum {
	PIPE_PART = 4096,
	PIPE_PARTS = 16, /* parts that a pipe can hold */
};

static void progress_take_line(struct local_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	struct progress progress;
	bool parsed = progress_parse_line(attempt->line, attempt->line_length, &progress);
	attempt->line_length = 0;
	if (!parsed)
		return;
	attempt->reported = true;
	reports->progress(reports->ctx, attempt->run, progress.percent, progress.message,
	                  EXECUTOR_PROGRESS_REPORTED);
}

/*
 * Reads a limited amount: if a task floods the pipe, the rest is read in the next turn of the loop.
 * False: there is nothing.
 */
static bool progress_read(struct local_attempt *attempt)
{
	char part[PIPE_PART];
	ssize_t got = read(attempt->progress_fd, part, sizeof(part));
	for (ssize_t i = 0; i < got; i++) {
		if (part[i] == '\n')
			progress_take_line(attempt);
		else if (attempt->line_length < sizeof(attempt->line))
			attempt->line[attempt->line_length++] = part[i];
	}
	if (got == 0)
		local_progress_close(attempt);
	return got > 0;
}

static void progress_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	progress_read(ctx);
}

void local_progress_watch(struct local_attempt *attempt, int fd, bool runs)
{
	struct local *local = attempt->local;
	attempt->progress_fd = fd;
	if (fd < 0) {
		local->pipes--;
		return;
	}
	struct stat status;
	attempt->pipe = fstat(fd, &status) == 0 ? status.st_ino : 0;
	event_assign(&attempt->progress_event, local->base, fd, EV_READ | EV_PERSIST, progress_readable,
	             attempt);
	/* If memory runs out here, `krtask progress` still works. */
	if (runs && event_add(&attempt->progress_event, NULL))
		local_progress_close(attempt);
}

void local_progress_read_all(struct local_attempt *attempt)
{
	for (int i = 0; i < PIPE_PARTS && attempt->progress_fd >= 0; i++) {
		if (!progress_read(attempt))
			return;
	}
}

void local_progress_close(struct local_attempt *attempt)
{
	if (attempt->progress_fd < 0)
		return;
	event_del(&attempt->progress_event);
	close(attempt->progress_fd);
	attempt->progress_fd = -1;
	attempt->local->pipes--;
}

static bool progress_scan_stream(const struct local_attempt *attempt, enum output_stream stream,
                                 struct progress *progress)
{
	struct output *output = attempt->local->output;
	if (output_is_empty(output, attempt->files, stream))
		return false;
	int fd = output_read_open(output, local_attempt_owner(attempt), attempt->files, stream);
	if (fd < 0)
		return false;
	bool found = content_scan_progress(fd, progress);
	close(fd);
	return found;
}

/* The stream with a percentage; if neither has one, the first that has anything. */
static bool progress_scan_streams(const struct local_attempt *attempt, struct progress *progress)
{
	struct progress other;
	bool any = progress_scan_stream(attempt, OUTPUT_STDOUT, progress);
	if ((any && progress->percent >= 0) || task_merge(attempt->run->task) ||
	    !progress_scan_stream(attempt, OUTPUT_STDERR, &other))
		return any;
	if (!any || other.percent >= 0)
		*progress = other;
	return true;
}

void local_progress_scan(struct local_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	struct progress progress;
	if (attempt->reported)
		return;
	const struct task *task = attempt->run->task;
	if (!progress_scan_streams(attempt, &progress))
		return;
	/* If a task has never shown a percentage, its lines are not progress. */
	if (progress.percent >= 0 || task->status.percent_known)
		reports->progress(reports->ctx, attempt->run, progress.percent, progress.message,
		                  EXECUTOR_PROGRESS_SEEN);
}
