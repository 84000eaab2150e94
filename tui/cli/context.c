#include "tui/cli/context.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "engine/task/hex.h"
#include "engine/task/quote.h"
#include "engine/wire/client/known.h"
#include "tui/cli/report.h"
#include "tui/cli/servers.h"
#include "tui/cli/several.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

enum { MADE_MAX = 1 << 14, NONCE_PREFIX = 8 };

void context_init(struct context *context)
{
	size_t seed;

	*context = (struct context){ .ask_fd = STDIN_FILENO };
	arguments_init(&context->defaults);
	if (getrandom(context->nonce, sizeof(context->nonce), 0) != (ssize_t)sizeof(context->nonce)) {
		uint64_t now = (uint64_t)time(NULL) << 24 ^ (uint64_t)getpid();

		memcpy(context->nonce, &now, sizeof(now));
	}
	/* Otherwise jansson opens /dev/urandom for a number of its own; 0 would mean that. */
	memcpy(&seed, context->nonce, sizeof(seed));
	json_object_seed(seed | 1);
}

void context_made(struct context *context, const char *id)
{
	alloc_add(&context->made, id);
	if (!context->batch || context->made.length > MADE_MAX)
		context_flush(context);
}

void context_flush(struct context *context)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	bool made = context->made.length > 0;

	/* If nobody reads the output, the ids of created tasks must still be printed. */
	if (made)
		sigaction(SIGPIPE, &ignore, &before);
	errno = 0; /* after an earlier failure there is no number any more */
	if (fflush(stdout) || ferror(stdout)) {
		if (!context->output_failed)
			context->output_error = errno ? errno : EIO;
		context->output_failed = true;
	} else if (!context->output_failed) {
		context->made.length = 0;
	}
	if (made)
		sigaction(SIGPIPE, &before, NULL);
}

static void report_output_failed(const struct context *context)
{
	struct text ids = TEXT_INIT;
	size_t count = 0;
	const char *why = strerror(context->output_error);

	for (const char *id = NULL; (id = strings_next(&context->made, id)); count++)
		candidates_list(&ids, "", id);
	if (count == 1)
		fprintf(stderr, "krtask: " MSG_ID_UNWRITTEN "\n", ids.data, why);
	else if (count > 1)
		fprintf(stderr, "krtask: " MSG_IDS_UNWRITTEN "\n", ids.data, why);
	else if (context->output_error != EPIPE)
		fprintf(stderr, "krtask: " MSG_OUTPUT_FAILED "\n", why);
	text_release(&ids);
}

int context_finish(struct context *context, int status)
{
	struct connection *connection;

	while ((connection = context->connections)) {
		context->connections = connection->next;
		connection_release(connection);
	}
	context_flush(context);
	if (context->output_failed) {
		report_output_failed(context);
		status = status > EXIT_FALSE ? status : EXIT_FALSE;
	}
	strings_release(&context->made);
	jsonw_release(&context->scratch);
	arguments_release(&context->defaults);
	free(context->cwd);
	return status;
}

int context_connection(struct context *context, const char *server, struct connection **connection,
                       char **error)
{
	struct connection *made;
	const char *text = server ? server : "";

	/* Never the default server: who writes an empty variable means another one. */
	if (server && !*server) {
		*error = alloc_string(MSG_SERVER_ADDRESS_EMPTY);
		return EXIT_USAGE;
	}
	for (made = context->connections; made; made = made->next) {
		if (strcmp(made->text, text) == 0) {
			*connection = made;
			return 0;
		}
	}
	made = alloc_zero(1, sizeof(*made));
	if (address_parse(&made->address, server, error)) {
		free(made);
		return EXIT_USAGE;
	}
	if (strcmp(made->address.text, KNOWN_ALL) == 0) {
		*error = alloc_string(MSG_SERVERS_ONE);
		connection_release(made);
		return EXIT_USAGE;
	}
	made->text = alloc_string(text);
	made->next = context->connections;
	context->connections = made;
	*connection = made;
	return 0;
}

