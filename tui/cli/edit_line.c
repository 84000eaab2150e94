#include "tui/cli/edit_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/group.h"
#include "engine/task/quote.h"
#include "tui/cli/create.h"
#include "tui/cli/plan_options.h"
#include "tui/fields/decode.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* What a task keeps. */
#define FIXED_OPTIONS(X) X(START) X(PARENT) X(UNIQUE) X(AUTO_REMOVE)
static const struct option_set fixed_options = OPTION_SET(FIXED_OPTIONS);

static const char *edit_value(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

void edit_line_request(struct jsonw *w, const struct words *ids)
{
	static const char *const columns[] = {
		"id",        "state",   "name",          "description",     "group", "cwd",
		"cwdBase64", "command", "commandBase64", "variablesBase64", "merge", "maxLog"
	};

	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		jsonw_string(w, columns[i]);
	plan_options_columns(w);
	jsonw_end_array(w);
	jsonw_key(w, "ids");
	jsonw_array(w);
	for (size_t i = 0; i < ids->count; i++)
		jsonw_string(w, ids->items[i].text);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

/* Strings from base64; empty: there are none. */
static struct strings edit_block(const json_t *row, const char *key)
{
	struct strings list = STRINGS_INIT;
	const char *base64 = edit_value(row, key);
	void *bytes = NULL;
	size_t count = 0;

	if (!base64 || !decode_bytes(base64, strlen(base64), &bytes, &count))
		return list;
	if (strings_copy(&list, bytes, count) == -ENOMEM)
		alloc_failed();
	free(bytes);
	return list;
}

static void edit_add_option(struct strings *words, const char *option, const char *value)
{
	if (!value)
		return;
	alloc_add(words, option);
	alloc_add(words, value);
}

/* NULL: it has the name that a task has by default. */
static const char *edit_given_name(const json_t *row)
{
	const char *name = format_given_name(edit_value(row, "id"), edit_value(row, "name"));

	return *name ? name : NULL;
}

static void edit_add_cwd(struct strings *words, const json_t *row)
{
	const char *base64 = edit_value(row, "cwdBase64");
	void *bytes = NULL;
	size_t count = 0;
	char *cwd;

	if (!base64 || !decode_bytes(base64, strlen(base64), &bytes, &count)) {
		edit_add_option(words, "--cwd", edit_value(row, "cwd"));
		return;
	}
	cwd = alloc_format("%.*s", (int)count, (const char *)bytes);
	edit_add_option(words, "--cwd", cwd);
	free(cwd);
	free(bytes);
}

static void edit_add_command(struct strings *words, const json_t *row)
{
	struct strings command = edit_block(row, "commandBase64");
	const json_t *word;
	size_t i;

	alloc_add(words, "--");
	json_array_foreach(json_object_get(row, "command"), i, word)
	{
		if (command.length == 0)
			alloc_add(words, json_string_value(word));
	}
	for (const char *s = NULL; (s = strings_next(&command, s));)
		alloc_add(words, s);
	strings_release(&command);
}

void edit_line_write(struct text *text, const json_t *row)
{
	json_int_t max_log = json_integer_value(json_object_get(row, "maxLog"));
	struct strings words = STRINGS_INIT, variables = edit_block(row, "variablesBase64");
	char *bytes = alloc_format("%lld", (long long)max_log), *line;

	alloc_add(&words, "new");
	edit_add_option(&words, "--id", edit_value(row, "id"));
	edit_add_option(&words, "--name", edit_given_name(row));
	edit_add_option(&words, "--description", edit_value(row, "description"));
	edit_add_option(&words, "--group", edit_value(row, "group"));
	plan_options_write(&words, row);
	if (json_is_true(json_object_get(row, "merge")))
		alloc_add(&words, "--merge");
	if (max_log > 0)
		edit_add_option(&words, "--max-log", bytes);
	edit_add_cwd(&words, row);
	for (const char *s = NULL; (s = strings_next(&variables, s));)
		edit_add_option(&words, "--env", s);
	edit_add_command(&words, row);
	line = alloc_checked(quote_strings(&words));
	text_add_string(text, line);
	text_add_string(text, "\n");
	free(line);
	free(bytes);
	strings_release(&words);
	strings_release(&variables);
}

/* Takes over the error that was deferred. */
static char *edit_deferred(struct invocation *inv)
{
	char *text;

	if (inv->deferred_count == 0)
		return alloc_string(MSG_OUT_OF_MEMORY);
	text = inv->deferred[0].text;
	inv->deferred[0].text = NULL;
	return text;
}

/* What the line must not change.  NULL: nothing. */
static char *edit_check_fixed(const struct edit_line *line)
{
	const struct arguments *args = &line->inv.args;
	const char *id = edit_value(line->row, "id");

	if (!line->inv.command || strcmp(line->inv.command->name, "new") != 0 || line->inv.cmdlet)
		return alloc_string(MSG_EDIT_NOT_NEW);
	if (!args->id || strcasecmp(args->id, id) != 0)
		return alloc_format(MSG_EDIT_FIXED_ID, id);
	OPTION_SET_EACH(option, &fixed_options) {
		if (arguments_given(args, option))
			return alloc_format(MSG_EDIT_FIXED, option_table[option].name);
	}
	return NULL;
}

/* As for a new task.  NULL: that is so. */
static char *edit_check_kill(const struct edit_line *line)
{
	const struct arguments *args = &line->inv.args;

	if (!arguments_given(args, OPT_KILL_AFTER) || arguments_given(args, OPT_TIME_LIMIT))
		return NULL;
	return alloc_format(MSG_OPTION_ALONE, option_table[OPT_KILL_AFTER].name,
	                    option_table[OPT_TIME_LIMIT].name);
}

static char *edit_build(struct edit_line *line)
{
	struct arguments *args = &line->inv.args;
	char *error = NULL;

	line->spec = (struct task_spec){
		.name = (char *)args->name,
		.description = (char *)args->description,
		.group = (char *)args->group,
	};
	if (args->cwd)
		line->cwd = create_cwd(&line->inv);
	if (create_build_command(&line->inv, &line->spec.command) ||
	    create_build_variables(&line->inv, &line->spec.variables))
		return edit_deferred(&line->inv);
	if (plan_options_check(args, false, &error) ||
	    task_text_check(line->spec.name, line->spec.description, &error))
		return error ? error : alloc_string(MSG_OUT_OF_MEMORY);
	return edit_check_kill(line);
}

int edit_line_parse(struct edit_line *line, const struct invocation *inv, const struct strings *words,
                    const json_t *row, char **error)
{
	size_t at;

	*line = (struct edit_line){ .row = row };
	invocation_init(&line->inv, inv->context);
	/* The configuration is for new tasks. */
	line->inv.fresh = true;
	line->inv.connection = inv->connection;
	line->inv.waits = true;
	for (const char *s = NULL; (s = strings_next(words, s));)
		words_add_text(&line->words, s);
	*error = NULL;
	if (invocation_parse(&line->inv, line->words.items, line->words.count, error, &at) == 0)
		*error = edit_check_fixed(line);
	if (!*error)
		*error = edit_build(line);
	if (!*error)
		return 0;
	edit_line_release(line);
	return -EINVAL;
}

/* What was there, and is not given any more, is taken away. */
static void edit_put_texts(const struct edit_line *line, struct jsonw *w)
{
	const char *id = edit_value(line->row, "id");
	char *name = alloc_format("Task %s", id);

	create_put_text(w, "id", id);
	if (line->spec.name || edit_given_name(line->row))
		create_put_text(w, "name", line->spec.name ? line->spec.name : name);
	if (line->spec.description || edit_value(line->row, "description"))
		create_put_text(w, "description", line->spec.description ? line->spec.description : "");
	create_put_text(w, "group", line->spec.group ? line->spec.group : GROUP_DEFAULT);
	free(name);
}

void edit_line_put(const struct edit_line *line, struct jsonw *w)
{
	const struct arguments *args = &line->inv.args;
	struct task_spec rest = { .command = line->spec.command, .cwd = line->cwd };

	jsonw_object(w);
	edit_put_texts(line, w);
	create_put_spec(w, &rest);
	jsonw_key(w, "variablesBase64");
	jsonw_base64(w, line->spec.variables.block, line->spec.variables.length);
	jsonw_key(w, "merge");
	jsonw_bool(w, arguments_given(args, OPT_MERGE) && args->merge);
	jsonw_key(w, "maxLog");
	jsonw_int(w, arguments_given(args, OPT_MAX_LOG) ? args->max_log : 0);
	plan_options_put_changes(args, line->row, w);
	jsonw_end_object(w);
}

void edit_line_release(struct edit_line *line)
{
	strings_release(&line->spec.command);
	strings_release(&line->spec.variables);
	free(line->cwd);
	line->inv.connection = NULL;
	invocation_release(&line->inv);
	words_release(&line->words);
}
