#include "tui/cli/last_error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/hints.h"
#include "tui/cli/report.h"
#include "tui/fields/decode.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { ERROR_LINES = 10 }; /* among which the last that is not empty is looked for */

static void last_error_put(struct jsonw *w, const char *id, const char *stream)
{
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "stream");
	jsonw_string(w, stream);
	jsonw_key(w, "tail");
	jsonw_int(w, ERROR_LINES);
	jsonw_end_object(w);
}

static char *last_error_of(const struct client_reply *reply)
{
	const json_t *data = json_object_get(reply->parameters, "data");
	char *text, *line, *copy = NULL;
	void *bytes = NULL;
	size_t count = 0;

	if (!data || !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		return NULL;
	text = alloc_format("%.*s", (int)count, (const char *)bytes);
	line = hint_last_line(text, strlen(text));
	if (line)
		copy = alloc_string(line);
	free(text);
	free(bytes);
	return copy;
}

/* The task may have been removed meanwhile. */
static bool last_error_is_none(int result, const struct client_reply *reply)
{
	return result == -EREMOTE && (strcmp(reply->error, "io.krtask.NotFound") == 0 ||
	                              strcmp(reply->error, "io.krtask.AttemptNotFound") == 0);
}

/* If it is unknown whether there is one, that must not look as if there is none. */
static bool last_error_call(struct connection *connection, const char *method, const struct jsonw *w,
                            struct client_reply *reply, char **error)
{
	int result = w->failed ? -ENOMEM : client_call(connection->client, method, w, reply);

	if (result == -EPIPE && connection_again(connection) == 0)
		result = client_call(connection->client, method, w, reply);
	if (result == -ENOMEM)
		alloc_failed();
	if (result && !last_error_is_none(result, reply))
		*error = alloc_string(client_error(connection->client));
	return result == 0;
}

/* The last line that it has in that stream. */
static char *last_error_in(struct connection *connection, const char *id, const char *stream, char **error)
{
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	char *line = NULL;

	last_error_put(&w, id, stream);
	if (last_error_call(connection, "Log", &w, &reply, error))
		line = last_error_of(&reply);
	client_reply_release(&reply);
	jsonw_release(&w);
	return line;
}

/* Its errors are in its output (--merge). */
static bool last_error_is_merged(struct connection *connection, const char *id, char **error)
{
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	bool merged = false;

	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, id);
	jsonw_end_object(&w);
	if (last_error_call(connection, "Get", &w, &reply, error))
		merged = json_is_true(json_object_get(json_object_get(reply.parameters, "task"), "merge"));
	client_reply_release(&reply);
	jsonw_release(&w);
	return merged;
}

char *last_error_ask(struct connection *connection, const char *id, char **error)
{
	char *line;

	*error = NULL;
	if (connection_open(connection, CLIENT_START_NEVER, error)) {
		if (!*error)
			alloc_failed();
		return NULL;
	}
	line = last_error_in(connection, id, "stderr", error);
	if (!line && !*error && last_error_is_merged(connection, id, error))
		line = last_error_in(connection, id, "stdout", error);
	return line;
}

char *last_error_tell(struct invocation *inv, struct connection *connection, const char *id)
{
	char *error, *line = last_error_ask(connection, id, &error);

	if (error)
		report_error(inv, EXIT_FALSE, MSG_LAST_ERROR_UNKNOWN, id, error);
	free(error);
	return line;
}
