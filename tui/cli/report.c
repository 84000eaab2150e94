#include "tui/cli/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/wire/jsonr.h"
#include "tui/cli/context.h"
#include "tui/cli/several.h"
#include "tui/confirm/ask_text.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

bool report_is_json(const struct invocation *inv)
{
	return inv->args.json && !inv->silent;
}

static void report_put(struct invocation *inv, const char *bytes, size_t length)
{
	if (fwrite_unlocked(bytes, 1, length, stdout) == length)
		return;
	if (!inv->context->output_failed)
		inv->context->output_error = errno;
	inv->context->output_failed = true;
}

struct jsonw *report_json(struct invocation *inv)
{
	struct jsonw *w = &inv->context->scratch;

	jsonw_clear(w);
	if (inv->context->batch) {
		jsonw_object(w);
		jsonw_key(w, "line");
		jsonw_uint(w, inv->line);
		jsonw_key(w, "command");
		jsonw_string(w, invocation_name(inv));
		jsonw_key(w, "result");
	}
	return w;
}

void report_json_end(struct invocation *inv)
{
	struct jsonw *w = &inv->context->scratch;

	if (inv->context->batch)
		jsonw_end_object(w);
	if (w->failed)
		alloc_failed();
	report_put(inv, w->data, w->length);
	report_put(inv, "\n", 1);
}

void report_value(struct invocation *inv, const char *text)
{
	if (inv->capture)
		alloc_add(&inv->captured[OUTPUT_RESULT], text);
}

void report_raw(struct invocation *inv, const char *bytes, size_t length)
{
	if (!inv->silent)
		report_put(inv, bytes, length);
}

void report_line(struct invocation *inv, const char *text)
{
	report_value(inv, text);
	if (inv->silent)
		return;
	report_put(inv, text, strlen(text));
	report_put(inv, "\n", 1);
}

void report_truth(struct invocation *inv, const char *text)
{
	if (inv->args.quiet)
		report_value(inv, text);
	else
		report_line(inv, text);
}

bool report_refused(struct invocation *inv, const char *id)
{
	bool explains = inv->context->on_screen && !inv->capture,
	     usual = !inv->context->batch && isatty(STDERR_FILENO);

	if ((explains || usual) && !inv->args.quiet)
		words_add_text(&inv->refused, id);
	return !explains || inv->args.quiet;
}

void report_bool(struct invocation *inv, const char *id, int result)
{
	struct jsonw *w;

	if (result == 0 && inv->status < EXIT_FALSE)
		inv->status = EXIT_FALSE;
	if (!report_is_json(inv)) {
		if (result == 0 && !report_refused(inv, id))
			return;
		if (result >= 0)
			report_truth(inv, result ? "True" : "False");
		return;
	}
	if (result >= 0)
		report_value(inv, result ? "True" : "False");
	w = report_json(inv);
	if (!inv->context->batch) {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, several_id(inv, id));
		jsonw_key(w, "result");
	}
	if (result < 0)
		jsonw_null(w);
	else
		jsonw_bool(w, result);
	if (!inv->context->batch)
		jsonw_end_object(w);
	report_json_end(inv);
}

void report_string(struct invocation *inv, const char *id, const char *key, const char *text)
{
	struct jsonw *w;

	if (!report_is_json(inv)) {
		report_line(inv, text);
		return;
	}
	report_value(inv, text);
	w = report_json(inv);
	if (inv->context->batch) {
		jsonw_string(w, text);
	} else {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, id);
		if (key) {
			jsonw_key(w, key);
			jsonw_string(w, text);
		}
		jsonw_end_object(w);
	}
	report_json_end(inv);
}

void report_text(struct invocation *inv, const char *id, const char *key, const char *bytes, size_t length)
{
	struct jsonw *w = report_json(inv);

	if (!inv->context->batch) {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, id);
		jsonw_key(w, key);
	}
	jsonw_string_n(w, bytes, length);
	if (!inv->context->batch)
		jsonw_end_object(w);
	report_json_end(inv);
}

static void error_as_json(struct invocation *inv, const char *text)
{
	struct jsonw *w = &inv->context->scratch;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "line");
	jsonw_uint(w, inv->line);
	jsonw_key(w, "command");
	jsonw_string(w, inv->command ? invocation_name(inv) : NULL);
	jsonw_key(w, "error");
	jsonw_string(w, text);
	jsonw_end_object(w);
	if (w->failed)
		alloc_failed();
	report_put(inv, w->data, w->length);
	report_put(inv, "\n", 1);
}

