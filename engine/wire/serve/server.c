/*
 * The server: accepts connections, gives them turns, and releases their replies.
 *
 * Two lists keep the work of the loop proportional to what happened.  One has the connections with something
 * to do in the next turn.  The turn is a timer of zero seconds, so the loop looks at its descriptors in
 * between.  The other has the connections with something to write.  They are written at the end of the same
 * turn of the loop, so a hundred replies cost one system call.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/wire/serve/connection.h"

enum { ACCEPTS_A_TURN = 64, LEAST_CONNECTIONS = 16, GUESTS = 8, PAUSE_MS = 100 };

static const struct timeval at_once = { 0 };

void server_schedule_turn(struct connection *connection)
{
	struct wire_server *server = connection->server;

	if (connection->in_turn)
		return;
	connection->in_turn = true;
	if (server->turns_count++ == 0)
		event_add(server->turn, &at_once);
	DL_APPEND2(server->turns, connection, turn_prev, turn_next);
}

void server_schedule_send(struct connection *connection)
{
	struct wire_server *server = connection->server;

	if (connection->in_send)
		return;
	connection->in_send = true;
	if (!server->sends)
		event_active(server->send, EV_TIMEOUT, 0);
	DL_APPEND2(server->sends, connection, sent_prev, sent_next);
}

static void leave_turn(struct connection *connection)
{
	struct wire_server *server = connection->server;

	if (!connection->in_turn)
		return;
	connection->in_turn = false;
	server->turns_count--;
	DL_DELETE2(server->turns, connection, turn_prev, turn_next);
}

static void leave_send(struct connection *connection)
{
	struct wire_server *server = connection->server;

	if (!connection->in_send)
		return;
	connection->in_send = false;
	DL_DELETE2(server->sends, connection, sent_prev, sent_next);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct wire_server *server = arg;
	bool large = false;

	(void)fd;
	(void)what;
	for (size_t left = server->turns_count; left > 0 && server->turns; left--) {
		struct connection *connection = server->turns;
		bool is_large = connection_is_large(connection) && !connection->doomed;

		leave_turn(connection);
		/* Whoever comes in between need not wait for all of them. */
		if (is_large && large)
			server_schedule_turn(connection);
		else
			connection_turn(connection);
		large |= is_large;
	}
	if (server->turns)
		event_add(server->turn, &at_once);
}

void wire_server_send_now(struct wire_server *server)
{
	while (server->sends) {
		struct connection *connection = server->sends;

		leave_send(connection);
		connection_send(connection);
	}
}

static void on_send(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wire_server_send_now(arg);
}

/* The connection with the most bytes in the budget. */
static struct connection *greediest_connection(struct wire_server *server)
{
	struct connection *most = server->connections, *connection;

	DL_FOREACH(server->connections, connection)
	if (connection->held > most->held)
		most = connection;
	return most;
}

void server_account(struct connection *connection, size_t before, size_t after)
{
	struct wire_server *server = connection->server;

	if (connection->doomed)
		return;
	connection->held += after - before;
	server->held += after - before;
	reclaim_note(server);
	if (after > before && server->held > WIRE_BUDGET)
		connection_refuse(greediest_connection(server));
}

static void pause_accept(struct wire_server *server)
{
	static const struct timeval pause = { .tv_usec = PAUSE_MS * 1000 };

	server->accept_paused = true;
	for (int i = 0; i < server->listeners; i++)
		event_del(server->accept[i]);
	event_add(server->accept_again, &pause);
}

static void resume_accept(struct wire_server *server)
{
	if (!server->accept_paused || server->draining)
		return;
	server->accept_paused = false;
	event_del(server->accept_again);
	for (int i = 0; i < server->listeners; i++)
		event_add(server->accept[i], NULL);
}

static void on_accept_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	resume_accept(arg);
}

void server_adopt(struct connection *connection)
{
	struct wire_server *server = connection->server;

	DL_APPEND(server->connections, connection);
	server->count++;
	connection->came_at = connection->active_at = admit_clock();
	connection->guest = server->count + GUESTS > server->most;
}

void server_note_activity(struct connection *connection)
{
	struct wire_server *server = connection->server;

	connection->active_at = admit_clock();
	if (!connection->next)
		return;
	DL_DELETE(server->connections, connection);
	DL_APPEND(server->connections, connection);
}

void server_forget(struct connection *connection)
{
	struct wire_server *server = connection->server;

	leave_turn(connection);
	leave_send(connection);
	server_account(connection, connection->held, 0);
	DL_DELETE(server->connections, connection);
	server->count--;
	resume_accept(server);
}

bool wire_peer_allowed(int fd, pid_t *pid)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return false;
	*pid = peer.pid;
	return peer.uid == geteuid();
}

static void on_accept(evutil_socket_t listen_fd, short what, void *arg)
{
	struct wire_server *server = arg;

	(void)what;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		pid_t pid = 0;
		int fd = -1;

		if (server->count >= server->most && admit_is_silent(listen_fd))
			return;
		if (server->count < server->most || admit_make_place(server))
			fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		else
			errno = EMFILE;
		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			if (admit_is_silent(listen_fd))
				return;
			if (server->count < server->most && admit_make_place(server))
				continue;
			pause_accept(server);
			return;
		}
		if (fd < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (fd >= 0 && (!wire_peer_allowed(fd, &pid) || connection_new(server, fd, pid) < 0))
			close(fd);
	}
}

