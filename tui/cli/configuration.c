#include "tui/cli/configuration.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"

#define KEYS(X)                                                                                              \
	X(SERVER)                                                                                            \
	X(JSON)                                                                                              \
	X(NO_HEADERS) X(QUIET) X(NO_START) X(SERVER_TIMEOUT) X(WHAT_IF) X(CONFIRM) X(CONFIRM_PREFERENCE) X(VERBOSE) \
		X(SORT) X(REVERSE) \
		X(COLUMNS) X(LIMIT) X(LANGUAGE) X(MERGE) X(MAX_LOG) X(DELAY) X(SLOTS) X(HOOK_LIMIT) X(STOP_ON_ERROR)

static const struct option_set config_keys = OPTION_SET(KEYS);

struct config_file {
	struct arguments *arguments;
	const char *path;
	FILE *stream;
	unsigned line;
	char *error; /* the first */
};

static char *known_keys(void)
{
	struct text list = TEXT_INIT;

	OPTION_SET_EACH(id, &config_keys)
		candidates_list(&list, "", option_table[id].name);
	return list.data;
}

static int find_key(const char *name)
{
	OPTION_SET_EACH(id, &config_keys) {
		if (strcmp(option_table[id].name, name) == 0)
			return (int)id;
	}
	return -1;
}

static void config_fail(struct config_file *file, char *error)
{
	if (!file->error)
		file->error = alloc_format(MSG_CONFIG_AT, file->path, file->line, error);
	free(error);
}

/* Reads a line for inih, and counts the lines. */
static char *config_read_line(char *buffer, int size, void *user)
{
	struct config_file *file = user;

	file->line++;
	return fgets(buffer, size, file->stream);
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
	struct config_file *file = user;
	struct word word = { 0 };
	char *wrong = NULL, *keys;
	int id = *section ? -1 : find_key(name);

	if (id < 0) {
		keys = known_keys();
		if (*section)
			config_fail(file, alloc_format(MSG_CONFIG_SECTION, section));
		else
			config_fail(file, alloc_format(MSG_CONFIG_KEY, name, keys));
		free(keys);
		return 0;
	}
	word.text = alloc_string(value);
	words_add_text(&file->arguments->copies, word.text);
	if (option_apply(file->arguments, (enum option_id)id, &word, false, &wrong) == 0)
		return 1;
	config_fail(file, wrong);
	return 0;
}

int config_load_file(struct arguments *arguments, const char *path, char **error)
{
	struct config_file file = { .arguments = arguments, .path = path };
	struct option_set given = arguments->given;
	int wrong;

	file.stream = fopen(path, "re");
	if (!file.stream) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		wrong = -errno;
		*error = alloc_format(MSG_FILE_UNREADABLE, path, strerror(errno));
		return wrong;
	}
	wrong = ini_parse_stream(config_read_line, &file, take_key, &file);
	fclose(file.stream);
	arguments->given = given;
	if (wrong == 0)
		return 0;
	*error =
		file.error ? file.error : alloc_format(MSG_CONFIG_AT, path, (unsigned)wrong, MSG_CONFIG_LINE);
	return -EINVAL;
}

int config_load(struct arguments *arguments, char **error)
{
	const char *directory = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path;
	int result;

	if (directory && *directory == '/')
		path = alloc_format("%s/krtask/config", directory);
	else if (home && *home)
		path = alloc_format("%s/.config/krtask/config", home);
	else
		return 0;
	result = config_load_file(arguments, path, error);
	free(path);
	return result;
}
