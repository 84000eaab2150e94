/*
 * Calls and replies.  Each direction has a buffer, and both are served together.  Otherwise a client that
 * sends a million calls before it reads a reply, and a server that waits for the client to read, would block
 * each other.
 */
#include "engine/wire/client/client.h"
#include "engine/wire/client/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/environment.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/strings.h"
#include "engine/wire/buffer.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/inside.h"
#include "engine/wire/client/reply.h"

enum {
	READ_FIRST = 4 << 10,  /* bytes of the first read: most replies are short */
	READ_CHUNK = 64 << 10, /* bytes of one of many */
	SEND_AT = 32 << 10,    /* calls are collected up to this, or until a reply is waited for */
	CLOSE_MS = 5000,       /* time to send what is left, when a client is closed */
	ALIVE_MS =
		1000, /* so long after its first answer by ssh, a server is not asked at once whether it is alive */
};

static enum patience_range client_range(const struct client *client)
{
	return client_is_remote(client) ? PATIENCE_FAR : PATIENCE_NEAR;
}

double client_patience(const struct client *client)
{
	return patience_seconds(client_range(client));
}

static void client_expect(struct client *client)
{
	if (client->greeting)
		patience_begin_greeting(&client->patience);
	else if (client_is_remote(client) && connect_now() - client->since < ALIVE_MS)
		patience_begin(&client->patience, PATIENCE_FIRST);
	else
		patience_begin(&client->patience, client_range(client));
}

