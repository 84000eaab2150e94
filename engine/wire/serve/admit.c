/*
 * Which connection is closed when there are too many, so that a new one is always accepted: one that is idle,
 * or one that has sent a part of a frame and nothing more for a while.  The last places are for guests.  If
 * all other connections wait for replies, a guest that has been there for a while is closed.  Clients that
 * wait reconnect by themselves.
 */
#include <poll.h>
#include <time.h>

#include "engine/wire/serve/connection.h"

/* How long a connection may say nothing.  Of few places each is needed sooner. */
enum { PATIENCE_MS = 1000, LEAST_PATIENCE_MS = 50, MANY_PLACES = 512 };

int64_t admit_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool admit_is_silent(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 0;
}

/* True if it waits for nothing, and has read its replies. */
static bool admit_is_idle(const struct connection *connection)
{
	return !connection->call && !connection->parsing && !connection->in_turn && !connection->lingering &&
	       !connection->doomed && outbox_length(&connection->out) == 0;
}

static int64_t admit_patience(const struct wire_server *server)
{
	int64_t patience =
		server->most < MANY_PLACES ? PATIENCE_MS * (int64_t)server->most / MANY_PLACES : PATIENCE_MS;

	return patience > LEAST_PATIENCE_MS ? patience : LEAST_PATIENCE_MS;
}

static bool admit_may_go(const struct connection *connection, int64_t now)
{
	bool late = now - connection->active_at > admit_patience(connection->server);

	return admit_is_idle(connection) &&
	       (late || (connection->served && connection->in.start == connection->in.end)) &&
	       admit_is_silent(connection->fd);
}

bool admit_make_place(struct wire_server *server)
{
	int64_t now = admit_clock();
	struct connection *connection, *guest = NULL;

	/* The list ends with those that were active last. */
	for (connection = server->connections; connection; connection = connection->next) {
		if (admit_may_go(connection, now)) {
			connection_close(connection);
			return true;
		}
		if (!guest && connection->guest && now - connection->came_at > PATIENCE_MS)
			guest = connection;
	}
	if (guest)
		connection_close(guest);
	return guest;
}
