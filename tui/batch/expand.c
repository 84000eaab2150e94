#include "tui/batch/expand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/fields/fields.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* The replacement for an unknown value.  It is valid as a number, an id, and a truth value. */
#define PLACEHOLDER "1"

struct expansion {
	struct jobs *jobs;
	struct job *job;
	struct words *words;
	bool unknown;
	char **error;
	unsigned *column;
};

/* $? and $LastExitCode are about the previous line, so this waits for its end. */
static void refresh_last(struct jobs *jobs, const char *name)
{
	char code[16];

	if (strcmp(name, "?") != 0 && strcasecmp(name, "LastExitCode") != 0)
		return;
	jobs_settle(jobs);
	snprintf(code, sizeof(code), "%d", jobs->last);
	variables_set_text(jobs->variables, "?", jobs->last == 0 ? "True" : "False");
	variables_set_text(jobs->variables, "LastExitCode", code);
}

/* False: there is no such variable in the environment; reported. */
static bool define_environment(struct expansion *e, const struct piece *piece, const char *name)
{
	const char *value = getenv(name + 4);

	if (value) {
		variables_set_text(e->jobs->variables, name, value);
		return true;
	}
	*e->error = alloc_format(MSG_ENVIRONMENT_UNSET, name);
	*e->column = piece->column;
	return false;
}

/* The variable of a piece, after its value is known.  NULL: it is undefined, and *error is set. */
static const struct variable *look_up(struct expansion *e, const struct piece *piece)
{
	const char *name = lexed_text(&e->job->statement.lexed, piece);
	uint64_t serial = 0;
	const struct variable *variable;

	if (!e->unknown)
		refresh_last(e->jobs, name);
	if ((*name | 0x20) == 'e' && strncasecmp(name, "env:", 4) == 0 && !define_environment(e, piece, name))
		return NULL;
	variable = variables_find(e->jobs->variables, name, &serial);
	if (!variable) {
		*e->error = alloc_format(MSG_VARIABLE_UNDEFINED, name);
		*e->column = piece->column;
		return NULL;
	}
	if (serial && !e->unknown)
		jobs_wait(e->jobs, serial);
	return variable;
}

/* Makes it valid as long as the job, which frees it. */
static const char *expand_own(struct expansion *e, char *text)
{
	words_add_text(&e->job->owned, text);
	return text;
}

static const char *expand_server(struct expansion *e, const char *server)
{
	return server ? expand_own(e, alloc_string(server)) : NULL;
}

static int add_values(struct expansion *e, const struct piece *piece)
{
	struct word word = { .value = true, .column = piece->column };
	const struct variable *variable = look_up(e, piece);

	if (!variable)
		return -EINVAL;
	if (e->unknown) {
		word.text = PLACEHOLDER;
		word.unknown = true;
		words_add(e->words, word);
		return 0;
	}
	/*
	 * A variable without values as an argument is an error.  Without it, "get $ids" would mean all
	 * tasks.  But a variable without values can be piped or assigned.
	 */
	if (!variable_next(variable, NULL) && e->words->count > 0) {
		*e->error = alloc_format(MSG_VARIABLE_EMPTY, lexed_text(&e->job->statement.lexed, piece));
		*e->column = piece->column;
		return -EINVAL;
	}
	word.server = expand_server(e, variable_server(variable));
	word.record = variable_has_records(variable);
	for (const char *value = variable_next(variable, NULL); value; value = variable_next(variable, value))
		word.more++;
	for (const char *value = variable_next(variable, NULL); value;
	     value = variable_next(variable, value)) {
		word.more--;
		/* The variable may get a new value before the end of the job. */
		word.text = expand_own(e, alloc_string(value));
		words_add(e->words, word);
	}
	return 0;
}

static int add_joined(struct expansion *e, const struct token *token)
{
	const struct lexed *lexed = &e->job->statement.lexed;
	struct word word = { .quoted = token->quoted, .unknown = e->unknown, .column = token->column };
	const char *server = NULL;
	size_t variables = 0;
	struct text text = { 0 };

	for (size_t i = token->first; i < token->first + token->count; i++) {
		const struct piece *piece = &lexed->pieces[i];
		const struct variable *variable;
		const char *plain = lexed_text(lexed, piece);

		if (!piece->variable) {
			text_add(&text, plain, strlen(plain));
			continue;
		}
		variable = look_up(e, piece);
		if (!variable) {
			text_release(&text);
			return -EINVAL;
		}
		word.record |= !e->unknown && variable_has_records(variable);
		server = variables++ ? words_server(server, variable_server(variable))
		                     : variable_server(variable);
		if (e->unknown)
			text_add(&text, PLACEHOLDER, strlen(PLACEHOLDER));
		for (const char *value = variable_next(variable, NULL); value && !e->unknown;
		     value = variable_next(variable, value)) {
			if (value != variable_next(variable, NULL))
				text_add(&text, " ", 1);
			text_add(&text, value, strlen(value));
		}
	}
	word.value = lexed->pieces[token->first].variable;
	word.server = expand_server(e, server);
	word.text = text.data ? expand_own(e, text.data) : "";
	words_add(e->words, word);
	return 0;
}

/* A word without variables, as most are. */
static void add_plain(struct words *words, const struct token *token, const char *text)
{
	struct word *word = words_next(words);

	word->text = text;
	word->quoted = token->quoted | token->block;
	word->block = token->block;
	word->value = false;
	word->colon = token->colon;
	word->record = false;
	word->unknown = false;
	word->more = 0;
	word->server = NULL;
	word->column = token->column;
}

int expand_tokens(struct jobs *jobs, struct job *job, size_t first, size_t count, bool unknown,
                  struct words *words, char **error, unsigned *column)
{
	struct expansion e = { jobs, job, words, unknown, error, column };
	const struct lexed *lexed = &job->statement.lexed;
	int result = 0;

	for (size_t i = first; i < first + count && !result; i++) {
		const struct token *token = &lexed->tokens[i];
		const struct piece *piece = &lexed->pieces[token->first];

		if (token->count > 1)
			result = add_joined(&e, token);
		else if (piece->variable)
			result = add_values(&e, piece);
		else
			add_plain(words, token, lexed->storage + piece->text);
	}
	return result;
}
