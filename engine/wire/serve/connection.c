/*
 * One peer.  Bytes are read in big pieces into the inbox, which has memory only while it has bytes.  Frames
 * are found in it with memchr and dispatched.  This stops when a call will be answered later, when the peer
 * has too much to read, or when it is the turn of others.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/wire/serve/connection.h"

static void on_readable(evutil_socket_t fd, short what, void *arg);
static void on_writable(evutil_socket_t fd, short what, void *arg);

static size_t inbox_length(const struct connection *connection)
{
	return connection->in.end - connection->in.start;
}

int connection_new(struct wire_server *server, int fd, pid_t pid)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return -ENOMEM;
	connection->server = server;
	connection->fd = fd;
	connection->pid = pid;
	if (outbox_init(&connection->out) < 0) {
		free(connection);
		return -ENOMEM;
	}
	event_assign(&connection->readable, server->base, fd, EV_READ | EV_PERSIST, on_readable, connection);
	event_assign(&connection->writable, server->base, fd, EV_WRITE | EV_PERSIST, on_writable, connection);
	server_adopt(connection);
	connection_settle(connection);
	return 0;
}

void connection_end_calls(struct connection *connection, const struct wire_call *kept)
{
	if (connection->call != kept)
		call_abandon(connection);
	parse_abandon(connection);
	if (connection->release_session)
		connection->release_session(connection->session);
	connection->release_session = NULL;
	connection->session = NULL;
}

void connection_close(struct connection *connection)
{
	struct wire_server *server = connection->server;

	/* Before close(2): if a child process has the descriptor too, epoll would keep reporting it. */
	event_del(&connection->readable);
	event_del(&connection->writable);
	connection_end_calls(connection, NULL);
	outbox_clear(connection);
	outbox_release(&connection->out);
	buffer_release(&connection->in);
	close(connection->fd);
	server_forget(connection);
	free(connection);
	server_check_drained(server);
}

void connection_doom(struct connection *connection)
{
	if (connection->doomed)
		return;
	outbox_clear(connection);
	server_account(connection, connection->held, 0);
	connection->doomed = true;
	server_schedule_turn(connection);
}

/* A call that holds something is one whose reply is being made, or whose parameters are being read. */
void connection_refuse(struct connection *connection)
{
	bool begun = connection->call && (connection->call->held == 0 || connection->call->more);

	connection->refused = !connection->doomed && !connection->gone && !connection->lingering && !begun &&
	                      outbox_length(&connection->out) == 0 &&
	                      (connection->call || connection->parsing || inbox_length(connection) > 0);
	connection_doom(connection);
}

/* Gives up all that it holds, so that little is left to count. */
static void tell_refused(struct connection *connection)
{
	connection_end_calls(connection, NULL);
	buffer_release(&connection->in);
	connection->counted = connection->session_bytes = 0;
	connection->doomed = connection->refused = false;
	dispatch_overloaded(connection);
}

/* The peer reads no more replies.  The requests that it has sent are still carried out. */
static void peer_gone(struct connection *connection)
{
	connection->gone = true;
	connection->starved = false;
	outbox_clear(connection);
	call_abandon(connection);
	server_schedule_turn(connection);
}

/*
 * The peer sends no more.  From here on the events are edge-triggered.  A level-triggered event would report
 * the closed half again and again, and with no event we would not notice when the other half closes.
 */
static void half_closed(struct connection *connection)
{
	struct wire_server *server = connection->server;

	event_del(&connection->readable);
	event_del(&connection->writable);
	connection->reading = connection->writing = false;
	event_assign(&connection->readable, server->base, connection->fd, EV_CLOSED | EV_ET | EV_PERSIST,
	             on_readable, connection);
	event_assign(&connection->writable, server->base, connection->fd, EV_WRITE | EV_ET | EV_PERSIST,
	             on_writable, connection);
	connection->eof = true;
}

