/*
 * result, and what log shares with it: what a task wrote, byte for byte.
 */
#include "tui/cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/report.h"
#include "tui/fields/decode.h"
#include "tui/fields/fields.h"
#include "tui/text/messages.h"

void sink_init(struct sink *sink, struct invocation *inv, const char *id, bool errors, bool apart)
{
	*sink = (struct sink){
		.inv = inv,
		.id = id,
		.errors = errors,
		.apart = apart,
		.gather = report_is_json(inv) || inv->capture,
		.next = -1,
	};
}

void sink_release(struct sink *sink)
{
	text_release(&sink->whole);
}

/* True if standard output and standard error are one terminal or file. */
static bool sink_in_one_place(void)
{
	struct stat output, errors;

	return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &errors) == 0 &&
	       output.st_dev == errors.st_dev && output.st_ino == errors.st_ino;
}

static void sink_write_heading(struct sink *sink)
{
	bool unfinished = sink->before && sink->before->unfinished && sink_in_one_place();

	fprintf(stderr, "%s%s\n", unfinished ? "\n" : "", sink->heading);
	sink->heading = NULL;
}

static void sink_write(struct sink *sink, const char *bytes, size_t count)
{
	if (count == 0 || report_is_json(sink->inv) || sink->inv->silent)
		return;
	if (!sink->apart) {
		report_raw(sink->inv, bytes, count);
		return;
	}
	context_flush(sink->inv->context); /* on a terminal, in the order in which both came */
	if (sink->heading)
		sink_write_heading(sink);
	fwrite(bytes, 1, count, stderr);
}

/* On a terminal, a warning is a line of its own. */
static void sink_end_line(const struct sink *sink)
{
	enum action action = sink->inv->args.warning_action;
	bool shown = !sink->gather && !sink->inv->silent;

	if (shown && sink->unfinished && action != ACTION_SILENT && action != ACTION_IGNORE &&
	    isatty(STDERR_FILENO) && sink_in_one_place())
		fputc('\n', stderr);
}

/* The warning appears where the bytes are missing, if output and warnings go to one terminal. */
static void sink_note_gap(const struct sink *sink, const json_t *parameters)
{
	json_int_t skipped = json_integer_value(json_object_get(parameters, "skipped"));
	json_int_t offset = json_integer_value(json_object_get(parameters, "offset"));

	if (skipped <= 0)
		return;
	context_flush(sink->inv->context);
	sink_end_line(sink);
	report_warning(sink->inv, MSG_BYTES_NOT_KEPT, (unsigned long long)skipped,
	               (unsigned long long)(offset - skipped));
}

void sink_take(struct sink *sink, const json_t *parameters)
{
	const json_t *data = json_object_get(parameters, "data");
	void *bytes = NULL;
	size_t count = 0;

	sink->next = json_integer_value(json_object_get(parameters, "next"));
	sink->attempt = json_integer_value(json_object_get(parameters, "attempt"));
	sink_note_gap(sink, parameters);
	if (!data || !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		return;
	sink->any |= count > 0;
	if (count > 0)
		sink->unfinished = ((const char *)bytes)[count - 1] != '\n';
	if (sink->gather)
		text_add(&sink->whole, bytes, count);
	sink_write(sink, bytes, count);
	free(bytes);
}

void sink_finish(struct sink *sink)
{
	struct invocation *inv = sink->inv;
	struct text *whole = &sink->whole;

	if (inv->capture) {
		/* As in a shell, newlines at the end are not part of the value. */
		while (whole->length > 0 && whole->data[whole->length - 1] == '\n')
			whole->data[--whole->length] = '\0';
		report_value(inv, whole->length ? whole->data : "");
	}
}

static void sink_put_attempt(const struct sink *sink, struct jsonw *w)
{
	const struct arguments *args = &sink->inv->args;
	bool only = arguments_given(args, OPT_ATTEMPT);

	if (!only && !sink->attempt)
		return;
	jsonw_key(w, "attempt");
	jsonw_int(w, only ? args->attempt : sink->attempt);
	jsonw_key(w, "only");
	jsonw_bool(w, only);
}

void sink_request(const struct sink *sink, struct jsonw *w, bool log)
{
	const struct arguments *args = &sink->inv->args;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, sink->id);
	if (sink->errors) {
		jsonw_key(w, "stream");
		jsonw_string(w, "stderr");
	}
	if (log && sink->next < 0 && arguments_given(args, OPT_TAIL)) {
		jsonw_key(w, "tail");
		jsonw_int(w, args->tail);
	} else {
		jsonw_key(w, "offset");
		jsonw_int(w, sink->next < 0 ? 0 : sink->next);
	}
	if (log)
		sink_put_attempt(sink, w);
	jsonw_end_object(w);
}

bool sink_read(struct sink *sink, bool log)
{
	struct invocation *inv = sink->inv;
	bool end = false;

	while (!end) {
		struct client_reply reply = { 0 };
		int64_t before = sink->next;

		sink_request(sink, &inv->request, log);
		if (!invocation_ask(inv, log ? "Log" : "Result", &inv->request, true, &reply))
			return false;
		sink->failed = reply.error != NULL;
		if (reply.error) {
			report_reply_error(inv, &reply);
			client_reply_release(&reply);
			return false;
		}
		sink_take(sink, reply.parameters);
		end = json_is_true(json_object_get(reply.parameters, "end")) || sink->next <= before;
		client_reply_release(&reply);
	}
	return true;
}

void result_run(struct invocation *inv)
{
	const char *id = inv->args.operands.items[0].text;
	struct sink sink;

	if (!invocation_connect(inv))
		return;
	sink_init(&sink, inv, id, false, false);
	if (sink_read(&sink, false)) {
		if (report_is_json(inv))
			report_text(inv, id, "result", sink.whole.length ? sink.whole.data : "",
			            sink.whole.length);
		sink_finish(&sink);
		if (!sink.any)
			hint_no_result(inv, id);
	}
	sink_release(&sink);
}
