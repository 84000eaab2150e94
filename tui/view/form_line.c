/*
 * What a form asks for, as the words of a command; and the field that an error is about.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/group.h"
#include "engine/task/quote.h"
#include "tui/cli/time_options.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/form.h"
#include "tui/view/shell_line.h"

enum { WORDS_MAX = sizeof(((struct form *)0)->words) / sizeof(struct form_word) };

static const char *form_text(const struct form_field *field)
{
	return edit_text(&field->text);
}

/* Adds a word for this field. */
static void form_add_word(struct form *form, struct strings *words, const struct form_field *field,
                          const char *word)
{
	if (form->word_count < WORDS_MAX)
		form->words[form->word_count++] =
			(struct form_word){ .field = (size_t)(field - form->fields) };
	alloc_add(words, word);
}

/* Adds the name of the field's option; on: "no" turns it off. */
static void form_add_name(struct form *form, struct strings *words, const struct form_field *field, bool on)
{
	char *name = alloc_format("--%s%s", option_table[field->option].name, on ? "" : "=no");

	form_add_word(form, words, field, name);
	form->words[form->word_count - 1].name = true;
	free(name);
}

/* What is wrong with a value, malloc'ed, or NULL. */
static char *form_check_value(const struct form_field *field, const char *value)
{
	const struct word word = { .text = value };
	struct arguments arguments;
	char *error = NULL;

	arguments_init(&arguments);
	option_apply(&arguments, field->option, &word, false, &error);
	arguments_release(&arguments);
	return error;
}

/* The command that the form is for has this option to take away, by the value none. */
static bool form_can_clear(const struct form *form, enum option_id option)
{
	bool cmdlet;
	size_t words;
	const struct command *command =
		command_find(form->purpose == FORM_AGAIN ? "again" : "new", NULL, &cmdlet, &words);

	return option_set_has(&command->clears, option);
}

static void form_add_value(struct form *form, struct strings *words, struct form_field *field,
                           const char *value)
{
	bool none = strcasecmp(value, "none") == 0 && form_can_clear(form, field->option);
	char *error = none ? NULL : form_check_value(field, value);

	if (error) {
		form_fail(form, field, error);
	} else {
		form_add_name(form, words, field, true);
		form_add_word(form, words, field, value);
	}
}

/* Each word is a value. */
static void form_add_values(struct form *form, struct strings *words, struct form_field *field,
                            const char *text)
{
	struct strings values = STRINGS_INIT;
	char *error = NULL;

	if (shell_line_split(text, &values, &error))
		form_fail(form, field, error);
	for (const char *s = NULL; !field->error && (s = strings_next(&values, s));)
		form_add_value(form, words, field, s);
	strings_release(&values);
}

/* The task has a value, and shall have none. */
static void form_add_none(struct form *form, struct strings *words, struct form_field *field)
{
	if (field->option == OPT_GROUP || field->option == OPT_DESCRIPTION) {
		form_add_name(form, words, field, true);
		form_add_word(form, words, field, field->option == OPT_GROUP ? GROUP_DEFAULT : "");
	} else if (form_can_clear(form, field->option)) {
		form_add_value(form, words, field, "none");
	} else {
		form_fail(form, field, alloc_string(MSG_FORM_STAYS));
	}
}

/* text is the line of the field. */
static void form_add_option(struct form *form, struct strings *words, struct form_field *field,
                            const char *text)
{
	enum option_kind kind = option_table[field->option].kind;
	bool again = form->purpose == FORM_AGAIN;

	/* A copy says whether it is started, and apart from that only what is not as before. */
	if (again && !form_field_is_changed(field) && field->option != OPT_START)
		return;
	/* The time of a task that has begun meanwhile is over: it stays. */
	if (form->purpose == FORM_EDIT && !form_field_is_changed(field) &&
	    time_option_is_over(field->option, text))
		return;
	if (form_is_flag(field) && (field->on || again))
		form_add_name(form, words, field, field->on);
	else if (!form_is_flag(field) && !*text && again)
		form_add_none(form, words, field);
	else if (!form_is_flag(field) && *text && (kind == OPTION_PAIRS || kind == OPTION_LIST))
		form_add_values(form, words, field, text);
	else if (!form_is_flag(field) && *text)
		form_add_value(form, words, field, text);
}

static void form_add_command(struct form *form, struct strings *words, struct form_field *field,
                             const char *text)
{
	const struct form_field *code = form_find(form, OPT_CODE), *file = form_find(form, OPT_FILE);
	bool other = (code && *form_text(code)) || (file && *form_text(file));
	struct strings command = STRINGS_INIT;
	char *error = NULL;

	if ((form->purpose == FORM_AGAIN && !form_field_is_changed(field)) || (!*text && other))
		return;
	if (shell_line_words(text, &command, &error))
		form_fail(form, field, error);
	form_add_word(form, words, field, "--");
	for (const char *s = NULL; (s = strings_next(&command, s));)
		form_add_word(form, words, field, s);
	strings_release(&command);
}

/* The line of a field without what the user cannot have meant.  NULL: it was said what is wrong. */
static char *form_take_text(struct form *form, struct form_field *field)
{
	char *error = NULL, *text;

	/* What the task has already may be bytes that are no characters. */
	if (!form_field_is_changed(field))
		return alloc_string(form_text(field));
	text = edit_line(&field->text, &error);
	if (!text)
		form_fail(form, field, error);
	return text;
}

