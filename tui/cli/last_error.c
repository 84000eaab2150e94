#include "tui/cli/last_error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/hints.h"
#include "tui/fields/decode.h"
#include "tui/text/alloc.h"

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

/* Without memory it is unknown whether there is one, which must not look as if there is none. */
static bool last_error_good(int result)
{
	if (result == -ENOMEM)
		alloc_failed();
	return result == 0;
}

static bool last_error_call(struct connection *connection, const char *method, const struct jsonw *w,
                            struct client_reply *reply)
{
	return last_error_good(w->failed ? -ENOMEM : client_call(connection->client, method, w, reply));
}

/* The last line that it has in that stream. */
static char *last_error_in(struct connection *connection, const char *id, const char *stream)
{
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	char *line = NULL;

	last_error_put(&w, id, stream);
	if (last_error_call(connection, "Log", &w, &reply))
		line = last_error_of(&reply);
	client_reply_release(&reply);
	jsonw_release(&w);
	return line;
}

/* Its errors are in its output (--merge). */
static bool last_error_is_merged(struct connection *connection, const char *id)
{
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	bool merged = false;

	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, id);
	jsonw_end_object(&w);
	if (last_error_call(connection, "Get", &w, &reply))
		merged = json_is_true(json_object_get(json_object_get(reply.parameters, "task"), "merge"));
	client_reply_release(&reply);
	jsonw_release(&w);
	return merged;
}

char *last_error_ask(struct connection *connection, const char *id)
{
	char *error = NULL, *line = NULL;

	if (last_error_good(connection_open(connection, CLIENT_START_NEVER, &error))) {
		line = last_error_in(connection, id, "stderr");
		if (!line && last_error_is_merged(connection, id))
			line = last_error_in(connection, id, "stdout");
	}
	free(error);
	return line;
}
