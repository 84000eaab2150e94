/*
 * A connection of a command line: opening it, connecting again, and what belongs to one connection.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/cli/context.h"
#include "tui/cli/interrupt.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { RECONNECT_MS = 10000 };

int64_t connection_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void connection_release(struct connection *connection)
{
	client_close(connection->client);
	address_release(&connection->address);
	free(connection->parent);
	free(connection->noted);
	free(connection->text);
	free(connection);
}

struct connection *connection_beside(const struct connection *connection)
{
	struct connection *made = alloc_zero(1, sizeof(*made));

	made->text = alloc_string(connection->text);
	made->lasting = connection->lasting;
	made->deadline = connection->deadline;
	if (address_copy(&made->address, &connection->address))
		alloc_failed();
	return made;
}

/* Forgets what is valid only for one connection.  The hash is memory of the client. */
static void connection_forget(struct connection *connection)
{
	connection->environment = NULL;
	connection->prepared = false;
}

/* Milliseconds that it may take to connect again; -1: no limit. */
static int connection_time(const struct connection *connection)
{
	int64_t left;

	if (!connection->lasting || connection->address.kind != ADDRESS_SSH)
		return RECONNECT_MS;
	if (connection->deadline == 0)
		return -1;
	left = connection->deadline - connection_clock();
	return left < 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
}

int connection_open(struct connection *connection, enum client_start start, char **error)
{
	struct client *client = NULL;
	int result;

	if (connection->client)
		return 0;
	if (client_begin(&client, &connection->address, start, error))
		return EXIT_NO_SERVER;
	do
		result = client_settle(client, connection->deadline ? connection_time(connection) : -1);
	while (result == -EINTR && !interrupt_came);
	if (!result) {
		connection->client = client;
		return 0;
	}
	*error = alloc_string(result == -EAGAIN ? MSG_TIMEOUT_CONNECTING : client_error(client));
	client_close(client);
	return result == -EAGAIN ? EXIT_TIMEOUT : EXIT_NO_SERVER;
}

/* A signal that means nothing here does not end it. */
static int connection_reconnect(struct connection *connection)
{
	int result;

	client_set_lasting(connection->client, connection->lasting);
	do
		result = client_reconnect(connection->client, connection_time(connection));
	while (result == -EINTR && !interrupt_came);
	return result;
}

int connection_again(struct connection *connection)
{
	bool prepared = connection->prepared;
	int result, tries = 0;

	connection_forget(connection);
	/* Whoever took the connection may end before it answers: the anchor's backlog, when that dies too. */
	do {
		result = connection_reconnect(connection);
		if (result || !prepared)
			break;
		result = client_environment(connection->client, &connection->environment);
	} while (result == -EPIPE && tries++ < CONNECTION_REPEATS_MAX);
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

int connection_prepare(struct connection *connection)
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
