#include "tui/view/form.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "engine/wire/jsonw.h"
#include "tui/batch/lexer.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

const struct form_row form_rows[FORM_FIELDS] = {
	[FORM_COMMAND] = { "Command", "a program and its arguments", NULL },
	[FORM_NAME] = { "Name", "Task and its id", "--name" },
	[FORM_DIRECTORY] = { "Directory", "where krtask was started", "--cwd" },
	[FORM_GROUP] = { "Group", "none", "--group" },
	[FORM_START] = { "Start now", NULL, NULL },
};

void form_release(struct form *form)
{
	for (int field = 0; field < FORM_START; field++)
		edit_release(&form->texts[field]);
	*form = (struct form){ 0 };
}

void form_move(struct form *form, int by)
{
	form->current = (enum form_field)(((int)form->current + by + FORM_FIELDS) % FORM_FIELDS);
}

/* Appends a word, quoted if necessary. */
static void form_append_word(struct text *line, const char *word)
{
	char *quoted = alloc_zero(QUOTE_ROOM(strlen(word)), 1);

	quote_always(quoted, word);
	text_add_string(line, " ");
	text_add_string(line, quoted);
	free(quoted);
}

static void form_append_option(struct text *line, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	text_add_string(line, " ");
	text_add_string(line, option);
	form_append_word(line, value);
}

/* The reason why the token cannot be part of a command; NULL: it can. */
static const char *form_token_error(const struct lexed *lexed, const struct token *token)
{
	if (token->pipe)
		return MSG_FORM_PIPE;
	for (size_t i = token->first; i < token->first + token->count; i++) {
		if (lexed->pieces[i].variable)
			return MSG_FORM_VARIABLE;
	}
	return NULL;
}

static char *form_append_command(struct text *line, const char *text)
{
	struct lexed lexed = LEXED_INIT;
	const char *error = NULL;
	unsigned column = 0;
	char *sentence = NULL;

	if (!lexed_line(&lexed, text, strlen(text), 0, &error, &column) && lexed.token_count == 0)
		error = MSG_MUST_NOT_BE_EMPTY;
	text_add_string(line, " --");
	for (size_t i = 0; !error && i < lexed.token_count; i++) {
		const struct token *token = &lexed.tokens[i];

		error = form_token_error(&lexed, token);
		column = token->column;
		if (!error)
			form_append_word(line, lexed_text(&lexed, &lexed.pieces[token->first]));
	}
	if (error && column)
		sentence = alloc_format(MSG_FORM_AT, column, error);
	else if (error)
		sentence = alloc_format(MSG_FORM_COMMAND, error);
	lexed_release(&lexed);
	return sentence;
}

/* Appends a field.  If it has bytes that are not characters, returns a sentence about that, malloc'ed. */
static char *form_append_field(struct text *line, const struct form *form, int field)
{
	const struct form_row *row = &form_rows[field];
	char *error = NULL, *sentence = NULL, *text = edit_line(&form->texts[field], &error);

	if (!text)
		sentence = alloc_format(MSG_FORM_FIELD, row->label, error);
	else if (row->option)
		form_append_option(line, row->option, text);
	else
		sentence = form_append_command(line, text);
	free(error);
	free(text);
	return sentence;
}

char *form_line(const struct form *form, char **error)
{
	struct text line = TEXT_INIT;

	*error = NULL;
	text_add_string(&line, form->start ? "new --start" : "new");
	for (int field = FORM_COMMAND + 1; field < FORM_START && !*error; field++)
		*error = form_append_field(&line, form, field);
	if (!*error)
		*error = form_append_field(&line, form, FORM_COMMAND); /* after all options */
	if (!*error)
		return line.data;
	text_release(&line);
	return NULL;
}

/* The bytes of a text that is not UTF-8, ended by a NUL and malloc'ed.  NULL: there are none. */
static char *form_decoded(const json_t *base64, size_t *count)
{
	void *bytes = NULL;

	if (json_is_string(base64) &&
	    base64_decode(json_string_value(base64), json_string_length(base64), &bytes, count) == -ENOMEM)
		alloc_failed();
	return bytes;
}

/* Appends the words of the command, which may be bytes that are not UTF-8. */
static void form_read_command(struct strings *command, const json_t *task)
{
	const json_t *words = json_object_get(task, "command"), *word;
	size_t count = 0, i;
	char *bytes = form_decoded(json_object_get(task, "commandBase64"), &count);

	if (bytes && strings_append(command, bytes, count) == -ENOMEM)
		alloc_failed();
	free(bytes);
	if (command->length)
		return;
	json_array_foreach(words, i, word)
	{
		alloc_add(command, json_is_string(word) ? json_string_value(word) : "");
	}
}

static bool form_append_words(struct text *line, const json_t *task)
{
	struct strings command = STRINGS_INIT;
	bool any;

	form_read_command(&command, task);
	text_add_string(line, " --");
	for (const char *word = NULL; (word = strings_next(&command, word));)
		form_append_word(line, word);
	any = command.length > 0;
	strings_release(&command);
	return any;
}

char *form_again(const json_t *task)
{
	static const char *const options[][2] = { { "--name", "name" },
		                                  { "--description", "description" },
		                                  { "--group", "group" } };
	struct text line = TEXT_INIT;
	char *cwd, *own;
	const char *name = json_string_value(json_object_get(task, "name"));
	size_t count;

	text_add_string(&line, "new");
	/* The default name, which was made from the id, is not a given name. */
	own = alloc_format("Task %s", json_string_value(json_object_get(task, "id")));
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (i > 0 || !name || strcmp(name, own) != 0)
			form_append_option(&line, options[i][0],
			                   json_string_value(json_object_get(task, options[i][1])));
	}
	cwd = form_decoded(json_object_get(task, "cwdBase64"), &count);
	form_append_option(&line, "--cwd", cwd ? cwd : json_string_value(json_object_get(task, "cwd")));
	if (!form_append_words(&line, task))
		text_release(&line);
	free(cwd);
	free(own);
	return line.data;
}
