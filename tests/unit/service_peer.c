#include "tests/unit/service_peer.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/service/service.h"
#include "tests/unit/loop_memory.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct event_base *base;
static struct engine *engine;
static struct service *service;
static int listening;

static void finished(void *ctx)
{
	(void)ctx;
}

static struct sockaddr_un socket_name(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("socket"));
	return name;
}

int dial(void)
{
	struct sockaddr_un name = socket_name();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

void turn(int flags)
{
	loop_memory_serve(true);
	event_base_loop(base, flags);
	loop_memory_serve(false);
}

/* Receives what has arrived of a frame, up to its NUL, as recv(2) does. */
static ssize_t receive_part(int fd, char *part, size_t size)
{
	ssize_t n = recv(fd, part, size, MSG_PEEK);
	const char *end = n > 0 ? memchr(part, '\0', (size_t)n) : NULL;

	return n > 0 ? recv(fd, part, end ? (size_t)(end - part) + 1 : (size_t)n, 0) : n;
}

char *receive(int fd)
{
	enum { PART = 65536 };
	char *frame = NULL;
	size_t length = 0;

	while (length == 0 || frame[length - 1]) {
		char *longer = realloc(frame, length + PART);
		ssize_t n;

		ck_assert_ptr_nonnull(longer);
		frame = longer;
		n = receive_part(fd, frame + length, PART);
		if (n > 0) {
			length += (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			turn(EVLOOP_ONCE);
		} else {
			free(frame);
			return NULL;
		}
	}
	return frame;
}

char *ask(int fd, const char *frame)
{
	ck_assert_int_eq(send(fd, frame, strlen(frame) + 1, MSG_NOSIGNAL), (ssize_t)strlen(frame) + 1);
	return receive(fd);
}

void expect(const char *frame, const char *answer)
{
	int fd = dial();
	char *got = ask(fd, frame);

	ck_assert_str_eq(got ? got : "closed", answer);
	free(got);
	close(fd);
}

static void open_service(void)
{
	char *error = NULL;
	struct engine_options engine_options = { .address = "unix:/none", .slots = -1 };
	struct service_options options = {
		.name = "test", .address = "unix:/none", .state = "/none", .finish = finished
	};

	base = event_base_new();
	engine_options.base = options.base = base;
	engine_options.directory = scratch_path(".");
	ck_assert_msg(engine_open(&engine, &engine_options, &error) == 0, "%s", error ? error : "?");
	options.engine = engine;
	options.listen_fd = listening;
	ck_assert_int_eq(service_new(&service, &options), 0);
}

static void close_service(void)
{
	service_free(service);
	engine_close(engine);
	event_base_free(base);
}

void peer_restart(void)
{
	close_service();
	open_service();
}

void peer_begin(void)
{
	struct sockaddr_un name;

	scratch_make();
	name = socket_name();
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(listen(listening, 16), 0);
	open_service();
}

void peer_setup(void)
{
	peer_begin();
	/* The output needs more than one part of a log. */
	expect(CALL("Create",
	            "\"id\":\"build\",\"command\":[\"/bin/sh\",\"-c\",\"head -c 300000 /dev/zero\"],"
	            "\"cwd\":\"/\",\"group\":\"g\",\"start\":true"),
	       "{\"parameters\":{\"id\":\"build\"}}");
	expect(CREATE("other", ",\"parent\":\"build\""), "{\"parameters\":{\"id\":\"other\"}}");
	expect(CALL("Wait", "\"ids\":[\"build\"]"),
	       "{\"parameters\":{\"id\":\"build\",\"state\":\"Completed\",\"exitCode\":0,\"signal\":null,"
	       "\"statusMessage\":null}}");
}

void peer_teardown(void)
{
	close_service();
	close(listening);
	scratch_remove();
}

void ask_and_forget(const char *frame)
{
	int fd = dial();

	free(ask(fd, frame));
	close(fd);
}
