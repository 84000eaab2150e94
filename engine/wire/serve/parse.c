/*
 * Long frames are parsed by a worker, so that nobody else waits for that.  Meanwhile the connection is not
 * gone on with, as while a call is open.
 *
 * What is made of a frame takes several times its bytes, and the budget counts only these.  So few frames are
 * parsed at the same time, however many there are, and however many workers.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/wire/serve/connection.h"

enum {
	PARSED_AT_ONCE = 64 << 10, /* bytes: about a millisecond */
	PARSED_TRIMMED = 1 << 20,  /* bytes: what parsing took is worth giving back */
	PARSED_TOGETHER = 4 << 20, /* bytes of the frames that workers parse, if it is more than one */
};

struct parsing {
	struct wire_job job;           /* first */
	struct connection *connection; /* NULL: it is gone */
	struct wire_server *server;    /* NULL: it is gone */
	struct parsing *prev, *next;   /* in the list of those that wait, or of those that have begun */
	bool begun;
	json_t *frame; /* owned; NULL: error */
	void *(*prepare)(const char *method, const json_t *parameters);
	void (*unprepare)(void *prepared);
	void *prepared; /* owned */
	json_error_t error;
	size_t length;
	const char *bytes; /* in memory */
	char *memory;      /* owned */
};

static void parse_drop(struct parsing *parsing)
{
	if (parsing->prepared)
		parsing->unprepare(parsing->prepared);
	parsing->prepared = NULL;
	json_decref(parsing->frame);
	parsing->frame = NULL;
}

/*
 * Freeing a long frame takes as long as parsing it.  Its values were many small blocks, which the allocator would
 * keep.
 */
static void parse_free_frame(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;

	parse_drop(parsing);
	if (parsing->length >= PARSED_TRIMMED)
		malloc_trim(0);
}

static void parse_start(struct wire_server *server);

static void parse_free(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;
	struct wire_server *server = parsing->server;

	if (server) {
		DL_DELETE(server->parsing, parsing);
		server->parsing_bytes -= parsing->length;
	}
	/* Workers that end do no more work. */
	parse_drop(parsing);
	free(parsing->memory);
	free(parsing);
	if (server)
		parse_start(server);
}

static void parse_work(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;

	const char *method;

	parsing->frame = dispatch_parse(parsing->bytes, parsing->length, &parsing->error);
	method = json_string_value(json_object_get(parsing->frame, "method"));
	if (method && parsing->prepare)
		parsing->prepared = parsing->prepare(method, json_object_get(parsing->frame, "parameters"));
}

static void parse_done(struct wire_job *job)
{
	struct parsing *parsing = (struct parsing *)job;
	struct connection *connection = parsing->connection;
	const struct wire_hooks *hooks = parsing->server ? parsing->server->hooks : NULL;

	job->work = parse_free_frame;
	job->done = parse_free;
	if (connection) {
		connection->parsing = NULL;
		server_account(connection, parsing->length, 0);
		connection->prepared = parsing->prepared;
		dispatch_parsed(connection, parsing->frame, &parsing->error);
		connection->prepared = NULL;
		server_schedule_turn(connection);
	}
	if (hooks && hooks->offload(hooks->ctx, job))
		return;
	job->work(job);
	job->done(job);
}

/* Gives waiting frames to the workers, the oldest first, as far as there is room. */
static void parse_start(struct wire_server *server)
{
	const struct wire_hooks *hooks = server->hooks;
	struct parsing *parsing;

	while ((parsing = server->unparsed) &&
	       (!server->parsing || server->parsing_bytes + parsing->length <= PARSED_TOGETHER)) {
		DL_DELETE(server->unparsed, parsing);
		DL_APPEND(server->parsing, parsing);
		parsing->begun = true;
		server->parsing_bytes += parsing->length;
		if (!hooks->offload(hooks->ctx, &parsing->job)) {
			parsing->job.work(&parsing->job);
			parsing->job.done(&parsing->job);
		}
	}
}

/* The bytes of a frame for a worker: those that were received, or a copy of them. */
static bool parse_take(struct parsing *parsing, struct buffer *in, const char *bytes, size_t length)
{
	parsing->memory = buffer_detach(in, length);
	parsing->bytes = bytes;
	if (parsing->memory)
		return true;
	parsing->memory = malloc(length);
	parsing->bytes = parsing->memory;
	if (parsing->memory)
		memcpy(parsing->memory, bytes, length);
	return parsing->memory != NULL;
}

bool parse_offload(struct connection *connection, const char *bytes, size_t length)
{
	struct wire_server *server = connection->server;
	struct parsing *parsing;

	if (length <= PARSED_AT_ONCE || !server->hooks->offload)
		return false;
	parsing = malloc(sizeof(*parsing));
	if (!parsing || !parse_take(parsing, &connection->in, bytes, length)) {
		free(parsing);
		return false;
	}
	parsing->job = (struct wire_job){ .work = parse_work, .done = parse_done };
	parsing->connection = connection;
	parsing->server = server;
	parsing->begun = false;
	parsing->frame = NULL;
	parsing->prepare = server->interface->prepare;
	parsing->unprepare = server->interface->unprepare;
	parsing->prepared = NULL;
	parsing->length = length;
	connection->parsing = parsing;
	connection_count_inbox(connection, length);
	DL_APPEND(server->unparsed, parsing);
	parse_start(server);
	return true;
}

void parse_abandon(struct connection *connection)
{
	struct parsing *parsing = connection->parsing;

	connection->parsing = NULL;
	if (!parsing)
		return;
	parsing->connection = NULL;
	if (parsing->begun)
		return;
	DL_DELETE(connection->server->unparsed, parsing);
	free(parsing->memory);
	free(parsing);
}

void parse_release(struct wire_server *server)
{
	struct parsing *parsing;

	DL_FOREACH(server->parsing, parsing)
	parsing->server = NULL;
}
