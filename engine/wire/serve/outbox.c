/*
 * The outbox: replies in order, in one evbuffer.  Its first `released` bytes may be written.  Each reply
 * after them has a mark, which says which commit it waits for.  Replies keep their order: one that waits for
 * a small number also waits for the replies before it, whose numbers may be greater.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "engine/task/array.h"
#include "engine/wire/serve/connection.h"

enum { VECTORS = 64 };

int outbox_init(struct outbox *out)
{
	out->bytes = evbuffer_new();
	return out->bytes ? 0 : -ENOMEM;
}

void outbox_release(struct outbox *out)
{
	if (out->bytes)
		evbuffer_free(out->bytes);
	free(out->marks);
	memset(out, 0, sizeof(*out));
}

size_t outbox_length(const struct outbox *out)
{
	return evbuffer_get_length(out->bytes);
}

static int outbox_add_mark(struct outbox *out, const struct mark *mark)
{
	struct mark *marks;

	if (out->first > 0 && out->first + out->count == out->size) {
		memmove(out->marks, out->marks + out->first, out->count * sizeof(*out->marks));
		out->first = 0;
	}
	marks = array_grow(out->marks, &out->size, out->count + 1, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	out->marks = marks;
	out->marks[out->first + out->count++] = *mark;
	return 0;
}

/* No reply is held back any more.  Frees the memory of the marks. */
static void forget_marks(struct connection *connection)
{
	struct outbox *out = &connection->out;

	server_hold(connection, false);
	free(out->marks);
	out->marks = NULL;
	out->first = out->count = out->size = 0;
}

void outbox_clear(struct connection *connection)
{
	struct outbox *out = &connection->out;
	size_t length = outbox_length(out);

	(void)evbuffer_drain(out->bytes, length);
	forget_marks(connection);
	out->released = 0;
	connection->server->unsent -= length;
	server_account(connection, length, 0);
}

void outbox_add(struct connection *connection, const struct part *parts, size_t count, uint64_t sequence,
                bool last, const char *note)
{
	struct outbox *out = &connection->out;
	size_t before = outbox_length(out);
	size_t length = 0;
	int result = 0;

	if (connection->doomed || connection->gone)
		return;
	for (size_t i = 0; i < count && result == 0; i++) {
		result = evbuffer_add(out->bytes, parts[i].bytes, parts[i].length);
		length += parts[i].length;
	}
	if (result == 0 && out->count == 0 && sequence <= connection->server->committed) {
		out->released += length;
		server_schedule_send(connection);
	} else if (result == 0) {
		result = outbox_add_mark(
			out,
			&(struct mark){ .sequence = sequence, .bytes = length, .last = last, .note = note });
		server_hold(connection, true);
	}
	connection->server->unsent += outbox_length(out) - before;
	server_account(connection, before, outbox_length(out));
	if (result != 0)
		connection_doom(connection);
}

void outbox_commit(struct connection *connection)
{
	struct outbox *out = &connection->out;
	size_t released = out->released;

	while (out->count > 0 && out->marks[out->first].sequence <= connection->server->committed) {
		out->released += out->marks[out->first].bytes;
		out->first++;
		out->count--;
	}
	if (out->count == 0)
		forget_marks(connection);
	if (out->released > released)
		server_schedule_send(connection);
}

/* Adds the error, with the note if there is one.  Returns its length, or -1: out of memory. */
static ssize_t outbox_add_error(struct evbuffer *to, const struct part *error, const char *note)
{
	size_t end = sizeof(OUTBOX_ERROR_END);
	int result;

	if (!note)
		return evbuffer_add(to, error->bytes, error->length) ? -1 : (ssize_t)error->length;
	result = evbuffer_add(to, error->bytes, error->length - end);
	result |= evbuffer_add(to, "; ", 2);
	result |= evbuffer_add(to, note, strlen(note));
	result |= evbuffer_add(to, OUTBOX_ERROR_END, end);
	return result ? -1 : (ssize_t)(error->length + 2 + strlen(note));
}

/*
 * Moves the replies that are held back to `to`.  Each call gets one error instead of its replies that wait
 * for a commit greater than sequence.  True if a call that is not over got its error.
 */
static bool outbox_rewrite(struct outbox *out, struct evbuffer *to, uint64_t sequence,
                           const struct part *error, int *result)
{
	struct mark *kept = out->marks + out->first;
	bool dropping = false;

	for (size_t i = 0; i < out->count; i++) {
		struct mark mark = out->marks[out->first + i];
		bool fails = !dropping && mark.sequence > sequence;

		if (dropping || fails)
			*result |= evbuffer_drain(out->bytes, mark.bytes);
		else
			*result |= evbuffer_remove_buffer(out->bytes, to, mark.bytes) == (int)mark.bytes ? 0
			                                                                                 : -1;
		if (fails) {
			ssize_t length = outbox_add_error(to, error, mark.note);

			*result |= length < 0 ? -1 : 0;
			*kept++ = (struct mark){ .sequence = 0,
				                 .bytes = length < 0 ? 0 : (uint64_t)length,
				                 .last = true };
		} else if (!dropping) {
			*kept++ = mark;
		}
		dropping = (dropping || fails) && !mark.last;
	}
	out->count = (size_t)(kept - (out->marks + out->first));
	return dropping;
}

void outbox_fail(struct connection *connection, uint64_t sequence, const struct part *error)
{
	struct outbox *out = &connection->out;
	size_t before = outbox_length(out), i = 0;
	struct evbuffer *bytes;
	int result = 0;
	bool open;

	while (i < out->count && out->marks[out->first + i].sequence <= sequence)
		i++;
	if (i == out->count)
		return;
	bytes = error->bytes ? evbuffer_new() : NULL;
	if (!bytes) {
		connection_doom(connection);
		return;
	}
	if (out->released > 0 &&
	    evbuffer_remove_buffer(out->bytes, bytes, out->released) != (int)out->released)
		result = -1;
	open = outbox_rewrite(out, bytes, sequence, error, &result);
	evbuffer_free(out->bytes);
	out->bytes = bytes;
	connection->server->unsent += outbox_length(out);
	connection->server->unsent -= before;
	server_account(connection, before, outbox_length(out));
	if (result != 0)
		connection_doom(connection);
	if (open && connection->call) {
		connection->call->cancelled = true;
		server_schedule_turn(connection);
	}
	outbox_commit(connection);
}

int outbox_write(struct connection *connection)
{
	struct outbox *out = &connection->out;
	struct evbuffer_iovec vectors[VECTORS];
	struct msghdr message = { .msg_iov = vectors };
	size_t before = outbox_length(out), left = out->released;
	int n = evbuffer_peek(out->bytes, (ev_ssize_t)left, NULL, vectors, VECTORS);
	ssize_t sent;

	if (left == 0)
		return 0;
	if (n > VECTORS)
		n = VECTORS;
	for (int i = 0; i < n; i++) {
		if (vectors[i].iov_len > left)
			vectors[i].iov_len = left;
		left -= vectors[i].iov_len;
	}
	message.msg_iovlen = (size_t)n;
	do
		sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	(void)evbuffer_drain(out->bytes, (size_t)sent);
	out->released -= (size_t)sent;
	connection->server->unsent -= (size_t)sent;
	server_account(connection, before, outbox_length(out));
	return out->released > 0 ? -EAGAIN : 0;
}
