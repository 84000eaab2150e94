/*
 * Frames to the real service, on an engine with its own state directory.  Each is answered or refused,
 * and the server goes on.
 *
 * No command ever runs, because the linker replaces spawn_process() with a function of this file.
 */
#include <errno.h>
#include <event2/event.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/run/spawn.h"
#include "engine/service/service.h"

enum { IDLE_TURNS = 30 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's name */
int __wrap_spawn_process(struct spawner *spawner, const struct spawn_request *request,
                         struct spawn_result *result);

static char directory[] = "/tmp/krtask-fuzz.XXXXXX";
static struct event_base *base;
static struct engine *engine;
static struct service *service;
static struct sockaddr_un address;
static socklen_t address_length;

int __wrap_spawn_process(struct spawner *spawner, const struct spawn_request *request,
                         struct spawn_result *result)
{
	(void)spawner, (void)request, (void)result;
	return -EAGAIN;
}

static void finish(void *ctx)
{
	(void)ctx;
}

static int restart(void *ctx, const char *program, char **error)
{
	(void)ctx, (void)program, (void)error;
	return -ENOENT;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
	(void)status, (void)kind, (void)at;
	return remove(path);
}

static void clean_up(void)
{
	service_free(service);
	engine_close(engine);
	event_base_free(base);
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* On an address that the kernel chooses, in the abstract namespace. */
static void begin(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char *error = NULL;

	address.sun_family = AF_UNIX;
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)))
		abort();
	address_length = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &address_length) || listen(fd, 16) ||
	    !mkdtemp(directory))
		abort();
	base = event_base_new();
	struct engine_options engine_options = { .base = base,
		                                 .directory = directory,
		                                 .address = "unix:/none" };
	if (!base || engine_open(&engine, &engine_options, &error))
		abort();
	struct service_options options = {
		.base = base,
		.engine = engine,
		.listen_fd = fd,
		.name = "fuzz",
		.address = "unix:/none",
		.state = directory,
		.finish = finish,
		.restart = restart,
	};
	if (service_new(&service, &options))
		abort();
	atexit(clean_up);
}

/*
 * Takes what the server answers: true once it has closed its end.  *idle counts the turns without an answer.
 */
static int take_answers(int fd, int *idle)
{
	char reply[4096];
	ssize_t length;

	++*idle;
	while ((length = recv(fd, reply, sizeof(reply), MSG_DONTWAIT)) > 0)
		*idle = 0;
	return length == 0 || (errno != EAGAIN && errno != EINTR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sent = 0;
	int fd, idle = 0;

	if (!base)
		begin();
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, address_length))
		abort();
	/* A call can wait forever, so the peer leaves after some idle turns. */
	while (!take_answers(fd, &idle) && idle < IDLE_TURNS) {
		ssize_t length =
			sent < size ? send(fd, data + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

		if (length > 0)
			sent += (size_t)length;
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	}
	close(fd);
	for (int i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	return 0;
}
