#include "tui/batch/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tui/batch/expand.h"
#include "tui/batch/jobs.h"
#include "tui/batch/source.h"
#include "tui/cli/fields.h"
#include "tui/cli/help.h"
#include "tui/cli/report.h"

struct batch {
	struct context *context;
	struct source source;
	struct variables variables;
	struct jobs jobs;
	bool checking; /* parse only */
};

/* Something is wrong with the line itself. */
static void refuse(struct batch *batch, struct job *job, char *clause, unsigned column)
{
	job->inv.column = column;
	report_error(&job->inv, EXIT_USAGE, "%s", clause);
	free(clause);
	jobs_finish(&batch->jobs, job);
}

static bool expand(struct batch *batch, struct job *job, size_t first, size_t count, struct words *words)
{
	char *error = NULL;
	unsigned column = 0;

	if (expand_tokens(&batch->jobs, job, first, count, batch->checking, words, &error, &column) == 0)
		return true;
	refuse(batch, job, error, column);
	return false;
}

/* $ConfirmPreference is the one variable that means something to the commands. */
static bool set_preference(struct batch *batch, struct job *job, const char *text)
{
	int preference;

	if (strcasecmp(job->statement.assigned, "ConfirmPreference") != 0 || batch->checking)
		return true;
	preference = confirm_parse_preference(text);
	if (preference < 0) {
		refuse(batch, job, words_format("$ConfirmPreference '%s' is none of None, Low, Medium, High", text), 0);
		return false;
	}
	batch->context->defaults.confirm_preference = (enum confirm_preference)preference;
	return true;
}

static void assign_literal(struct batch *batch, struct job *job)
{
	struct text values = { 0 };

	if (!expand(batch, job, job->statement.right, 1, &job->words))
		return;
	for (size_t i = 0; i < job->words.count; i++)
		text_add(&values, job->words.items[i].text, strlen(job->words.items[i].text) + 1);
	if (set_preference(batch, job, values.length ? values.data : ""))
		variables_set(&batch->variables, job->statement.assigned, values.data, values.length);
	text_release(&values);
}

/* get's records, which bind as ids: the job's words for them. */
static bool pipe_records(struct batch *batch, struct job *job, const struct words *left, struct words *ids)
{
	struct invocation inv;
	char *error = NULL;
	size_t at;
	bool good = false;

	invocation_init(&inv, batch->context);
	inv.line = job->inv.line;
	if (invocation_parse(&inv, left->items, left->count, &error, &at)) {
		refuse(batch, job, error, 0);
	} else if (!inv.command->lists) {
		refuse(batch, job, words_format("'%s' can not stand before '|': only an address or get can", inv.command->name), 0);
	} else if (batch->checking) {
		words_add(ids, (struct word){ .text = "1", .unknown = true });
		good = true;
	} else {
		inv.capture = inv.silent = true;
		jobs_settle(&batch->jobs);
		job->inv.status = invocation_run(&inv);
		for (size_t i = 0; i < inv.captured_length; i += strlen(inv.captured + i) + 1) {
			char *id = words_copy(inv.captured + i);

			words_add_text(&job->owned, id);
			words_add_text(ids, id);
		}
		good = ids->count > 0;
		if (!good)
			jobs_finish(&batch->jobs, job);
	}
	invocation_release(&inv);
	return good;
}

/* What comes through the pipeline: *server or ids. */
static bool read_left(struct batch *batch, struct job *job, const char **server, struct words *ids)
{
	const struct statement *statement = &job->statement;
	const struct token *token = &statement->lexed.tokens[0];
	struct words left = WORDS_INIT;
	bool good = false, cmdlet;
	size_t taken;

	if (expand(batch, job, 0, statement->left_count, &left)) {
		const struct word *word = left.items;

		if (left.count > 0 && !word->value && !word->quoted && command_find(word->text, NULL, &cmdlet, &taken)) {
			good = pipe_records(batch, job, &left, ids);
		} else if (left.count == 1) {
			*server = word->text;
			good = true;
		} else {
			refuse(batch, job, words_copy("one address, or get, is wanted before '|'"), token->column);
		}
	}
	words_release(&left);
	return good;
}

/* True if the job needs but one exchange, so that others can follow at once. */
static bool can_pipeline(const struct invocation *inv)
{
	const struct command *command = inv->command;

	if (!command->send)
		return false;
	return !command->run || command->pipelines(inv);
}

static bool is_ready(const struct invocation *inv)
{
	const struct connection *connection = inv->connection;

	return connection && connection->client && (!inv->command->creates || connection->prepared);
}