/* The beginning of a message: "krtask: FILE:LINE:COLUMN: COMMAND: ", malloc'ed. */
static char *report_place(const struct invocation *inv)
{
	const struct context *context = inv->context;
	const char *name = invocation_name(inv), *colon = *name ? ": " : "";

	if (context->part)
		return alloc_format("krtask: %s%s%s: ", name, colon, context->part->label);
	if (!context->batch)
		return alloc_format("krtask: %s%s", name, colon);
	if (!context->source)
		return inv->column ? alloc_format("column %u: %s%s", inv->column, name, colon)
		                   : alloc_format("%s%s", name, colon);
	if (inv->column)
		return alloc_format("krtask: %s:%u:%u: %s%s", context->source, inv->line, inv->column, name,
		                    colon);
	return alloc_format("krtask: %s:%u: %s%s", context->source, inv->line, name, colon);
}

void report_show(const struct invocation *inv, const char *text)
{
	char *start = report_place(inv), *shown = cells_whole(text);

	context_flush(inv->context); /* earlier output must come first on a terminal */
	fprintf(stderr, "%s%s\n", start, shown);
	free(shown);
	free(start);
}

/* Asks for -ErrorAction Inquire or a similar option.  True: go on. */
static bool report_inquire(struct invocation *inv, const char *text)
{
	struct context *context = inv->context;
	enum inquiry answer = INQUIRY_HALT;
	char *shown;

	if (inv->all_errors)
		return true;
	shown = cells_whole(text);
	context_flush(inv->context);
	if (context->ask_fd >= 0 && !context->ask)
		answer = ask_inquiry(shown, context->ask_fd, stderr);
	free(shown);
	inv->all_errors = answer == INQUIRY_YES_ALL;
	return answer != INQUIRY_HALT;
}

/* Handles a message as its action says.  True if it must be shown. */
static bool report_decide(struct invocation *inv, enum output_kind kind, enum action action,
                          const char *variable, const char *text)
{
	if (action == ACTION_IGNORE)
		return false;
	if (action == ACTION_INQUIRE && !report_inquire(inv, text))
		inv->halted = true;
	if (action == ACTION_STOP)
		inv->halted = true;
	if (variable)
		alloc_add(&inv->captured[kind], text);
	return action != ACTION_SILENT;
}

static void say_error(struct invocation *inv, int status, const char *text)
{
	/*
	 * Wrong usage is always reported: as in PowerShell, -ErrorAction is for errors of the command itself.
	 */
	enum action action = status == EXIT_USAGE ? ACTION_CONTINUE : inv->args.error_action;

	/* But unlike the parameter, the preference is known before the line is read. */
	if (status == EXIT_USAGE && inv->context->defaults.error_action == ACTION_STOP)
		inv->halted = true;
	if (!report_decide(inv, OUTPUT_ERROR, action, inv->args.error_variable, text))
		return;
	if (inv->context->batch && inv->args.json)
		error_as_json(inv, text);
	else
		report_show(inv, text);
}

static void defer_error(struct invocation *inv, int status, char *text)
{
	inv->deferred = alloc_room(inv->deferred, &inv->deferred_size, inv->deferred_count + 1,
	                           sizeof(*inv->deferred));
	inv->deferred[inv->deferred_count++] = (struct deferred_error){ text, status, inv->column };
}

/* The parameter of the option that has this long name.  NULL: the command has none. */
static const char *parameter_of_option(const struct invocation *inv, const char *name, size_t length)
{
	struct option_set options = command_options(inv->command);

	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		if (option_set_has(&options, (enum option_id)id) && *info->parameter &&
		    strlen(info->name) == length && memcmp(info->name, name, length) == 0)
			return arguments_parameter(&inv->args, (enum option_id)id);
	}
	return NULL;
}

/* Outside of quotes, --time-limit is -TimeLimit for a cmdlet.  Frees the text. */
static char *words_of_cmdlet(const struct invocation *inv, char *text)
{
	char *result = NULL;
	size_t size, length;
	FILE *out = open_memstream(&result, &size);
	bool quoted = false;

	if (!out)
		abort();
	for (const char *at = text; *at; at += length) {
		bool option = !quoted && strncmp(at, "--", 2) == 0;
		const char *parameter;

		length = option ? 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-") : 1;
		parameter = option ? parameter_of_option(inv, at + 2, length - 2) : NULL;
		if (parameter)
			fprintf(out, "-%s", parameter);
		else
			fwrite(at, 1, length, out);
		quoted ^= *at == '\'';
	}
	if (fclose(out))
		abort();
	free(text);
	return result;
}

