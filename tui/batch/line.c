#include "tui/batch/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/batch/expand.h"
#include "tui/batch/pipeline.h"
#include "tui/batch/preferences.h"
#include "tui/cli/help.h"
#include "tui/cli/report.h"
#include "tui/cli/servers.h"
#include "tui/cli/trial.h"
#include "tui/fields/fields.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

void line_fail(struct runner *runner, struct job *job, char *error, unsigned column)
{
	job->inv.column = column;
	report_error(&job->inv, EXIT_USAGE, "%s", error);
	free(error);
	jobs_end(&runner->jobs, job);
}

bool line_expand(struct runner *runner, struct job *job, size_t first, size_t count, struct words *words)
{
	char *error = NULL;
	unsigned column = 0;

	if (expand_tokens(&runner->jobs, job, first, count, runner->checking, words, &error, &column) == 0)
		return true;
	line_fail(runner, job, error, column);
	return false;
}

/* The column of the value of an assignment, or of the command. */
static unsigned column_of(const struct job *job)
{
	return job->statement.lexed.tokens[job->statement.right].column;
}

/* As in PowerShell, results can be assigned to $null: they are thrown away. */
static bool is_constant(const char *name)
{
	return strcasecmp(name, "true") == 0 || strcasecmp(name, "false") == 0;
}

/* A check (--check) sets nothing, but examines the value.  False: an error was reported. */
static bool line_set_preference(struct runner *runner, struct job *job)
{
	const char *name = job->statement.assigned;
	struct arguments tried = runner->context->defaults;
	char *error;

	if (job->words.count > 1)
		error = alloc_format(MSG_PREFERENCE_COMMAND, name);
	else if (job->words.count == 1 && job->words.items[0].unknown)
		return true;
	else
		error = preference_set(&tried, name, job->words.count ? job->words.items[0].text : "");
	if (error) {
		line_fail(runner, job, error, column_of(job));
		return false;
	}
	if (runner->checking)
		return true;
	runner->context->defaults = tried;
	preferences_define(&runner->variables, &runner->context->defaults);
	jobs_note(&runner->jobs, job->serial, 0);
	return true;
}

static void assign_preference(struct runner *runner, struct job *job)
{
	struct statement *statement = &job->statement;

	if (statement->literal) {
		if (line_expand(runner, job, statement->right, 1, &job->words))
			line_set_preference(runner, job);
		return;
	}
	statement->assigns = false;
	line_fail(runner, job, alloc_format(MSG_PREFERENCE_COMMAND, statement->assigned), column_of(job));
}

/* True if the value is one variable with records.  Then the assigned variable has records, too. */
static bool copies_records(const struct runner *runner, const struct job *job)
{
	const struct lexed *lexed = &job->statement.lexed;
	const struct token *token = &lexed->tokens[job->statement.right];
	const struct variable *variable;
	uint64_t serial;

	if (token->count != 1 || !lexed->pieces[token->first].variable)
		return false;
	variable =
		variables_find(&runner->variables, lexed_text(lexed, &lexed->pieces[token->first]), &serial);
	return variable && variable_has_records(variable);
}

static void assign_literal(struct runner *runner, struct job *job)
{
	struct strings texts = STRINGS_INIT;
	struct values values;

	if (!line_expand(runner, job, job->statement.right, 1, &job->words))
		return;
	for (size_t i = 0; i < job->words.count; i++)
		alloc_add(&texts, job->words.items[i].text);
	values = (struct values){ texts.block, texts.length, copies_records(runner, job),
		                  job->words.count ? job->words.items[0].server : NULL };
	if (strcasecmp(job->statement.assigned, "null") != 0)
		variables_set(&runner->variables, job->statement.assigned, &values, job->serial);
	jobs_note(&runner->jobs, job->serial, 0);
	strings_release(&texts);
}

/* True if the job needs only one call and reply, so that others can follow at once. */
static bool can_pipeline(const struct invocation *inv)
{
	const struct command *command = inv->command;

	if (!command->send ||
	    inv->context->on_screen) /* there, why something is False is asked for at the end */
		return false;
	return !command->run || command->pipelines(inv);
}

