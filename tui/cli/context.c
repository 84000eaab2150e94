#include "tui/cli/context.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "engine/task/hex.h"
#include "engine/task/quote.h"
#include "tui/cli/report.h"
#include "tui/cli/servers.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"

enum { MADE_MAX = 1 << 14, RECONNECT_MS = 10000, NONCE_PREFIX = 8, REPEATS_MAX = 3 };

void context_init(struct context *context)
{
	*context = (struct context){ .ask_fd = STDIN_FILENO };
	arguments_init(&context->defaults);
	if (getrandom(context->nonce, sizeof(context->nonce), 0) != (ssize_t)sizeof(context->nonce)) {
		uint64_t now = (uint64_t)time(NULL) << 24 ^ (uint64_t)getpid();

		memcpy(context->nonce, &now, sizeof(now));
	}
}

void connection_release(struct connection *connection)
{
	client_close(connection->client);
	address_release(&connection->address);
	free(connection->parent);
	free(connection->text);
	free(connection);
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
	made->text = alloc_string(text);
	made->next = context->connections;
	context->connections = made;
	*connection = made;
	return 0;
}

struct connection *connection_beside(const struct connection *connection)
{
	struct connection *made = alloc_zero(1, sizeof(*made));
	char *error = NULL;

	made->text = alloc_string(connection->text);
	if (address_parse(&made->address, *made->text ? made->text : NULL, &error))
		free(error); /* the first one has been parsed, so memory ran out: it cannot be opened */
	return made;
}

/* Forgets what is valid only for one connection.  The hash is memory of the client. */
static void connection_forget(struct connection *connection)
{
	connection->environment = NULL;
	connection->prepared = false;
}

int connection_open(struct connection *connection, enum client_start start, char **error)
{
	if (connection->client)
		return 0;
	return client_open(&connection->client, &connection->address, start, error) ? EXIT_NO_SERVER : 0;
}

int connection_again(struct connection *connection)
{
	bool prepared = connection->prepared;
	int result, tries = 0;

	connection_forget(connection);
	/* Whoever took the connection may end before it answers: the anchor's backlog, when that dies too. */
	do {
		result = client_reconnect(connection->client, RECONNECT_MS);
		if (result || !prepared)
			break;
		result = client_environment(connection->client, &connection->environment);
	} while (result == -EPIPE && tries++ < REPEATS_MAX);
	connection->prepared = prepared && !result;
	return result;
}

void connection_end(struct connection *connection)
{
	connection_forget(connection);
	client_close(connection->client);
	connection->client = NULL;
}

/* True if this is the server of the task that runs us, $KRTASK_SERVER. */
static bool is_own_server(const struct connection *connection)
{
	const char *text = getenv("KRTASK_SERVER");
	struct address own;
	char *error = NULL;
	bool same;

	if (!text || !*text)
		return false;
	if (address_parse(&own, text, &error)) {
		free(error);
		return false;
	}
	same = address_is_same(&own, &connection->address);
	address_release(&own);
	return same;
}

/* 0, and *found is true if the server knows the task; or -errno. */
static int look_for_task(struct client *client, const char *id, bool *found)
{
	struct jsonw w = JSONW_INIT;
	struct client_reply reply = { 0 };
	int result;

	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, id);
	jsonw_end_object(&w);
	result = client_call(client, "Position", &w, &reply);
	*found = result == 0;
	if (result == -EREMOTE && strcmp(reply.error, "io.krtask.NotFound") == 0)
		result = 0;
	client_reply_release(&reply);
	jsonw_release(&w);
	return result;
}

const char *connection_own_task(const struct connection *connection)
{
	const char *id = getenv("KRTASK_ID");

	return id && *id && is_own_server(connection) ? id : NULL;
}

/*
 * Sends the environment and finds the parent, once per connection.  No replies may be outstanding.  Errors
 * are those of client_call().
 */
static int connection_prepare(struct connection *connection)
{
	const char *id = connection->parent ? NULL : connection_own_task(connection);
	bool found = false;
	int result;

	if (connection->prepared)
		return 0;
	result = client_environment(connection->client, &connection->environment);
	if (!result && id)
		result = look_for_task(connection->client, id, &found);
	if (found)
		connection->parent = alloc_string(id);
	connection->prepared = !result;
	return result;
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
		status = connection_open(inv->connection, inv->args.no_start ? CLIENT_START_NEVER : start,
		                         &error);
	if (!status)
		return true;
	report_error(inv, status, "%s", error ? error : MSG_SERVER_UNREACHABLE);
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

bool invocation_send(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable)
{
	struct client *client = inv->connection->client;
	int result;

	if (!report_call(inv, method, parameters))
		return false;
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
	return inv->method && inv->repeats++ < REPEATS_MAX;
}

/*
 * Connects again, and repeats the call if that is allowed.  False: an error was reported, and no reply will
 * come.
 */
static bool invocation_repeat(struct invocation *inv)
{
	int result;

	if (connection_again(inv->connection))
		return report_lost(inv);
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
	result = client_call(client, method, parameters, reply);
	inv->method = repeatable ? method : NULL;
	while (result == -EPIPE) {
		if (connection_again(inv->connection))
			return report_lost(inv);
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
