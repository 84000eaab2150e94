#include "tui/cli/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/context.h"
#include "tui/cli/format.h"

bool report_is_json(const struct invocation *inv)
{
	return inv->args.json && !inv->silent;
}

static void put(struct invocation *inv, const char *bytes, size_t length)
{
	if (fwrite_unlocked(bytes, 1, length, stdout) != length)
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
	put(inv, w->data, w->length);
	put(inv, "\n", 1);
}

void report_value(struct invocation *inv, const char *text)
{
	size_t length = strlen(text);

	if (!inv->capture)
		return;
	if (inv->captured_length + length + 2 > inv->captured_size) {
		inv->captured_size = 2 * inv->captured_size + length + 64;
		inv->captured = words_allocate(inv->captured, inv->captured_size);
	}
	memcpy(inv->captured + inv->captured_length, text, length + 1);
	inv->captured_length += length + 1;
}

void report_raw(struct invocation *inv, const char *bytes, size_t length)
{
	if (!inv->silent)
		put(inv, bytes, length);
}

void report_line(struct invocation *inv, const char *text)
{
	report_value(inv, text);
	if (inv->silent)
		return;
	put(inv, text, strlen(text));
	put(inv, "\n", 1);
}

void report_bool(struct invocation *inv, const char *id, int result)
{
	struct jsonw *w;

	if (result == 0 && inv->status < EXIT_FALSE)
		inv->status = EXIT_FALSE;
	if (!report_is_json(inv)) {
		if (result >= 0)
			report_line(inv, result ? "True" : "False");
		return;
	}
	if (result >= 0)
		report_value(inv, result ? "True" : "False");
	w = report_json(inv);
	if (!inv->context->batch) {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, id);
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
	put(inv, w->data, w->length);
	put(inv, "\n", 1);
}

static bool is_silenced(const struct invocation *inv)
{
	const char *action = inv->args.error_action;

	return action && (strcasecmp(action, "SilentlyContinue") == 0 || strcasecmp(action, "Ignore") == 0);
}

void report_error(struct invocation *inv, int status, const char *format, ...)
{
	const char *name = invocation_name(inv);
	char *text, *shown;
	va_list arguments;
	size_t size;

	if (inv->context->settle && !inv->context->settling)
		inv->context->settle(inv->context->settle_ctx);
	if (inv->status < status)
		inv->status = status;
	if (is_silenced(inv))
		return;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = words_copy("out of memory");
	va_end(arguments);
	if (inv->context->batch && inv->args.json) {
		error_as_json(inv, text);
		free(text);
		return;
	}
	size = 3 * strlen(text) + 1;
	shown = words_allocate(NULL, size);
	format_cell(text, SIZE_MAX, shown, size);
	fflush(stdout); /* what came before it stands before it on a terminal */
	if (inv->context->batch && !inv->context->source && inv->column)
		fprintf(stderr, "column %u: %s%s%s\n", inv->column, name, *name ? ": " : "", shown);
	else if (inv->context->batch && !inv->context->source)
		fprintf(stderr, "%s%s%s\n", name, *name ? ": " : "", shown);
	else if (inv->context->batch && inv->column)
		fprintf(stderr, "krtask: %s:%u:%u: %s%s%s\n", inv->context->source, inv->line, inv->column, name,
		        *name ? ": " : "", shown);
	else if (inv->context->batch)
		fprintf(stderr, "krtask: %s:%u: %s%s%s\n", inv->context->source, inv->line, name, *name ? ": " : "", shown);
	else
		fprintf(stderr, "krtask: %s%s%s\n", name, *name ? ": " : "", shown);
	free(shown);
	free(text);
}

/* The errors that are the request's own fault. */
static int status_of(const char *error)
{
	static const char *const usage[] = { "io.krtask.InvalidTask", "org.varlink.service.InvalidParameter" };

	for (size_t i = 0; i < sizeof(usage) / sizeof(*usage); i++) {
		if (strcmp(error, usage[i]) == 0)
			return EXIT_USAGE;
	}
	return EXIT_FALSE;
}

void report_reply_error(struct invocation *inv, const struct client_reply *reply)
{
	char *clause;

	if (!reply->error) {
		report_error(inv, EXIT_FALSE, "the server's answer is not understood");
		return;
	}
	clause = client_explain(reply);
	report_error(inv, status_of(reply->error), "%s", clause ? clause : reply->error);
	free(clause);
}
