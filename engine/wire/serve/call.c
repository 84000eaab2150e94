/* The replies of methods.  Puts frames together, gives them to the outbox, and ends calls. */
#include <stdlib.h>
#include <string.h>

#include "engine/wire/serve/connection.h"

#define PART(text)                                                                                           \
	{                                                                                                    \
		(text), sizeof(text) - 1                                                                     \
	}

static uint64_t sequence_now(const struct wire_call *call)
{
	const struct wire_hooks *hooks = call->connection->server->hooks;

	return hooks->sequence(hooks->ctx);
}

static bool answers_go_out(const struct wire_call *call)
{
	return call->connection && !call->cancelled && !call->oneway;
}

/* Ends the call.  Then the next frame of its connection has its turn. */
static void end_call(struct wire_call *call)
{
	struct connection *connection = call->connection;

	wire_call_hold(call, 0);
	if (connection) {
		connection->call = NULL;
		if (!connection->busy)
			server_schedule_turn(connection);
	}
	free(call);
}

void call_abandon(struct connection *connection)
{
	struct wire_call *call = connection->call;

	if (!call)
		return;
	wire_call_hold(call, 0);
	connection->call = NULL;
	call->connection = NULL;
	if (!call->closed)
		return; /* its owner still holds it; the reply will go nowhere */
	call->closed(call->closed_ctx);
	free(call);
}

void call_error(struct connection *connection, const char *error, const struct jsonw *parameters,
                uint64_t sequence)
{
	const char *interface = strchr(error, '.') ? "" : connection->server->interface->name;
	const struct part parts[] = {
		PART("{\"error\":\""),
		{ interface, strlen(interface) },
		{ ".", *interface ? 1 : 0 },
		{ error, strlen(error) },
		PART("\",\"parameters\":"),
		{ parameters ? parameters->data : "{}", parameters ? parameters->length : 2 },
		{ "}", 2 },
	};

	outbox_add(connection, parts, sizeof(parts) / sizeof(parts[0]), sequence, true, NULL);
}

/* There was no memory to write it.  After the last one of a call, the caller must not take it for refused. */
static void call_lose_reply(struct wire_call *call, bool continues)
{
	if (continues) {
		wire_error(call, "OutOfMemory", NULL);
		return;
	}
	if (answers_go_out(call))
		connection_doom(call->connection);
	end_call(call);
}

bool wire_reply_tagged(struct wire_call *call, const struct jsonw *parameters, bool continues,
                       uint64_t sequence)
{
	bool empty = !parameters || parameters->length == 0;

	if (parameters && parameters->failed) {
		call_lose_reply(call, continues);
		return false;
	}
	if (call->connection && !empty)
		call->connection->replied += parameters->length;
	if (answers_go_out(call)) {
		const struct part parts[] = {
			PART("{\"parameters\":"),
			{ empty ? "{}" : parameters->data, empty ? 2 : parameters->length },
			{ ",\"continues\":true", continues ? 17 : 0 },
			{ "}", 2 },
		};

		outbox_add(call->connection, parts, sizeof(parts) / sizeof(parts[0]), sequence, !continues,
		           call->note);
	}
	if (!continues)
		end_call(call);
	return continues;
}

bool wire_reply(struct wire_call *call, const struct jsonw *parameters, bool continues)
{
	if (parameters && parameters->failed) {
		wire_error(call, "OutOfMemory", NULL);
		return false;
	}
	return wire_reply_tagged(call, parameters, continues, answers_go_out(call) ? sequence_now(call) : 0);
}

void wire_error(struct wire_call *call, const char *error, const struct jsonw *parameters)
{
	if (parameters && parameters->failed) {
		error = "OutOfMemory";
		parameters = NULL;
	}
	if (answers_go_out(call))
		call_error(call->connection, error, parameters, sequence_now(call));
	else if (call->connection && call->oneway && strcmp(error, "OutOfMemory") == 0)
		connection_doom(call->connection); /* what follows may rely on it */
	end_call(call);
}

void wire_invalid(struct wire_call *call, const char *parameter)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, "parameter");
	jsonw_string(&w, parameter);
	jsonw_end_object(&w);
	wire_error(call, "org.varlink.service.InvalidParameter", &w);
	jsonw_release(&w);
}

void wire_call_note(struct wire_call *call, const char *note)
{
	call->note = note;
}

bool wire_call_more(const struct wire_call *call)
{
	return call->more;
}

pid_t wire_call_pid(const struct wire_call *call)
{
	return call->connection ? call->connection->pid : 0;
}

void *wire_call_session(const struct wire_call *call)
{
	return call->connection ? call->connection->session : NULL;
}

void *wire_call_prepared(const struct wire_call *call)
{
	return call->connection ? call->connection->prepared : NULL;
}

struct connection *wire_call_set_session(struct wire_call *call, void *session, size_t bytes,
                                         void (*release)(void *session))
{
	struct connection *connection = call->connection;

	if (!connection) {
		if (release)
			release(session);
		return NULL;
	}
	if (connection->release_session && connection->session != session)
		connection->release_session(connection->session);
	wire_session_count(connection, bytes);
	connection->session = session;
	connection->release_session = release;
	return connection;
}

void wire_session_count(struct connection *connection, size_t bytes)
{
	size_t before = connection->session_bytes;

	connection->session_bytes = bytes;
	server_account(connection, before, bytes);
}

void wire_call_on_close(struct wire_call *call, void (*closed)(void *ctx), void *ctx)
{
	call->closed = closed;
	call->closed_ctx = ctx;
}

void wire_call_hold(struct wire_call *call, size_t bytes)
{
	if (call->connection)
		server_account(call->connection, call->held, bytes);
	call->held = bytes;
}

size_t wire_call_unsent(const struct wire_call *call)
{
	return call->connection ? outbox_length(&call->connection->out) : 0;
}

void wire_call_on_drained(struct wire_call *call, void (*drained)(void *ctx), void *ctx)
{
	call->drained = drained;
	call->drained_ctx = ctx;
	if (call->connection)
		server_schedule_turn(call->connection);
}
