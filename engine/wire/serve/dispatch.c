/*
 * From a frame to its method.  There are two interfaces: org.varlink.service, which every varlink service has
 * (https://varlink.org/Service), and the one that the server was made for.  The replies that are made here do
 * not depend on any state, so they wait for no commit.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/wire/jsonr.h"
#include "engine/wire/serve/connection.h"

enum { DISPATCH_DEPTH = 2048 /* of jansson: it reads no further */ };

static const char service_name[] = "org.varlink.service";
static const char service_description[] =
	"# What every varlink service answers.\n"
	"interface org.varlink.service\n"
	"\n"
	"# What this service is, and the interfaces it has.\n"
	"method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: "
	"[]string)\n"
	"\n"
	"# The description of an interface, in the varlink interface language.\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n";

/* Replies with an error that has one parameter, a string. */
static void dispatch_fail(struct connection *connection, const char *error, const char *key,
                          const char *value)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, key);
	jsonw_string(&w, value);
	jsonw_end_object(&w);
	call_error(connection, error, w.failed ? NULL : &w, 0);
	jsonw_release(&w);
}

static void get_info(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct wire_server *server = ctx;
	const struct wire_interface *interface = server->interface;
	const struct {
		const char *key, *value;
	} fields[] = {
		{ "vendor", interface->vendor },
		{ "product", interface->product },
		{ "version", interface->version },
		{ "url", interface->url },
	};
	struct jsonw w = JSONW_INIT;

	(void)parameters;
	jsonw_object(&w);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		jsonw_key(&w, fields[i].key);
		jsonw_string(&w, fields[i].value ? fields[i].value : "");
	}
	jsonw_key(&w, "interfaces");
	jsonw_array(&w);
	jsonw_string(&w, server->served[0].name);
	jsonw_string(&w, server->served[1].name);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	wire_reply_tagged(call, &w, false, 0);
	jsonw_release(&w);
}

static const struct served *find_served(const struct wire_server *server, const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(server->served) / sizeof(server->served[0]); i++) {
		const struct served *served = &server->served[i];

		if (strlen(served->name) == length && memcmp(served->name, name, length) == 0)
			return served;
	}
	return NULL;
}

static void get_description(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const char *name = json_string_value(json_object_get(parameters, "interface"));
	const struct served *served = name ? find_served(ctx, name, strlen(name)) : NULL;
	struct jsonw w = JSONW_INIT;

	if (!name) {
		wire_invalid(call, "interface");
		return;
	}
	jsonw_object(&w);
	jsonw_key(&w, served ? "description" : "interface");
	jsonw_string(&w, served ? served->description : name);
	jsonw_end_object(&w);
	if (served)
		wire_reply_tagged(call, &w, false, 0);
	else
		wire_error(call, "org.varlink.service.InterfaceNotFound", &w);
	jsonw_release(&w);
}

static const struct wire_method service_methods[] = {
	{ "GetInfo", get_info },
	{ "GetInterfaceDescription", get_description },
	{ NULL, NULL },
};

static int by_name(const void *a, const void *b)
{
	const struct wire_method *const *first = a, *const *second = b;

	return strcmp((*first)->name, (*second)->name);
}

static int name_against(const void *key, const void *element)
{
	const struct wire_method *const *method = element;

	return strcmp(key, (*method)->name);
}

static int serve_method(struct served *served, const char *name, const char *description,
                        const struct wire_method *methods, void *ctx)
{
	while (methods[served->count].name)
		served->count++;
	served->methods = calloc(served->count + 1, sizeof(*served->methods));
	if (!served->methods)
		return -ENOMEM;
	for (size_t i = 0; i < served->count; i++)
		served->methods[i] = &methods[i];
	qsort(served->methods, served->count, sizeof(*served->methods), by_name);
	served->name = name;
	served->description = description;
	served->ctx = ctx;
	return 0;
}

int dispatch_init(struct wire_server *server, void *method_ctx)
{
	const struct wire_interface *interface = server->interface;
	int result =
		serve_method(&server->served[0], service_name, service_description, service_methods, server);

	if (result == 0)
		result = serve_method(&server->served[1], interface->name, interface->description,
		                      interface->methods, method_ctx);
	return result;
}

void dispatch_release(struct wire_server *server)
{
	free(server->served[0].methods);
	free(server->served[1].methods);
}

/*
 * Nobody knows what it asks for, nor whether its peer awaits a reply: it would take one for that of its next call, which
 * may rely on this one.
 */
static void dispatch_no_memory(struct connection *connection)
{
	connection_doom(connection);
}

/* The frame is complete, so the next one can be read all the same. */
static void invalid_frame(struct connection *connection, const char *reason)
{
	dispatch_fail(connection, "InvalidFrame", "reason", reason);
}

