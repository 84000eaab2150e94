#include "tui/cli/kinds.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/language.h"
#include "engine/task/signals.h"
#include "engine/task/state.h"
#include "tui/fields/fields.h"
#include "tui/text/messages.h"
#include "tui/text/theme.h"

enum { SIGNALS = 32 };

static void kind_add(char *kind, const char *separator, const char *word)
{
	size_t length = strlen(kind);

	if (length + strlen(word) + strlen(separator) >= KIND_SIZE)
		abort();
	sprintf(kind + length, "%s%s", *kind && strcmp(kind, ",") != 0 ? separator : "", word);
}

/* Some states are shown as another one. */
static bool kind_shows_state(enum task_state state)
{
	return state != TASK_CLAIMED && state != TASK_OVERTIME;
}

static bool kind_takes(enum task_state state, const struct command *command)
{
	if (strcmp(command->name, "start") == 0)
		return task_state_next(state, TASK_EVENT_START) >= 0;
	if (strcmp(command->name, "stop") == 0)
		return task_state_next(state, TASK_EVENT_STOP) >= 0;
	if (strcmp(command->name, "pause") == 0)
		return task_state_next(state, TASK_EVENT_PAUSE) >= 0;
	if (strcmp(command->name, "resume") == 0)
		return task_state_next(state, TASK_EVENT_RESUME) >= 0;
	if (strcmp(command->name, "edit") == 0)
		return state == TASK_CREATED || state == TASK_QUEUED;
	if (strcmp(command->name, "remove") == 0 || strcmp(command->name, "result") == 0 || command->copies)
		return task_state_terminal(state);
	return true;
}

/* What stands behind a command: ids of tasks that it can be about, or a program. */
void kind_of_operands(const struct command *command, bool cmdlet, char *kind)
{
	int states = 0;

	*kind = '\0';
	if (command->creates && !cmdlet)
		kind_add(kind, "", "@command");
	if (strcmp(command->operands, "NAME") == 0 && strcmp(command->name, "group add") != 0)
		kind_add(kind, "", "@group");
	if (!strstr(command->operands, "ID"))
		return;
	kind_add(kind, "", "@id:");
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		states += kind_takes((enum task_state)state, command);
	for (int state = 0; state < TASK_STATE_COUNT && states < TASK_STATE_COUNT; state++) {
		if (!kind_takes((enum task_state)state, command) || !kind_shows_state((enum task_state)state))
			continue;
		kind_add(kind, kind[4] ? "," : "", task_state_name((enum task_state)state));
	}
}

/* The words that the error about a wrong value lists. */
static void kind_of_preference(enum option_id id, char *kind)
{
	static const char introduction[] = MSG_MUST_BE_ONE_OF;
	const struct word wrong = { .text = "?" };
	struct arguments arguments;
	char *error = NULL, *list, *word;

	arguments_init(&arguments);
	option_apply(&arguments, id, &wrong, false, &error);
	list = error ? strstr(error, introduction) : NULL;
	if (!list)
		abort();
	list += strlen(introduction);
	while ((word = strsep(&list, ","))) {
		word += strspn(word, " ");
		word[strcspn(word, " ")] = '\0';
		kind_add(kind, " ", word);
	}
	free(error);
	arguments_release(&arguments);
}

static void kind_of_states(enum option_id id, char *kind)
{
	(void)id;
	kind_add(kind, " ", "active");
	kind_add(kind, " ", "ended");
	kind_add(kind, " ", "all");
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		if (kind_shows_state((enum task_state)state))
			kind_add(kind, " ", task_state_name((enum task_state)state));
	}
}

static void kind_of_languages(enum option_id id, char *kind)
{
	(void)id;
	for (const struct language *language = language_table; language->name; language++)
		kind_add(kind, " ", language->name);
}

static void kind_of_signals(enum option_id id, char *kind)
{
	(void)id;
	kind_add(kind, " ", "none");
	for (int number = 1; number < SIGNALS; number++) {
		if (signal_name(number) && isupper((unsigned char)*signal_name(number)))
			kind_add(kind, " ", signal_name(number));
	}
}

static void kind_of_fields(enum option_id id, char *kind)
{
	(void)id;
	for (const struct field *field = field_table; field->name; field++)
		kind_add(kind, " ", field->name);
}

static void kind_of_unmet(enum option_id id, char *kind)
{
	(void)id;
	kind_add(kind, " ", "stop");
	kind_add(kind, " ", "hold");
}

static void kind_of_theme(enum option_id id, char *kind)
{
	(void)id;
	for (const char *const *theme = theme_names; *theme; theme++)
		kind_add(kind, " ", *theme);
}

static void kind_of_ionice(enum option_id id, char *kind)
{
	char word[] = "be:0";

	(void)id;
	kind_add(kind, " ", "idle");
	for (; word[3] <= '7'; word[3]++)
		kind_add(kind, " ", word);
}

static const struct {
	enum option_id id;
	const char *kind; /* or */
	void (*words)(enum option_id id, char *kind);
} kinds[] = {
	{ OPT_SERVER, "@server", NULL },       { OPT_CWD, "@directory", NULL },
	{ OPT_FILE, "@file", NULL },           { OPT_PARENT, "@id:", NULL },
	{ OPT_GROUP, "@group", NULL },         { OPT_OPERAND_ID, "@operands", NULL },
	{ OPT_STATE, NULL, kind_of_states },   { OPT_LANGUAGE, NULL, kind_of_languages },
	{ OPT_SIGNAL, NULL, kind_of_signals }, { OPT_SORT, NULL, kind_of_fields },
	{ OPT_COLUMNS, NULL, kind_of_fields }, { OPT_CONFIRM_PREFERENCE, NULL, kind_of_preference },
	{ OPT_AFTER, "@id:", NULL },           { OPT_OPERAND_GROUP, "@operands", NULL },
	{ OPT_THEME, NULL, kind_of_theme },    { OPT_UNMET, NULL, kind_of_unmet },
	{ OPT_IONICE, NULL, kind_of_ionice },  { OPT_EXECUTOR, "local slurm", NULL },
	{ OPT_DIRECTORY, "@directory", NULL },
};

void kind_of_value(enum option_id id, char *kind)
{
	*kind = '\0';
	if (option_table[id].kind == OPTION_LIST)
		kind_add(kind, "", ",");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].id != id)
			continue;
		if (kinds[i].words)
			kinds[i].words(id, kind);
		else
			kind_add(kind, "", kinds[i].kind);
	}
	if (option_table[id].kind == OPTION_ACTION)
		kind_of_preference(id, kind);
}
