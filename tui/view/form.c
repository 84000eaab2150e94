#include "tui/view/form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/shell_line.h"

/* The options in their order.  All others that the command takes follow in the order of their table. */
#define FORM_SECTION_MAX 8
static const struct {
	const char *head; /* before the first of them that the form has; NULL: none */
	enum option_id options[FORM_SECTION_MAX];
	size_t count;
} form_sections[] = {
	{ NULL, { OPT_NAME, OPT_CWD }, 2 },
	{ MSG_FORM_QUEUE, { OPT_GROUP, OPT_START, OPT_AFTER, OPT_UNMET, OPT_PRIORITY, OPT_WEIGHT }, 6 },
	{ MSG_FORM_CODE, { OPT_ENV, OPT_ARG, OPT_CODE, OPT_LANGUAGE, OPT_FILE }, 5 },
	{ MSG_FORM_TIMES, { OPT_PUT_OFF, OPT_AT, OPT_EXPIRE, OPT_TIME_LIMIT, OPT_KILL_AFTER }, 5 },
	{ MSG_FORM_RETRY,
	  { OPT_RETRY, OPT_RETRY_DELAY, OPT_RETRY_MAX, OPT_RETRY_ON, OPT_RETRY_NOT, OPT_RETRY_LOST },
	  6 },
	{ MSG_FORM_ENDS, { OPT_ON_END, OPT_ON_FAIL, OPT_ON_OK, OPT_WEBHOOK, OPT_AUTO_REMOVE }, 5 },
};

/* Labels that are not the name of the option. */
static const struct {
	enum option_id option;
	const char *label;
} form_labels[] = {
	{ OPT_CWD, "Directory" }, { OPT_START, "Start now" },       { OPT_ENV, "Environment" },
	{ OPT_ARG, "Arguments" }, { OPT_AUTO_REMOVE, "Remove it" },
};

/* What a task keeps: an edit does not change it. */
#define FORM_FIXED(X) X(ID) X(START) X(PARENT) X(UNIQUE) X(AUTO_REMOVE)
static const struct option_set form_fixed = OPTION_SET(FORM_FIXED);

/* "time-limit" becomes "Time limit". */
static char *form_label(enum option_id option)
{
	char *label;

	for (size_t i = 0; i < sizeof(form_labels) / sizeof(*form_labels); i++) {
		if (form_labels[i].option == option)
			return alloc_string(form_labels[i].label);
	}
	label = alloc_string(option_table[option].name);
	for (char *at = label; (at = strchr(at, '-'));)
		*at = ' ';
	*label = (char)toupper((unsigned char)*label);
	return label;
}

/* Where an option is repeated on the command line, the field has several values. */
static char *form_help(enum option_id option)
{
	const char *help = option_table[option].help, *repeated = strstr(help, MSG_OPTION_REPEATED);

	return repeated ? alloc_format("%.*s%s", (int)(repeated - help), help, MSG_FORM_SEVERAL)
	                : alloc_string(help);
}

static void form_add(struct form *form, enum option_id option, const char *head)
{
	struct form_field *field = &form->fields[form->count];

	if (form->count == FORM_FIELDS_MAX)
		abort();
	form->count++;
	*field = (struct form_field){ .option = option, .head = head, .before = alloc_string("") };
	field->label = option == OPTION_TOTAL ? alloc_string(MSG_FORM_COMMAND) : form_label(option);
	field->help = option == OPTION_TOTAL ? alloc_string(MSG_FORM_COMMAND_HELP) : form_help(option);
}

/* The options that the form asks for. */
static struct option_set form_options(enum form_purpose purpose)
{
	bool cmdlet;
	size_t words;
	struct option_set set = command_options(command_find("new", NULL, &cmdlet, &words));
	struct option_set again = command_options(command_find("again", NULL, &cmdlet, &words));

	option_set_leave(&set, &options_global);
	if (purpose == FORM_EDIT)
		option_set_leave(&set, &form_fixed);
	for (int id = 0; id < OPTION_TOTAL && purpose == FORM_AGAIN; id++) {
		if (!option_set_has(&again, (unsigned)id))
			option_set_drop(&set, (unsigned)id);
	}
	return set;
}

/* Those of the section that are in the set, which they leave. */
static void form_add_section(struct form *form, size_t section, struct option_set *set)
{
	const char *head = form_sections[section].head;

	for (size_t i = 0; i < form_sections[section].count; i++) {
		enum option_id option = form_sections[section].options[i];

		if (!option_set_has(set, option))
			continue;
		form_add(form, option, head);
		option_set_drop(set, option);
		head = NULL;
	}
}

