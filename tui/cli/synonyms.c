#include "tui/cli/synonyms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/command.h"

enum { PRESETS = 2 };

/* An option without a value is a flag. */
static const struct synonym {
	const char *word, *command;
	struct preset {
		bool set;
		enum option_id id;
		const char *value;
	} presets[PRESETS];
} synonyms[] = {
	{ "ls", "list", { { false } } },
	{ "ps", "list", { { true, OPT_STATE, "active" } } },
	{ "rm", "remove", { { false } } },
	{ "cancel", "stop", { { false } } },
	{ "tail", "log", { { true, OPT_FOLLOW, NULL }, { true, OPT_TAIL, "10" } } },
};

static const struct synonym *synonym_find(const char *word)
{
	bool likely = *word == 'l' || *word == 'p' || *word == 'r' || *word == 'c' || *word == 't';

	for (size_t i = 0; likely && i < sizeof(synonyms) / sizeof(*synonyms); i++) {
		if (word[0] == synonyms[i].word[0] && strcmp(word, synonyms[i].word) == 0)
			return &synonyms[i];
	}
	return NULL;
}

const char *synonym_resolve(const char *word)
{
	const struct synonym *synonym = synonym_find(word);

	return synonym ? synonym->command : word;
}

const char *synonym_word(size_t at)
{
	return at < sizeof(synonyms) / sizeof(*synonyms) ? synonyms[at].word : NULL;
}

void synonym_apply(struct arguments *arguments, const char *word)
{
	const struct synonym *synonym = synonym_find(word);
	char *error = NULL;

	for (size_t i = 0; synonym && i < PRESETS; i++) {
		const struct preset *preset = &synonym->presets[i];
		const struct word value = { .text = preset->value };

		if (preset->set && !arguments_given(arguments, preset->id) &&
		    option_apply(arguments, preset->id, preset->value ? &value : NULL, false, &error))
			free(error);
	}
}

static const struct {
	const char *word, *ours;
} others[] = {
	{ "restart", "again" },
	{ "retry", "again" },
	{ "rerun", "again" },
	{ "requeue", "again" },
	{ "add", "run" },
	{ "submit", "run" },
	{ "status", "list" },
	{ "follow", "log -f" },
	{ "suspend", "pause" },
	{ "unpause", "resume" },
	{ "continue", "resume" },
	{ "jobs", "list" },
	{ "queue", "list" },
	{ "logs", "log" },
	{ "delete", "remove" },
	{ "hold", "pause" },
	{ "kill", "stop --kill" },
	{ "release", "resume" },
	{ "info", "show" },
	{ "groups", "group list" },
	{ "stash", "pause" },
	{ "enqueue", "start" },
	{ "parallel", "server set --slots" },
	{ "limit", "server set --slots" },
	{ "switch", "set --priority" },
	{ "clear", "clean" },
	{ "reset", "clean" },
	{ "cat", "log" },
	{ "exec", "run" },
	{ "sbatch", "run" },
	{ "at", "run --at" },
	{ "del", "remove" },
	{ "atrm", "remove" },
	{ "purge", "clean" },
	{ "scancel", "stop" },
	{ "shutdown", "server stop" },
	{ "daemon", "server start" },
	{ "output", "log" },
	{ "attach", "log -f" },
	{ "top", "watch" },
	{ "history", "list" },
	{ "squeue", "list" },
	{ "atq", "list" },
};

/* It begins with the name of a command. */
static bool synonym_is_command(const char *ours)
{
	for (const struct command *command = command_table; command->name; command++) {
		size_t length = strlen(command->name);

		if (strncmp(ours, command->name, length) == 0 &&
		    (ours[length] == '\0' || ours[length] == ' '))
			return true;
	}
	return false;
}

const char *synonym_of_others(const char *word)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (strcmp(word, others[i].word) != 0)
			continue;
		return synonym_is_command(others[i].ours) ? others[i].ours : NULL;
	}
	return NULL;
}