const char *context_cwd(struct context *context)
{
	if (!context->cwd)
		context->cwd = getcwd(NULL, 0);
	return context->cwd;
}

void context_nonce(struct context *context, char text[33])
{
	for (size_t i = sizeof(context->nonce); i-- > NONCE_PREFIX;) {
		if (++context->nonce[i])
			break;
	}
	hex_write(context->nonce, sizeof(context->nonce), text);
}

static void tell_waiting(const char *text)
{
	fprintf(stderr, "krtask: %s\n", text);
}

/* The time that the user gives to waiting is also for connecting. */
static void invocation_limit(struct invocation *inv)
{
	if (!inv->command->is_wait || !arguments_given(&inv->args, OPT_TIMEOUT))
		return;
	inv->connection->lasting = true;
	inv->connection->deadline = connection_clock() + (int64_t)(inv->args.timeout * 1000);
}

/* What ssh said although it connects, e.g. a banner, is passed on as ssh would. */
static bool invocation_opened(struct invocation *inv)
{
	char *said = client_said(inv->connection->client), *shown;

	several_connected(inv);
	inv->connection->lasting |= inv->context->batch;
	if (said && !inv->context->on_screen) {
		shown = cells_whole(said);
		fprintf(stderr, "%s\n", shown);
		free(shown);
	}
	free(said);
	return true;
}

bool invocation_connect_as(struct invocation *inv, enum client_start start)
{
	char *error = NULL;
	int status = 0;

	client_set_patience(inv->args.server_timeout, inv->context->on_screen ? NULL : tell_waiting);
	if (!inv->connection)
		status = context_connection(inv->context, inv->args.server, &inv->connection, &error);
	if (!status && !inv->command->makes_server && !inv->connection->client) {
		status = server_check(&inv->connection->address, &error);
		start = server_may_start(&inv->connection->address, start);
	}
	if (!status)
		invocation_limit(inv);
	if (!status)
		status = connection_open(inv->connection, inv->args.no_start ? CLIENT_START_NEVER : start,
		                         &error);
	if (!status)
		return invocation_opened(inv);
	report_error(inv, status, "%s", error ? error : MSG_SERVER_UNREACHABLE);
	free(error);
	return false;
}

bool invocation_finds_server(struct invocation *inv)
{
	char *error = NULL;
	int status = context_connection(inv->context, inv->args.server, &inv->connection, &error);

	if (!status && inv->connection->address.kind != ADDRESS_NAME)
		return invocation_connect_as(inv, CLIENT_START_NEVER);
	if (!status && !inv->command->makes_server && !inv->connection->client)
		status = server_check(&inv->connection->address, &error);
	if (!status)
		return true;
	report_error(inv, status, "%s", error);
	free(error);
	return false;
}

static bool report_lost(struct invocation *inv)
{
	const char *why = client_error(inv->connection->client);

	if (*why)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY, why);
	else
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE);
	return false;
}

void invocation_report_gone(struct invocation *inv, const char *why)
{
	if (why && *why)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_GONE_WHY, why);
	else
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_GONE);
}

/* Connects again after a request was sent.  False: an error was reported. */
static bool invocation_again(struct invocation *inv)
{
	if (!connection_again(inv->connection))
		return true;
	invocation_report_gone(inv, client_error(inv->connection->client));
	return false;
}

char *invocation_words(const struct invocation *inv, const char *id)
{
	const char *server = inv->args.server;
	char *quoted, *words;

	if (!server)
		return alloc_string(id);
	quoted = alloc_zero(QUOTE_ROOM(strlen(server)), 1);
	quote_word(quoted, server);
	words = alloc_format("%s -s %s", id, quoted);
	free(quoted);
	return words;
}

/*
 * Prepares the connection for creating a task: environment and parent.  False: an error was reported, and no
 * task must be created, since it would lack them.
 */
