#include "tui/batch/pipeline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* What comes through a pipeline.  Each item is an address, or the id of a record. */
struct piped {
	struct words items; /* their texts belong to the job */
	bool records;
	const char *variable; /* named by the source, set to the current record; NULL: none */
};

/* A copy that is valid as long as the job. */
static const char *pipeline_own(struct job *job, const char *text)
{
	char *copy = alloc_string(text);

	words_add_text(&job->owned, copy);
	return copy;
}

static void take_records(struct job *job, const struct invocation *source, struct piped *piped)
{
	const struct strings *output = &source->captured[OUTPUT_RESULT];
	const char *server = jobs_values(source, OUTPUT_RESULT).server;

	server = server ? pipeline_own(job, server) : NULL;
	for (const char *record = NULL; (record = strings_next(output, record));)
		words_add(&piped->items,
		          (struct word){ .text = pipeline_own(job, record), .server = server });
}

/* The source is a command, which was parsed.  Runs it, and takes its records. */
static void pipeline_run_source(struct runner *runner, struct job *job, struct invocation *source,
                                struct piped *piped)
{
	const char *variable = source->args.pipeline_variable;

	piped->records = true;
	piped->variable = variable ? pipeline_own(job, variable + (*variable == '+')) : NULL;
	if (runner->checking) {
		words_add(&piped->items, (struct word){ .text = "1", .value = true, .unknown = true });
		source->status = invocation_check(source);
	} else {
		source->capture = source->silent = true;
		jobs_settle(&runner->jobs);
		invocation_run(source);
		take_records(job, source, piped);
	}
	jobs_set_named(&runner->jobs, source, job->serial);
	job->inv.status = source->status;
	job->inv.halted = source->halted;
}

static bool read_command(struct runner *runner, struct job *job, const struct words *words,
                         struct piped *piped)
{
	struct invocation source;
	char *error = NULL;
	size_t at = 0;
	bool good = false;

	invocation_init(&source, runner->context);
	source.line = job->inv.line;
	if (invocation_parse(&source, words->items, words->count, &error, &at)) {
		/* It is the source that the error is about. */
		job->inv.command = source.command;
		job->inv.cmdlet = source.cmdlet;
		line_fail(runner, job, error, words->items[at].column);
	} else if (!source.command->lists || source.args.help || source.args.version) {
		line_fail(runner, job, alloc_format(MSG_PIPE_SOURCE, words->items[0].text),
		          words->items[0].column);
	} else {
		pipeline_run_source(runner, job, &source, piped);
		good = true;
	}
	invocation_release(&source);
	return good;
}

/* True if the source is one variable with records. */
static bool holds_records(const struct runner *runner, const struct job *job)
{
	const struct lexed *lexed = &job->statement.lexed;
	const struct token *token = &lexed->tokens[0];
	const struct variable *variable;
	uint64_t serial;

	if (job->statement.left_count != 1 || token->count != 1 || !lexed->pieces[token->first].variable)
		return false;
	variable =
		variables_find(&runner->variables, lexed_text(lexed, &lexed->pieces[token->first]), &serial);
	return variable && variable_has_records(variable);
}

/* False: an error was reported. */
static bool read_source(struct runner *runner, struct job *job, struct piped *piped)
{
	const struct statement *statement = &job->statement;
	struct words words = WORDS_INIT;
	bool good = line_expand(runner, job, 0, statement->left_count, &words), cmdlet;
	size_t taken;

	if (good && words.count > 0 && !words.items[0].value && !words.items[0].quoted &&
	    command_find(words.items[0].text, words.count > 1 ? words.items[1].text : NULL, &cmdlet,
	                 &taken)) {
		good = read_command(runner, job, &words, piped);
	} else if (good && statement->left_count != 1) {
		good = false;
		line_fail(runner, job, alloc_string(MSG_PIPE_SOURCE_WORDS),
		          statement->lexed.tokens[0].column);
	} else if (good) {
		piped->records = holds_records(runner, job);
		for (size_t i = 0; i < words.count; i++) {
			words.items[i].text = pipeline_own(job, words.items[i].text);
			words_add(&piped->items, words.items[i]);
		}
	}
	words_release(&words);
	return good;
}

