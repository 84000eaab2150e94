/*
 * server start, set, stop, restart, pause, resume, bridge.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/duration.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/servers.h"
#include "tui/cli/status.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { SLOTS_MAX = 1000000, HOOK_LIMIT_MAX = 31 * 86400 /* seconds */ };

static bool slots_fit(struct invocation *inv)
{
	if (inv->args.slots <= SLOTS_MAX)
		return true;
	report_error(inv, EXIT_USAGE, MSG_SLOTS_TOO_MANY, (long long)inv->args.slots, SLOTS_MAX);
	return false;
}

/* What is given; the limit of hooks also if it is configured. */
static const struct server_setting {
	enum option_id id;
	const char *key;
} server_settings[] = {
	{ OPT_SLOTS, "slots" },        { OPT_HOOK_LIMIT, "hookLimit" },
	{ OPT_KEEP, "keep" },          { OPT_KEEP_FAILED, "keepFailed" },
	{ OPT_KEEP_SIZE, "keepSize" },
};

static bool server_is_set(const struct arguments *args, enum option_id id)
{
	return arguments_given(args, id) || (id == OPT_HOOK_LIMIT && args->hook_limit > 0);
}

/* Writes the settings.  False: there is none. */
static bool server_put_settings(struct jsonw *w, const struct arguments *args)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(server_settings) / sizeof(*server_settings); i++) {
		const struct server_setting *setting = &server_settings[i];
		const struct option_info *info = &option_table[setting->id];
		const void *field = (const char *)args + info->offset;

		if (!server_is_set(args, setting->id))
			continue;
		any = true;
		jsonw_key(w, setting->key);
		if (option_set_has(&args->cleared, setting->id))
			jsonw_int(w, 0);
		else if (info->kind == OPTION_DURATION || info->kind == OPTION_SECONDS)
			jsonw_fixed3(w, duration_milliseconds(*(const double *)field));
		else
			jsonw_int(w, *(const int64_t *)field);
	}
	return any;
}

/* Sets what is given.  False: an error was reported. */
static bool server_set(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	bool any;

	if (!slots_fit(inv))
		return false;
	jsonw_clear(w);
	jsonw_object(w);
	any = server_put_settings(w, &inv->args);
	jsonw_end_object(w);
	if (!any)
		return true;
	if (!invocation_call(inv, "ServerSet", w, true, &reply))
		return false;
	client_reply_release(&reply);
	return true;
}

void server_start_run(struct invocation *inv)
{
	if (inv->args.slots > 0 && inv->args.slots <= SLOTS_MAX)
		client_set_start_slots((unsigned)inv->args.slots);
	if (invocation_connect(inv) && server_set(inv))
		status_report_running(inv);
}

/* Nobody means that everything is to go at once. */
static int server_check_keep(struct invocation *inv, enum option_id id, double time)
{
	if (!arguments_given(&inv->args, id) || option_set_has(&inv->args.cleared, id) || time > 0)
		return 0;
	report_error(inv, EXIT_USAGE, inv->cmdlet ? MSG_PARAMETER_VALUE : MSG_OPTION_VALUE, "0s",
	             inv->cmdlet ? option_table[id].parameter : option_table[id].name, MSG_MUST_BE_LONGER);
	return EXIT_USAGE;
}

int server_set_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	if (!slots_fit(inv) || server_check_keep(inv, OPT_KEEP, args->keep) ||
	    server_check_keep(inv, OPT_KEEP_FAILED, args->keep_failed))
		return EXIT_USAGE;
	if (arguments_given(args, OPT_HOOK_LIMIT) &&
	    (args->hook_limit < 0.001 || args->hook_limit > HOOK_LIMIT_MAX)) {
		report_error(inv, EXIT_USAGE, MSG_HOOK_LIMIT, HOOK_LIMIT_MAX);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < sizeof(server_settings) / sizeof(*server_settings); i++) {
		if (server_is_set(args, server_settings[i].id))
			return 0;
	}
	report_error(inv, EXIT_USAGE, MSG_SERVER_SET_NOTHING);
	return EXIT_USAGE;
}

