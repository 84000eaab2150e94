/*
 * server status: the server, and its tasks by state.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/duration.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/status.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"

bool status_get(struct invocation *inv, struct client_reply *reply, const json_t **status)
{
	if (!invocation_call(inv, "ServerStatus", NULL, true, reply))
		return false;
	*status = json_object_get(reply->parameters, "status");
	return true;
}

static void status_count(struct text *list, const json_t *stopping, const char *key)
{
	long long count = json_integer_value(json_object_get(stopping, key));
	char *text = alloc_format("%lld %s", count, key);

	if (count > 0)
		candidates_list(list, "", text);
	free(text);
}

char *status_waits(const json_t *parameters)
{
	const json_t *stopping = json_object_get(parameters, "stopping"), *paused, *id;
	struct text list = TEXT_INIT;
	size_t i;

	if (!json_is_object(stopping))
		return NULL;
	status_count(&list, stopping, "running");
	status_count(&list, stopping, "queued");
	paused = json_object_get(stopping, "paused");
	json_array_foreach(paused, i, id)
	{
		candidates_list(&list, "paused ", json_string_value(id));
	}
	if (json_is_true(json_object_get(stopping, "hooks")))
		candidates_list(&list, "", "hooks");
	return list.length ? list.data : alloc_string("nothing more");
}

static void status_put_number(struct jsonw *w, const char *key, const json_t *status)
{
	const json_t *value = json_object_get(status, key);

	jsonw_key(w, key);
	if (json_is_integer(value))
		jsonw_int(w, json_integer_value(value));
	else
		jsonw_null(w);
}

static void status_put_text(struct jsonw *w, const char *key, const json_t *status)
{
	jsonw_key(w, key);
	jsonw_string(w, json_string_value(json_object_get(status, key)));
}

/* Writes milliseconds; null if the server does not report them. */
static void status_put_turns(struct jsonw *w, const json_t *turns)
{
	static const char *const keys[] = { "p50", "p99", "max" };

	jsonw_object(w);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const json_t *value = json_object_get(turns, keys[i]);

		jsonw_key(w, keys[i]);
		if (json_is_number(value))
			jsonw_fixed3(w, duration_milliseconds(json_number_value(value)));
		else
			jsonw_null(w);
	}
	jsonw_end_object(w);
}

static void status_put_keep(struct jsonw *w, const json_t *status)
{
	static const char *const keys[] = { "keep", "keepFailed" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const json_t *value = json_object_get(status, keys[i]);

		jsonw_key(w, keys[i]);
		if (json_is_number(value))
			jsonw_fixed3(w, duration_milliseconds(json_number_value(value)));
		else
			jsonw_null(w);
	}
	status_put_number(w, "keepSize", status);
}

/* size -1: it is not known. */
static void status_as_json(struct invocation *inv, const json_t *parameters, int64_t size)
{
	const json_t *status = json_object_get(parameters, "status");
	char *stopping = json_dumps(json_object_get(parameters, "stopping"), JSON_COMPACT | JSON_ENCODE_ANY);
	struct jsonw *w = report_json(inv);
	const char *state;
	json_t *count;

	jsonw_object(w);
	status_put_text(w, "name", status);
	status_put_text(w, "address", status);
	status_put_text(w, "version", status);
	status_put_number(w, "pid", status);
	status_put_number(w, "anchorPid", status);
	status_put_text(w, "startedAt", status);
	status_put_number(w, "slots", status);
	status_put_number(w, "used", status);
	status_put_number(w, "running", status);
	jsonw_key(w, "tasks");
	jsonw_object(w);
	json_object_foreach(json_object_get((json_t *)status, "tasks"), state, count)
	{
		jsonw_key(w, state);
		jsonw_int(w, json_integer_value(count));
	}
	jsonw_end_object(w);
	jsonw_key(w, "loop");
	status_put_turns(w, json_object_get(parameters, "loop"));
	jsonw_key(w, "paused");
	jsonw_bool(w, json_is_true(json_object_get(status, "paused")));
	status_put_keep(w, status);
	jsonw_key(w, "size");
	if (size >= 0)
		jsonw_int(w, size);
	else
		jsonw_null(w);
	jsonw_key(w, "stopping");
	jsonw_raw(w, stopping ? stopping : "null", strlen(stopping ? stopping : "null"));
	free(stopping);
	jsonw_end_object(w);
	report_json_end(inv);
}

static void status_line(struct invocation *inv, char *text)
{
	report_line(inv, text);
	free(text);
}

/* The room that the output takes; -1: it is not known. */
static int64_t server_size(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	int64_t size = -1;

	/* An older server does not tell it. */
	if (invocation_ask(inv, "ServerSize", NULL, true, &reply) && !reply.error)
		size = json_integer_value(json_object_get(reply.parameters, "bytes"));
	client_reply_release(&reply);
	return size;
}

