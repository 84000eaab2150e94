#include "tui/batch/preferences.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"

enum preference_kind { PREFERENCE_SWITCH, PREFERENCE_LEVEL, PREFERENCE_ACTION };

/*
 * offset: of the field in struct arguments.  shows: offset of the bool that the action sets; 0: none.  usual:
 * the meaning of an action that is not set.
 */
static const struct preference {
	const char *name;
	enum preference_kind kind;
	size_t offset, shows;
	enum action usual;
} preferences[] = {
#define FIELD(field) offsetof(struct arguments, field)
	{ "WhatIfPreference", PREFERENCE_SWITCH, FIELD(what_if), 0, ACTION_UNSET },
	{ "ConfirmPreference", PREFERENCE_LEVEL, FIELD(confirm_preference), 0, ACTION_UNSET },
	{ "ErrorActionPreference", PREFERENCE_ACTION, FIELD(error_action), 0, ACTION_CONTINUE },
	{ "WarningPreference", PREFERENCE_ACTION, FIELD(warning_action), 0, ACTION_CONTINUE },
	{ "InformationPreference", PREFERENCE_ACTION, FIELD(information_action), 0, ACTION_SILENT },
	{ "VerbosePreference", PREFERENCE_ACTION, FIELD(verbose_action), FIELD(verbose), ACTION_SILENT },
	{ "DebugPreference", PREFERENCE_ACTION, FIELD(debug_action), FIELD(debug), ACTION_SILENT },
#undef FIELD
};

enum { PREFERENCE_TOTAL = sizeof(preferences) / sizeof(*preferences) };

static char *preference_list(void)
{
	struct text list = TEXT_INIT;

	for (size_t i = 0; i < PREFERENCE_TOTAL; i++)
		candidates_list(&list, "$", preferences[i].name);
	return list.data;
}

/* NULL, or what the value must be. */
static const char *set_action_preference(struct arguments *defaults, const struct preference *preference,
                                         const char *text)
{
	enum action action = option_parse_action(text);

	if (action == ACTION_UNSET)
		return MSG_MUST_BE_ACTION;
	/* Ignore is for single commands.  PowerShell does not allow it here, either. */
	if (action == ACTION_IGNORE && preference->offset == offsetof(struct arguments, error_action))
		return MSG_MUST_NOT_BE_IGNORE;
	*(enum action *)((char *)defaults + preference->offset) = action;
	if (preference->shows)
		*(bool *)((char *)defaults + preference->shows) =
			action != ACTION_SILENT && action != ACTION_IGNORE;
	return NULL;
}

static const char *set_one(struct arguments *defaults, const struct preference *preference, const char *text)
{
	int value;

	switch (preference->kind) {
	case PREFERENCE_SWITCH:
		value = *text ? option_parse_truth(text) : 0;
		if (value < 0)
			return MSG_MUST_BE_BOOL;
		defaults->what_if = value;
		return NULL;
	case PREFERENCE_LEVEL:
		value = confirm_parse_preference(text);
		if (value < 0)
			return MSG_MUST_BE_PREFERENCE;
		defaults->confirm_preference = (enum confirm_preference)value;
		return NULL;
	default:
		return set_action_preference(defaults, preference, text);
	}
}

char *preference_set(struct arguments *defaults, const char *name, const char *text)
{
	char *list, *error;

	for (size_t i = 0; i < PREFERENCE_TOTAL; i++) {
		const char *wrong;

		if (strcasecmp(name, preferences[i].name) != 0)
			continue;
		wrong = set_one(defaults, &preferences[i], text);
		return wrong ? alloc_format(MSG_PREFERENCE_VALUE, preferences[i].name, text, wrong) : NULL;
	}
	list = preference_list();
	error = alloc_format(MSG_PREFERENCE_UNKNOWN, name, list);
	free(list);
	return error;
}

static const char *preference_text(const struct arguments *defaults, const struct preference *preference)
{
	enum action action;

	if (preference->kind == PREFERENCE_SWITCH)
		return defaults->what_if ? "True" : "False";
	if (preference->kind == PREFERENCE_LEVEL)
		return confirm_preference_name(defaults->confirm_preference);
	action = *(const enum action *)((const char *)defaults + preference->offset);
	if (preference->shows && !*(const bool *)((const char *)defaults + preference->shows))
		action = ACTION_SILENT;
	else if (action == ACTION_UNSET)
		action = preference->shows ? ACTION_CONTINUE : preference->usual;
	return option_action_name(action);
}

void preferences_define(struct variables *variables, const struct arguments *defaults)
{
	for (size_t i = 0; i < PREFERENCE_TOTAL; i++)
		variables_set_text(variables, preferences[i].name,
		                   preference_text(defaults, &preferences[i]));
}
