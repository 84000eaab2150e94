/*
 * new and run: from the command line to Create.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/language.h"
#include "engine/task/task.h"
#include "engine/task/utf8.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/create.h"
#include "tui/cli/hints.h"
#include "tui/cli/logout.h"
#include "tui/cli/plan_options.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* Reports an error.  about is the wrong argument; NULL: the command as a whole. */
static int create_fail(struct invocation *inv, const char *about, char *error)
{
	int status = run_in_foreground(inv) ? EXIT_WAIT_FAILED : EXIT_USAGE;

	invocation_blame(inv, about);
	report_error(inv, status, "%s", error ? error : MSG_OUT_OF_MEMORY);
	free(error);
	return status;
}

/* The absolute path for one relative to our directory, malloc'ed.  NULL: our directory was removed. */
static char *create_absolute(struct context *context, const char *path)
{
	const char *cwd;

	if (path[0] == '/')
		return alloc_string(path);
	cwd = context_cwd(context);
	return cwd ? alloc_format("%s%s%s", cwd, cwd[strlen(cwd) - 1] == '/' ? "" : "/", path) : NULL;
}

/* Reports that context_cwd() has failed. */
static int create_fail_cwd(struct invocation *inv)
{
	if (errno == ENOENT)
		return create_fail(inv, NULL, alloc_string(MSG_CWD_GONE));
	return create_fail(inv, NULL, alloc_format(MSG_CWD_UNKNOWN, strerror(errno)));
}

static int create_add_words(struct strings *list, const struct words *words, size_t first)
{
	int result = 0;

	for (size_t i = first; i < words->count && !result; i++)
		result = strings_add(list, words->items[i].text);
	return result;
}

/*
 * True for a server on another machine.  Paths of this machine mean nothing there; its home directory is
 * used.
 */
static bool create_is_far(struct invocation *inv)
{
	struct connection *connection = inv->connection;
	char *error = NULL;

	if (!connection && context_connection(inv->context, inv->args.server, &connection, &error)) {
		/* The error is reported when the connection is opened. */
		free(error);
		return false;
	}
	return connection->address.kind == ADDRESS_SSH;
}

static int build_from_file(struct invocation *inv, const struct language *language, struct strings *command)
{
	char *error = NULL, *path;
	struct stat status;
	int result = 0;

	if (create_is_far(inv))
		return language_far_file_command(language, inv->args.file, command)
		               ? -ENOMEM
		               : create_add_words(command, &inv->args.operands, 0);
	path = create_absolute(inv->context, inv->args.file);
	if (!path)
		return create_fail_cwd(inv);
	if (stat(path, &status) || (language && access(path, R_OK)))
		result = create_fail(inv, inv->args.file,
		                     alloc_format(MSG_FILE_UNREADABLE, inv->args.file, strerror(errno)));
	else if (S_ISDIR(status.st_mode))
		result =
			create_fail(inv, inv->args.file, alloc_format(MSG_FILE_IS_DIRECTORY, inv->args.file));
	else if (language_file_command(language, path, command, &error))
		result = create_fail(inv, inv->args.file, error);
	free(path);
	return result ? result : create_add_words(command, &inv->args.operands, 0);
}

/* Makes the command from the words, from -c, or from --file. */
int create_build_command(struct invocation *inv, struct strings *command)
{
	const struct arguments *args = &inv->args;
	const struct language *language = NULL;
	bool words = args->operands.count > 0;

	if (args->dashes > 0 && words && args->dashes != SIZE_MAX)
		return create_fail(inv, args->operands.items[0].text,
		                   alloc_format(MSG_OPERAND_BEFORE, args->operands.items[0].text));
	if (args->file && args->dashes == SIZE_MAX && words)
		return create_fail(inv, args->operands.items[0].text,
		                   alloc_format(MSG_OPERAND_NOT_ARGUMENT, args->operands.items[0].text));
	if (args->code && args->file)
		return create_fail(
			inv, args->file,
			alloc_format(inv->cmdlet ? MSG_CODE_AND_FILE_CMDLET : MSG_CODE_AND_FILE, args->file));
	if (args->code && words)
		return create_fail(inv, args->operands.items[0].text,
		                   alloc_format(MSG_CODE_AND_COMMAND, args->operands.items[0].text));
	if (!args->code && !args->file && !words)
		return create_fail(
			inv, NULL,
			alloc_string(inv->cmdlet ? MSG_NOTHING_TO_RUN_CMDLET : MSG_NOTHING_TO_RUN));
	if (arguments_given(args, OPT_LANGUAGE) && !args->code && !args->file)
		return create_fail(inv, args->language,
		                   alloc_format(inv->cmdlet ? MSG_LANGUAGE_ALONE_CMDLET : MSG_LANGUAGE_ALONE,
		                                args->language));
	if (args->language)
		language = language_find(args->language);
	if (args->language && !language)
		return create_fail(inv, args->language,
		                   alloc_format(MSG_LANGUAGE_UNKNOWN, args->language, language_names()));
	if (args->file)
		return build_from_file(inv, language, command);
	if (!args->code)
		return create_add_words(command, &args->operands, 0);
	return language_code_command(language ? language : &language_table[0], args->code, command);
}