void form_init(struct form *form, enum form_purpose purpose, const char *id)
{
	struct option_set set = form_options(purpose);
	const char *head = MSG_FORM_MORE;
	struct form_field *start;

	*form = (struct form){ .purpose = purpose, .id = alloc_string(id) };
	form_add(form, OPTION_TOTAL, NULL);
	for (size_t i = 0; i < sizeof(form_sections) / sizeof(*form_sections); i++)
		form_add_section(form, i, &set);
	OPTION_SET_EACH(option, &set) {
		if (!*option_table[option].name)
			continue;
		form_add(form, (enum option_id)option, head);
		head = NULL;
	}
	start = form_find(form, OPT_START);
	if (start)
		start->on = start->was_on = true;
}

void form_release(struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct form_field *field = &form->fields[i];

		edit_release(&field->text);
		free(field->label);
		free(field->help);
		free(field->before);
		free(field->error);
	}
	free(form->id);
	*form = (struct form){ 0 };
}

struct form_field *form_find(struct form *form, enum option_id option)
{
	for (size_t i = 0; i < form->count; i++) {
		if (form->fields[i].option == option)
			return &form->fields[i];
	}
	return NULL;
}

bool form_is_flag(const struct form_field *field)
{
	return field->option != OPTION_TOTAL && !option_takes_value(field->option);
}

struct edit *form_edit(struct form_field *field)
{
	return form_is_flag(field) ? NULL : &field->text;
}

void form_empty(struct form_field *field)
{
	if (!field)
		return;
	edit_set(&field->text, "");
	field->on = false;
}

void form_move(struct form *form, int by)
{
	form->current = (size_t)((int)form->current + by + (int)form->count) % form->count;
}

void form_fail(struct form *form, struct form_field *field, char *error)
{
	free(field->error);
	field->error = error;
	form->current = (size_t)(field - form->fields);
}

/* Several values stand in a field as words. */
static bool form_has_words(const struct form_field *field)
{
	return field->option != OPTION_TOTAL && (option_table[field->option].kind == OPTION_PAIRS ||
	                                         option_table[field->option].kind == OPTION_LIST);
}

static void form_take_value(struct form_field *field, const char *value)
{
	char *quoted, *all;

	if (!form_has_words(field)) {
		edit_set(&field->text, value);
		return;
	}
	quoted = alloc_zero(QUOTE_ROOM(strlen(value)), 1);
	quote_word(quoted, value);
	all = alloc_format("%s%s%s", edit_text(&field->text), *edit_text(&field->text) ? " " : "", quoted);
	edit_set(&field->text, all);
	free(all);
	free(quoted);
}

/* The field of "--name". */
static struct form_field *form_named(struct form *form, const char *word)
{
	for (size_t i = 1; i < form->count && strncmp(word, "--", 2) == 0; i++) {
		if (strcmp(option_table[form->fields[i].option].name, word + 2) == 0)
			return &form->fields[i];
	}
	return NULL;
}

static bool form_names_flag(const char *word)
{
	for (int id = 0; id < OPTION_TOTAL; id++) {
		if (strcmp(option_table[id].name, word + 2) == 0)
			return !option_takes_value((enum option_id)id);
	}
	return false;
}

void form_fill(struct form *form, const struct strings *words)
{
	const char *word = strings_next(words, NULL); /* "new" */
	struct strings command = STRINGS_INIT;
	char *line;

	while (word && (word = strings_next(words, word)) && strcmp(word, "--") != 0) {
		struct form_field *field = form_named(form, word);

		if (form_names_flag(word)) {
			if (field)
				field->on = true;
			continue;
		}
		word = strings_next(words, word);
		if (word && field)
			form_take_value(field, word);
	}
	while (word && (word = strings_next(words, word)))
		alloc_add(&command, word);
	line = shell_line_of(&command);
	edit_set(&form->fields[FORM_COMMAND].text, line);
	free(line);
	strings_release(&command);
	form_settle(form);
}

void form_settle(struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct form_field *field = &form->fields[i];

		free(field->before);
		field->before = alloc_string(edit_text(&field->text));
		field->was_on = field->on;
	}
}

bool form_field_is_changed(const struct form_field *field)
{
	return field->on != field->was_on || strcmp(edit_text(&field->text), field->before) != 0;
}

bool form_is_changed(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		if (form_field_is_changed(&form->fields[i]))
			return true;
	}
	return false;
}