static void status_keep_text(struct text *line, const json_t *status, const char *key, const char *what)
{
	double seconds = json_number_value(json_object_get(status, key));
	char time[DURATION_SIZE], *text;

	if (seconds <= 0)
		return;
	text = alloc_format("%s %s", what, duration_write(duration_milliseconds(seconds), time));
	candidates_list(line, "", text);
	free(text);
}

static void status_keep_line(struct invocation *inv, const json_t *status, int64_t size)
{
	json_int_t most = json_integer_value(json_object_get(status, "keepSize"));
	struct text line = TEXT_INIT;
	char number[FORMAT_SHORT], limit[FORMAT_SHORT], *text;

	format_bytes(size, number, sizeof(number));
	if (size >= 0)
		status_line(inv, alloc_format("output:  %s", number));
	status_keep_text(&line, status, "keep", "ended tasks");
	status_keep_text(&line, status, "keepFailed", "failed ones");
	if (most > 0) {
		format_bytes(most, limit, sizeof(limit));
		text = alloc_format("output %s", limit);
		candidates_list(&line, "", text);
		free(text);
	}
	status_line(inv, alloc_format("keeps:   %s", line.length ? line.data : "everything"));
	text_release(&line);
}

/* Slots, not tasks.  A server before weights says only how many tasks run. */
static int64_t status_used(const json_t *status)
{
	const json_t *used = json_object_get(status, "used");

	return json_integer_value(used ? used : json_object_get(status, "running"));
}

static void status_as_text(struct invocation *inv, const json_t *status, int64_t size)
{
	const json_t *slots = json_object_get(status, "slots");
	struct text tasks = TEXT_INIT;
	char number[24], started[FORMAT_SHORT] = "-";
	const char *state;
	json_t *count;

#define TEXT(key)   json_string_value(json_object_get(status, key))
#define NUMBER(key) (int64_t) json_integer_value(json_object_get(status, key))
	status_line(inv, alloc_format("server:  %s", TEXT("name") ? TEXT("name") : "-"));
	status_line(inv, alloc_format("address: %s", TEXT("address") ? TEXT("address") : "-"));
	status_line(inv, alloc_format("version: %s", TEXT("version") ? TEXT("version") : "-"));
	status_line(inv, alloc_format("pid:     %" PRId64 " (anchor %" PRId64 ")", NUMBER("pid"),
	                              NUMBER("anchorPid")));
	if (TEXT("startedAt"))
		format_time(TEXT("startedAt"), started, sizeof(started));
	status_line(inv, alloc_format("started: %s", started));
	if (json_integer_value(slots) > 0)
		status_line(inv, alloc_format("slots:   %" PRId64 " of %" PRId64 " in use",
		                              status_used(status), NUMBER("slots")));
	else
		status_line(inv, alloc_format("slots:   %" PRId64 " in use, no limit", status_used(status)));
#undef TEXT
#undef NUMBER
	if (json_is_true(json_object_get(status, "paused")))
		status_line(inv, alloc_string("paused:  starts nothing until krtask server resume"));
	json_object_foreach(json_object_get((json_t *)status, "tasks"), state, count)
	{
		snprintf(number, sizeof(number), "%" PRId64 " ", (int64_t)json_integer_value(count));
		if (json_integer_value(count) > 0)
			candidates_list(&tasks, number, state);
	}
	status_line(inv, alloc_format("tasks:   %s", tasks.length ? tasks.data : "none"));
	status_keep_line(inv, status, size);
	text_release(&tasks);
}

void server_status_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	const json_t *status;
	char *waits;

	if (!invocation_connect(inv) || !status_get(inv, &reply, &status))
		return;
	if (report_is_json(inv))
		status_as_json(inv, reply.parameters, server_size(inv));
	else
		status_as_text(inv, status, server_size(inv));
	waits = report_is_json(inv) ? NULL : status_waits(reply.parameters);
	if (waits)
		status_line(inv, alloc_format("stops:   waits for %s", waits));
	free(waits);
	client_reply_release(&reply);
}

void status_report_running(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	const json_t *status;

	if (!status_get(inv, &reply, &status))
		return;
	if (report_is_json(inv))
		status_as_json(inv, reply.parameters, server_size(inv));
	else
		status_line(inv, alloc_format(MSG_SERVER_RUNNING,
		                              json_string_value(json_object_get(status, "name"))
		                                      ? json_string_value(json_object_get(status, "name"))
		                                      : "",
		                              (long long)json_integer_value(json_object_get(status, "pid"))));
	client_reply_release(&reply);
}