/* True for NAME=VALUE, where NAME is valid for a variable of a shell: for --arg. */
static bool is_argument(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	size_t length = strspn(text, letters);

	return length > 0 && text[length] == '=' && !(text[0] >= '0' && text[0] <= '9');
}

/* Names an argument that is wrong, but not its value, which may be a secret. */
static int fail_argument(struct invocation *inv, const char *argument)
{
	size_t name = strcspn(argument, "=");
	char *shown = alloc_format("%.*s%s", (int)name, argument, argument[name] ? "=..." : "");
	int status = create_fail(inv, argument, alloc_format(MSG_ARGUMENT_INVALID, shown));

	free(shown);
	return status;
}

int create_build_variables(struct invocation *inv, struct strings *variables)
{
	for (size_t i = 0; i < inv->args.arg.count; i++) {
		if (!is_argument(inv->args.arg.items[i].text))
			return fail_argument(inv, inv->args.arg.items[i].text);
	}
	return create_add_words(variables, &inv->args.env, 0)
	               ? -ENOMEM
	               : create_add_words(variables, &inv->args.arg, 0);
}

/* Writes UTF-8 as text, and other bytes as base64. */
static void put_bytes(struct jsonw *w, const char *key, const char *base64_key, const char *bytes)
{
	size_t length = strlen(bytes);

	if (utf8_valid(bytes, length)) {
		jsonw_key(w, key);
		jsonw_string_n(w, bytes, length);
	} else {
		jsonw_key(w, base64_key);
		jsonw_base64(w, bytes, length);
	}
}

static void put_strings(struct jsonw *w, const char *key, const char *base64_key, const struct strings *list)
{
	if (list->length == 0)
		return;
	if (!utf8_valid(list->block, list->length)) {
		jsonw_key(w, base64_key);
		jsonw_base64(w, list->block, list->length);
		return;
	}
	jsonw_key(w, key);
	jsonw_array(w);
	for (const char *s = strings_next(list, NULL); s; s = strings_next(list, s))
		jsonw_string(w, s);
	jsonw_end_array(w);
}

void create_put_text(struct jsonw *w, const char *key, const char *text)
{
	if (!text)
		return;
	jsonw_key(w, key);
	jsonw_string(w, text);
}

void create_put_spec(struct jsonw *w, const struct task_spec *spec)
{
	create_put_text(w, "id", spec->id);
	create_put_text(w, "name", spec->name);
	create_put_text(w, "description", spec->description);
	create_put_text(w, "group", spec->group);
	put_strings(w, "command", "commandBase64", &spec->command);
	if (spec->cwd)
		put_bytes(w, "cwd", "cwdBase64", spec->cwd);
	put_strings(w, "variables", "variablesBase64", &spec->variables);
	if (spec->merge) {
		jsonw_key(w, "merge");
		jsonw_bool(w, true);
	}
	if (spec->max_log) {
		jsonw_key(w, "maxLog");
		jsonw_uint(w, spec->max_log);
	}
}

void create_put_nonce(struct invocation *inv, struct jsonw *w)
{
	char nonce[33];

	context_nonce(inv->context, nonce);
	jsonw_key(w, "nonce");
	jsonw_string_n(w, nonce, 32);
}

/* Writes all parameters of Create that do not depend on the connection. */
static void create_put_request(struct invocation *inv, const struct task_spec *spec)
{
	struct task_spec sent = *spec;
	struct jsonw *w = &inv->request;

	/* On another machine the server knows a better directory than we. */
	if (!inv->args.cwd && create_is_far(inv))
		sent.cwd = NULL;
	jsonw_clear(w);
	jsonw_object(w);
	create_put_spec(w, &sent);
	plan_options_put(&inv->args, w);
	if (inv->command->is_run || inv->args.start) {
		jsonw_key(w, "start");
		jsonw_bool(w, true);
	}
	create_put_nonce(inv, w);
}

char *create_cwd(struct invocation *inv)
{
	const char *cwd = inv->args.cwd;

	if (create_is_far(inv))
		return alloc_string(cwd ? cwd : "/");
	if (cwd)
		return create_absolute(inv->context, cwd);
	cwd = context_cwd(inv->context);
	return cwd ? alloc_string(cwd) : NULL;
}