static bool is_ready(const struct invocation *inv)
{
	const struct connection *connection = inv->connection;

	return connection && connection->client && (!inv->command->creates || connection->prepared);
}

static void send_job(struct runner *runner, struct job *job)
{
	struct invocation *inv = &job->inv;
	char *error = NULL;

	if (context_connection(runner->context, inv->args.server, &inv->connection, &error)) {
		line_fail(runner, job, error, column_of(job));
		return;
	}
	if (!is_ready(inv) || inv->args.debug)
		jobs_settle(&runner->jobs);
	if (!invocation_connect(inv)) {
		jobs_end(&runner->jobs, job);
		return;
	}
	inv->command->send(inv);
	jobs_expect(&runner->jobs, job);
	jobs_push(&runner->jobs, job);
	if (runner->jobs.stop_on_error || inv->args.error_action != ACTION_UNSET)
		jobs_settle(&runner->jobs);
}

static void run_job(struct runner *runner, struct job *job)
{
	struct invocation *inv = &job->inv;

	if (can_pipeline(inv) && !trial_is(inv)) {
		inv->status = invocation_check(inv);
		if (inv->status == 0) {
			send_job(runner, job);
			return;
		}
	} else {
		jobs_settle(&runner->jobs);
		report_deferred(inv);
		invocation_run(inv);
	}
	jobs_end(&runner->jobs, job);
}

void line_check(struct runner *runner, struct job *job)
{
	struct invocation *inv = &job->inv;
	bool unknown = inv->args.file != NULL || inv->piped; /* an earlier line may make the file */

	jobs_set_variables(&runner->jobs, job);
	for (size_t i = 0; i < job->words.count && !unknown; i++)
		unknown = job->words.items[i].unknown;
	if (!unknown && inv->command)
		inv->status = invocation_check(inv);
	if (runner->jobs.status < inv->status)
		runner->jobs.status = inv->status;
}

/* Beside tasks that come through a pipeline, ids that were written are of the same server. */
static const char *line_tasks_server(const struct words *ids, bool piped)
{
	const char *server = NULL;
	bool found = false;

	for (size_t i = 0; i < ids->count; i++) {
		const char *its = ids->items[i].server;

		if (!its && piped)
			continue;
		server = found ? words_server(server, its) : its;
		found = true;
	}
	return server;
}

/* Tasks in variables are on the server that they came from, unless the line names one.  False: reported. */
static bool line_follow_tasks(struct runner *runner, struct job *job)
{
	struct invocation *inv = &job->inv;
	const char *server;

	server = line_tasks_server(&inv->args.operands, inv->piped != NULL);
	if (!server || !inv->command || !strstr(inv->command->operands, "ID") ||
	    arguments_given(&inv->args, OPT_SERVER))
		return true;
	if (strcmp(server, WORDS_SERVERS) == 0) {
		line_fail(runner, job, alloc_string(MSG_SERVERS_MIXED), column_of(job));
		return false;
	}
	inv->args.server = server;
	words_clear(&inv->args.servers);
	return true;
}

/* The ids of another server would be those of other tasks here.  False: reported. */
static bool line_relates(struct runner *runner, struct job *job)
{
	const struct arguments *args = &job->inv.args;
	const char *usual = job->inv.context->defaults.server, *ours = args->server ? args->server : usual,
		   *theirs = args->related ? args->related : usual;
	char *apart;

	if (!args->relates)
		return true;
	if (theirs && strcmp(theirs, WORDS_SERVERS) == 0) {
		line_fail(runner, job, alloc_string(MSG_SERVERS_MIXED), column_of(job));
		return false;
	}
	apart = servers_apart(ours, theirs);
	if (!apart)
		return true;
	line_fail(runner, job, apart, column_of(job));
	return false;
}