static void on_drain(evutil_socket_t fd, short what, void *arg)
{
	struct wire_server *server = arg;
	void (*drained)(void *ctx) = server->drained;

	(void)fd;
	(void)what;
	event_del(server->drain);
	server->drained = NULL;
	if (drained)
		drained(server->drained_ctx);
}

void server_check_drained(struct wire_server *server)
{
	if (server->drained && server->unsent == 0)
		event_active(server->drain, EV_TIMEOUT, 0);
}

void wire_server_drain(struct wire_server *server, double seconds, void (*fn)(void *ctx), void *ctx)
{
	struct timeval limit = { .tv_sec = (time_t)seconds };
	struct connection *connection;

	limit.tv_usec = (suseconds_t)((seconds - (double)limit.tv_sec) * 1e6);
	server->draining = true;
	server->drained = fn;
	server->drained_ctx = ctx;
	for (int i = 0; i < server->listeners; i++)
		event_del(server->accept[i]);
	event_del(server->accept_again);
	DL_FOREACH(server->connections, connection)
	server_schedule_turn(connection);
	event_add(server->drain, &limit);
	server_check_drained(server);
}

void server_hold(struct connection *connection, bool held)
{
	struct wire_server *server = connection->server;

	if (connection->in_hold == held)
		return;
	connection->in_hold = held;
	if (held)
		DL_APPEND2(server->holds, connection, held_prev, held_next);
	else
		DL_DELETE2(server->holds, connection, held_prev, held_next);
}

void wire_server_committed(struct wire_server *server, uint64_t sequence)
{
	struct connection *connection, *next;

	if (sequence <= server->committed)
		return;
	server->committed = sequence;
	DL_FOREACH_SAFE2(server->holds, connection, next, held_next)
	outbox_commit(connection);
}

void wire_server_failed(struct wire_server *server, uint64_t sequence, const char *reason)
{
	struct jsonw w = JSONW_INIT;
	struct connection *connection, *next;
	struct part error = { 0 };
	char *frame = NULL;
	int length = -1;

	jsonw_string(&w, reason);
	/* The string without its last quote: OUTBOX_ERROR_END has that. */
	if (!w.failed)
		length = asprintf(
			&frame,
			"{\"error\":\"%s.StoreFailed\",\"parameters\":{\"reason\":%.*s" OUTBOX_ERROR_END,
			server->interface->name, (int)w.length - 1, w.data);
	if (length > 0)
		error = (struct part){ frame, (size_t)length + 1 };
	DL_FOREACH_SAFE2(server->holds, connection, next, held_next)
	outbox_fail(connection, sequence, &error);
	if (length > 0)
		free(frame);
	jsonw_release(&w);
}

static size_t connection_limit(void)
{
	struct rlimit files;

	/* Half of the descriptors, since tasks need the others. */
	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur / 2 < LEAST_CONNECTIONS)
		return LEAST_CONNECTIONS;
	return files.rlim_cur / 2;
}

static int make_events(struct wire_server *server, struct event_base *base)
{
	server->accept_again = evtimer_new(base, on_accept_again, server);
	server->turn = evtimer_new(base, on_turn, server);
	server->send = evtimer_new(base, on_send, server);
	server->drain = evtimer_new(base, on_drain, server);
	return server->accept_again && server->turn && server->send && server->drain ? 0 : -ENOMEM;
}

int wire_server_listen(struct wire_server *server, int listen_fd)
{
	struct event *event;

	if (server->listeners == WIRE_LISTENERS)
		return -ENOSPC;
	event = event_new(server->base, listen_fd, EV_READ | EV_PERSIST, on_accept, server);
	if (!event)
		return -ENOMEM;
	server->accept[server->listeners++] = event;
	return server->accept_paused || event_add(event, NULL) == 0 ? 0 : -EIO;
}

int wire_server_new(struct wire_server **out, struct event_base *base, int listen_fd,
                    const struct wire_interface *interface, const struct wire_hooks *hooks, void *method_ctx)
{
	struct wire_server *server = calloc(1, sizeof(*server));
	int result;

	if (!server)
		return -ENOMEM;
	server->base = base;
	server->interface = interface;
	server->hooks = hooks;
	server->most = connection_limit();
	result = dispatch_init(server, method_ctx);
	if (result == 0)
		result = make_events(server, base);
	if (result == 0)
		result = wire_server_listen(server, listen_fd);
	if (result < 0) {
		wire_server_free(server);
		return result;
	}
	*out = server;
	return 0;
}

void wire_server_end_calls(struct wire_server *server, const struct wire_call *kept)
{
	struct connection *connection;

	server->draining = true;
	DL_FOREACH(server->connections, connection)
	connection_end_calls(connection, kept);
}

void wire_server_free(struct wire_server *server)
{
	struct event *const *events[] = { &server->accept[0], &server->accept[1], &server->accept_again,
		                          &server->turn,      &server->send,      &server->drain };

	server->draining = true; /* so that a closed connection does not resume accepting */
	server->drained = NULL;
	while (server->connections)
		connection_close(server->connections);
	parse_release(server);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (*events[i])
			event_free(*events[i]);
	dispatch_release(server);
	free(server);
}
