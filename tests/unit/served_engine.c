#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/disk.h"
#include "tests/unit/scratch.h"
#include "tests/unit/served_engine.h"
#include "tests/unit/turned_engine.h"
#include "tests/unit/unit.h"

struct service *service;

static int listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	unlink(path);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

void open_all(void)
{
	char *error = NULL;
	struct engine_options options = { .base = base,
		                          .directory = scratch_path("."),
		                          .address = "unix:/none" };

	ck_assert_msg(engine_open(&engine, &options, &error) == 0, "%s", error ? error : "?");
	struct service_options service_options = {
		.base = base,
		.engine = engine,
		.listen_fd = listen_at(scratch_path("socket")),
		.name = "test",
		.address = "unix:/none",
	};
	ck_assert_int_eq(service_new(&service, &service_options), 0);
}

void close_all(void)
{
	service_free(service);
	engine_close(engine);
}

void setup(void)
{
	make_surroundings();
	disk_make();
	open_all();
}

void teardown(void)
{
	close_all();
	remove_surroundings();
}

int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("socket"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* Sends a call, with parameters in the format of json_pack().  A + before the name means "more". */
void call(int fd, const char *method, const char *format, ...)
{
	va_list arguments;
	char name[64];

	va_start(arguments, format);
	json_t *parameters = json_vpack_ex(NULL, 0, format, arguments);
	va_end(arguments);
	ck_assert_ptr_nonnull(parameters);
	(void)snprintf(name, sizeof(name), "io.krtask.%s", method + (*method == '+'));
	json_t *frame =
		json_pack("{s:s,s:o,s:b}", "method", name, "parameters", parameters, "more", *method == '+');
	char *text = json_dumps(frame, JSON_COMPACT);
	ck_assert_int_eq(send(fd, text, strlen(text) + 1, 0), (ssize_t)strlen(text) + 1);
	free(text);
	json_decref(frame);
}

/* Turns the loop until the next reply, which the caller must free. */
json_t *next(int fd)
{
	static char frame[65536];
	size_t length = 0;

	while (length == 0 || frame[length - 1] != '\0') {
		ck_assert_uint_lt(length, sizeof(frame));
		ssize_t got = recv(fd, frame + length, 1, 0);
		ck_assert(got != 0);
		if (got > 0)
			length++;
		else
			turn();
	}
	json_t *reply = json_loads(frame, 0, NULL);
	ck_assert_ptr_nonnull(reply);
	return reply;
}

/* Checks that the next reply is this error. */
void expect_error(int fd, const char *name, const char *reason)
{
	json_t *reply = next(fd);
	const char *error = NULL, *why = NULL;

	ck_assert_int_eq(json_unpack(reply, "{s:s,s:{s?s}}", "error", &error, "parameters", "reason", &why),
	                 0);
	ck_assert_str_eq(error, name);
	ck_assert_msg(!reason || (why && strstr(why, reason)), "%s", why ? why : "no reason");
	json_decref(reply);
}

/* Checks that the next reply has "result" true, or an id. */
void expect_done(int fd)
{
	json_t *reply = next(fd);

	ck_assert_msg(!json_object_get(reply, "error"), "%s",
	              json_string_value(json_object_get(reply, "error")));
	json_decref(reply);
}

void make(int fd, const char *id, const char *code, bool start)
{
	json_t *command = json_pack("[s,s,s,s]", "sh", "-c", code, scratch_path("gate"));

	call(fd, "Create", "{s:s,s:o,s:s,s:b}", "id", id, "command", command, "cwd", "/", "start", start);
}
