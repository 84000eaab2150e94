/*
 * The remote end of ssh://.  It copies bytes from standard input to the server, and from the server to
 * standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/environment.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/caller.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/jsonw.h"

enum { BYTES = 64 << 10 };

/* One direction. */
struct flow {
	int from, to;
	size_t start, end;
	bool ended;  /* nothing more can be read */
	bool closed; /* all is written, and `to` was shut down */
	char bytes[BYTES];
};

static bool flow_passing(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

/* The same as write(2), but a closed socket at the other end is an error, not a signal. */
static ssize_t flow_put(int fd, const char *bytes, size_t length)
{
	ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

	return n < 0 && errno == ENOTSOCK ? write(fd, bytes, length) : n;
}

static int flow_take(struct flow *flow)
{
	ssize_t n = read(flow->from, flow->bytes, sizeof(flow->bytes));

	if (n < 0 && !flow_passing(n) && errno != ECONNRESET)
		return -errno;
	flow->ended = n == 0 || (n < 0 && !flow_passing(n));
	flow->start = 0;
	flow->end = n > 0 ? (size_t)n : 0;
	return 0;
}

/* Copies what can be copied now.  0 or -errno. */
static int flow_move(struct flow *flow)
{
	int result = flow->start == flow->end && !flow->ended ? flow_take(flow) : 0;

	if (result == 0 && flow->start < flow->end) {
		ssize_t n = flow_put(flow->to, flow->bytes + flow->start, flow->end - flow->start);

		if (n < 0 && errno == EPIPE) {
			/* Nobody reads what is left. */
			flow->ended = true;
			flow->start = flow->end;
		} else if (n < 0 && !flow_passing(n)) {
			result = -errno;
		} else {
			flow->start += n > 0 ? (size_t)n : 0;
		}
	}
	if (flow->ended && flow->start == flow->end && !flow->closed) {
		(void)shutdown(flow->to, SHUT_WR);
		flow->closed = true;
	}
	return result;
}

/* What a flow waits for now.  The descriptor is -1 if it waits for nothing. */
static struct pollfd waits_for(const struct flow *flow)
{
	if (flow->start < flow->end)
		return (struct pollfd){ .fd = flow->to, .events = POLLOUT };
	return (struct pollfd){ .fd = flow->ended ? -1 : flow->from, .events = POLLIN };
}

/*
 * Returns when the server has closed its side.  It does so after we have closed ours, and its last replies
 * still have to arrive.  Also returns when nobody is left to read them.
 */
static int copy_both(struct flow flows[2])
{
	int result = 0;

	while (!flows[1].closed && result == 0) {
		struct pollfd poll_fds[3] = { waits_for(&flows[0]),
			                      waits_for(&flows[1]),
			                      { .fd = flows[1].to } };
		int ready = poll(poll_fds, 3, -1);

		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready > 0 && poll_fds[2].revents)
			break;
		for (int i = 0; i < 2 && result == 0; i++)
			result = ready > 0 && poll_fds[i].revents ? flow_move(&flows[i]) : 0;
	}
	return result;
}

/*
 * Makes the descriptor non-blocking, since a write that blocks would stop the other direction.  Returns the
 * old flags: they are restored, because other processes may share the open file.
 */
static int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return flags;
}

static int bridge_send_whole(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/*
 * Tasks get the environment of this login, which the other end of the line does not know.  The call has no
 * reply, so that what comes from the server is for the other end alone.
 */
static int bridge_introduce(int fd)
{
	struct environment env = { 0 };
	struct jsonw w = JSONW_INIT;
	int result = environment_capture(&env);

	if (result < 0)
		return result;
	jsonw_object(&w);
	jsonw_key(&w, "method");
	jsonw_string(&w, "io.krtask.Environment");
	jsonw_key(&w, "oneway");
	jsonw_bool(&w, true);
	jsonw_key(&w, "parameters");
	caller_write(&w, &env, true);
	jsonw_end_object(&w);
	result = w.failed ? -ENOMEM : bridge_send_whole(fd, w.data, w.length);
	if (result == 0)
		result = bridge_send_whole(fd, "", 1);
	jsonw_release(&w);
	environment_release(&env);
	return result;
}

int client_bridge_copy(int in, int out, int server)
{
	struct flow *flows = calloc(2, sizeof(*flows));
	int in_flags, out_flags, result;

	if (!flows)
		return -ENOMEM;
	in_flags = set_nonblocking(in);
	out_flags = set_nonblocking(out);
	flows[0].from = in;
	flows[0].to = flows[1].from = server;
	flows[1].to = out;
	result = copy_both(flows);
	if (in_flags >= 0)
		(void)fcntl(in, F_SETFL, in_flags);
	if (out_flags >= 0)
		(void)fcntl(out, F_SETFL, out_flags);
	free(flows);
	return result;
}

int client_bridge(const struct address *address, enum client_start start, char **error)
{
	int fd = -1, result = connect_server(address, start, -1, &fd, error);

	if (result < 0)
		return result;
	result = bridge_introduce(fd);
	if (result == 0)
		result = client_bridge_copy(STDIN_FILENO, STDOUT_FILENO, fd);
	if (result < 0)
		(void)error_replace(error, result, MSG_BRIDGE_FAILED, strerror(-result));
	close(fd);
	return result;
}
