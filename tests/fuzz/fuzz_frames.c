/* Any bytes from a peer: each is answered or refused, and the connection ends when the peer has ended. */
#include "engine/wire/serve/server.h"

#include <errno.h>
#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Answers twice if `more` is set, else once. */
static void echo(void *ctx, struct wire_call *call, const json_t *parameters)
{
	(void)ctx;
	if (json_object_size(parameters) > 2) {
		wire_invalid(call, json_object_iter_key(json_object_iter((json_t *)parameters)));
		return;
	}
	if (wire_call_more(call))
		wire_reply(call, NULL, true);
	wire_reply(call, NULL, false);
}

static void fail(void *ctx, struct wire_call *call, const json_t *parameters)
{
	(void)ctx;
	(void)parameters;
	wire_error(call, "NotFound", NULL);
}

static uint64_t sequence(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct wire_method methods[] = { { "Echo", echo }, { "Fail", fail }, { NULL, NULL } };
static const struct wire_interface interface = {
	.name = "io.krtask",
	.description = "interface io.krtask\n",
	.vendor = "krtask",
	.product = "krtask",
	.version = "0",
	.url = "",
	.methods = methods,
};
static const struct wire_hooks hooks = { .sequence = sequence };

static struct event_base *base;
static struct sockaddr_un address;
static socklen_t address_length;

/* A server on an address that the kernel chooses, in the abstract namespace. */
static void begin(void)
{
	struct wire_server *server;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	address.sun_family = AF_UNIX;
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)))
		abort();
	address_length = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &address_length) || listen(fd, 16))
		abort();
	base = event_base_new();
	if (!base || wire_server_new(&server, base, fd, &interface, &hooks, NULL))
		abort();
}

/* Throws the server's answers away.  Returns true when the server has closed its end. */
static int drained(int fd)
{
	char reply[4096];
	ssize_t length;

	while ((length = recv(fd, reply, sizeof(reply), MSG_DONTWAIT)) > 0)
		;
	return length == 0 || (errno != EAGAIN && errno != EINTR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sent = 0;
	int fd, ended = 0;

	if (!base)
		begin();
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, address_length))
		abort();
	while (!drained(fd)) {
		ssize_t length =
			sent < size ? send(fd, data + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

		if (length > 0)
			sent += (size_t)length;
		if ((sent == size || (length < 0 && errno == EPIPE)) && !ended) {
			shutdown(fd, SHUT_WR);
			ended = 1;
		}
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	}
	close(fd);
	return 0;
}