/*
 * Parses the command, and runs or checks it, with the piped items [first, first + count).  False: an error
 * was reported.
 */
static bool run_with(struct runner *runner, struct job *job, const struct piped *piped, size_t first,
                     size_t count, bool dry)
{
	struct words some = { &piped->items.items[first], count, count };
	struct invocation *inv = &job->inv;
	bool good;

	if (piped->variable) {
		const struct values value = { some.items[0].text, strlen(some.items[0].text) + 1, true,
			                      some.items[0].server };

		variables_set(&runner->variables, piped->variable, &value, job->serial);
	}
	inv->piped = piped->records ? &some : NULL;
	inv->connection = NULL;
	inv->answered = 0;
	inv->sent = 0;
	words_clear(&job->words);
	good = line_parse(runner, job, piped->records ? NULL : some.items[0].text);
	if (good && line_answers_help(runner, job)) {
		inv->piped = NULL;
		return false; /* there is nothing more to do */
	}
	if (good && runner->checking)
		line_check(runner, job);
	else if (good && !dry)
		invocation_run(inv);
	inv->piped = NULL;
	return good;
}

/* True if the command after the '|' uses the variable. */
static bool uses_variable(const struct job *job, const char *name)
{
	const struct statement *statement = &job->statement;
	const struct lexed *lexed = &statement->lexed;

	for (size_t i = lexed->tokens[statement->right].first; i < lexed->piece_count; i++) {
		const struct piece *piece = &lexed->pieces[i];

		if (piece->variable && strcasecmp(lexed_text(lexed, piece), name) == 0)
			return true;
	}
	return false;
}

/* True if the command takes all records at once.  With a variable for each record, it is run for each. */
static bool takes_all(const struct job *job, const struct piped *piped)
{
	const struct statement *statement = &job->statement;
	const struct lexed *lexed = &statement->lexed;
	const struct token *tokens = &lexed->tokens[statement->right];
	const struct command *command;
	bool cmdlet;
	size_t taken;

	if (!piped->records || (piped->variable && uses_variable(job, piped->variable)))
		return false;
	command = command_find(lexed_text(lexed, &lexed->pieces[tokens[0].first]),
	                       statement->right_count > 1 ? lexed_text(lexed, &lexed->pieces[tokens[1].first])
	                                                  : NULL,
	                       &cmdlet, &taken);
	return !command || command->most != 1 || command->apart;
}

/* Nothing comes through the pipeline.  The command is not run, but its variables are set. */
static bool run_with_none(struct runner *runner, struct job *job, struct piped *piped)
{
	words_add(&piped->items, (struct word){ .text = "", .unknown = true });
	return run_with(runner, job, piped, 0, 1, true);
}

/* Runs the command after the '|' with the ids that are piped.  False: an error was reported. */
static bool run_second(struct runner *runner, struct job *job, struct piped *piped)
{
	size_t count = piped->items.count;
	struct variable *outer =
		piped->variable ? variables_take_out(&runner->variables, piped->variable) : NULL;
	bool good = true;

	if (count == 0) {
		good = run_with_none(runner, job, piped);
	} else if (takes_all(job, piped)) {
		good = run_with(runner, job, piped, 0, count, false);
	} else {
		for (size_t i = 0; i < count && good && !job->inv.halted; i++)
			good = run_with(runner, job, piped, i, 1, false);
	}
	if (piped->variable)
		variables_put_back(&runner->variables, piped->variable,
		                   outer); /* the variable is valid only in its pipeline */
	return good;
}

void pipeline_run(struct runner *runner, struct job *job)
{
	struct piped piped = { .items = WORDS_INIT };
	bool good = read_source(runner, job, &piped);

	if (good && !runner->checking) {
		jobs_settle(&runner->jobs);
		report_deferred(&job->inv);
	}
	good = good && run_second(runner, job, &piped);
	if (good && !runner->checking)
		jobs_finish(&runner->jobs, job);
	words_release(&piped.items);
}
