#include "tui/batch/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/report.h"
#include "tui/cli/several.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

void jobs_init(struct jobs *jobs, struct context *context, struct variables *variables)
{
	*jobs = (struct jobs){ .context = context, .variables = variables };
}

static void free_owned(struct job *job)
{
	for (size_t i = 0; i < job->owned.count; i++)
		free((char *)job->owned.items[i].text);
	words_clear(&job->owned);
}

void jobs_release(struct jobs *jobs)
{
	for (size_t i = 0; i < JOBS_MAX && jobs->ring[i]; i++) {
		struct job *job = jobs->ring[i];

		free_owned(job);
		words_release(&job->owned);
		words_release(&job->words);
		statement_release(&job->statement);
		invocation_release(&job->inv);
		free(job);
	}
}

static struct job *job_at(const struct jobs *jobs, size_t index)
{
	return jobs->ring[(jobs->first + index) % JOBS_MAX];
}

/* The parameters that name variables, and the kind of output for each. */
static const struct {
	size_t offset; /* of the name in struct arguments */
	enum output_kind kind;
} named[] = {
	{ offsetof(struct arguments, out_variable), OUTPUT_RESULT },
	{ offsetof(struct arguments, error_variable), OUTPUT_ERROR },
	{ offsetof(struct arguments, warning_variable), OUTPUT_WARNING },
	{ offsetof(struct arguments, information_variable), OUTPUT_INFORMATION },
};

enum { NAMED = sizeof(named) / sizeof(*named) };

static const char *name_of(const struct invocation *inv, size_t i)
{
	return *(const char *const *)((const char *)&inv->args + named[i].offset);
}

/* The server of the tasks that it found or made.  NULL: that of the batch, or their ids name their servers. */
static const char *jobs_server(const struct invocation *inv)
{
	const char *server = inv->args.server, *usual = inv->context->defaults.server;

	if (!server || several_given(inv) || (usual && strcmp(server, usual) == 0))
		return NULL;
	return server;
}

struct values jobs_values(const struct invocation *inv, enum output_kind kind)
{
	const struct strings *captured = &inv->captured[kind];
	const struct command *command = inv->command;
	bool records = kind == OUTPUT_RESULT && command && (command->lists || command->tells_ids);

	return (struct values){ captured->block, captured->length, records,
		                records ? jobs_server(inv) : NULL };
}

/* "$null = command" throws the results away. */
static bool jobs_keeps(const struct job *job)
{
	return job->statement.assigns && strcasecmp(job->statement.assigned, "null") != 0;
}

void jobs_expect(struct jobs *jobs, const struct job *job)
{
	if (jobs_keeps(job))
		variables_expect(jobs->variables, job->statement.assigned, job->serial);
	for (size_t i = 0; i < NAMED && job->inv.command; i++) {
		const char *name = name_of(&job->inv, i);

		if (name)
			variables_expect(jobs->variables, name + (*name == '+'), job->serial);
	}
}

void jobs_set_named(struct jobs *jobs, const struct invocation *inv, uint64_t serial)
{
	/* They are parameters of cmdlets only. */
	for (size_t i = 0; i < NAMED && inv->command && inv->cmdlet; i++) {
		const char *name = name_of(inv, i);
		struct values values;

		if (!name)
			continue;
		values = jobs_values(inv, named[i].kind);
		if (*name == '+')
			variables_append(jobs->variables, name + 1, &values, serial);
		else
			variables_set(jobs->variables, name, &values, serial);
	}
}

void jobs_set_variables(struct jobs *jobs, const struct job *job)
{
	if (jobs_keeps(job)) {
		const struct values values = jobs_values(&job->inv, OUTPUT_RESULT);

		variables_set(jobs->variables, job->statement.assigned, &values, job->serial);
	}
	jobs_set_named(jobs, &job->inv, job->serial);
}

void jobs_note(struct jobs *jobs, uint64_t serial, int status)
{
	if (serial < jobs->last_serial)
		return;
	jobs->last_serial = serial;
	jobs->last = status;
}

void jobs_finish(struct jobs *jobs, struct job *job)
{
	struct invocation *inv = &job->inv;

	report_deferred(inv);
	if (job->lost)
		report_error(inv, EXIT_FALSE, MSG_REPLY_LOST);
	if (job->unreachable && job->silent)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY, job->unreachable);
	else if (job->unreachable)
		invocation_report_gone(inv, job->unreachable);
	if (jobs->status < inv->status)
		jobs->status = inv->status;
	jobs_note(jobs, job->serial, inv->status);
	jobs_set_variables(jobs, job);
	if (inv->status && jobs->stop_on_error && !jobs->stopped && !inv->context->checking)
		report_show(inv, MSG_BATCH_STOPPED); /* a check goes on, to the last line */
	else if (inv->interrupted && !inv->context->on_screen && !jobs->stopped)
		report_show(inv, MSG_BATCH_INTERRUPTED);
	if ((inv->status && jobs->stop_on_error) || inv->halted)
		jobs->stopped = true;
}

