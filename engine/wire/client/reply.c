/* Replies: releasing them, and messages for their errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/reply.h"
#include "engine/wire/jsonr.h"

enum { REPLY_KEY_SIZE = 32 };

/* Returns what follows the plain text that ends in a quote, and its length; NULL: it is not plain. */
static const char *reply_text(const char *at, const char *end, size_t *length)
{
	const char *start = at;

	while (at < end && *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\')
		at++;
	*length = (size_t)(at - start);
	return at < end && *at == '"' ? at + 1 : NULL;
}

/* NULL: it has another form. */
static json_t *reply_load_plain(const char *frame, size_t length)
{
	static const char begin[] = "{\"parameters\":{\"", middle[] = ":\"", last[] = "}}";
	const char *end = frame + length, *key = frame + sizeof(begin) - 1, *value, *rest;
	char name[REPLY_KEY_SIZE];
	size_t key_length, value_length;

	if (length < sizeof(begin) || memcmp(frame, begin, sizeof(begin) - 1) != 0)
		return NULL;
	value = reply_text(key, end, &key_length);
	if (!value || key_length >= sizeof(name) || end - value < 2 || memcmp(value, middle, 2) != 0)
		return NULL;
	rest = reply_text(value + 2, end, &value_length);
	if (!rest || end - rest != 2 || memcmp(rest, last, 2) != 0)
		return NULL;
	memcpy(name, key, key_length);
	name[key_length] = '\0';
	json_t *root = json_object(), *parameters = json_object();
	if (json_object_set_new_nocheck(parameters, name, json_stringn_nocheck(value + 2, value_length)) ||
	    json_object_set_nocheck(root, "parameters", parameters)) {
		json_decref(root);
		root = NULL;
	}
	json_decref(parameters);
	return root;
}

json_t *reply_load(const char *frame, size_t length, json_error_t *error)
{
	json_t *plain = reply_load_plain(frame, length);

	return plain ? plain : jsonr_load(frame, length, 0, error);
}

void client_reply_release(struct client_reply *reply)
{
	json_decref(reply->parameters);
	free(reply->error);
	memset(reply, 0, sizeof(*reply));
}

/* The message for each error, and the parameters of the error whose values replace its %s, in order. */
static const struct explanation {
	const char *error;
	const char *message;
	const char *parameters[3];
} explanations[] = {
	{ "io.krtask.NotFound", MSG_TASK_NOT_FOUND, { "id" } },
	{ "io.krtask.AttemptNotFound", MSG_ATTEMPT_NOT_FOUND, { "id", "attempt" } },
	{ "io.krtask.WindowNotFound", MSG_WINDOW_NOT_FOUND, { "window" } },
	{ "io.krtask.GroupNotFound", MSG_GROUP_NOT_FOUND, { "group", "groups" } },
	{ "io.krtask.InvalidGroup", MSG_GROUP_INVALID, { "group" } },
	{ "io.krtask.GroupInUse", MSG_GROUP_IN_USE, { "group" } },
	{ "io.krtask.GroupBusy", MSG_GROUP_BUSY, { "group" } },
	{ "io.krtask.DevicesBusy", MSG_DEVICES_BUSY, { "group" } },
	{ "io.krtask.SlotsAreDevices", MSG_SLOTS_ARE_DEVICES, { "group", "devices" } },
	{ "io.krtask.IdInUse", MSG_ID_IN_USE, { "id" } },
	{ "io.krtask.UnknownEnvironment", MSG_ENVIRONMENT_UNKNOWN, { "hash" } },
	{ "io.krtask.NotReady", MSG_TASK_NOT_ENDED, { "id", "state" } },
	{ "io.krtask.NotEnded", MSG_TASK_GOES_ON, { "id" } },
	{ "io.krtask.TasksRunning", MSG_TASKS_ACTIVE, { "running", "paused", "queued" } },
	{ "io.krtask.TasksPaused", MSG_TASKS_PAUSED, { "ids" } },
	{ "io.krtask.FrameTooLarge", MSG_REQUEST_TOO_LARGE, { "limit" } },
	{ "io.krtask.Overloaded", MSG_SERVER_OVERLOADED, { "limit" } },
	{ "io.krtask.OutOfMemory", MSG_SERVER_OUT_OF_MEMORY, { NULL } },
	{ "org.varlink.service.InterfaceNotFound", MSG_INTERFACE_UNKNOWN, { "interface" } },
	{ "org.varlink.service.MethodNotFound", MSG_METHOD_UNKNOWN, { "method" } },
	{ "org.varlink.service.MethodNotImplemented", MSG_METHOD_UNKNOWN, { "method" } },
	{ "org.varlink.service.InvalidParameter", MSG_PARAMETER_INVALID, { "parameter" } },
};

static void explain_value(FILE *out, const json_t *value)
{
	const json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		(void)fprintf(out, "%s%s", i ? ", " : "",
		              json_is_string(item) ? json_string_value(item) : "?");
	}
	if (json_is_array(value))
		return;
	if (json_is_string(value))
		(void)fputs(json_string_value(value), out);
	else if (json_is_integer(value))
		(void)fprintf(out, "%lld", (long long)json_integer_value(value));
	else
		(void)fputc('?', out);
}

/* The message with the values filled in, malloc'ed.  NULL: out of memory. */
static char *fill_in(const struct explanation *explanation, const json_t *values)
{
	const char *const *parameter = explanation->parameters;
	char *result = NULL;
	size_t length;
	FILE *out = open_memstream(&result, &length);

	if (!out)
		return NULL;
	for (const char *text = explanation->message; *text; text++) {
		if (text[0] != '%' || text[1] != 's') {
			(void)fputc(*text, out);
			continue;
		}
		explain_value(out, json_object_get(values, *parameter++));
		text++;
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
			return fill_in(&explanations[i], reply->parameters);
	return strdup(reply->error);
}