void server_set_run(struct invocation *inv)
{
	if (invocation_connect(inv) && server_set(inv) && report_is_json(inv))
		report_bool(inv, inv->connection->address.text, 1);
}

int server_stop_check(struct invocation *inv)
{
	if (!inv->args.drain || !inv->args.cancel)
		return 0;
	report_error(inv, EXIT_USAGE, MSG_DRAIN_AND_CANCEL);
	return EXIT_USAGE;
}

static void server_stop_failed(struct invocation *inv, const struct client_reply *reply)
{
	char *error;

	if (!reply->error || strcmp(reply->error, "io.krtask.TasksRunning") != 0) {
		report_reply_error(inv, reply);
		return;
	}
	error = alloc_checked(client_explain(reply));
	if (json_integer_value(json_object_get(reply->parameters, "paused")) > 0)
		report_error(inv, EXIT_FALSE, MSG_STOP_FAILED_PAUSED, error);
	else
		report_error(inv, EXIT_FALSE, MSG_STOP_FAILED, error);
	free(error);
}

/*
 * Waits until the connection is closed, which shows that the server has ended.  A line to another machine may
 * stay open although it leads nowhere, so there is a limit.  result is that of the last call.
 */
static void await_loss(const struct invocation *inv, int result)
{
	struct client_reply reply = { 0 };
	double seconds = client_patience(inv->connection->client);
	int limit = seconds > 0 && seconds < INT_MAX / 1000 ? (int)(seconds * 1000) : -1;

	while (result == 0 || result == -EINTR) {
		result = client_receive(inv->connection->client, &reply, limit);
		client_reply_release(&reply);
	}
}

/* Says what the server waits for, unless that was the last thing said. */
static void stop_tell(struct invocation *inv, struct connection *beside, char **told)
{
	struct client_reply reply = { 0 };
	char *error = NULL, *waits = NULL;

	if (connection_open(beside, CLIENT_START_NEVER, &error) == 0 &&
	    client_call(beside->client, "ServerStatus", NULL, &reply) == 0)
		waits = status_waits(reply.parameters);
	if (waits && (!*told || strcmp(waits, *told) != 0)) {
		char *text = alloc_format(MSG_STOP_WAITS, waits);

		report_information(inv, true, text);
		free(text);
		free(*told);
		*told = waits;
		waits = NULL;
	}
	free(waits);
	free(error);
	client_reply_release(&reply);
}

static void stop_left(struct invocation *inv, json_int_t waiting)
{
	char *count = alloc_format("%lld task%s", (long long)waiting, waiting == 1 ? "" : "s"), *text;

	text = alloc_format(waiting == 1 ? MSG_STOP_LEFT_ONE : MSG_STOP_LEFT, count);
	if (waiting > 0)
		report_information(inv, true, text);
	free(text);
	free(count);
}

enum { STOP_TELL_MS = 1000 };

/* As client_call().  Who waits for more than a second is told for what. */
static int stop_call(struct invocation *inv, const struct jsonw *w, struct client_reply *reply)
{
	struct client *client = inv->connection->client;
	struct connection *beside = NULL;
	char *told = NULL;
	int result;

	invocation_sends(inv, "ServerStop");
	result = client_send(client, "ServerStop", w, 0);

	while (!result &&
	       ((result = client_receive(client, reply, STOP_TELL_MS)) == -EAGAIN || result == -EINTR)) {
		if (!beside)
			beside = connection_beside(inv->connection);
		if (result == -EAGAIN)
			stop_tell(inv, beside, &told);
		result = 0;
	}
	if (beside)
		connection_release(beside);
	free(told);
	return !result && reply->error ? -EREMOTE : result;
}

/*
 * Only the reply says that the server stops.  A server that was lost without it goes on, or another takes its
 * place, so it is asked again.
 */
