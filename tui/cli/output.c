/*
 * result, log: what a task wrote, byte for byte.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/report.h"
#include "tui/fields/fields.h"
#include "tui/text/messages.h"

/* Where the bytes go: standard output at once, or one text for JSON or a variable. */
struct sink {
	struct invocation *inv;
	struct text whole;
	bool gather;
	bool any;     /* something came */
	int64_t next; /* offset of what comes next */
	uint64_t skipped;
};

static void sink_init(struct sink *sink, struct invocation *inv)
{
	*sink = (struct sink){ .inv = inv, .gather = report_is_json(inv) || inv->capture };
}

/* The data of one reply of Log or Result. */
static void sink_take(struct sink *sink, const json_t *parameters)
{
	const json_t *data = json_object_get(parameters, "data");
	void *bytes = NULL;
	size_t count = 0;

	sink->next = json_integer_value(json_object_get(parameters, "next"));
	sink->skipped += (uint64_t)json_integer_value(json_object_get(parameters, "skipped"));
	if (!data || base64_decode(json_string_value(data), json_string_length(data), &bytes, &count))
		return;
	sink->any |= count > 0;
	if (sink->gather)
		text_add(&sink->whole, bytes, count);
	if (!report_is_json(sink->inv))
		report_raw(sink->inv, bytes, count);
	free(bytes);
}

static void sink_finish(struct sink *sink, const char *id, const char *key)
{
	struct invocation *inv = sink->inv;
	struct text *whole = &sink->whole;

	if (report_is_json(inv)) {
		struct jsonw *w = report_json(inv);

		if (!inv->context->batch) {
			jsonw_object(w);
			jsonw_key(w, "id");
			jsonw_string(w, id);
			jsonw_key(w, key);
		}
		jsonw_string_n(w, whole->length ? whole->data : "", whole->length);
		if (!inv->context->batch)
			jsonw_end_object(w);
		report_json_end(inv);
	}
	if (inv->capture) {
		/* As in a shell: the newline that ends a value is no part of it. */
		while (whole->length > 0 && whole->data[whole->length - 1] == '\n')
			whole->data[--whole->length] = '\0';
		report_value(inv, whole->length ? whole->data : "");
	}
	if (sink->skipped)
		report_warning(inv, MSG_BYTES_NOT_KEPT, (unsigned long long)sink->skipped);
	text_release(whole);
}

static void put_request(struct jsonw *w, const struct invocation *inv, bool log, int64_t offset)
{
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, inv->args.operands.items[0].text);
	if (inv->args.error_stream) {
		jsonw_key(w, "stream");
		jsonw_string(w, "stderr");
	}
	if (log && offset < 0 && arguments_given(&inv->args, OPT_TAIL)) {
		jsonw_key(w, "tail");
		jsonw_int(w, inv->args.tail);
	} else {
		jsonw_key(w, "offset");
		jsonw_int(w, offset < 0 ? 0 : offset);
	}
	jsonw_end_object(w);
}

/* All parts, one call after another, up to what there is now. */
static bool read_parts(struct sink *sink, const char *method, bool log)
{
	struct invocation *inv = sink->inv;
	int64_t offset = -1;
	bool end = false;

	while (!end) {
		struct client_reply reply = { 0 };

		put_request(&inv->request, inv, log, offset);
		if (!invocation_ask(inv, method, &inv->request, true, &reply))
			return false;
		if (reply.error) {
			report_reply_error(inv, &reply);
			client_reply_release(&reply);
			return false;
		}
		sink_take(sink, reply.parameters);
		end = json_is_true(json_object_get(reply.parameters, "end")) || sink->next <= offset;
		offset = sink->next;
		client_reply_release(&reply);
	}
	return true;
}

void result_run(struct invocation *inv)
{
	struct sink sink;

	if (!invocation_connect(inv))
		return;
	sink_init(&sink, inv);
	if (read_parts(&sink, "Result", false))
		sink_finish(&sink, inv->args.operands.items[0].text, "result");
	else
		text_release(&sink.whole);
}

/* One call that answers until the task ends.  0: it did; -EREMOTE: reported; -EPIPE: go on at sink->next. */
static int output_follow(struct sink *sink, int64_t offset)
{
	struct invocation *inv = sink->inv;
	struct client *client = inv->connection->client;
	bool more = true;
	int result;

	put_request(&inv->request, inv, true, offset);
	result = client_send(client, "Log", &inv->request, CLIENT_MORE);
	while (!result && more) {
		struct client_reply reply = { 0 };

		fflush(stdout);
		if (ferror(stdout))
			return -EIO;
		result = client_receive(client, &reply, -1);
		if (result == -EINTR || result == -EAGAIN) {
			result = 0;
			continue;
		}
		if (result)
			break;
		more = reply.continues;
		if (reply.error && strcmp(reply.error, "io.krtask.Stopping") == 0)
			result = -EPIPE;
		else if (reply.error) {
			report_reply_error(inv, &reply);
			result = -EREMOTE;
		} else {
			sink_take(sink, reply.parameters);
		}
		client_reply_release(&reply);
	}
	return result;
}

static bool follow_to_end(struct sink *sink)
{
	struct invocation *inv = sink->inv;
	int result;

	sink->next = -1;
	do {
		result = output_follow(sink, sink->next);
	} while (result == -EPIPE && connection_again(inv->connection) == 0);
	if (result && result != -EREMOTE && result != -EIO)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY,
		             client_error(inv->connection->client));
	return result == 0;
}

void log_run(struct invocation *inv)
{
	struct sink sink;
	bool good;

	if (!invocation_connect(inv))
		return;
	sink_init(&sink, inv);
	if (inv->args.follow)
		hint_not_started(inv, &inv->args.operands);
	if (inv->status == EXIT_NO_SERVER)
		return;
	good = inv->args.follow ? follow_to_end(&sink) : read_parts(&sink, "Log", true);
	if (good)
		sink_finish(&sink, inv->args.operands.items[0].text, "log");
	if (good && !sink.any && !inv->args.error_stream &&
	    !(arguments_given(&inv->args, OPT_TAIL) && inv->args.tail == 0))
		hint_elsewhere(inv, inv->args.operands.items[0].text);
	if (!good)
		text_release(&sink.whole);
}
