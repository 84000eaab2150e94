#include "tui/batch/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/batch/line.h"
#include "tui/batch/source.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

struct batch {
	struct runner runner;
	struct source source;
};

/* Waits for more input.  Results that arrive meanwhile are printed at once. */
static void await_input(struct batch *batch)
{
	struct client *client;

	jobs_take(&batch->runner.jobs);
	while ((client = jobs_client(&batch->runner.jobs))) {
		struct pollfd fds[2] = {
			{ .fd = batch->source.fd, .events = POLLIN },
			{ .fd = client_fd(client),
			  .events = (short)(POLLIN | (client_wants_write(client) ? POLLOUT : 0)) },
		};

		context_flush(batch->runner.context);
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			jobs_take(&batch->runner.jobs);
		if (fds[0].revents)
			return;
	}
	context_flush(batch->runner.context);
}

static int report_source(struct batch *batch, int result)
{
	struct job *job = jobs_next(&batch->runner.jobs);

	batch->runner.context->batch = false; /* so that the error names no line */
	report_error(&job->inv, EXIT_USAGE, MSG_BATCH_UNREADABLE, batch->runner.context->source,
	             strerror(-result));
	batch->runner.context->batch = true;
	return EXIT_USAGE;
}

/* Parses every line and runs none.  EXIT_DONE, or EXIT_USAGE after reporting all errors. */
static int check_whole(struct batch *batch)
{
	const char *line;
	size_t length;
	int status;

	batch->runner.checking = batch->runner.context->checking = true;
	while (source_next(&batch->source, &line, &length))
		line_do(&batch->runner, batch->source.line, line, length);
	batch->runner.checking = batch->runner.context->checking = false;
	status = batch->runner.jobs.status;
	batch->runner.jobs.status = 0;
	batch->runner.jobs.stopped = false;
	batch->runner.jobs.last = 0;
	variables_release(&batch->runner.variables);
	line_define_constants(&batch->runner);
	source_rewind(&batch->source);
	return status;
}

static int run_lines(struct batch *batch)
{
	const char *line;
	size_t length;
	int result = 0;

	while (!batch->runner.jobs.stopped && !result) {
		if (source_next(&batch->source, &line, &length)) {
			line_do(&batch->runner, batch->source.line, line, length);
		} else if (batch->source.ended) {
			break;
		} else {
			await_input(batch);
			result = source_fill(&batch->source);
		}
	}
	jobs_settle(&batch->runner.jobs);
	return result;
}

static int run_source(struct batch *batch)
{
	bool whole = batch->source.owned || batch->runner.context->defaults.check;
	int result = 0, status = 0;

	if (whole)
		result = source_fill_whole(&batch->source);
	if (!result && whole)
		status = check_whole(batch);
	if (!result && !status && !batch->runner.context->defaults.check)
		result = run_lines(batch);
	if (result)
		status = report_source(batch, result);
	return status > batch->runner.jobs.status ? status : batch->runner.jobs.status;
}

struct batch *batch_new(struct context *context, const char *source)
{
	struct batch *batch = alloc_zero(1, sizeof(*batch));

	*batch = (struct batch){ .runner.context = context };
	context->batch = true;
	context->source = source;
	jobs_init(&batch->runner.jobs, context, &batch->runner.variables);
	batch->runner.jobs.stop_on_error = context->defaults.stop_on_error;
	line_define_constants(&batch->runner);
	return batch;
}

void batch_free(struct batch *batch)
{
	jobs_release(&batch->runner.jobs);
	variables_release(&batch->runner.variables);
	free(batch);
}

int batch_line(struct batch *batch, const char *line, size_t length)
{
	batch->source.line++;
	batch->runner.jobs.status = 0;
	line_do(&batch->runner, batch->source.line, line, length);
	jobs_settle(&batch->runner.jobs);
	context_flush(batch->runner.context);
	return batch->runner.jobs.status;
}

int batch_run(struct context *context, const struct words *arguments)
{
	const char *file = arguments->count ? arguments->items[0].text : NULL;
	struct batch *batch = batch_new(context, file && strcmp(file, "-") != 0 ? file : "<stdin>");
	int result, status;

	batch->runner.arguments = arguments;
	line_define_constants(&batch->runner);
	result = source_open(&batch->source, file);
	/* Standard input has the commands, so answers to questions come from the terminal. */
	if (!batch->source.owned)
		context->ask_fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	status = result ? report_source(batch, result) : run_source(batch);
	if (!batch->source.owned && context->ask_fd >= 0)
		close(context->ask_fd);
	source_close(&batch->source);
	batch_free(batch);
	return status;
}