/* The peer has gone beyond a limit, in bytes, so nothing more of it is read. */
static void dispatch_limit(struct connection *connection, const char *error, int64_t limit)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, "limit");
	jsonw_int(&w, limit);
	jsonw_end_object(&w);
	call_error(connection, error, w.failed ? NULL : &w, 0);
	jsonw_release(&w);
	connection_linger(connection);
}

void dispatch_too_large(struct connection *connection)
{
	dispatch_limit(connection, "FrameTooLarge", WIRE_FRAME_MAX);
}

void dispatch_overloaded(struct connection *connection)
{
	dispatch_limit(connection, "Overloaded", WIRE_BUDGET);
}

static const struct wire_method *find_method(const struct served *served, const char *name)
{
	const struct wire_method *const *found =
		bsearch(name, served->methods, served->count, sizeof(*served->methods), name_against);

	return found ? *found : NULL;
}

/* The first flag of a call that is not a boolean; NULL: all are. */
static const char *dispatch_bad_flag(const json_t *frame)
{
	static const char *const flags[] = { "oneway", "more", "upgrade" };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const json_t *flag = json_object_get(frame, flags[i]);

		if (flag && !json_is_boolean(flag) && !json_is_null(flag))
			return flags[i];
	}
	return NULL;
}

/* Calls the method that a frame names, or replies with an error. */
static void run_call(struct connection *connection, const json_t *frame, const char *method_name,
                     json_t *parameters)
{
	const char *dot = strrchr(method_name, '.');
	const struct served *served =
		dot ? find_served(connection->server, method_name, (size_t)(dot - method_name)) : NULL;
	const struct wire_method *method = served ? find_method(served, dot + 1) : NULL;
	bool oneway = json_is_true(json_object_get(frame, "oneway"));
	struct wire_call *call;

	if (!method && oneway)
		return;
	if (!served && dot) {
		char *interface = strndup(method_name, (size_t)(dot - method_name));

		dispatch_fail(connection, "org.varlink.service.InterfaceNotFound", "interface", interface);
		free(interface);
		return;
	}
	if (!method) {
		dispatch_fail(connection, "org.varlink.service.MethodNotFound", "method", method_name);
		return;
	}
	call = calloc(1, sizeof(*call));
	if (!call) {
		connection_doom(connection);
		return;
	}
	call->connection = connection;
	call->oneway = oneway;
	/* A oneway call gets no replies.  With `more` it would only delay the calls after it. */
	call->more = !oneway && json_is_true(json_object_get(frame, "more"));
	connection->call = call;
	if (dispatch_bad_flag(frame))
		wire_invalid(call, dispatch_bad_flag(frame));
	else if (json_is_object(parameters))
		method->run(served->ctx, call, parameters);
	else
		wire_invalid(call, "parameters");
}

/* The closing quote of the string that begins here, or the end. */
static const char *dispatch_string_end(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\';
	return at;
}

/*
 * A small value takes many times its bytes when it is parsed, and an empty object even more.  So they are
 * counted before, as far as jansson would read: it stops at an error of syntax, and at its limit of depth.
 */
static bool dispatch_has_too_many(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	size_t values = 1, nested = 0, depth = 0;

	/* Each takes two bytes at least. */
	if (length / 2 < WIRE_NESTED_MAX)
		return false;
	for (const char *at = bytes; at < end && depth <= DISPATCH_DEPTH; at++) {
		if (*at == '"')
			at = dispatch_string_end(at, end);
		else if (*at == '{' || *at == '[')
			nested++, depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		else if (*at == ',' || *at == ':')
			values++;
	}
	return nested > WIRE_NESTED_MAX || values > WIRE_VALUES_MAX;
}

static bool dispatch_is_name(const char *behind, const char *end)
{
	while (behind < end && isspace((unsigned char)*behind))
		behind++;
	return behind < end && *behind == ':';
}

/* The parameter in which these bytes end. */
static void dispatch_name(const char *bytes, size_t length, char *name, size_t size)
{
	enum { IN_PARAMETERS = 2 };
	const char *end = bytes + length;
	size_t depth = 0;

	snprintf(name, size, "parameters");
	for (const char *at = bytes, *begin; at < end; at++) {
		if (*at == '"') {
			begin = at + 1;
			at = dispatch_string_end(at, end);
			if (depth == IN_PARAMETERS && dispatch_is_name(at + 1, end))
				snprintf(name, size, "%.*s", (int)(at - begin), begin);
		} else if (*at == '{' || *at == '[') {
			depth++;
		} else if (*at == '}' || *at == ']') {
			depth--;
		}
	}
}