static void form_add_first(struct form *form, struct strings *words)
{
	const struct form_field *command = &form->fields[FORM_COMMAND];

	form_add_word(form, words, command, form->purpose == FORM_AGAIN ? "again" : "new");
	if (form->purpose == FORM_EDIT)
		form_add_word(form, words, command, "--id");
	if (form->purpose != FORM_NEW)
		form_add_word(form, words, command, form->id);
}

bool form_words(struct form *form, struct strings *words)
{
	size_t wrong = form->count;

	form->word_count = 0;
	form_add_first(form, words);
	/* The command stands first in the form, and last in the line. */
	for (size_t i = 1; i <= form->count; i++) {
		struct form_field *field = &form->fields[i % form->count];
		char *text;

		free(field->error);
		field->error = NULL;
		text = form_take_text(form, field);
		if (text && field->option == OPTION_TOTAL)
			form_add_command(form, words, field, text);
		else if (text)
			form_add_option(form, words, field, text);
		free(text);
	}
	for (size_t i = form->count; i-- > 0;)
		wrong = form->fields[i].error ? i : wrong;
	if (wrong < form->count)
		form->current = wrong;
	return wrong == form->count;
}

/* The number of characters. */
static unsigned form_characters(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

char *form_line(struct form *form)
{
	struct strings words = STRINGS_INIT;
	struct text line = TEXT_INIT;
	size_t number = 0;
	bool command = false;

	for (const char *s = form_words(form, &words) ? strings_next(&words, NULL) : NULL; s;
	     s = strings_next(&words, s), number++) {
		char *quoted = alloc_zero(QUOTE_ROOM(strlen(s)), 1);
		bool known = number < WORDS_MAX, ends = known && strcmp(s, "--") == 0 && !command;

		quote_always(quoted, s);
		text_add_string(&line, number ? " " : "");
		if (known)
			form->words[number].column = form_characters(line.data) + 1;
		/* What is quoted is a value. */
		text_add_string(&line,
		                number == 0 || ends || (known && form->words[number].name) ? s : quoted);
		command |= ends;
		free(quoted);
	}
	strings_release(&words);
	return line.data;
}

/* The field of the last word that begins at this column or before. */
static struct form_field *form_at(struct form *form, unsigned column)
{
	size_t owner = FORM_COMMAND;

	for (size_t i = 0; i < form->word_count && form->words[i].column <= column; i++)
		owner = form->words[i].field;
	return &form->fields[owner];
}

/* True if the text is one of the values of the field. */
static bool form_has_value(const struct form_field *field, const char *text, size_t length)
{
	const char *value = form_text(field);

	if (strlen(value) == length && strncmp(value, text, length) == 0)
		return length > 0;
	while (*(value += strspn(value, " ,'"))) {
		size_t size = strcspn(value, " ,:'");

		if (size == length && size > 0 && strncmp(value, text, size) == 0)
			return true;
		value += strcspn(value, " ,'");
	}
	return false;
}

/* The field that has a value which the error has in quotes. */
static struct form_field *form_quoted(struct form *form, const char *error)
{
	const char *open = strchr(error, '\''), *close = open ? strchr(open + 1, '\'') : NULL;

	for (size_t i = 1; i < form->count && close; i++) {
		if (form_has_value(&form->fields[i], open + 1, (size_t)(close - open - 1)))
			return &form->fields[i];
	}
	return NULL;
}

/* The field whose option the error names, after these bytes; the longest name counts. */
static struct form_field *form_mentioned(struct form *form, const char *error, const char *before)
{
	struct form_field *found = NULL;
	size_t longest = 0;

	for (size_t i = 1; i < form->count; i++) {
		const char *name = option_table[form->fields[i].option].name;
		char *text = alloc_format("%s%s", before, name);
		const char *at = strstr(error, text);
		bool whole = at && !isalnum((unsigned char)at[strlen(text)]) && at[strlen(text)] != '-' &&
		             (at == error || !isalnum((unsigned char)at[-1]));

		if (whole && strlen(name) > longest) {
			found = &form->fields[i];
			longest = strlen(name);
		}
		free(text);
	}
	return found;
}

static struct form_field *form_meant(struct form *form, const char *error)
{
	struct form_field *field = form_mentioned(form, error, "--");

	if (!field)
		field = form_quoted(form, error);
	return field ? field : form_mentioned(form, error, "");
}

bool form_blame(struct form *form, const char *error)
{
	static const char place[] = "column ", *const commands[] = { "new: ", "again: " };
	struct form_field *field;
	unsigned long column = 0;
	char *end = NULL;

	if (strncmp(error, place, sizeof(place) - 1) == 0)
		column = strtoul(error + sizeof(place) - 1, &end, 10);
	if (end && *end == ':')
		error = end + 1 + strspn(end + 1, " ");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strncmp(error, commands[i], strlen(commands[i])) == 0)
			error += strlen(commands[i]);
	}
	/* Column 1 is the command as a whole. */
	field = column > 1 ? form_at(form, (unsigned)column) : form_meant(form, error);
	if (field)
		form_fail(form, field, alloc_string(error));
	return field != NULL;
}
