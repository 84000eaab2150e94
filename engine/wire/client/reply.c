/* What came back: releasing it, and saying in words what an error means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire/client/client.h"

void client_reply_release(struct client_reply *reply)
{
	json_decref(reply->parameters);
	free(reply->error);
	memset(reply, 0, sizeof(*reply));
}

/* An error's text, with {parameter} where its value goes. */
static const struct explanation {
	const char *error;
	const char *text;
} explanations[] = {
	{ "io.krtask.NotFound", "task '{id}' not found" },
	{ "io.krtask.WindowNotFound", "the server has no window {window}" },
	{ "io.krtask.IdInUse", "id '{id}' is in use" },
	{ "io.krtask.UnknownEnvironment", "the server does not know environment {hash}" },
	{ "io.krtask.NotReady", "task '{id}' is {state}" },
	{ "io.krtask.TasksRunning", "{running} running and {queued} queued tasks" },
	{ "io.krtask.FrameTooLarge", "the request has more than {limit} bytes" },
	{ "io.krtask.OutOfMemory", "the server is out of memory" },
	{ "org.varlink.service.InterfaceNotFound", "the server has no interface {interface}" },
	{ "org.varlink.service.MethodNotFound", "the server has no method {method}" },
	{ "org.varlink.service.MethodNotImplemented", "the server has no method {method}" },
	{ "org.varlink.service.InvalidParameter", "the server refuses the value of {parameter}" },
};

static void write_value(FILE *out, const json_t *value)
{
	if (json_is_string(value))
		(void)fputs(json_string_value(value), out);
	else if (json_is_integer(value))
		(void)fprintf(out, "%lld", (long long)json_integer_value(value));
	else
		(void)fputc('?', out);
}

/* text with its {parameters} filled in. */
static char *fill_in(const char *text, const json_t *parameters)
{
	char *result = NULL;
	size_t length;
	FILE *out = open_memstream(&result, &length);

	if (!out)
		return NULL;
	while (*text) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;
		char key[32];

		if (!end) {
			(void)fputc(*text++, out);
			continue;
		}
		(void)snprintf(key, sizeof(key), "%.*s", (int)(end - text - 1), text + 1);
		write_value(out, json_object_get(parameters, key));
		text = end + 1;
	}
	if (fclose(out) != 0) {
		free(result);
		return NULL;
	}
	return result;
}

char *client_explain(const struct client_reply *reply)
{
	const char *reason = json_string_value(json_object_get(reply->parameters, "reason"));

	if (reason)
		return strdup(reason);
	if (!reply->error)
		return strdup("");
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (strcmp(explanations[i].error, reply->error) == 0)
			return fill_in(explanations[i].text, reply->parameters);
	return fill_in(reply->error, NULL);
}