/* Writes as much as the socket accepts now. */
static int client_push(struct client *client)
{
	struct buffer *out = &client->out;

	while (out->start < out->end && !client->unwritable) {
		ssize_t n = send(client->fd, out->data + out->start, out->end - out->start,
		                 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return -EAGAIN;
		if (n < 0) {
			/* There may still be a reply to read, which says why. */
			client->unwritable = true;
			break;
		}
		out->start += (size_t)n;
	}
	if (client->unwritable || out->start == out->end)
		out->start = out->end = 0;
	return 0;
}

/* The more has come, the more is read at once. */
static size_t client_read_size(const struct buffer *in)
{
	if (in->size < READ_FIRST)
		return READ_FIRST;
	return in->size < READ_CHUNK ? in->size : READ_CHUNK;
}

/* Reads what is there now.  -EAGAIN: there is nothing, or nothing more can come. */
static int client_pull(struct client *client)
{
	struct buffer *in = &client->in;
	ssize_t n;

	if (client->unreadable)
		return -EAGAIN;
	if (buffer_room(in, client_read_size(in)) < 0)
		return error_replace(&client->error, -ENOMEM, "%s", strerror(ENOMEM));
	do
		n = recv(client->fd, in->data + in->end, in->size - in->end, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return -EAGAIN;
	if (n <= 0) {
		client->unreadable = client->unwritable = true;
		return -EAGAIN;
	}
	in->end += (size_t)n;
	return 0;
}

static int wait_for(struct client *client, short events, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = client->fd, .events = events };
	int ready = poll(&poll_fd, 1, timeout_ms);

	if (ready < 0)
		return -errno;
	return ready > 0 ? 0 : -EAGAIN;
}

/* Sends the rest.  Calls whose replies nobody waits for must be carried out, too. */
void client_flush(struct client *client)
{
	int64_t deadline = connect_now() + CLOSE_MS;

	while (client->fd >= 0 && client_push(client) == -EAGAIN && connect_left(deadline) > 0) {
		/* Replies are read and thrown away.  Otherwise the server would wait for us. */
		int result = wait_for(client, POLLOUT | POLLIN, connect_left(deadline));

		client->in.start = client->in.end;
		if (result == 0)
			(void)client_pull(client);
	}
}

/* It gave no sign of life: nothing more is expected of it. */
static int client_give_up(struct client *client)
{
	client->unreadable = client->unwritable = true;
	return error_replace(&client->error, -ETIMEDOUT, MSG_SERVER_HUNG, client->address.text,
	                     client_patience(client));
}

/* While nothing was asked, its end is not noticed: what is sent then would be lost, and nobody could say whether it was done. */
static bool client_has_ended(const struct client *client)
{
	char byte;
	ssize_t n;

	if (client->outstanding > 0 || client->greeting || client->out.start < client->out.end)
		return false;
	do
		n = recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

int client_send(struct client *client, const char *method, const struct jsonw *parameters, int flags)
{
	static const char begin[] = "{\"method\":\"", own[] = "io.krtask.", middle[] = "\",\"parameters\":";
	static const char more[] = ",\"more\":true", oneway[] = ",\"oneway\":true";
	struct buffer *out = &client->out;
	bool empty = !parameters || parameters->length == 0;
	size_t length = empty ? 2 : parameters->length;
	size_t method_length = strlen(method);

	if (client->fd < 0 || client->unwritable || client_has_ended(client))
		return client_lost(client);
	if ((parameters && parameters->failed) || buffer_room(out, length + method_length + 128) < 0)
		return error_replace(&client->error, -ENOMEM, "%s", strerror(ENOMEM));
	buffer_put(out, begin, sizeof(begin) - 1);
	if (!memchr(method, '.', method_length))
		buffer_put(out, own, sizeof(own) - 1);
	buffer_put(out, method, method_length);
	buffer_put(out, middle, sizeof(middle) - 1);
	buffer_put(out, empty ? "{}" : parameters->data, length);
	if (flags & CLIENT_MORE)
		buffer_put(out, more, sizeof(more) - 1);
	if (flags & CLIENT_ONEWAY)
		buffer_put(out, oneway, sizeof(oneway) - 1);
	else if (client->outstanding++ == 0)
		client_expect(client);
	buffer_put(out, "}", 2);
	if (out->end - out->start >= SEND_AT)
		(void)client_push(client);
	return 0;
}

/* The reply of the anchor when it could not start a server.  Nothing was carried out. */
static int client_refused(struct client *client, const json_t *parameters)
{
	const char *reason = json_string_value(json_object_get(parameters, "reason"));

	client->unreadable = client->unwritable = true;
	client->outstanding = 0;
	if (client->address.host && reason) {
		char *text = ssh_reason(&client->address, reason);

		(void)error_replace(&client->error, 0, MSG_SSH_REFUSED, client->address.host,
		                    text ? text : reason);
		free(text);
		return -ECONNREFUSED;
	}
	return error_replace(&client->error, -ECONNREFUSED, MSG_SERVER_NOT_STARTED, client->address.text,
	                     reason ? reason : MSG_KRTASKD_ENDED);
}

/* An answer came: only the first of a call is waited for with impatience. */
static void client_answered(struct client *client, bool continues)
{
	if (!continues && client->outstanding > 0)
		client->outstanding--;
	if (!continues && client->outstanding > 0)
		client_expect(client);
	else
		patience_end(&client->patience);
}

/* Over ssh, the shell of the other machine may write before krtask does. */
static int client_not_varlink(struct client *client, const char *frame, size_t length)
{
	if (!client->greeting)
		return error_replace(&client->error, -EPROTO, MSG_SERVER_NOT_VARLINK, client->address.text);
	free(client->error);
	client->error = ssh_chatter(&client->address, frame, length);
	return -EPROTO;
}

static int read_reply(struct client *client, const char *frame, size_t length, struct client_reply *reply)
{
	json_error_t fault;
	json_t *root = reply_load(frame, length, &fault);
	json_t *parameters = json_object_get(root, "parameters");
	json_t *error = json_object_get(root, "error");
	char *name = NULL;

	if (!root && json_error_code(&fault) == json_error_out_of_memory)
		return error_replace(&client->error, -ENOMEM, "%s", strerror(ENOMEM));
	if (!json_is_object(root) ||
	    (parameters && !json_is_object(parameters) && !json_is_null(parameters)) ||
	    (error && !json_is_string(error))) {
		json_decref(root);
		return client_not_varlink(client, frame, length);
	}
	if (error && strcmp(json_string_value(error), "io.krtask.Unavailable") == 0) {
		int result = client_refused(client, parameters);

		json_decref(root);
		return result;
	}
	parameters = json_is_object(parameters) ? json_incref(parameters) : error ? NULL : json_object();
	if (error)
		name = strdup(json_string_value(error));
	if (error ? !name : !parameters) {
		json_decref(parameters);
		json_decref(root);
		return error_replace(&client->error, -ENOMEM, "%s", strerror(ENOMEM));
	}
	*reply = (struct client_reply){ .parameters = parameters,
		                        .error = name,
		                        .continues =
		                                !error && json_is_true(json_object_get(root, "continues")) };
	if (name)
		client_note_version(client, reply);
	client_answered(client, reply->continues);
	json_decref(root);
	return 0;
}

/* Until there is something to read, or room to write.  0, -EAGAIN: neither by the deadline; or -errno. */
static int client_await(struct client *client, int64_t deadline)
{
	for (;;) {
		int64_t due = patience_due(&client->patience);
		bool step = due >= 0 && (deadline < 0 || due < deadline);
		struct pollfd fds[2] = {
			{ .fd = client->fd,
			  .events = (short)(client_wants_write(client) ? POLLIN | POLLOUT : POLLIN) },
			{ .fd = client->patience.probe, .events = POLLIN },
		};
		int ready = poll(fds, 2, connect_left(step ? due : deadline));

		if (ready < 0)
			return -errno;
		if (fds[0].revents)
			return 0;
		if (ready > 0)
			patience_end(&client->patience); /* it lives */
		else if (!step)
			return -EAGAIN;
		else if (patience_step(&client->patience, &client->address) < 0)
			return client_give_up(client);
	}
}

/* Waits for a whole frame.  It stays in the buffer until more is read. */
static int next_frame(struct client *client, const char **frame, size_t *length, int timeout_ms)
{
	int64_t deadline = timeout_ms < 0 ? -1 : connect_now() + timeout_ms;

	if (client->fd < 0)
		return client_lost(client);
	for (;;) {
		int result;

		*frame = buffer_frame(&client->in, length);
		if (*frame)
			return 0;
		(void)client_push(client);
		result = client_pull(client);
		if (result == 0)
			continue;
		if (result != -EAGAIN)
			return result;
		if (client->unreadable)
			return client_lost(client);
		if (timeout_ms == 0)
			return -EAGAIN;
		result = client_await(client, deadline);
		if (result < 0)
			return result;
	}
}

/*
 * A reply that could not be read must not be taken for that of the next call.  So the connection ends, and whether the request was
 * carried out is not known.
 */
static int client_received(struct client *client, int result)
{
	if (result == 0 || result == -EAGAIN || result == -EINTR)
		return result;
	client->unreadable = client->unwritable = true;
	return result == -ENOMEM ? client_lost(client) : result;
}

int client_receive(struct client *client, struct client_reply *reply, int timeout_ms)
{
	const char *frame = NULL;
	size_t length = 0;
	int result = next_frame(client, &frame, &length, timeout_ms);

	if (result == 0)
		result = read_reply(client, frame, length, reply);
	return client_received(client, result);
}

int client_receive_text(struct client *client, struct client_reply *reply, const char **parameters,
                        size_t *length, int timeout_ms)
{
	static const char begin[] = "{\"parameters\":", more[] = ",\"continues\":true}";
	const size_t begin_length = sizeof(begin) - 1, more_length = sizeof(more) - 1;
	const char *frame = NULL;
	size_t size = 0;
	int result = next_frame(client, &frame, &size, timeout_ms);
	bool continues;

	*parameters = NULL;
	if (result)
		return client_received(client, result);
	/* This is the form that our server writes.  Other frames are parsed into a tree. */
	if (size < begin_length + more_length || memcmp(frame, begin, begin_length) != 0)
		return client_received(client, read_reply(client, frame, size, reply));
	continues = memcmp(frame + size - more_length, more, more_length) == 0;
	*reply = (struct client_reply){ .continues = continues };
	*parameters = frame + begin_length;
	*length = size - begin_length - (continues ? more_length : 1);
	client_answered(client, continues);
	return 0;
}

int client_call(struct client *client, const char *method, const struct jsonw *parameters,
                struct client_reply *reply)
{
	int result = client_send(client, method, parameters, 0);

	if (result < 0)
		return result;
	do
		result = client_receive(client, reply, -1);
	while (result == -EINTR);
	if (result == 0 && reply->error) {
		char *why = client_explain(reply);

		result = error_replace(&client->error, -EREMOTE, "%s", why ? why : reply->error);
		free(why);
	}
	return result;
}

unsigned client_outstanding(const struct client *client)
{
	return client->outstanding;
}

int client_fd(const struct client *client)
{
	return client->fd;
}

bool client_wants_write(const struct client *client)
{
	return client->out.start < client->out.end && !client->unwritable;
}

/* Keeps the hash in a reply to Environment. */
static int take_hash(struct client *client, const struct client_reply *reply)
{
	const char *hash = json_string_value(json_object_get(reply->parameters, "hash"));

	if (!hash)
		return error_replace(&client->error, -EPROTO, MSG_REPLY_UNEXPECTED);
	client->hash = strdup(hash);
	return client->hash ? 0 : error_replace(&client->error, -ENOMEM, "%s", strerror(ENOMEM));
}

int client_environment(struct client *client, const char **hash)
{
	struct environment env = { 0 };
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	int result;

	*hash = client->hash;
	if (client->hash || client_is_remote(client))
		return 0;
	result = environment_capture(&env);
	if (result < 0)
		return error_replace(&client->error, result, MSG_ENVIRONMENT_UNREADABLE, strerror(-result));
	caller_write(&w, &env, false);
	environment_release(&env);
	result = client_call(client, "Environment", &w, &reply);
	if (result == 0)
		result = take_hash(client, &reply);
	client_reply_release(&reply);
	jsonw_release(&w);
	*hash = client->hash;
	return result;
}

bool client_is_remote(const struct client *client)
{
	return client->address.kind == ADDRESS_SSH;
}