static void ask_stop(struct invocation *inv, const struct jsonw *w)
{
	struct client *client = inv->connection->client;
	struct client_reply reply = { 0 };
	int result = stop_call(inv, w, &reply);

	inv->method = "ServerStop";
	while (result == -EPIPE && connection_again(inv->connection) == 0 && invocation_may_repeat(inv))
		result = stop_call(inv, w, &reply);
	if (result == -EREMOTE)
		server_stop_failed(inv, &reply);
	else if (result)
		report_error(inv, EXIT_NO_SERVER, MSG_STOP_UNANSWERED, client_error(client));
	else
		stop_left(inv, json_integer_value(json_object_get(reply.parameters, "waiting")));
	client_reply_release(&reply);
}

void server_stop_run(struct invocation *inv)
{
	struct jsonw *w = &inv->request;

	if (!invocation_connect_as(inv, CLIENT_START_NEVER))
		return;
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "mode");
	jsonw_string(w, inv->args.drain ? "drain" : inv->args.cancel ? "cancel" : "idle");
	jsonw_end_object(w);
	ask_stop(inv, w);
	if (inv->status)
		return;
	await_loss(inv, 0);
	connection_end(inv->connection);
	if (report_is_json(inv))
		report_bool(inv, inv->connection->address.text, 1);
}

/*
 * The program that is to take over: our own, which may be newer than the server's.  An older one could not
 * read the database of a newer server, and on another machine ours means nothing: there, *program is NULL,
 * and the server looks for its own.  False: reported.
 */
static bool find_successor(struct invocation *inv, char **program)
{
	struct client_reply reply = { 0 };
	const json_t *status;
	const char *version;
	char *error = NULL;
	bool older;

	*program = NULL;
	if (client_is_remote(inv->connection->client))
		return true;
	if (!status_get(inv, &reply, &status))
		return false;
	version = json_string_value(json_object_get(status, "version"));
	older = version && strverscmp(PACKAGE_VERSION, version) < 0;
	client_reply_release(&reply);
	if (older)
		return true;
	*program = client_krtaskd(&error);
	if (!*program)
		report_error(inv, EXIT_FALSE, "%s", error ? error : MSG_OUT_OF_MEMORY);
	free(error);
	return *program != NULL;
}

/* The result of the call; errors are reported. */
static int ask_restart(struct invocation *inv, const char *program)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	int result;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "program");
	jsonw_string(w, program);
	jsonw_end_object(w);
	invocation_sends(inv, "ServerRestart");
	result = client_call(inv->connection->client, "ServerRestart", w, &reply);
	if (result == -EREMOTE)
		report_reply_error(inv, &reply);
	else if (result && result != -EPIPE)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY,
		             client_error(inv->connection->client));
	client_reply_release(&reply);
	return result;
}

/* What tells a server from the one after it. */
struct server_identity {
	json_int_t pid;
	char started[40], version[40];
};

/* The server that answers.  A process id alone may be used again.  False: reported. */
static bool server_identify(struct invocation *inv, struct server_identity *identity)
{
	struct client_reply reply = { 0 };
	const json_t *status;
	const char *started, *version;

	if (!status_get(inv, &reply, &status))
		return false;
	started = json_string_value(json_object_get(status, "startedAt"));
	version = json_string_value(json_object_get(status, "version"));
	identity->pid = json_integer_value(json_object_get(status, "pid"));
	snprintf(identity->started, sizeof(identity->started), "%s", started ? started : "");
	snprintf(identity->version, sizeof(identity->version), "%s", version ? version : "");
	client_reply_release(&reply);
	return true;
}

/* Krtask 0.1.0 does not know that another program may take over: it starts its own. */
static void report_restarted(struct invocation *inv, const struct server_identity *now, const char *program)
{
	if (program && strcmp(now->version, PACKAGE_VERSION) != 0)
		report_error(inv, EXIT_FALSE, MSG_SERVER_OWN_PROGRAM, now->version, PACKAGE_VERSION);
	else
		status_report_running(inv);
}

/*
 * Asks until another server answers than before.  A connection that was lost before there was a reply does not
 * show that the server has ended.
 */
