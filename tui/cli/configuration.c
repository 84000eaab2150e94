#include "tui/cli/configuration.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

#define CONFIG_KEYS                                                                                                 \
	(OPTION_BIT(SERVER) | OPTION_BIT(JSON) | OPTION_BIT(NO_HEADERS) | OPTION_BIT(NO_START) | OPTION_BIT(WHAT_IF) | \
	 OPTION_BIT(CONFIRM) | OPTION_BIT(CONFIRM_PREFERENCE) | OPTION_BIT(VERBOSE) | OPTION_BIT(SORT) |            \
	 OPTION_BIT(REVERSE) | OPTION_BIT(COLUMNS) | OPTION_BIT(LIMIT) | OPTION_BIT(LANGUAGE) | OPTION_BIT(MERGE) | \
	 OPTION_BIT(MAX_LOG) | OPTION_BIT(DELAY) | OPTION_BIT(SLOTS) | OPTION_BIT(STOP_ON_ERROR))

struct loading {
	struct arguments *arguments;
	const char *path;
	FILE *file;
	unsigned line;
	char *error; /* the first */
};

static char *known_keys(void)
{
	char *list = alloc_string("");

	for (int id = 0; id < OPTION_TOTAL; id++) {
		char *longer;

		if (!(CONFIG_KEYS >> id & 1))
			continue;
		longer = alloc_format("%s%s%s", list, *list ? ", " : "", option_table[id].name);
		free(list);
		list = longer;
	}
	return list;
}

static int find_key(const char *name)
{
	for (int id = 0; id < OPTION_TOTAL; id++) {
		if ((CONFIG_KEYS >> id & 1) && strcmp(option_table[id].name, name) == 0)
			return id;
	}
	return -1;
}

static void refuse(struct loading *loading, char *clause)
{
	if (!loading->error)
		loading->error = alloc_format("%s:%u: %s", loading->path, loading->line, clause);
	free(clause);
}

/* inih's reader, which counts the lines for the handler. */
static char *read_line(char *buffer, int size, void *stream)
{
	struct loading *loading = stream;

	loading->line++;
	return fgets(buffer, size, loading->file);
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
	struct loading *loading = user;
	struct word word = { 0 };
	char *wrong = NULL, *keys;
	int id = *section ? -1 : find_key(name);

	if (id < 0) {
		keys = known_keys();
		if (*section)
			refuse(loading, alloc_format("unknown section '[%s]' (there are none)", section));
		else
			refuse(loading, alloc_format("unknown key '%s' (known: %s)", name, keys));
		free(keys);
		return 0;
	}
	word.text = alloc_string(value);
	words_add_text(&loading->arguments->copies, word.text);
	if (option_apply(loading->arguments, (enum option_id)id, &word, false, &wrong) == 0)
		return 1;
	refuse(loading, wrong);
	return 0;
}

int config_load_file(struct arguments *arguments, const char *path, char **error)
{
	struct loading loading = { .arguments = arguments, .path = path };
	option_set given = arguments->given;
	int wrong;

	loading.file = fopen(path, "re");
	if (!loading.file) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		wrong = -errno;
		*error = alloc_format("cannot read file '%s': %s", path, strerror(errno));
		return wrong;
	}
	wrong = ini_parse_stream(read_line, &loading, take_key, &loading);
	fclose(loading.file);
	arguments->given = given;
	if (wrong == 0)
		return 0;
	*error = loading.error ? loading.error : alloc_format("%s:%d: not KEY = VALUE", path, wrong);
	return -EINVAL;
}

int config_load(struct arguments *arguments, char **error)
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path;
	int result;

	if (folder && *folder == '/')
		path = alloc_format("%s/krtask/config", folder);
	else if (home && *home)
		path = alloc_format("%s/.config/krtask/config", home);
	else
		return 0;
	result = config_load_file(arguments, path, error);
	free(path);
	return result;
}
