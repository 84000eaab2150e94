/*
 * server start, stop, restart, status, bridge.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/context.h"
#include "tui/cli/families.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"

enum { SLOTS_MAX = 1000000 };

static bool get_status(struct invocation *inv, struct client_reply *reply, const json_t **status)
{
	if (!invocation_call(inv, "ServerStatus", NULL, true, reply))
		return false;
	*status = json_object_get(reply->parameters, "status");
	return true;
}

static void put_number(struct jsonw *w, const char *key, const json_t *status)
{
	const json_t *value = json_object_get(status, key);

	jsonw_key(w, key);
	if (json_is_integer(value))
		jsonw_int(w, json_integer_value(value));
	else
		jsonw_null(w);
}

static void put_text(struct jsonw *w, const char *key, const json_t *status)
{
	jsonw_key(w, key);
	jsonw_string(w, json_string_value(json_object_get(status, key)));
}

static void status_as_json(struct invocation *inv, const json_t *status)
{
	struct jsonw *w = report_json(inv);
	const char *state;
	json_t *count;

	jsonw_object(w);
	put_text(w, "name", status);
	put_text(w, "address", status);
	put_text(w, "version", status);
	put_number(w, "pid", status);
	put_number(w, "anchorPid", status);
	put_text(w, "startedAt", status);
	put_number(w, "slots", status);
	put_number(w, "running", status);
	jsonw_key(w, "tasks");
	jsonw_object(w);
	json_object_foreach(json_object_get((json_t *)status, "tasks"), state, count) {
		jsonw_key(w, state);
		jsonw_int(w, json_integer_value(count));
	}
	jsonw_end_object(w);
	jsonw_end_object(w);
	report_json_end(inv);
}

static void line(struct invocation *inv, char *text)
{
	report_line(inv, text);
	free(text);
}

static void status_as_text(struct invocation *inv, const json_t *status)
{
	const json_t *slots = json_object_get(status, "slots");
	char *tasks = alloc_string("");
	const char *state;
	json_t *count;

#define TEXT(key) json_string_value(json_object_get(status, key))
#define NUMBER(key) (int64_t)json_integer_value(json_object_get(status, key))
	line(inv, alloc_format("server:  %s", TEXT("name") ? TEXT("name") : "-"));
	line(inv, alloc_format("address: %s", TEXT("address") ? TEXT("address") : "-"));
	line(inv, alloc_format("version: %s", TEXT("version") ? TEXT("version") : "-"));
	line(inv, alloc_format("pid:     %" PRId64 " (anchor %" PRId64 ")", NUMBER("pid"), NUMBER("anchorPid")));
	line(inv, alloc_format("started: %s", TEXT("startedAt") ? TEXT("startedAt") : "-"));
	if (json_integer_value(slots) > 0)
		line(inv, alloc_format("slots:   %" PRId64 " of %" PRId64 " in use", NUMBER("running"), NUMBER("slots")));
	else
		line(inv, alloc_format("slots:   %" PRId64 " in use, no limit", NUMBER("running")));
#undef TEXT
#undef NUMBER
	json_object_foreach(json_object_get((json_t *)status, "tasks"), state, count) {
		char *longer;

		if (json_integer_value(count) == 0)
			continue;
		longer = alloc_format("%s%s%" PRId64 " %s", tasks, *tasks ? ", " : "", (int64_t)json_integer_value(count),
		                      state);
		free(tasks);
		tasks = longer;
	}
	line(inv, alloc_format("tasks:   %s", *tasks ? tasks : "none"));
	free(tasks);
}

void server_status_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	const json_t *status;

	if (!invocation_connect(inv) || !get_status(inv, &reply, &status))
		return;
	if (report_is_json(inv))
		status_as_json(inv, status);
	else
		status_as_text(inv, status);
	client_reply_release(&reply);
}

/* True where none were given, or they are set. */
static bool set_slots(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;

	if (!arguments_given(&inv->args, OPT_SLOTS))
		return true;
	if (inv->args.slots > SLOTS_MAX) {
		report_error(inv, EXIT_USAGE, "%" PRId64 " slots are more than %d", inv->args.slots, SLOTS_MAX);
		return false;
	}
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "slots");
	jsonw_int(w, inv->args.slots);
	jsonw_end_object(w);
	if (!invocation_call(inv, "ServerSet", w, true, &reply))
		return false;
	client_reply_release(&reply);
	return true;
}