static void restart_until_new(struct invocation *inv, const char *program)
{
	struct server_identity before, after;
	int result;

	if (!server_identify(inv, &before))
		return;
	inv->method = "ServerRestart";
	do {
		result = ask_restart(inv, program);
		if (inv->status)
			return;
		await_loss(inv, result);
		if (connection_again(inv->connection)) {
			report_error(inv, EXIT_NO_SERVER, MSG_SERVER_NEW_UNREACHABLE,
			             client_error(inv->connection->client));
			return;
		}
		if (!server_identify(inv, &after))
			return;
		if (after.pid != before.pid || strcmp(after.started, before.started) != 0) {
			report_restarted(inv, &after, program);
			return;
		}
		inv->method = "ServerRestart";
	} while (result == -EPIPE && invocation_may_repeat(inv));
	report_error(inv, EXIT_FALSE, MSG_SERVER_SAME, (long long)after.pid);
}

void server_restart_run(struct invocation *inv)
{
	char *program = NULL;

	if (!invocation_connect(inv) || !find_successor(inv, &program))
		return;
	if (server_set(inv))
		restart_until_new(inv, program);
	free(program);
}

static void server_mark(struct invocation *inv, const char *method)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	if (inv->args.running) {
		jsonw_key(w, "running");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
	if (!invocation_connect(inv) || !invocation_call(inv, method, w, true, &reply))
		return;
	client_reply_release(&reply);
	if (report_is_json(inv))
		report_bool(inv, inv->connection->address.text, 1);
}

void server_pause_run(struct invocation *inv)
{
	server_mark(inv, "ServerPause");
}

void server_resume_run(struct invocation *inv)
{
	server_mark(inv, "ServerResume");
}

static const char *const bridge_starts[] = {
	[CLIENT_START_NEVER] = "never",
	[CLIENT_START_EXISTING] = "existing",
	[CLIENT_START_ALWAYS] = "always",
};

/* What the remote command may start.  A client of an earlier version does not say it. */
static enum client_start bridge_start(const struct invocation *inv)
{
	const char *word = inv->args.operands.count ? inv->args.operands.items[0].text : NULL;
	enum client_start start = CLIENT_START_ALWAYS;

	while (word && start > CLIENT_START_NEVER && strcmp(word, bridge_starts[start]) != 0)
		start--;
	return word ? start : server_may_start(&inv->connection->address, start);
}

/* Replies to the first request instead of a server, so that the remote client prints the error. */
static void bridge_fail(struct invocation *inv, const char *error)
{
	struct jsonw w = JSONW_INIT;

	inv->status = EXIT_NO_SERVER;
	if (isatty(STDOUT_FILENO)) {
		report_error(inv, EXIT_NO_SERVER, "%s", error);
		return;
	}
	jsonw_object(&w);
	jsonw_key(&w, "error");
	jsonw_string(&w, "io.krtask.Unavailable");
	jsonw_key(&w, "parameters");
	jsonw_object(&w);
	jsonw_key(&w, "reason");
	jsonw_string(&w, error);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	if (!w.failed)
		fwrite(w.data, 1, w.length, stdout);
	fputc('\0', stdout);
	jsonw_release(&w);
}

/* Only what makes servers may name one that does not exist: the others are told which do. */
static bool bridge_connect(struct invocation *inv, char **error)
{
	enum client_start start = inv->args.no_start ? CLIENT_START_NEVER : bridge_start(inv);
	const struct address *address = &inv->connection->address;

	return (start == CLIENT_START_ALWAYS || server_check(address, error) == 0) &&
	       client_bridge(address, start, error) == 0;
}

void server_bridge_run(struct invocation *inv)
{
	char *error = NULL;

	if (context_connection(inv->context, inv->args.server, &inv->connection, &error))
		report_error(inv, EXIT_USAGE, "%s", error);
	else if (!bridge_connect(inv, &error))
		bridge_fail(inv, error ? error : MSG_CONNECTION_LOST);
	free(error);
}