bool line_parse(struct runner *runner, struct job *job, const char *server)
{
	struct invocation *inv = &job->inv;
	const struct statement *statement = &job->statement;
	char *error = NULL;
	size_t at = 0;

	if (!line_expand(runner, job, statement->right, statement->right_count, &job->words))
		return false;
	if (invocation_parse(inv, job->words.items, job->words.count, &error, &at)) {
		line_fail(runner, job, error,
		          at < job->words.count ? job->words.items[at].column : column_of(job));
		return false;
	}
	if (!inv->command && !inv->args.help && !inv->args.version) {
		line_fail(runner, job, alloc_string(MSG_LINE_NO_COMMAND), column_of(job));
		return false;
	}
	if (server && arguments_given(&inv->args, OPT_SERVER)) {
		invocation_blame(inv, inv->args.server);
		line_fail(runner, job, alloc_format(MSG_SERVER_TWICE, server), inv->column);
		return false;
	}
	if (server)
		inv->args.server = server;
	else if (!line_follow_tasks(runner, job))
		return false;
	if (!line_relates(runner, job))
		return false;
	inv->silent = statement->assigns;
	inv->capture = statement->assigns || inv->args.out_variable;
	return true;
}

bool line_answers_help(struct runner *runner, struct job *job)
{
	struct invocation *inv = &job->inv;

	if (!inv->args.help && !inv->args.version)
		return false;
	if (!runner->checking) {
		jobs_settle(&runner->jobs);
		help_tell(inv);
	}
	jobs_finish(&runner->jobs, job); /* what is before a '|' may have failed */
	return true;
}

static void do_command(struct runner *runner, struct job *job)
{
	if (!line_parse(runner, job, NULL) || line_answers_help(runner, job))
		return;
	if (runner->checking) {
		line_check(runner, job);
	} else {
		run_job(runner, job);
	}
}

/* The values of a variable, one a line; a text in quotes is one line. */
static void line_print(struct runner *runner, struct job *job)
{
	struct words words = WORDS_INIT;

	if (!line_expand(runner, job, 0, 1, &words)) {
		words_release(&words);
		return;
	}
	jobs_settle(&runner->jobs);
	report_deferred(&job->inv);
	for (size_t i = 0; i < words.count && !runner->checking; i++)
		report_string(&job->inv, NULL, NULL, words.items[i].text);
	jobs_note(&runner->jobs, job->serial, 0);
	words_release(&words);
}

void line_do(struct runner *runner, unsigned number, const char *line, size_t length)
{
	struct job *job = jobs_next(&runner->jobs);
	struct statement *statement = &job->statement;
	const char *error = NULL;
	unsigned column = 0;

	job->inv.line = number;
	job->inv.args.json = runner->context->defaults.json;
	if (statement_parse(statement, line, length, &error, &column)) {
		statement->assigns = false;
		line_fail(runner, job, alloc_string(error), column);
	} else if (statement->right_count == 0) {
		return; /* an empty line, or a comment */
	} else if (statement->assigns && is_constant(statement->assigned)) {
		statement->assigns = false;
		line_fail(runner, job, alloc_format(MSG_ASSIGN_CONSTANT, statement->assigned), 1);
	} else if (statement->assigns && option_is_preference(statement->assigned)) {
		assign_preference(runner, job);
	} else if (statement->literal) {
		assign_literal(runner, job);
	} else if (statement->prints) {
		line_print(runner, job);
	} else if (statement->left_count > 0) {
		pipeline_run(runner, job);
	} else {
		do_command(runner, job);
	}
}

/* $args: the words behind the file's name. */
static void define_arguments(struct runner *runner)
{
	struct strings texts = STRINGS_INIT;
	struct values values;

	for (size_t i = 1; runner->arguments && i < runner->arguments->count; i++)
		alloc_add(&texts, runner->arguments->items[i].text);
	values = (struct values){ texts.block, texts.length, false, NULL };
	variables_set(&runner->variables, "args", &values, 0);
	strings_release(&texts);
}

void line_define_constants(struct runner *runner)
{
	struct variables *variables = &runner->variables;

	variables_set_text(variables, "true", "True");
	variables_set_text(variables, "false", "False");
	variables_set_text(variables, "null", "");
	variables_set_text(variables, "?", "True");
	variables_set_text(variables, "LastExitCode", "0");
	define_arguments(runner);
	preferences_define(variables, &runner->context->defaults);
}