static bool hung_up(int fd)
{
	struct pollfd poll_fd = { .fd = fd };

	return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void connection_count_inbox(struct connection *connection, size_t moved)
{
	size_t before = connection->counted;

	connection->counted = inbox_length(connection);
	server_account(connection, before, connection->counted + moved);
}

/*
 * Frees memory that the bytes after a frame do not need, so that what was touched is at most twice what the budget
 * counts.
 */
static void inbox_trim(struct connection *connection)
{
	if (connection->in.start > 0 && connection->in.size > 2 * inbox_length(connection))
		buffer_trim(&connection->in);
}

/* Returns the number of bytes read, 0 at the end of the input, or -errno. */
static ssize_t inbox_fill(struct connection *connection)
{
	struct buffer *in = &connection->in;
	int result = buffer_room(in, inbox_length(connection) > 0 ? READ_CHUNK : READ_FIRST);
	size_t room = in->size - in->end;
	ssize_t n;

	if (result < 0)
		return result;
	do
		n = read(connection->fd, in->data + in->end, room < READ_MOST ? room : READ_MOST);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	in->end += (size_t)n;
	server_note_activity(connection);
	connection_count_inbox(connection, 0);
	return n;
}

static void throw_away(struct connection *connection)
{
	struct buffer *in = &connection->in;

	connection->discarded += inbox_length(connection);
	in->start = in->scanned = in->end;
	connection_count_inbox(connection, 0);
	if (connection->discarded > WIRE_FRAME_MAX)
		connection_doom(connection);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *connection = arg;
	const struct wire_hooks *hooks = connection->server->hooks;
	ssize_t n;

	(void)fd;
	if (what & EV_TIMEOUT) {
		connection_close(connection);
		return;
	}
	/*
	 * The rest of a frame can wait for the next turn: many long ones at once would keep everybody waiting.  Who begins one
	 * does not wait, as most of them are short.
	 */
	if (inbox_length(connection) > 0 && hooks->late && hooks->late())
		return;
	if (connection->eof) {
		if (!connection->gone && hung_up(connection->fd))
			peer_gone(connection);
		connection_settle(connection);
		return;
	}
	n = inbox_fill(connection);
	if (n == -ENOMEM) {
		connection_doom(connection);
	} else if (n == 0 || (n < 0 && n != -EAGAIN)) {
		half_closed(connection);
		if (!connection->gone && (n < 0 || hung_up(connection->fd)))
			peer_gone(connection);
	}
	if (connection->lingering)
		throw_away(connection);
	else if (connection_is_large(connection))
		server_schedule_turn(connection);
	else if (!connection->in_turn)
		connection_turn_frames(connection);
	connection_settle(connection);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	connection_send(arg);
}

void connection_send(struct connection *connection)
{
	struct wire_server *server = connection->server;
	int result = outbox_write(connection);

	if (result < 0 && result != -EAGAIN) {
		peer_gone(connection);
		/* The peer may be there all the same, and wait for its replies. */
		shutdown(connection->fd, SHUT_WR);
	}
	if (outbox_length(&connection->out) == 0 && connection->call && connection->call->drained)
		server_schedule_turn(connection);
	connection_settle(connection);
	server_check_drained(server);
}

/* True if another frame can be processed now. */
static bool may_go_on(struct connection *connection)
{
	if (connection->gone)
		call_abandon(connection);
	connection->starved =
		outbox_length(&connection->out) > WIRE_HIGH_WATER && inbox_length(connection) > 0;
	return !connection->call && !connection->parsing && !connection->doomed && !connection->lingering &&
	       !connection->starved && !connection->server->draining;
}

bool connection_is_large(const struct connection *connection)
{
	return inbox_length(connection) > LARGE_FRAME;
}

void connection_turn_frames(struct connection *connection)
{
	unsigned left = TURN_FRAMES;

	connection->replied = 0;
	connection->busy = true;
	while (may_go_on(connection)) {
		size_t length = 0;
		const char *frame;

		if (left-- == 0 || connection->replied > TURN_REPLIES) {
			server_schedule_turn(connection);
			break;
		}
		frame = buffer_frame(&connection->in, &length);
		connection->served |= frame != NULL;
		if (frame && length <= WIRE_FRAME_MAX)
			dispatch_frame(connection, frame, length);
		else if (frame || inbox_length(connection) > WIRE_FRAME_MAX)
			dispatch_too_large(connection);
		else
			break;
	}
	connection->busy = false;
	connection_count_inbox(connection, 0);
	if (!connection->in_turn)
		inbox_trim(connection);
}

void connection_turn(struct connection *connection)
{
	struct wire_call *call;

	if (connection->refused)
		tell_refused(connection);
	if (connection->doomed) {
		connection_close(connection);
		return;
	}
	if (connection->call && connection->call->cancelled)
		call_abandon(connection);
	call = connection->call;
	if (call && call->drained && outbox_length(&connection->out) == 0) {
		void (*drained)(void *ctx) = call->drained;

		call->drained = NULL;
		drained(call->drained_ctx);
	}
	connection_turn_frames(connection);
	connection_settle(connection);
}

void connection_linger(struct connection *connection)
{
	static const struct timeval patience = { .tv_sec = LINGER_SECONDS };

	connection->lingering = true;
	connection->in.start = connection->in.scanned = connection->in.end;
	if (!connection->eof) {
		event_add(&connection->readable, &patience);
		connection->reading = true;
	}
}

static bool wants_read(const struct connection *connection)
{
	bool waits = connection->call || connection->parsing || connection->in_turn;

	if (connection->eof)
		return !connection->gone; /* only to notice the hang-up */
	if (connection->lingering || connection->server->draining)
		return connection->lingering;
	return outbox_length(&connection->out) <= WIRE_HIGH_WATER &&
	       (!waits || inbox_length(connection) < READ_AHEAD);
}

/* False: there is no memory to wait for it. */
static bool set_event(struct event *event, bool *is, bool wanted)
{
	if (*is == wanted)
		return true;
	*is = wanted;
	return (wanted ? event_add(event, NULL) : event_del(event)) == 0;
}

void connection_settle(struct connection *connection)
{
	size_t unsent = outbox_length(&connection->out);
	bool over = connection->eof && !connection->call && !connection->parsing && !connection->in_turn &&
	            !connection->starved;

	if (connection->refused)
		return; /* its turn comes */
	if (connection->doomed || (over && unsent == 0)) {
		connection_close(connection);
		return;
	}
	if (connection->starved && unsent <= WIRE_HIGH_WATER)
		server_schedule_turn(connection);
	if (connection->lingering && unsent == 0 && !connection->shut) {
		shutdown(connection->fd, SHUT_WR);
		connection->shut = true;
	}
	if (!set_event(&connection->readable, &connection->reading, wants_read(connection)) ||
	    !set_event(&connection->writable, &connection->writing,
	               connection->out.released > 0 && !connection->in_send))
		connection_close(connection);
}
