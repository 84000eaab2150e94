#include "tui/cli/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "engine/task/utf8.h"
#include "engine/wire/client/address.h"
#include "tui/cli/context.h"
#include "tui/confirm/confirm.h"
#include "tui/text/alloc.h"

/* To look at what is new changes nothing. */
static bool trial_is_seen(const struct arguments *args)
{
	return args->seen;
}

static const struct trial {
	const char *command, *operation, *noun;
	bool (*changes)(const struct arguments *args); /* NULL: it always does */
} trials[] = {
	{ "new", "New", "", NULL },
	{ "run", "Run", "", NULL },
	{ "again", "Again", "Task ", NULL },
	{ "set", "Set", "Task ", NULL },
	{ "edit", "Edit", "Task ", NULL },
	{ "away", "Seen", "Server ", trial_is_seen },
	{ "progress", "Progress", "", NULL },
	{ "group add", "Add", "Group ", NULL },
	{ "group set", "Set", "Group ", NULL },
	{ "group remove", "Remove", "Group ", NULL },
	{ "group pause", "Pause", "Group ", NULL },
	{ "group resume", "Resume", "Group ", NULL },
	{ "server start", "Start", "Server ", NULL },
	{ "server stop", "Stop", "Server ", NULL },
	{ "server restart", "Restart", "Server ", NULL },
	{ "server pause", "Pause", "Server ", NULL },
	{ "server resume", "Resume", "Server ", NULL },
	{ "server set", "Set", "Server ", NULL },
};

/* NULL: the command changes nothing, or has an option for what-if. */
static const struct trial *trial_of(const struct invocation *inv)
{
	const char *name = inv->command->name;

	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++) {
		const struct trial *trial = &trials[i];
		if (strcmp(name, trial->command) == 0)
			return !trial->changes || trial->changes(&inv->args) ? trial : NULL;
	}
	return NULL;
}

bool trial_is(const struct invocation *inv)
{
	bool preferred = inv->line > 0 || inv->context->on_screen;

	return preferred && inv->args.what_if && trial_of(inv);
}

static char *trial_server(const struct invocation *inv)
{
	struct address address;
	char *error = NULL, *name;

	if (address_parse(&address, inv->args.server, &error)) {
		free(error);
		return alloc_string(inv->args.server);
	}
	name = alloc_string(address.text);
	address_release(&address);
	return name;
}

/* What was given: ids, names, or the command; else the server. */
static char *trial_target(const struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	struct strings words = STRINGS_INIT;
	char *target;

	for (size_t i = 0; i < args->operands.count; i++)
		alloc_add(&words, args->operands.items[i].text);
	for (size_t i = 0; i < args->command.count; i++)
		alloc_add(&words, args->command.items[i].text);
	if (words.length > 0)
		target = alloc_checked(quote_strings(&words));
	else if (args->code || args->file)
		target = alloc_string(args->code ? args->code : args->file);
	else
		target = trial_server(inv);
	strings_release(&words);
	return target;
}

void trial_say(const struct invocation *inv)
{
	const struct trial *trial = trial_of(inv);
	char *target = trial_target(inv), *shown = alloc_checked(utf8_readable(target, strlen(target)));
	char *line = confirm_what_if_of(trial->operation, trial->noun, shown);

	/* The line is for people.  With --json, standard output has only JSON. */
	fprintf(inv->args.json ? stderr : stdout, "%s\n", alloc_checked(line));
	free(line);
	free(shown);
	free(target);
}