static void report_running(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	const json_t *status;

	if (!get_status(inv, &reply, &status))
		return;
	if (report_is_json(inv))
		status_as_json(inv, status);
	else
		line(inv, alloc_format("server '%s' runs, pid %" PRId64,
		                       json_string_value(json_object_get(status, "name"))
		                               ? json_string_value(json_object_get(status, "name"))
		                               : "",
		                       (int64_t)json_integer_value(json_object_get(status, "pid"))));
	client_reply_release(&reply);
}

void server_start_run(struct invocation *inv)
{
	if (inv->args.slots > 0 && inv->args.slots <= SLOTS_MAX)
		client_set_start_slots((unsigned)inv->args.slots);
	if (invocation_connect(inv) && set_slots(inv))
		report_running(inv);
}

int server_stop_check(struct invocation *inv)
{
	if (!inv->args.drain || !inv->args.cancel)
		return 0;
	report_error(inv, EXIT_USAGE, "both --drain and --cancel are given");
	return EXIT_USAGE;
}

static void report_refusal(struct invocation *inv, const struct client_reply *reply)
{
	int64_t running = json_integer_value(json_object_get(reply->parameters, "running"));
	int64_t queued = json_integer_value(json_object_get(reply->parameters, "queued"));

	if (strcmp(reply->error, "io.krtask.TasksRunning") != 0) {
		report_reply_error(inv, reply);
		return;
	}
	report_error(inv, EXIT_FALSE,
	             "%" PRId64 " task%s running, %" PRId64 " queued: --drain waits for them, --cancel cancels them", running,
	             running == 1 ? "" : "s", queued);
}

void server_stop_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	int result;

	if (!invocation_connect_as(inv, CLIENT_START_NEVER))
		return;
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "mode");
	jsonw_string(w, inv->args.drain ? "drain" : inv->args.cancel ? "cancel" : "idle");
	jsonw_end_object(w);
	result = client_call(inv->connection->client, "ServerStop", w, &reply);
	if (result == -EREMOTE)
		report_refusal(inv, &reply);
	else if (result && result != -EPIPE)
		report_error(inv, EXIT_NO_SERVER, "the server can not be reached: %s", client_error(inv->connection->client));
	client_reply_release(&reply);
	if (inv->status)
		return;
	/* It is gone when the connection is. */
	while (result == 0 || result == -EINTR || result == -EAGAIN) {
		result = client_receive(inv->connection->client, &reply, -1);
		client_reply_release(&reply);
	}
	client_close(inv->connection->client);
	inv->connection->client = NULL;
	inv->connection->prepared = false;
	if (report_is_json(inv))
		report_bool(inv, inv->connection->address.text, 1);
}

void server_restart_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	int result;

	if (!invocation_connect(inv) || !set_slots(inv))
		return;
	result = client_call(inv->connection->client, "ServerRestart", NULL, &reply);
	if (result == -EREMOTE)
		report_reply_error(inv, &reply);
	client_reply_release(&reply);
	if (inv->status)
		return;
	while (result == 0 || result == -EINTR || result == -EAGAIN) {
		result = client_receive(inv->connection->client, &reply, -1);
		client_reply_release(&reply);
	}
	if (connection_again(inv->connection))
		report_error(inv, EXIT_NO_SERVER, "the new server can not be reached: %s",
		             client_error(inv->connection->client));
	else
		report_running(inv);
}

void server_bridge_run(struct invocation *inv)
{
	char *error = NULL;

	if (context_connection(inv->context, inv->args.server, &inv->connection, &error))
		report_error(inv, EXIT_USAGE, "%s", error);
	else if (client_bridge(&inv->connection->address,
	                       inv->args.no_start ? CLIENT_START_NEVER : CLIENT_START_ALWAYS, &error))
		report_error(inv, EXIT_NO_SERVER, "%s", error ? error : "the connection was lost");
	free(error);
}
