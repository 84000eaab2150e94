#include "tui/cli/last_error.h"

#include <stdlib.h>
#include <string.h>

#include "tui/cli/hints.h"
#include "tui/text/alloc.h"

enum { ERROR_LINES = 10 }; /* among which the last that is not empty is looked for */

static void last_error_put(struct jsonw *w, const char *id)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "stream");
	jsonw_string(w, "stderr");
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

	if (!data || base64_decode(json_string_value(data), json_string_length(data), &bytes, &count))
		return NULL;
	text = alloc_format("%.*s", (int)count, (const char *)bytes);
	line = hint_last_line(text, strlen(text));
	if (line)
		copy = alloc_string(line);
	free(text);
	free(bytes);
	return copy;
}

char *last_error_ask(struct connection *connection, const char *id)
{
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	char *error = NULL, *line = NULL;

	last_error_put(&w, id);
	if (connection_open(connection, CLIENT_START_NEVER, &error) == 0 &&
	    client_call(connection->client, "Log", &w, &reply) == 0)
		line = last_error_of(&reply);
	client_reply_release(&reply);
	jsonw_release(&w);
	free(error);
	return line;
}