static bool connection_make_ready(struct invocation *inv)
{
	struct connection *connection = inv->connection;
	int result = connection_prepare(connection);

	if (result == -EPIPE && connection_again(connection) == 0)
		result = connection_prepare(connection);
	if (!result)
		return true;
	if (result == -EPIPE)
		return report_lost(inv);
	report_error(inv, result == -ETIMEDOUT ? EXIT_NO_SERVER : EXIT_FALSE, "%s",
	             client_error(connection->client));
	return false;
}

bool invocation_connect(struct invocation *inv)
{
	enum client_start start = inv->command->start;

	/* A batch may start a server.  But status and stop never start one. */
	if (inv->context->batch && start == CLIENT_START_EXISTING)
		start = CLIENT_START_ALWAYS;
	if (!invocation_connect_as(inv, start))
		return false;
	return !inv->command->creates || connection_make_ready(inv);
}

void invocation_sends(const struct invocation *inv, const char *method)
{
	const struct context *context = inv->context;

	if (context->sends)
		context->sends(context->sends_ctx, method);
}

bool invocation_send(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable)
{
	struct client *client = inv->connection->client;
	int result;

	if (!report_call(inv, method, parameters))
		return false;
	invocation_sends(inv, method);
	result = client_send(client, method, parameters, 0);
	/*
	 * If no other call was outstanding, nothing of this one was carried out: connect and send it again.
	 */
	if (result == -EPIPE && client_outstanding(client) == 0 && connection_again(inv->connection) == 0)
		result = client_send(client, method, parameters, 0);
	inv->method = repeatable ? method : NULL;
	if (result == 0 || result == -EPIPE) {
		inv->expected++; /* a lost connection is noticed when the reply is awaited */
		return true;
	}
	return report_lost(inv);
}

bool invocation_may_repeat(struct invocation *inv)
{
	return inv->method && inv->repeats++ < CONNECTION_REPEATS_MAX;
}

/*
 * Connects again, and repeats the call if that is allowed.  False: an error was reported, and no reply will
 * come.
 */
static bool invocation_repeat(struct invocation *inv)
{
	int result;

	if (!invocation_again(inv))
		return false;
	if (!invocation_may_repeat(inv)) {
		report_error(inv, EXIT_FALSE, MSG_REPLY_LOST);
		return false;
	}
	result = client_send(inv->connection->client, inv->method, &inv->request, 0);
	return result == 0 || result == -EPIPE ? true : report_lost(inv);
}

void invocation_receive_all(struct invocation *inv)
{
	while (inv->expected > 0) {
		struct client_reply reply = { 0 };
		int result = client_receive(inv->connection->client, &reply, -1);

		if (result == -EINTR || result == -EAGAIN)
			continue;
		if (result == 0) {
			inv->expected--;
			inv->command->receive(inv, &reply);
			inv->answered++;
			client_reply_release(&reply);
			continue;
		}
		if (result != -EPIPE ? !report_lost(inv) : !invocation_repeat(inv))
			inv->expected = 0;
	}
}

bool invocation_ask(struct invocation *inv, const char *method, const struct jsonw *parameters,
                    bool repeatable, struct client_reply *reply)
{
	struct client *client = inv->connection->client;
	int result;

	if (!report_call(inv, method, parameters))
		return false;
	invocation_sends(inv, method);
	result = client_call(client, method, parameters, reply);
	/* As in invocation_send(). */
	if (result == -EPIPE && client_outstanding(client) == 0 && connection_again(inv->connection) == 0)
		result = client_call(client, method, parameters, reply);
	inv->method = repeatable ? method : NULL;
	while (result == -EPIPE) {
		if (!invocation_again(inv))
			return false;
		if (!invocation_may_repeat(inv)) {
			report_error(inv, EXIT_FALSE, MSG_REPLY_LOST);
			return false;
		}
		result = client_call(client, method, parameters, reply);
	}
	return result == 0 || result == -EREMOTE ? true : report_lost(inv);
}

bool invocation_call(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable, struct client_reply *reply)
{
	if (!invocation_ask(inv, method, parameters, repeatable, reply))
		return false;
	if (!reply->error)
		return true;
	report_reply_error(inv, reply);
	client_reply_release(reply);
	return false;
}