json_t *dispatch_parse(const char *bytes, size_t length, json_error_t *error)
{
	json_t *frame;

	if (dispatch_has_too_many(bytes, length)) {
		*error = (json_error_t){ .text = MSG_FRAME_TOO_MANY };
		return NULL;
	}
	/* A NUL inside a string is valid JSON.  The method decides whether the parameter may have one. */
	frame = jsonr_load(bytes, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);
	/* The frame is complete, but a number in it is too large. */
	if (!frame && json_error_code(error) == json_error_numeric_overflow)
		dispatch_name(bytes, (size_t)error->position, error->source, sizeof(error->source));
	return frame;
}

/* One of two values would be ignored.  jansson shows the name with its quotes, if it is not long. */
static const char *dispatch_twice(const json_error_t *error, char *text, size_t size)
{
	const char *begin = strstr(error->text, "near '\"");
	const char *end = begin ? strstr(begin, "\"'") : NULL;
	char name[sizeof(error->text)];

	if (!end)
		return MSG_FRAME_SOME_TWICE;
	begin += strlen("near '\"");
	snprintf(name, sizeof(name), "%.*s", (int)(end - begin), begin);
	snprintf(text, size, MSG_FRAME_TWICE, name);
	return text;
}

/* What is wrong with a frame that could not be parsed.  The words of jansson differ between its versions. */
static const char *dispatch_fault(const json_error_t *error, char *text, size_t size)
{
	static const char surrogate[] = "invalid Unicode";

	switch (json_error_code(error)) {
	case json_error_invalid_utf8:
		return MSG_FRAME_NOT_UTF8;
	case json_error_duplicate_key:
		return dispatch_twice(error, text, size);
	case json_error_null_byte_in_key:
		return MSG_FRAME_NUL_IN_NAME;
	case json_error_stack_overflow:
		return MSG_FRAME_TOO_DEEP;
	default:
		if (strcmp(error->text, MSG_FRAME_TOO_MANY) == 0)
			return MSG_FRAME_TOO_MANY;
		return strncmp(error->text, surrogate, sizeof(surrogate) - 1) == 0 ? MSG_FRAME_SURROGATE
		                                                                   : MSG_FRAME_NOT_JSON;
	}
}

void dispatch_parsed(struct connection *connection, const json_t *frame, const json_error_t *error)
{
	const char *method = json_string_value(json_object_get(frame, "method"));
	json_t *parameters = json_object_get(frame, "parameters");

	if (!frame && json_error_code(error) == json_error_out_of_memory) {
		dispatch_no_memory(connection);
	} else if (!frame && json_error_code(error) == json_error_numeric_overflow) {
		dispatch_fail(connection, "org.varlink.service.InvalidParameter", "parameter", error->source);
	} else if (!frame) {
		char text[sizeof(MSG_FRAME_TWICE) + sizeof(error->text)];

		invalid_frame(connection, dispatch_fault(error, text, sizeof(text)));
	} else if (!json_is_object(frame)) {
		invalid_frame(connection, MSG_FRAME_NOT_OBJECT);
	} else if (!method) {
		invalid_frame(connection, MSG_FRAME_NO_METHOD);
	} else if (strlen(method) != json_string_length(json_object_get(frame, "method"))) {
		invalid_frame(connection, MSG_FRAME_NUL_IN_METHOD);
	} else {
		parameters =
			parameters && !json_is_null(parameters) ? json_incref(parameters) : json_object();
		if (parameters)
			run_call(connection, frame, method, parameters);
		else
			dispatch_no_memory(connection);
		json_decref(parameters);
	}
}

/* What reads such a frame as text; NULL: nothing does. */
static const struct wire_plain *dispatch_find_plain(const struct wire_interface *interface, const char *bytes,
                                                    size_t length)
{
	for (const struct wire_plain *plain = interface->plain; plain && plain->begin; plain++) {
		size_t start = strlen(plain->begin);

		if (length > start && memcmp(bytes, plain->begin, start) == 0 && bytes[length - 1] == '}')
			return plain;
	}
	return NULL;
}

/* False: the frame is to be parsed. */
static bool dispatch_plain(struct connection *connection, const char *bytes, size_t length)
{
	const struct wire_server *server = connection->server;
	const struct wire_plain *plain = dispatch_find_plain(server->interface, bytes, length);
	size_t start = plain ? strlen(plain->begin) : 0;
	struct wire_call *call;

	if (!plain)
		return false;
	call = calloc(1, sizeof(*call));
	if (!call) {
		connection_doom(connection);
		return true;
	}
	call->connection = connection;
	connection->call = call;
	if (plain->run(server->served[1].ctx, call, bytes + start, length - start - 1))
		return true;
	connection->call = NULL;
	free(call);
	return false;
}

void dispatch_frame(struct connection *connection, const char *bytes, size_t length)
{
	json_error_t error;
	json_t *frame;

	if (parse_offload(connection, bytes, length) || dispatch_plain(connection, bytes, length))
		return;
	frame = dispatch_parse(bytes, length, &error);
	dispatch_parsed(connection, frame, &error);
	json_decref(frame);
}
