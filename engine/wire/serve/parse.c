/*
 * Long frames are parsed by a worker, so that nobody else waits for that.  Meanwhile the connection is not
 * gone on with, as while a call is open.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/wire/serve/connection.h"

enum { PARSED_AT_ONCE = 64 << 10 /* bytes: about a millisecond */ };

struct parsing {
	struct wire_job job;           /* first */
	struct connection *connection; /* NULL: it is gone */
	json_t *frame;                 /* owned; NULL: error */
	json_error_t error;
	size_t length;
	char bytes[];
};

/* Freeing a long frame takes as long as parsing it. */
static void parse_free_frame(struct wire_job *job)
{
	json_decref(((struct parsing *)job)->frame);
}

static void parse_free(struct wire_job *job)
{
	free(job);
}

static void parse_work(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;

	parsing->frame = dispatch_parse(parsing->bytes, parsing->length, &parsing->error);
}

static void parse_done(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;
	struct connection *connection = parsing->connection;

	job->work = parse_free_frame;
	job->done = parse_free;
	if (connection) {
		const struct wire_hooks *hooks = connection->server->hooks;

		connection->parsing = NULL;
		server_account(connection, parsing->length, 0);
		dispatch_parsed(connection, parsing->frame, &parsing->error);
		server_schedule_turn(connection);
		if (hooks->offload(hooks->ctx, job))
			return;
	}
	job->work(job);
	job->done(job);
}

bool parse_offload(struct connection *connection, const char *bytes, size_t length)
{
	const struct wire_hooks *hooks = connection->server->hooks;
	struct parsing *parsing;

	if (length <= PARSED_AT_ONCE || !hooks->offload)
		return false;
	parsing = malloc(sizeof(*parsing) + length);
	if (!parsing)
		return false;
	parsing->job = (struct wire_job){ .work = parse_work, .done = parse_done };
	parsing->connection = connection;
	parsing->frame = NULL;
	parsing->length = length;
	memcpy(parsing->bytes, bytes, length);
	if (!hooks->offload(hooks->ctx, &parsing->job)) {
		free(parsing);
		return false;
	}
	connection->parsing = parsing;
	server_account(connection, 0, length);
	return true;
}

void parse_abandon(struct connection *connection)
{
	if (connection->parsing)
		connection->parsing->connection = NULL;
	connection->parsing = NULL;
}