/* Removes finished jobs from the ring. */
static void pop_finished(struct jobs *jobs)
{
	while (jobs->count > 0 && job_at(jobs, 0)->inv.expected == 0) {
		struct job *job = job_at(jobs, 0);

		jobs->first = (jobs->first + 1) % JOBS_MAX;
		jobs->count--;
		jobs_finish(jobs, job);
	}
}

/*
 * The connection is lost.  Calls that may be repeated are sent again, in order.  Others are reported in their
 * turn.
 */
static void jobs_reconnect(struct jobs *jobs, struct connection *connection, int why)
{
	/* One that gave no sign of life would take the calls again, and say as little. */
	bool back = why != -ETIMEDOUT && connection_again(connection) == 0;

	for (size_t i = 0; i < jobs->count; i++) {
		struct job *job = job_at(jobs, i);
		struct invocation *inv = &job->inv;

		if (inv->connection != connection || inv->expected == 0)
			continue;
		job->silent = why == -ETIMEDOUT;
		if (!back) {
			job->unreachable = alloc_string(client_error(connection->client));
			words_add_text(&job->owned, job->unreachable);
		}
		job->lost = back && !invocation_may_repeat(inv);
		if (job->unreachable || job->lost)
			inv->expected = 0;
		else
			client_send(connection->client, inv->method, &inv->request,
			            0); /* a failure is noticed when the reply is awaited */
	}
	if (back)
		return;
	connection_end(connection);
}

/* Receives a reply, which is for the first job.  0; -EAGAIN: there is none. */
static int take_one(struct jobs *jobs, int timeout_ms)
{
	struct invocation *inv = &job_at(jobs, 0)->inv;
	struct client_reply reply = { 0 };
	int result;

	report_deferred(inv);
	result = client_receive(inv->connection->client, &reply, timeout_ms);
	if (result == -EAGAIN || result == -EINTR)
		return timeout_ms == 0 ? -EAGAIN : 0;
	if (result) {
		jobs_reconnect(jobs, inv->connection, result);
	} else {
		inv->expected--;
		inv->command->receive(inv, &reply);
		inv->answered++;
		client_reply_release(&reply);
	}
	pop_finished(jobs);
	return 0;
}

static void take_while(struct jobs *jobs, bool (*wanted)(const struct jobs *, uint64_t), uint64_t argument,
                       int timeout_ms)
{
	while (jobs->count > 0 && wanted(jobs, argument) && take_one(jobs, timeout_ms) == 0)
		;
}

static bool more_than(const struct jobs *jobs, uint64_t count)
{
	return jobs->count > count;
}

static bool not_past(const struct jobs *jobs, uint64_t serial)
{
	return job_at(jobs, 0)->serial <= serial;
}

void jobs_wait(struct jobs *jobs, uint64_t serial)
{
	take_while(jobs, not_past, serial, -1);
}

void jobs_settle(struct jobs *jobs)
{
	take_while(jobs, more_than, 0, -1);
}

void jobs_take(struct jobs *jobs)
{
	take_while(jobs, more_than, 0, 0);
}

struct client *jobs_client(const struct jobs *jobs)
{
	return jobs->count > 0 ? job_at(jobs, 0)->inv.connection->client : NULL;
}

struct job *jobs_next(struct jobs *jobs)
{
	struct job **place, *job;

	/* If the ring is full, half of it is emptied.  Meanwhile the server works on the other half. */
	if (jobs->count == JOBS_MAX)
		take_while(jobs, more_than, JOBS_MAX / 2, -1);
	place = &jobs->ring[(jobs->first + jobs->count) % JOBS_MAX];
	if (!*place) {
		*place = alloc_zero(1, sizeof(**place));
		**place = (struct job){ .statement = STATEMENT_INIT };
		invocation_init(&(*place)->inv, jobs->context);
	}
	job = *place;
	invocation_clear(&job->inv);
	free_owned(job);
	words_clear(&job->words);
	job->inv.waits = jobs->count > 0;
	job->lost = job->silent = false;
	job->unreachable = NULL;
	job->serial = ++jobs->serial;
	return job;
}

void jobs_push(struct jobs *jobs, struct job *job)
{
	(void)job; /* it is already at the end of the ring */
	jobs->count++;
	if (jobs->count == 1)
		pop_finished(jobs);
}

void jobs_end(struct jobs *jobs, struct job *job)
{
	if (jobs->count == 0) {
		jobs_finish(jobs, job);
		return;
	}
	jobs_expect(jobs, job);
	jobs_push(jobs, job);
}
