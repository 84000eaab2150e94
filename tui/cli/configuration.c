#include "tui/cli/configuration.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/task.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/known.h"
#include "tui/cli/command.h"
#include "tui/fields/fields.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"
#include "tui/text/theme.h"

#define KEYS(X)                                                                                              \
	X(SERVER)                                                                                            \
	X(JSON)                                                                                              \
	X(NO_HEADERS)                                                                                        \
	X(QUIET) X(NO_START) X(SERVER_TIMEOUT) X(WHAT_IF) X(CONFIRM) X(CONFIRM_PREFERENCE) X(VERBOSE)        \
		X(SORT) X(REVERSE) X(COLUMNS) X(LIMIT) X(LANGUAGE) X(MERGE) X(MAX_LOG) X(DELAY) X(SLOTS)     \
			X(HOOK_LIMIT) X(STOP_ON_ERROR) X(THEME) X(SCREEN_READER)

static const struct option_set config_keys = OPTION_SET(KEYS);

/* Options of new and run that make no sense for all of them. */
#define NOT_OF_RUN(X) X(ID) X(CODE) X(FILE) X(LANGUAGE)
static const struct option_set config_not_of_run = OPTION_SET(NOT_OF_RUN);
static const char config_run[] = "run", config_servers[] = "servers";

struct config_file {
	struct arguments *arguments;
	const char *path;
	FILE *stream;
	char *whole; /* owned; the line that was read last */
	size_t size;
	unsigned line;
	int unreadable; /* an errno: the rest of it could not be read */
	char *error;    /* the first */
};

static char *known_keys(const struct option_set *keys)
{
	struct text list = TEXT_INIT;

	OPTION_SET_EACH(id, keys)
		candidates_list(&list, "", option_table[id].name);
	return list.data;
}