void report_error(struct invocation *inv, int status, const char *format, ...)
{
	va_list arguments;
	char *text;

	/* The 3 of wait would be that of a task. */
	if (status == EXIT_NO_SERVER && inv->command && inv->command->is_wait)
		status = EXIT_WAIT_FAILED;
	if (inv->status < status)
		inv->status = status;
	va_start(arguments, format);
	text = alloc_format_list(format, arguments);
	va_end(arguments);
	if (inv->cmdlet && inv->command)
		text = words_of_cmdlet(inv, text);
	if (inv->waits) {
		defer_error(inv, status, text);
		return;
	}
	say_error(inv, status, text);
	free(text);
}

void report_deferred(struct invocation *inv)
{
	unsigned column = inv->column;

	inv->waits = false;
	for (size_t i = 0; i < inv->deferred_count; i++) {
		inv->column = inv->deferred[i].column;
		say_error(inv, inv->deferred[i].status, inv->deferred[i].text);
		free(inv->deferred[i].text);
	}
	inv->deferred_count = 0;
	inv->column = column;
}

void report_warning(struct invocation *inv, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = alloc_format_list(format, arguments);
	va_end(arguments);
	if (report_decide(inv, OUTPUT_WARNING, inv->args.warning_action, inv->args.warning_variable, text))
		report_show(inv, text);
	if (inv->halted && inv->status < EXIT_FALSE)
		inv->status = EXIT_FALSE;
	free(text);
}

void report_information(struct invocation *inv, bool usual, const char *text)
{
	enum action action = inv->args.information_action;

	if (action == ACTION_UNSET && (!usual || inv->args.quiet))
		action = ACTION_SILENT;
	if (report_decide(inv, OUTPUT_INFORMATION, action, inv->args.information_variable, text)) {
		context_flush(inv->context);
		fprintf(stderr, "%s\n", text);
	}
}

bool report_announce(struct invocation *inv, enum option_id option, enum action action, const char *text)
{
	context_flush(inv->context);
	fprintf(stderr, "%s\n", text);
	if (arguments_given(&inv->args, option))
		return true;
	if (action == ACTION_STOP || (action == ACTION_INQUIRE && !report_inquire(inv, text))) {
		inv->halted = true;
		report_error(inv, EXIT_FALSE, MSG_STOPPED_BY_PREFERENCE, option_table[option].parameter);
	}
	return !inv->halted;
}

/* What a request says.  Variables may be secrets: that there are some is enough.  malloc'ed. */
static char *describe_request(const struct jsonw *parameters)
{
	static const char *const secrets[] = { "variables", "variablesBase64" };
	json_error_t error;
	json_t *request;
	char *text;

	if (!parameters)
		return alloc_string("{}");
	if (!memmem(parameters->data, parameters->length, "\"variables", strlen("\"variables")))
		return alloc_format("%.*s", (int)parameters->length, parameters->data);
	request = jsonr_load(parameters->data, parameters->length, 0, &error);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		if (json_object_get(request, secrets[i]) &&
		    json_object_set_new(request, secrets[i], json_string("...")))
			alloc_failed(); /* it would be shown */
	}
	text = alloc_checked(json_dumps(request, JSON_COMPACT));
	json_decref(request);
	return text;
}

bool report_call(struct invocation *inv, const char *method, const struct jsonw *parameters)
{
	char *request, *text;
	bool good;

	if (!inv->args.debug)
		return true;
	request = describe_request(parameters);
	text = alloc_format("DEBUG: io.krtask.%s %s", method, request);
	free(request);
	good = report_announce(inv, OPT_DEBUG, inv->args.debug_action, text);
	free(text);
	return good;
}

/* The exit status for an error reply.  It is EXIT_USAGE if the request was wrong. */
static int report_status_of(const char *error)
{
	static const char *const usage[] = {
		"io.krtask.InvalidTask",  "io.krtask.InvalidDevices",  "io.krtask.InvalidExecutor",
		"io.krtask.InvalidGroup", "io.krtask.SlotsAreDevices", "org.varlink.service.InvalidParameter"
	};

	for (size_t i = 0; i < sizeof(usage) / sizeof(*usage); i++) {
		if (strcmp(error, usage[i]) == 0)
			return EXIT_USAGE;
	}
	return EXIT_FALSE;
}

void report_unknown(struct invocation *inv, int status, const char *id)
{
	report_error(inv, status, MSG_TASK_NOT_FOUND, id);
	inv->unknown = true;
}

void report_reply_error(struct invocation *inv, const struct client_reply *reply)
{
	char *error;

	if (!reply->error) {
		report_error(inv, EXIT_FALSE, MSG_REPLY_UNEXPECTED);
		return;
	}
	inv->unknown |= strcmp(reply->error, "io.krtask.NotFound") == 0;
	error = client_explain(reply);
	report_error(inv, report_status_of(reply->error), "%s", error ? error : reply->error);
	free(error);
}