static void send_job(struct batch *batch, struct job *job)
{
	struct invocation *inv = &job->inv;
	char *error = NULL;

	if (context_connection(batch->context, inv->args.server, &inv->connection, &error)) {
		refuse(batch, job, error, 0);
		return;
	}
	if (!is_ready(inv))
		jobs_settle(&batch->jobs);
	if (!invocation_connect(inv)) {
		jobs_finish(&batch->jobs, job);
		return;
	}
	inv->command->send(inv);
	if (job->statement.assigns)
		variables_expect(&batch->variables, job->statement.assigned, job->serial);
	if (inv->args.out_variable)
		variables_expect(&batch->variables, inv->args.out_variable, job->serial);
	jobs_push(&batch->jobs, job);
	if (batch->jobs.stop_on_error || inv->args.error_action)
		jobs_settle(&batch->jobs);
}

static void run_job(struct batch *batch, struct job *job)
{
	struct invocation *inv = &job->inv;
	int status;

	if (can_pipeline(inv)) {
		status = inv->command->check ? inv->command->check(inv) : 0;
		if (status == 0) {
			send_job(batch, job);
			return;
		}
		inv->status = status;
	} else {
		jobs_settle(&batch->jobs);
		invocation_run(inv);
	}
	jobs_finish(&batch->jobs, job);
}

/* Names that are known from here on; the values are not. */
static void check_job(struct batch *batch, struct job *job)
{
	static const size_t names[] = { offsetof(struct arguments, out_variable), offsetof(struct arguments, error_variable),
		                        offsetof(struct arguments, warning_variable),
		                        offsetof(struct arguments, information_variable),
		                        offsetof(struct arguments, pipeline_variable) };
	struct invocation *inv = &job->inv;
	bool unknown = inv->args.file != NULL; /* which an earlier line may make */

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *name = *(const char *const *)((const char *)&inv->args + names[i]);

		if (name)
			variables_set(&batch->variables, name, "", 0);
	}
	if (job->statement.assigns)
		variables_set(&batch->variables, job->statement.assigned, "", 0);
	for (size_t i = 0; i < job->words.count; i++)
		unknown |= job->words.items[i].unknown;
	if (!unknown && batch->context->defaults.check && inv->command && inv->command->check)
		inv->status = inv->command->check(inv);
	if (batch->jobs.status < inv->status)
		batch->jobs.status = inv->status;
}

static void begin_command(struct batch *batch, struct job *job, const char *server)
{
	struct invocation *inv = &job->inv;
	const struct statement *statement = &job->statement;
	char *error = NULL;
	size_t at = 0;

	if (invocation_parse(inv, job->words.items, job->words.count, &error, &at)) {
		refuse(batch, job, error, inv->command ? 0 : statement->lexed.tokens[statement->right].column);
		return;
	}
	if (!inv->command && !inv->args.help) {
		refuse(batch, job, words_copy("no command is named"), statement->lexed.tokens[statement->right].column);
		return;
	}
	if (server && arguments_given(&inv->args, OPT_SERVER)) {
		refuse(batch, job, words_format("a server is given twice, '%s' through the pipeline", server), 0);
		return;
	}
	if (server)
		inv->args.server = server;
	inv->silent = statement->assigns;
	inv->capture = statement->assigns || inv->args.out_variable;
	if (batch->checking) {
		check_job(batch, job);
	} else if (inv->args.help) {
		jobs_settle(&batch->jobs);
		if (inv->command)
			help_command(inv->command, stdout);
		else
			help_overall(stdout);
	} else {
		run_job(batch, job);
	}
}

static void do_line(struct batch *batch, const char *line, size_t length)
{
	struct job *job = jobs_next(&batch->jobs);
	struct statement *statement = &job->statement;
	const char *error = NULL, *server = NULL;
	struct words ids = WORDS_INIT;
	unsigned column = 0;
	bool good = true;

	job->inv.line = batch->source.line;
	job->inv.args.json = batch->context->defaults.json;
	if (statement_parse(statement, line, length, &error, &column)) {
		statement->assigns = false;
		refuse(batch, job, words_copy(error), column);
		return;
	}
	if (statement->right_count == 0)
		return;
	if (statement->literal) {
		assign_literal(batch, job);
		return;
	}
	if (statement->left_count > 0)
		good = read_left(batch, job, &server, &ids);
	if (server) {
		char *copy = words_copy(server);

		words_add_text(&job->owned, copy);
		server = copy;
	}
	if (ids.count > 0)
		job->inv.piped = &ids;
	if (good && expand(batch, job, statement->right, statement->right_count, &job->words))
		begin_command(batch, job, server);
	job->inv.piped = NULL;
	words_release(&ids);
}

