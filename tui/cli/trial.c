#include "tui/cli/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tui/cli/context.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static const char *const trial_commands[] = {
	"new",          "run",
	"again",        "set",
	"edit",         "progress",
	"group add",    "group set",
	"group remove", "group pause",
	"group resume", "server start",
	"server stop",  "server restart",
	"server pause", "server resume",
	"server set",
};

/* It changes something, and has no option for what-if. */
static bool trial_is_for(const struct command *command)
{
	for (size_t i = 0; i < sizeof(trial_commands) / sizeof(*trial_commands); i++) {
		if (strcmp(command->name, trial_commands[i]) == 0)
			return true;
	}
	return false;
}

bool trial_is(const struct invocation *inv)
{
	bool preferred = inv->line > 0 || inv->context->on_screen;

	return preferred && inv->args.what_if && trial_is_for(inv->command);
}

static char *trial_add(char *target, const char *word)
{
	char *longer = target ? alloc_format("%s %s", target, word) : alloc_string(word);

	free(target);
	return longer;
}

/* What was given: ids, names, or the command; else the server. */
static char *trial_target(const struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	const char *other = args->code ? args->code : args->file, *server = getenv("KRTASK_SERVER");
	char *target = NULL;

	for (size_t i = 0; i < args->operands.count; i++)
		target = trial_add(target, args->operands.items[i].text);
	for (size_t i = 0; i < args->command.count; i++)
		target = trial_add(target, args->command.items[i].text);
	if (!target && !other)
		other = args->server ? args->server : server && *server ? server : "default";
	return target ? target : alloc_string(other);
}

void trial_say(const struct invocation *inv)
{
	char *target = trial_target(inv), *shown = alloc_checked(utf8_readable(target, strlen(target)));

	/* The line is for people.  With --json, standard output has only JSON. */
	fprintf(inv->args.json ? stderr : stdout, MSG_TRIAL "\n", inv->command->name, shown);
	free(shown);
	free(target);
}