static int find_key(const struct option_set *keys, const char *name)
{
	OPTION_SET_EACH(id, keys) {
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

/* Reads a line for inih, and counts the lines.  It gets the beginning of one that is too long for it. */
static char *config_read_line(char *buffer, int size, void *user)
{
	struct config_file *file = user;

	file->line++;
	if (getline(&file->whole, &file->size, file->stream) < 0) {
		file->unreadable = ferror(file->stream) ? errno : 0;
		return NULL;
	}
	snprintf(buffer, (size_t)size, "%s", file->whole);
	return buffer;
}

/* The value in the whole line: code may have a ; in it, and be long.  An indented line goes on with a value. */
static char *config_whole_value(const struct config_file *file, const char *read)
{
	const char *value = file->whole + strcspn(file->whole, "=:");
	size_t length;

	if (*file->whole == ' ' || *file->whole == '\t')
		return alloc_string(read);
	value += *value ? 1 : 0;
	value += strspn(value, " \t");
	length = strlen(value);
	while (length > 0 && strchr(" \t\r\n", value[length - 1]))
		length--;
	return alloc_format("%.*s", (int)length, value);
}

/* The options of new and run, as far as they can be configured. */
static struct option_set config_run_keys(void)
{
	struct option_set set = { 0 };

	for (const struct command *command = command_table; command->name; command++) {
		if (!command->creates)
			continue;
		option_set_join(&set, &command->options);
		option_set_join(&set, &command->later);
	}
	OPTION_SET_EACH(id, &config_not_of_run)
		option_set_drop(&set, id);
	return set;
}

static int config_fail_key(struct config_file *file, const struct option_set *known, const char *name)
{
	char *keys = known_keys(known);

	config_fail(file, alloc_format(MSG_CONFIG_KEY, name, keys));
	free(keys);
	return 0;
}

/* It is checked now, and kept as NAME=VALUE for the commands that are to come. */
static int config_take_run(struct config_file *file, const char *name, const char *value)
{
	const struct option_set keys = config_run_keys();
	int id = find_key(&keys, name);
	struct arguments scratch;
	struct word word = { 0 };
	char *wrong = NULL, *text;
	int result;

	if (id < 0)
		return config_fail_key(file, &keys, name);
	arguments_init(&scratch);
	word.text = config_whole_value(file, value);
	words_add_text(&scratch.copies, word.text);
	result = option_apply(&scratch, (enum option_id)id, &word, false, &wrong);
	text = alloc_format("%s=%s", name, word.text);
	words_add_text(&file->arguments->copies, text);
	words_add_text(&file->arguments->run, text);
	arguments_release(&scratch);
	if (result)
		config_fail(file, wrong);
	return !result;
}

/* NAME:REST = ADDRESS: the first of both signs ends the name. */
static void config_fail_colon(struct config_file *file, const char *name, const char *value)
{
	char *whole = alloc_format("%s:%.*s", name, (int)strcspn(value, " \t="), value);

	config_fail(file, alloc_format(MSG_CONFIG_SERVER, whole));
	free(whole);
}

/* NAME = ADDRESS [PATH], checked by the name alone: that is how it will be used. */
static int config_take_server(struct config_file *file, const char *name, const char *value)
{
	struct address address;
	char *wrong = NULL;

	if (value[strcspn(value, "=/")] == '=') {
		config_fail_colon(file, name, value);
		return 0;
	}
	if (!task_id_valid(name) || strcmp(name, KNOWN_ALL) == 0) {
		config_fail(file, alloc_format(MSG_CONFIG_SERVER, name));
		return 0;
	}
	/* Which of the two machines is meant, nobody can say. */
	if (known_find(name)) {
		config_fail(file, alloc_format(MSG_CONFIG_TWICE, name));
		return 0;
	}
	if (known_add(name, value))
		alloc_failed();
	if (address_parse(&address, name, &wrong)) {
		config_fail(file, wrong);
		return 0;
	}
	address_release(&address);
	return 1;
}

/* Of a key whose values are names: what is wrong with it, malloc'ed; NULL: nothing. */
static char *config_check_names(const struct arguments *args, enum option_id id)
{
	const char *unknown = id == OPT_SORT && !field_find(args->sort) ? args->sort : NULL;
	char *known, *error;

	if (id == OPT_THEME && !theme_is_known(args->theme))
		return alloc_format(MSG_THEME_UNKNOWN, args->theme);
	for (size_t i = 0; id == OPT_COLUMNS && i < args->columns.count && !unknown; i++) {
		const char *name = args->columns.items[i].text;

		unknown = field_find_on_screen(name) ? NULL : name;
	}
	if (!unknown)
		return NULL;
	known = field_names();
	error = alloc_format(MSG_COLUMN_UNKNOWN, unknown, known);
	free(known);
	return error;
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
	struct config_file *file = user;
	struct word word = { 0 };
	char *wrong = NULL;
	int id = find_key(&config_keys, name);

	if (strcmp(section, config_run) == 0)
		return config_take_run(file, name, value);
	if (strcmp(section, config_servers) == 0)
		return config_take_server(file, name, value);
	if (*section) {
		config_fail(file, alloc_format(MSG_CONFIG_SECTION, section, config_run, config_servers));
		return 0;
	}
	if (id < 0)
		return config_fail_key(file, &config_keys, name);
	word.text = alloc_string(value);
	words_add_text(&file->arguments->copies, word.text);
	if (option_apply(file->arguments, (enum option_id)id, &word, false, &wrong) == 0)
		wrong = config_check_names(file->arguments, (enum option_id)id);
	if (!wrong)
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
	free(file.whole);
	arguments->given = given;
	if (file.unreadable && !file.error) {
		*error = alloc_format(MSG_FILE_UNREADABLE, path, strerror(file.unreadable));
		return -file.unreadable;
	}
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

/* A variable that is set in the command line, too. */
static bool config_names_again(const struct arguments *arguments, enum option_id id, const char *pair)
{
	const struct words *list = (const struct words *)((const char *)arguments + option_table[id].offset);
	size_t length = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < list->count; i++) {
		if (strncmp(list->items[i].text, pair, length) == 0)
			return true;
	}
	return false;
}

/* The command line has the option, or another one that excludes it. */
static bool config_is_overridden(const struct option_set *given, enum option_id id)
{
	static const enum option_id exclusive[][2] = { { OPT_AT, OPT_PUT_OFF },
		                                       { OPT_RETRY_ON, OPT_RETRY_NOT } };

	if (option_set_has(given, id))
		return true;
	for (size_t i = 0; i < sizeof(exclusive) / sizeof(*exclusive); i++) {
		if ((exclusive[i][0] == id && option_set_has(given, exclusive[i][1])) ||
		    (exclusive[i][1] == id && option_set_has(given, exclusive[i][0])))
			return true;
	}
	return false;
}

/* What makes no sense beside the command line yields to it. */
static void config_yield(struct arguments *args, const struct option_set *given)
{
	static const enum option_id of_retry[] = { OPT_RETRY_ON, OPT_RETRY_NOT, OPT_RETRY_DELAY,
		                                   OPT_RETRY_MAX, OPT_RETRY_LOST };
	bool delay = option_set_has(given, OPT_RETRY_DELAY), most = option_set_has(given, OPT_RETRY_MAX);
	size_t count = arguments_given(args, OPT_RETRY) ? 0 : sizeof(of_retry) / sizeof(*of_retry);

	if (!option_set_has(given, OPT_KILL_AFTER) && !arguments_given(args, OPT_TIME_LIMIT))
		option_set_drop(&args->given, OPT_KILL_AFTER);
	for (size_t i = 0; i < count; i++) {
		if (!option_set_has(given, of_retry[i]))
			option_set_drop(&args->given, of_retry[i]);
	}
	if (delay != most && arguments_given(args, OPT_RETRY_DELAY) && arguments_given(args, OPT_RETRY_MAX) &&
	    args->retry_delay > args->retry_max)
		option_set_drop(&args->given, delay ? OPT_RETRY_MAX : OPT_RETRY_DELAY);
}

int config_apply_run(struct invocation *inv, char **error)
{
	if (inv->args.run.count == 0)
		return 0;
	const struct option_set known = command_options(inv->command), keys = config_run_keys(),
				given = inv->args.given;
	int result = 0;

	for (size_t i = 0; i < inv->args.run.count && !result; i++) {
		const char *line = inv->args.run.items[i].text, *equals = strchr(line, '=');
		char *name = alloc_format("%.*s", (int)(equals - line), line);
		struct word word = { .text = equals + 1 };
		int id = find_key(&keys, name);
		bool pairs = id >= 0 && option_table[id].kind == OPTION_PAIRS;

		free(name);
		if (id < 0 || !option_set_has(&known, (unsigned)id) ||
		    (config_is_overridden(&given, (enum option_id)id) && !pairs) ||
		    (pairs && config_names_again(&inv->args, (enum option_id)id, word.text)))
			continue;
		result = option_apply(&inv->args, (enum option_id)id, &word, false, error);
	}
	if (!result)
		config_yield(&inv->args, &given);
	return result;
}