/* Before it waits for more input: answers that come meanwhile are shown at once. */
static void await_input(struct batch *batch)
{
	struct client *client;

	jobs_take(&batch->jobs);
	while ((client = jobs_client(&batch->jobs))) {
		struct pollfd fds[2] = {
			{ .fd = batch->source.fd, .events = POLLIN },
			{ .fd = client_fd(client), .events = (short)(POLLIN | (client_wants_write(client) ? POLLOUT : 0)) },
		};

		fflush(stdout);
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			jobs_take(&batch->jobs);
		if (fds[0].revents)
			return;
	}
	fflush(stdout);
}

static int report_source(struct batch *batch, int result)
{
	struct job *job = jobs_next(&batch->jobs);

	batch->context->batch = false; /* it is no line's fault */
	report_error(&job->inv, EXIT_USAGE, "cannot read %s: %s", batch->context->source, strerror(-result));
	batch->context->batch = true;
	return EXIT_USAGE;
}

static void define_constants(struct variables *variables, const struct context *context)
{
	static const char *const preferences[] = { "None", "Low", "Medium", "High" };
	const char *preference = preferences[context->defaults.confirm_preference];

	variables_set(variables, "true", "True", 5);
	variables_set(variables, "false", "False", 6);
	variables_set(variables, "null", "", 1);
	variables_set(variables, "ConfirmPreference", preference, strlen(preference) + 1);
}

/* Parses every line and runs none: EXIT_DONE, or EXIT_USAGE after all that is wrong was reported. */
static int check_whole(struct batch *batch)
{
	const char *line;
	size_t length;
	int status;

	batch->checking = true;
	while (source_next(&batch->source, &line, &length))
		do_line(batch, line, length);
	batch->checking = false;
	status = batch->jobs.status;
	batch->jobs.status = 0;
	batch->jobs.stopped = false;
	variables_release(&batch->variables);
	define_constants(&batch->variables, batch->context);
	source_rewind(&batch->source);
	return status;
}

static int run_lines(struct batch *batch)
{
	const char *line;
	size_t length;
	int result = 0;

	while (!batch->jobs.stopped && !result) {
		if (source_next(&batch->source, &line, &length)) {
			do_line(batch, line, length);
		} else if (batch->source.ended) {
			break;
		} else {
			await_input(batch);
			result = source_fill(&batch->source);
		}
	}
	jobs_settle(&batch->jobs);
	return result;
}

static int run_source(struct batch *batch)
{
	bool whole = batch->source.owned || batch->context->defaults.check;
	int result = 0, status = 0;

	if (whole)
		result = source_fill_whole(&batch->source);
	if (!result && whole)
		status = check_whole(batch);
	if (!result && !status && !batch->context->defaults.check)
		result = run_lines(batch);
	if (result)
		status = report_source(batch, result);
	return status > batch->jobs.status ? status : batch->jobs.status;
}

struct batch *batch_new(struct context *context, const char *source)
{
	struct batch *batch = words_allocate(NULL, sizeof(*batch));

	*batch = (struct batch){ .context = context };
	context->batch = true;
	context->source = source;
	jobs_init(&batch->jobs, context, &batch->variables);
	batch->jobs.stop_on_error = context->defaults.stop_on_error;
	define_constants(&batch->variables, context);
	return batch;
}

void batch_free(struct batch *batch)
{
	jobs_release(&batch->jobs);
	variables_release(&batch->variables);
	free(batch);
}

int batch_line(struct batch *batch, const char *line, size_t length)
{
	batch->source.line++;
	batch->jobs.status = 0;
	do_line(batch, line, length);
	jobs_settle(&batch->jobs);
	fflush(stdout);
	return batch->jobs.status;
}

int batch_run(struct context *context, const char *file)
{
	struct batch *batch = batch_new(context, file && strcmp(file, "-") != 0 ? file : "<stdin>");
	int result, status;

	result = source_open(&batch->source, file);
	/* Standard input is the script's own: answers come from the terminal. */
	if (!batch->source.owned)
		context->ask_fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	status = result ? report_source(batch, result) : run_source(batch);
	if (!batch->source.owned && context->ask_fd >= 0)
		close(context->ask_fd);
	source_close(&batch->source);
	batch_free(batch);
	return status;
}