/* What would have no effect, alone on a command line. */
static int create_check_alone(struct invocation *inv)
{
	static const struct {
		enum option_id id, needs;
	} rules[] = { { OPT_KILL_AFTER, OPT_TIME_LIMIT }, { OPT_RETRY_ON, OPT_RETRY },
		      { OPT_RETRY_NOT, OPT_RETRY },       { OPT_RETRY_DELAY, OPT_RETRY },
		      { OPT_RETRY_MAX, OPT_RETRY },       { OPT_RETRY_LOST, OPT_RETRY } };
	const struct arguments *args = &inv->args;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		enum option_id id = rules[i].id;

		if (id == OPT_RETRY_LOST && !args->retry_lost)
			continue; /* --retry-lost=no */
		if (arguments_given(args, id) && !option_set_has(&args->cleared, id) &&
		    !arguments_given(args, rules[i].needs))
			return create_fail(inv, NULL,
			                   alloc_format(MSG_OPTION_ALONE, option_table[id].name,
			                                option_table[rules[i].needs].name));
	}
	return 0;
}

int create_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	char *cwd = create_cwd(inv);
	/* The texts belong to the words.  Only the lists belong to this function. */
	struct task_spec spec = {
		.id = (char *)args->id,
		.name = (char *)args->name,
		.description = (char *)args->description,
		.group = (char *)args->group,
		.cwd = cwd,
		.max_log = (uint64_t)args->max_log,
		.merge = args->merge,
	};
	char *error = NULL;
	int status = cwd ? create_build_command(inv, &spec.command) : create_fail_cwd(inv);

	if (!status)
		status = create_build_variables(inv, &spec.variables);
	if (!status)
		status = create_check_alone(inv);
	if (!status && plan_options_check(args, inv->cmdlet, &error))
		status = create_fail(inv, NULL, error);
	if (!status && task_spec_check(&spec, &error))
		status = create_fail(inv, NULL, error);
	if (!status && !inv->context->checking)
		create_put_request(inv, &spec);
	strings_release(&spec.command);
	strings_release(&spec.variables);
	free(cwd);
	return status < 0 ? create_fail(inv, NULL, NULL) : status;
}

void create_send(struct invocation *inv)
{
	const char *parent = inv->args.parent ? inv->args.parent : inv->connection->parent;
	struct jsonw *w = &inv->request;

	if (inv->connection->environment) {
		jsonw_key(w, "environment");
		jsonw_string(w, inv->connection->environment);
	}
	create_put_text(w, "parent", parent);
	jsonw_end_object(w);
	invocation_send(inv, "Create", w, true);
}

/* Tells a user at a terminal how to go on. */
static void create_hint(struct invocation *inv, const char *id)
{
	const struct arguments *args = &inv->args;
	bool usual = !inv->context->batch && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
	char *text, *words;

	if (inv->command->is_run || args->start) {
		if (usual && !args->quiet)
			hint_not_run(inv, id);
		return;
	}
	if (!usual && args->information_action == ACTION_UNSET && !args->information_variable)
		return;
	words = invocation_words(inv, id);
	text = alloc_format(MSG_HINT_START, words);
	report_information(inv, usual, text);
	free(text);
	free(words);
}

/* Once for all in a row of which a batch's server says the same. */
static void create_note(struct invocation *inv, const char *note)
{
	struct connection *connection = inv->connection;

	if (!note || (connection->noted && strcmp(connection->noted, note) == 0))
		return;
	free(connection->noted);
	connection->noted = alloc_string(note);
	report_warning(inv, "%s", note);
}

/* Standard output is the task's. */
static void create_show_made(struct invocation *inv, const char *id)
{
	char *copy = alloc_string(id);

	words_add_text(&inv->args.copies, copy);
	inv->made = copy;
	report_value(inv, id);
	/* On the screen the line about its end has it. */
	if (!inv->context->on_screen || (inv->args.follow && !inv->args.quiet))
		fprintf(stderr, "%s\n", id);
}

/* A task with the same key has not ended. */
void create_note_unique(struct invocation *inv, const char *id)
{
	char *text = alloc_format(MSG_HINT_UNIQUE, id, inv->args.unique ? inv->args.unique : "");

	report_information(inv, true, text);
	free(text);
}

static void create_report(struct invocation *inv, const char *id, bool existed)
{
	struct jsonw *w;

	if (!report_is_json(inv) || !inv->args.unique) {
		report_string(inv, id, NULL, id);
		return;
	}
	report_value(inv, id);
	w = report_json(inv);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "created");
	jsonw_bool(w, !existed);
	jsonw_end_object(w);
	report_json_end(inv);
}

void create_receive(struct invocation *inv, struct client_reply *reply)
{
	const char *id = json_string_value(json_object_get(reply->parameters, "id"));
	bool existed = json_is_false(json_object_get(reply->parameters, "created"));

	if (reply->error || !id) {
		if (!group_report_unknown(inv, reply))
			report_reply_error(inv, reply);
		return;
	}
	if (run_in_foreground(inv)) {
		create_show_made(inv, id);
	} else {
		create_report(inv, id, existed);
		if (!inv->silent && !existed)
			context_made(inv->context, id);
	}
	if (existed) {
		create_note_unique(inv, id);
		return;
	}
	create_note(inv, json_string_value(json_object_get(reply->parameters, "note")));
	create_hint(inv, id);
	if (inv->command->is_run || inv->args.start)
		logout_hint(inv);
}
