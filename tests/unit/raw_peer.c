#include "tests/unit/raw_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"

struct fake fake;

void setup(void)
{
	fake_prepares = false;
	fake_init(&fake, NULL);
}

void teardown(void)
{
	fake_release(&fake);
}

int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", fake.path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

void send_many(int fd, const char *frame, size_t count)
{
	size_t length = strlen(frame) + 1;
	char *all = unit_room(count * length);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * length, frame, length);
	ck_assert_int_eq(send(fd, all, count * length, 0), (ssize_t)(count * length));
	free(all);
}

size_t give(int fd, const char *bytes, size_t length)
{
	size_t sent = 0;

	for (unsigned idle = 0; sent < length && idle < SILENT_TURNS; idle++) {
		ssize_t n = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);

		if (n > 0) {
			sent += (size_t)n;
			idle = 0;
		} else if (n == 0 || errno != EAGAIN) {
			break;
		}
		fake_turn(&fake);
	}
	return sent;
}

void call(int fd, const char *frame)
{
	ck_assert_uint_eq(give(fd, frame, strlen(frame) + 1), strlen(frame) + 1);
}

void turns(unsigned count)
{
	while (count-- > 0)
		fake_turn(&fake);
}

/* Receives what has arrived of a frame, up to its NUL, as recv(2) does. */
static ssize_t take(int fd, char *bytes, size_t size)
{
	ssize_t n = recv(fd, bytes, size, MSG_PEEK);
	const char *end = n > 0 ? memchr(bytes, '\0', (size_t)n) : NULL;

	return n > 0 ? recv(fd, bytes, end ? (size_t)(end - bytes) + 1 : (size_t)n, 0) : n;
}

char *next(int fd)
{
	enum { CHUNK = 65536 };
	char *frame = unit_room(CHUNK);
	size_t length = 0;
	time_t start = time(NULL);

	for (;;) {
		ssize_t n = take(fd, frame + length, CHUNK);
		char *bigger;

		if (n > 0) {
			length += (size_t)n;
			if (frame[length - 1] == '\0')
				return frame;
			bigger = realloc(frame, length + CHUNK);
			ck_assert_ptr_nonnull(bigger);
			frame = bigger;
		} else if (n == 0 || errno != EAGAIN) {
			ck_assert_uint_eq(length, 0);
			free(frame);
			return NULL;
		} else {
			ck_assert_msg(time(NULL) - start < PATIENCE_S, "no answer came");
			fake_turn(&fake);
		}
	}
}

void expect(int fd, const char *frame)
{
	char *got = next(fd);

	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, frame);
	free(got);
}

void expect_begin(int fd, const char *begin)
{
	char *got = next(fd);

	ck_assert_ptr_nonnull(got);
	ck_assert_msg(strncmp(got, begin, strlen(begin)) == 0, "%s does not begin with %s", got, begin);
	free(got);
}

void expect_silence(int fd)
{
	char byte;

	turns(SILENT_TURNS);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

void expect_end(int fd)
{
	char *got = next(fd);

	ck_assert_msg(!got, "%s came, not the end", got);
}

void is_alive(void)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"alive\":true}}");
	expect(fd, "{\"parameters\":{\"alive\":true}}");
	close(fd);
}
