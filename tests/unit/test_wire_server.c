/*
 * The server's side of the wire, driven by raw sockets.  The test runs the loop turn by turn, so that the
 * order of events is certain.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"

enum { SILENT_TURNS = 50, PATIENCE_S = 30 };

static struct fake fake;

/* The user that the server takes itself for.  The test replaces the C library's function. */
static uid_t server_uid;

uid_t geteuid(void)
{
	return server_uid;
}

/* The clock that tells how long a connection has said nothing.  The test can stop it, in the same way. */
static struct timespec stopped_at;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC_COARSE || stopped_at.tv_sec == 0)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = stopped_at;
	return 0;
}

static void stop_clock(void)
{
	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC_COARSE, &stopped_at), 0);
}

static void setup(void)
{
	server_uid = (uid_t)syscall(SYS_geteuid);
	fake_init(&fake, NULL);
}

static void teardown(void)
{
	fake_release(&fake);
}

static int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", fake.path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* Sends the same frame many times in one piece, before the server looks at it. */
static void send_many(int fd, const char *frame, size_t count)
{
	size_t length = strlen(frame) + 1;
	char *all = unit_room(count * length);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * length, frame, length);
	ck_assert_int_eq(send(fd, all, count * length, 0), (ssize_t)(count * length));
	free(all);
}

/* Returns how many bytes the server took before it refused the rest. */
static size_t give(int fd, const char *bytes, size_t length)
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

/* Sends a call, with its NUL. */
static void call(int fd, const char *frame)
{
	ck_assert_uint_eq(give(fd, frame, strlen(frame) + 1), strlen(frame) + 1);
}

static void turns(unsigned count)
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

/* Returns the next frame; NULL at the end of the connection. */
static char *next(int fd)
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

static void expect(int fd, const char *frame)
{
	char *got = next(fd);

	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, frame);
	free(got);
}

static void expect_begin(int fd, const char *begin)
{
	char *got = next(fd);

	ck_assert_ptr_nonnull(got);
	ck_assert_msg(strncmp(got, begin, strlen(begin)) == 0, "%s does not begin with %s", got, begin);
	free(got);
}

static void expect_silence(int fd)
{
	char byte;

	turns(SILENT_TURNS);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

static void expect_end(int fd)
{
	char *got = next(fd);

	ck_assert_msg(!got, "%s came, not the end", got);
}

static void is_alive(void)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"alive\":true}}");
	expect(fd, "{\"parameters\":{\"alive\":true}}");
	close(fd);
}

START_TEST(a_call_is_answered)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"a\":[1,null,\"\\u00e9\"]}}");
	expect(fd, "{\"parameters\":{\"a\":[1,null,\"\xc3\xa9\"]}}");
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect(fd, "{\"parameters\":{}}");
	call(fd, "{\"method\":\"io.krtask.Echo\",\"parameters\":null}");
	expect(fd, "{\"parameters\":{}}");
	call(fd, "{\"method\":\"io.krtask.Fail\"}");
	expect(fd, "{\"error\":\"io.krtask.NotFound\",\"parameters\":{\"id\":\"7\"}}");
	close(fd);
}
END_TEST

START_TEST(a_frame_may_come_byte_by_byte)
{
	static const char frame[] = "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"x\":1}}";
	int fd = dial();

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(frame); i++) {
			ck_assert_uint_eq(give(fd, frame + i, 1), 1);
			turns(1);
		}
		expect(fd, "{\"parameters\":{\"x\":1}}");
	}
	close(fd);
}
END_TEST

/* Many calls arrive in one piece.  One turn cannot take them all, but the answers are in order. */
START_TEST(calls_may_be_pipelined)
{
	enum { CALLS = 3000 };
	char *all = unit_room(CALLS * 80), expected[80];
	size_t length = 0;
	int fd = dial();

	for (int i = 0; i < CALLS; i++)
		length += (size_t)sprintf(all + length,
		                          "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"i\":%d}}", i) +
		          1;
	ck_assert_uint_eq(give(fd, all, length), length);
	for (int i = 0; i < CALLS; i++) {
		(void)snprintf(expected, sizeof(expected), "{\"parameters\":{\"i\":%d}}", i);
		expect(fd, expected);
	}
	free(all);
	close(fd);
}
END_TEST

START_TEST(a_kept_call_holds_back_its_own_connection_only)
{
	int first = dial(), second = dial();

	call(first, "{\"method\":\"io.krtask.Hold\"}");
	call(first, "{\"method\":\"io.krtask.Bump\"}");
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.count, 0);
	call(second, "{\"method\":\"io.krtask.Echo\"}");
	expect(second, "{\"parameters\":{}}");
	expect_silence(first);
	fake_answer(&fake, 0);
	expect(first, "{\"parameters\":{\"held\":0}}");
	expect(first, "{\"parameters\":{}}");
	ck_assert_uint_eq(fake.count, 1);
	close(first);
	close(second);
}
END_TEST

START_TEST(streams)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Stream\",\"parameters\":{\"count\":3},\"more\":true}");
	expect(fd, "{\"parameters\":{\"i\":0},\"continues\":true}");
	expect(fd, "{\"parameters\":{\"i\":1},\"continues\":true}");
	expect(fd, "{\"parameters\":{\"i\":2}}");
	call(fd, "{\"method\":\"io.krtask.Echo\",\"more\":true}");
	expect(fd, "{\"parameters\":{}}");
	close(fd);
}
END_TEST

START_TEST(oneway_is_carried_out_in_order_and_not_answered)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Bump\",\"oneway\":true}");
	call(fd, "{\"method\":\"io.krtask.Fail\",\"oneway\":true}");
	call(fd, "{\"method\":\"io.krtask.NoSuch\",\"oneway\":true}");
	call(fd, "{\"method\":\"io.krtask.Bump\",\"parameters\":[],\"oneway\":true}");
	call(fd, "{\"method\":\"io.krtask.Open\",\"parameters\":{\"count\":2},\"oneway\":true}");
	call(fd, "{\"method\":\"io.krtask.Count\"}");
	expect_silence(fd);
	fake_answer(&fake, 0);
	expect(fd, "{\"parameters\":{\"count\":1}}");
	expect_silence(fd);
	close(fd);
}
END_TEST

/* There are more calls than one turn takes, and the caller leaves before the first is handled. */
START_TEST(what_was_sent_is_carried_out_though_the_caller_is_gone)
{
	int fd = dial();

	send_many(fd, "{\"method\":\"io.krtask.Bump\"}", 500);
	send_many(fd, "{\"method\":\"io.krtask.Hold\"}", 1);
	send_many(fd, "{\"method\":\"io.krtask.Bump\"}", 500);
	close(fd);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.count, 1000);
	ck_assert_uint_eq(fake.closed, 1);
}
END_TEST

#define INVALID_FRAME(reason)                                                                                \
	"{\"error\":\"io.krtask.InvalidFrame\",\"parameters\":{\"reason\":\"" reason "\"}}"

static const struct {
	const char *frame, *answer;
} garbage[] = {
	{ "", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "GET / HTTP/1.1\r\n\r\n", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"io.krtask.Echo\"} x", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"\n\"}", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"\xff\"}", INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\xc3\"}}",
	  INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "\xc3", INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\ud800\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\ud800\\u0041\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\udc00\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"\\u0000\":1}}",
	  INVALID_FRAME(MSG_FRAME_NUL_IN_NAME) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"7\",\"id\":\"8\"}}",
	  INVALID_FRAME("field 'id' occurs more than once") },
	{ "{\"method\":\"io.krtask.Echo\",\"method\":\"io.krtask.Bump\"}",
	  INVALID_FRAME("field 'method' occurs more than once") },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"aRatherLongNameOfAField\":1,"
	  "\"aRatherLongNameOfAField\":2}}",
	  INVALID_FRAME(MSG_FRAME_SOME_TWICE) },
	{ "[]", INVALID_FRAME(MSG_FRAME_NOT_OBJECT) },
	{ "{}", INVALID_FRAME(MSG_FRAME_NO_METHOD) },
	{ "{\"method\":7}", INVALID_FRAME(MSG_FRAME_NO_METHOD) },
};

START_TEST(garbage_is_refused_and_the_next_call_is_not)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Bump\"}");
	call(fd, garbage[_i].frame);
	call(fd, "{\"method\":\"io.krtask.Bump\"}");
	expect(fd, "{\"parameters\":{}}");
	expect(fd, garbage[_i].answer);
	expect(fd, "{\"parameters\":{}}");
	ck_assert_uint_eq(fake.count, 2);
	close(fd);
	is_alive();
}
END_TEST

START_TEST(a_nesting_bomb_is_garbage)
{
	size_t length = 1 << 20;
	char *bomb = unit_room(length);
	int fd = dial();

	memset(bomb, '[', length);
	bomb[length - 1] = '\0';
	ck_assert_uint_eq(give(fd, bomb, length), length);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_DEEP));
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect(fd, "{\"parameters\":{}}");
	free(bomb);
	close(fd);
	is_alive();
}
END_TEST

static const struct {
	const char *frame, *answer;
} refusals[] = {
	{ "{\"method\":\"io.krtask.Nope\"}", "{\"error\":\"org.varlink.service.MethodNotFound\","
	                                     "\"parameters\":{\"method\":\"io.krtask.Nope\"}}" },
	{ "{\"method\":\"io.krtask.\"}",
	  "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{\"method\":\"io.krtask.\"}}" },
	{ "{\"method\":\"Echo\"}",
	  "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{\"method\":\"Echo\"}}" },
	{ "{\"method\":\"\"}",
	  "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{\"method\":\"\"}}" },
	{ "{\"method\":\"io.other.Echo\"}", "{\"error\":\"org.varlink.service.InterfaceNotFound\","
	                                    "\"parameters\":{\"interface\":\"io.other\"}}" },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":[]}",
	  "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"parameters\"}"
	  "}" },
	{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\"}",
	  "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"interface\"}"
	  "}" },
	{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{\"interface\":\"a.b\"}"
	  "}",
	  "{\"error\":\"org.varlink.service.InterfaceNotFound\",\"parameters\":{\"interface\":\"a.b\"}}" },
};

START_TEST(what_cannot_be_called_is_refused)
{
	int fd = dial();

	call(fd, refusals[_i].frame);
	expect(fd, refusals[_i].answer);
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect(fd, "{\"parameters\":{}}");
	close(fd);
}
END_TEST

START_TEST(it_describes_itself)
{
	int fd = dial();

	call(fd, "{\"method\":\"org.varlink.service.GetInfo\"}");
	expect(fd, "{\"parameters\":{\"vendor\":\"krtask\",\"product\":\"fake\",\"version\":\"1\",\"url\":"
	           "\"http://example.org\","
	           "\"interfaces\":[\"org.varlink.service\",\"io.krtask\"]}}");
	call(fd, "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{\"interface\":"
	         "\"io.krtask\"}}");
	expect(fd, "{\"parameters\":{\"description\":\"interface io.krtask\\n\"}}");
	call(fd, "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{\"interface\":"
	         "\"org.varlink.service\"}}");
	expect_begin(fd, "{\"parameters\":{\"description\":\"#");
	close(fd);
}
END_TEST

/* Sends a call of Length, whose frame has exactly total bytes without its NUL. */
static char *long_call(size_t total)
{
	static const char begin[] = "{\"method\":\"io.krtask.Length\",\"parameters\":{\"text\":\"",
			  end[] = "\"}}";
	char *frame = unit_room(total + 1);

	memcpy(frame, begin, sizeof(begin) - 1);
	memset(frame + sizeof(begin) - 1, 'x', total - (sizeof(begin) - 1));
	memcpy(frame + total - (sizeof(end) - 1), end, sizeof(end));
	return frame;
}

START_TEST(a_frame_has_at_most_16_mib)
{
	char *frame = long_call(WIRE_FRAME_MAX);
	char expected[64];
	int fd = dial();

	ck_assert_uint_eq(give(fd, frame, WIRE_FRAME_MAX + 1), WIRE_FRAME_MAX + 1);
	(void)snprintf(expected, sizeof(expected), "{\"parameters\":{\"length\":%d}}", WIRE_FRAME_MAX - 54);
	expect(fd, expected);
	free(frame);
	frame = long_call(WIRE_FRAME_MAX + 1);
	(void)give(fd, frame, WIRE_FRAME_MAX + 2);
	expect(fd, "{\"error\":\"io.krtask.FrameTooLarge\",\"parameters\":{\"limit\":16777216}}");
	expect_end(fd);
	free(frame);
	close(fd);
	is_alive();
}
END_TEST

START_TEST(an_endless_frame_is_cut_off)
{
	char *frame = long_call(17 << 20);
	size_t sent = 0;
	int fd = dial();

	for (int i = 0; i < 10 && sent == (size_t)i * (17 << 20); i++)
		sent += give(fd, frame, 17 << 20);
	ck_assert_uint_lt(sent, 5 * (17 << 20));
	expect(fd, "{\"error\":\"io.krtask.FrameTooLarge\",\"parameters\":{\"limit\":16777216}}");
	expect_end(fd);
	free(frame);
	close(fd);
	is_alive();
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_not_read_from)
{
	int fd = dial();

	send_many(fd, "{\"method\":\"io.krtask.Big\",\"parameters\":{\"bytes\":100000}}", 1000);
	turns(SILENT_TURNS);
	ck_assert_uint_lt(fake.count, 30);
	is_alive();
	for (int i = 0; i < 1000; i++) {
		char *got = next(fd);

		ck_assert_uint_eq(strlen(got), 100000 + strlen("{\"parameters\":{\"text\":\"\"}}"));
		free(got);
	}
	ck_assert_uint_eq(fake.count, 1000);
	close(fd);
}
END_TEST

START_TEST(past_the_budget_the_greediest_goes)
{
	char *frame = long_call(15 << 20);
	int fds[5];

	for (int i = 0; i < 5; i++) {
		fds[i] = dial();
		(void)give(fds[i], frame, (size_t)(i == 2 ? 15 : 12) << 20);
	}
	(void)give(fds[0], frame + (12 << 20), 2 << 20);
	expect_end(fds[2]);
	for (int i = 1; i < 5; i++)
		if (i != 2)
			expect_silence(fds[i]);
	is_alive();
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	free(frame);
}
END_TEST

START_TEST(what_a_connection_keeps_is_in_the_budget)
{
	int fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = dial();
		call(fds[i],
		     i == 1 ? "{\"method\":\"io.krtask.Session\",\"parameters\":{\"bytes\":30000000}}"
		            : "{\"method\":\"io.krtask.Session\",\"parameters\":{\"bytes\":20000000}}");
		if (i < 2)
			free(next(fds[i]));
	}
	expect_end(fds[1]);
	ck_assert_uint_eq(fake.released, 1);
	/* Only the value that replaced the old one counts. */
	for (int i = 0; i < 10; i++) {
		call(fds[0], "{\"method\":\"io.krtask.Session\",\"parameters\":{\"bytes\":20000000}}");
		free(next(fds[0]));
	}
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
}
END_TEST

static void serve_with_workers(void)
{
	fake_stop_serving(&fake);
	fake.has_workers = true;
	fake_serve(&fake);
}

/* Does all that workers were given.  Returns how many jobs that was. */
static unsigned let_work(void)
{
	unsigned jobs = 0;

	while (fake_work(&fake)) {
		turns(5);
		jobs++;
	}
	return jobs;
}

START_TEST(few_long_frames_are_parsed_at_the_same_time)
{
	enum { PEERS = 5, GOES = 3, BYTES = 3 << 20 };
	char *frame = long_call(BYTES), expected[64];
	int fds[PEERS];

	serve_with_workers();
	for (int i = 0; i < PEERS; i++) {
		fds[i] = dial();
		ck_assert_uint_eq(give(fds[i], frame, BYTES + 1), BYTES + 1);
	}
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.jobs_count, 1);
	/* The first is parsed, and then freed.  Only after that is it the turn of the second. */
	(void)fake_work(&fake);
	ck_assert_uint_eq(fake.jobs_count, 1);
	(void)fake_work(&fake);
	ck_assert_uint_eq(fake.jobs_count, 1);
	(void)snprintf(expected, sizeof(expected), "{\"parameters\":{\"length\":%d}}", BYTES - 54);
	let_work();
	for (int i = 0; i < PEERS; i++) {
		expect(fds[i], expected);
		close(fds[i]);
	}
	free(frame);
}
END_TEST

START_TEST(a_frame_of_a_peer_that_is_thrown_out_is_not_parsed)
{
	char *frame = long_call(15 << 20);
	int fds[5];

	serve_with_workers();
	for (int i = 0; i < 5; i++) {
		fds[i] = dial();
		(void)give(fds[i], frame, (15 << 20) + 1);
	}
	turns(SILENT_TURNS);
	/* The budget has room for four.  Of three that wait, no worker has heard. */
	ck_assert_uint_eq(fake.jobs_count, 1);
	fake_stop_serving(&fake);
	ck_assert_uint_eq(let_work(), 1);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	free(frame);
}
END_TEST

START_TEST(what_peers_held_is_given_back)
{
	enum { PEERS = 4, BYTES = 10 << 20 };
	char *frame = long_call(BYTES);
	int fds[PEERS];

	serve_with_workers();
	for (int i = 0; i < PEERS; i++) {
		fds[i] = dial();
		(void)give(fds[i], frame, BYTES);
	}
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.jobs_count, 0);
	for (int i = 0; i < PEERS; i++)
		close(fds[i]);
	turns(SILENT_TURNS);
	/* At 20 MiB, at 10 and at 0. */
	ck_assert_uint_eq(let_work(), 3);
	free(frame);
}
END_TEST

START_TEST(nobody_waits_for_a_flood)
{
	enum { CALLS = 20000 };
	static const char frame[] = "{\"method\":\"io.krtask.Bump\",\"oneway\":true}";
	char *all = unit_room(CALLS * sizeof(frame));
	int flood = dial(), other = dial();
	size_t sent = 0;

	for (int i = 0; i < CALLS; i++)
		memcpy(all + (size_t)i * sizeof(frame), frame, sizeof(frame));
	turns(5);
	for (ssize_t n = 0; n >= 0; n = send(flood, all + sent, CALLS * sizeof(frame) - sent, 0))
		sent += (size_t)n;
	ck_assert_int_gt(send(other, "{\"method\":\"io.krtask.Count\"}", 29, 0), 0);
	expect_begin(other, "{\"parameters\":{\"count\":");
	ck_assert_uint_lt(fake.count, 2000);
	ck_assert_uint_gt(sent / sizeof(frame), 2000);
	ck_assert_uint_eq(give(flood, all + sent, CALLS * sizeof(frame) - sent),
	                  CALLS * sizeof(frame) - sent);
	turns(SILENT_TURNS * 4);
	ck_assert_uint_eq(fake.count, CALLS);
	free(all);
	close(flood);
	close(other);
}
END_TEST

/* The barrier of commits. */

START_TEST(a_newcomer_waits_for_few_long_frames)
{
	enum { LONG = 5, LENGTH = 300000 };
	static const char info[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	char *frame = long_call(LENGTH), byte;
	int all[LONG], newcomer, answered = 0;

	for (int i = 0; i < LONG; i++) {
		all[i] = dial();
		ck_assert_uint_eq(give(all[i], frame, LENGTH), (size_t)LENGTH);
	}
	turns(SILENT_TURNS);
	/* All frames become complete at once. */
	for (int i = 0; i < LONG; i++)
		ck_assert_int_eq(send(all[i], "", 1, 0), 1);
	newcomer = dial();
	ck_assert_int_eq(send(newcomer, info, sizeof(info), 0), (ssize_t)sizeof(info));
	while (recv(newcomer, &byte, 1, MSG_PEEK) != 1)
		fake_turn(&fake);
	for (int i = 0; i < LONG; i++)
		answered += recv(all[i], &byte, 1, MSG_PEEK) == 1;
	ck_assert_int_le(answered, 3);
	for (int i = 0; i < LONG; i++) {
		char *got = next(all[i]);

		ck_assert_ptr_nonnull(got);
		free(got);
		close(all[i]);
	}
	close(newcomer);
	free(frame);
}
END_TEST

START_TEST(a_reply_waits_for_its_commit)
{
	int fd = dial(), other = dial();

	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":5}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":0}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":7}}");
	expect_silence(fd);
	call(other, "{\"method\":\"io.krtask.Echo\"}");
	expect(other, "{\"parameters\":{}}");
	wire_server_committed(fake.server, 4);
	expect_silence(fd);
	wire_server_committed(fake.server, 6);
	expect(fd, "{\"parameters\":{\"tag\":5}}");
	expect(fd, "{\"parameters\":{\"tag\":0}}");
	expect_silence(fd);
	wire_server_committed(fake.server, 5); /* it never goes back */
	wire_server_committed(fake.server, 7);
	expect(fd, "{\"parameters\":{\"tag\":7}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":7}}");
	expect(fd, "{\"parameters\":{\"tag\":7}}");
	close(fd);
	close(other);
}
END_TEST

START_TEST(every_answer_of_the_interface_is_tagged)
{
	int fd = dial();

	fake.sequence = 1;
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect_silence(fd);
	wire_server_committed(fake.server, 1);
	expect(fd, "{\"parameters\":{}}");
	fake.sequence = 2;
	call(fd, "{\"method\":\"io.krtask.Fail\"}");
	call(fd, "{\"method\":\"org.varlink.service.GetInfo\"}");
	expect_silence(fd);
	wire_server_committed(fake.server, 2);
	expect_begin(fd, "{\"error\":\"io.krtask.NotFound\"");
	expect_begin(fd, "{\"parameters\":{\"vendor\"");
	close(fd);
}
END_TEST

START_TEST(a_failed_store_takes_replies_back)
{
	int fd = dial(), stream = dial();

	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":1}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":2}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":3}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":1}}");
	fake.sequence = 3;
	call(stream, "{\"method\":\"io.krtask.Stream\",\"parameters\":{\"count\":3},\"more\":true}");
	call(stream, "{\"method\":\"io.krtask.Echo\"}");
	expect_silence(fd);
	wire_server_failed(fake.server, 1, "disk is \"full\"");
	expect_silence(fd); /* change 1 is not committed yet */
	wire_server_committed(fake.server, 1);
	expect(fd, "{\"parameters\":{\"tag\":1}}");
	expect(fd,
	       "{\"error\":\"io.krtask.StoreFailed\",\"parameters\":{\"reason\":\"disk is \\\"full\\\"\"}}");
	expect(fd,
	       "{\"error\":\"io.krtask.StoreFailed\",\"parameters\":{\"reason\":\"disk is \\\"full\\\"\"}}");
	expect(fd, "{\"parameters\":{\"tag\":1}}");
	expect_begin(stream, "{\"error\":\"io.krtask.StoreFailed\"");
	expect_begin(stream, "{\"error\":\"io.krtask.StoreFailed\"");
	expect_silence(stream);
	close(fd);
	close(stream);
}
END_TEST

START_TEST(a_failed_store_ends_an_open_call)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Open\",\"parameters\":{\"count\":1},\"more\":true}");
	expect(fd, "{\"parameters\":{\"i\":0},\"continues\":true}");
	fake.sequence = 9;
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	fake_answer(&fake, 0); /* the end of the first call, tagged 9, and then Echo */
	call(fd, "{\"method\":\"io.krtask.Open\",\"parameters\":{\"count\":2},\"more\":true}");
	expect_silence(fd);
	fake.sequence = 0;
	wire_server_failed(fake.server, 8, "x");
	expect_begin(fd, "{\"error\":\"io.krtask.StoreFailed\"");
	expect_begin(fd, "{\"error\":\"io.krtask.StoreFailed\"");
	expect_begin(fd, "{\"error\":\"io.krtask.StoreFailed\"");
	expect_silence(fd);
	ck_assert_uint_eq(fake.closed, 1);
	ck_assert_ptr_null(fake.held[1].call);
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect(fd, "{\"parameters\":{}}");
	close(fd);
}
END_TEST

START_TEST(an_owner_may_end_a_call_that_a_failed_store_ended)
{
	int fd = dial();

	fake.sequence = 9;
	call(fd, "{\"method\":\"io.krtask.Open\",\"parameters\":{\"count\":2},\"more\":true}");
	turns(SILENT_TURNS);
	wire_server_failed(fake.server, 8, "x");
	fake_answer(&fake, 0); /* before the loop could report it */
	fake.sequence = 0;
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect_begin(fd, "{\"error\":\"io.krtask.StoreFailed\"");
	expect(fd, "{\"parameters\":{}}");
	ck_assert_uint_eq(fake.closed, 0);
	close(fd);
}
END_TEST

/* The stream ends. */

START_TEST(who_keeps_a_call_hears_that_the_caller_is_gone)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Session\"}");
	expect(fd, "{\"parameters\":{\"had\":0}}");
	call(fd, "{\"method\":\"io.krtask.Session\"}");
	expect(fd, "{\"parameters\":{\"had\":1}}");
	call(fd, "{\"method\":\"io.krtask.Hold\"}");
	turns(5);
	ck_assert_uint_eq(fake.closed, 0);
	close(fd);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.closed, 1);
	ck_assert_uint_eq(fake.released, 1);
}
END_TEST

START_TEST(who_sends_no_more_may_still_read)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Hold\"}");
	call(fd, "{\"method\":\"io.krtask.Big\",\"parameters\":{\"bytes\":3000000}}");
	shutdown(fd, SHUT_WR);
	expect_silence(fd);
	ck_assert_uint_eq(fake.closed, 0);
	fake_answer(&fake, 0);
	expect(fd, "{\"parameters\":{\"held\":0}}");
	expect_begin(fd, "{\"parameters\":{\"text\":\"xxx");
	expect_end(fd);
	close(fd);
}
END_TEST

START_TEST(who_sent_no_more_may_go_too)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Hold\"}");
	shutdown(fd, SHUT_WR);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.closed, 0);
	close(fd);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.closed, 1);
}
END_TEST

START_TEST(a_stream_hears_when_all_was_read)
{
	int fd = dial();

	fake.sequence = 1;
	call(fd, "{\"method\":\"io.krtask.Open\",\"parameters\":{\"count\":2},\"more\":true}");
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.drained, 0);
	ck_assert_uint_gt(wire_call_unsent(fake.held[0].call), 0);
	wire_server_committed(fake.server, 1);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake.drained, 1);
	ck_assert_uint_eq(wire_call_unsent(fake.held[0].call), 0);
	close(fd);
}
END_TEST

static void count_call(void *ctx)
{
	++*(unsigned *)ctx;
}

START_TEST(draining_waits_for_what_is_owed)
{
	int fd = dial();
	unsigned drained = 0;

	fake.sequence = 1;
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	turns(SILENT_TURNS);
	wire_server_drain(fake.server, 100, count_call, &drained);
	call(fd, "{\"method\":\"io.krtask.Bump\"}");
	turns(SILENT_TURNS);
	ck_assert_uint_eq(drained, 0);
	wire_server_committed(fake.server, 1);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(drained, 1);
	ck_assert_uint_eq(fake.count, 0);
	expect(fd, "{\"parameters\":{}}");
	close(fd);
}
END_TEST

START_TEST(draining_does_not_wait_for_ever)
{
	int fd = dial();
	unsigned drained = 0;

	fake.sequence = 1;
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	turns(SILENT_TURNS);
	wire_server_drain(fake.server, 0.01, count_call, &drained);
	while (drained == 0)
		event_base_loop(fake.base, EVLOOP_ONCE);
	ck_assert_uint_eq(drained, 1);
	close(fd);
}
END_TEST

START_TEST(draining_with_nothing_owed_is_over_at_once)
{
	unsigned drained = 0;

	wire_server_drain(fake.server, 100, count_call, &drained);
	turns(2);
	ck_assert_uint_eq(drained, 1);
}
END_TEST

START_TEST(who_is_somebody_else_is_not_served)
{
	int fd = dial();

	server_uid++;
	ck_assert_int_gt(send(fd, "{\"method\":\"io.krtask.Bump\"}", 28, 0), 0);
	turns(SILENT_TURNS);
	expect_end(fd);
	ck_assert_uint_eq(fake.count, 0);
	server_uid--;
	is_alive();
	close(fd);
}
END_TEST

START_TEST(without_descriptors_it_waits_for_one)
{
	struct rlimit before, now;
	int first = dial(), second;

	call(first, "{\"method\":\"io.krtask.Hold\"}");
	turns(SILENT_TURNS);
	second = dial();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	now.rlim_cur = (rlim_t)second + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &now), 0);
	turns(SILENT_TURNS);
	ck_assert_int_gt(send(second, "{\"method\":\"io.krtask.Count\"}", 29, 0), 0);
	expect_silence(second);
	close(first); /* ours and the server's */
	expect(second, "{\"parameters\":{\"count\":0}}");
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	close(second);
}
END_TEST

static void serve_with_descriptors(rlim_t count)
{
	struct rlimit before, now;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	now.rlim_cur = count;
	fake_stop_serving(&fake);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &now), 0);
	fake_serve(&fake);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}

START_TEST(connections_leave_descriptors_for_others)
{
	int fds[40];

	serve_with_descriptors(64);
	for (int i = 0; i < 40; i++) {
		fds[i] = dial();
		ck_assert_int_gt(send(fds[i], "{\"method\":\"io.krtask.Count\"}", 29, 0), 0);
	}
	/* Connections that were answered make room for others. */
	for (int i = 0; i < 40; i++)
		expect(fds[i], "{\"parameters\":{\"count\":0}}");
	for (int i = 0; i < 8; i++)
		ck_assert_ptr_null(next(fds[i]));
	ck_assert_int_gt(send(fds[8], "{\"method\":\"io.krtask.Count\"}", 29, 0), 0);
	expect(fds[8], "{\"parameters\":{\"count\":0}}");
	for (int i = 0; i < 40; i++)
		close(fds[i]);
}
END_TEST

/* Each connection waits for a reply, except one that has had its reply. */
START_TEST(a_newcomer_gets_in_beside_those_that_wait)
{
	enum { PLACES = 32, GUESTS = 8, SPARED = 3 };
	static const char count_frame[] = "{\"method\":\"io.krtask.Count\"}",
			  hold_frame[] = "{\"method\":\"io.krtask.Hold\"}";
	int fds[PLACES], newcomer, another;

	serve_with_descriptors(2 * PLACES);
	for (int i = 0; i < PLACES; i++) {
		fds[i] = dial();
		call(fds[i], i == SPARED ? count_frame : hold_frame);
	}
	expect(fds[SPARED], "{\"parameters\":{\"count\":0}}");
	turns(SILENT_TURNS);
	newcomer = dial();
	call(newcomer, count_frame);
	expect(newcomer, "{\"parameters\":{\"count\":0}}");
	ck_assert_ptr_null(next(fds[SPARED]));
	call(newcomer, hold_frame); /* now this one is not idle either */
	turns(SILENT_TURNS);
	another = dial();
	call(another, count_frame);
	expect(another, "{\"parameters\":{\"count\":0}}");
	ck_assert_ptr_null(next(fds[PLACES - GUESTS]));
	ck_assert_uint_eq(fake.closed, 1);
	for (int i = 0; i < PLACES; i++)
		close(fds[i]);
	close(newcomer);
	close(another);
}
END_TEST

/* It came first and has said nothing yet, but that was just now. */
START_TEST(a_newcomer_takes_no_place_from_another_newcomer)
{
	enum { PLACES = 32, SPARED = 3 };
	static const char count_frame[] = "{\"method\":\"io.krtask.Count\"}";
	int fds[PLACES], newcomer;

	stop_clock();
	serve_with_descriptors(2 * PLACES);
	fds[0] = dial();
	turns(SILENT_TURNS);
	for (int i = 1; i < PLACES; i++) {
		fds[i] = dial();
		call(fds[i], i == SPARED ? count_frame : "{\"method\":\"io.krtask.Hold\"}");
	}
	expect(fds[SPARED], "{\"parameters\":{\"count\":0}}");
	turns(SILENT_TURNS);
	newcomer = dial();
	call(newcomer, count_frame);
	expect(newcomer, "{\"parameters\":{\"count\":0}}");
	ck_assert_ptr_null(next(fds[SPARED]));
	call(fds[0], count_frame);
	expect(fds[0], "{\"parameters\":{\"count\":0}}");
	for (int i = 0; i < PLACES; i++)
		close(fds[i]);
	close(newcomer);
}
END_TEST

START_TEST(the_end_of_the_server_closes_calls)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Hold\"}");
	turns(5);
	fake_stop_serving(&fake);
	ck_assert_uint_eq(fake.closed, 1);
	expect_end(fd);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_server");
	TCase *calls = tcase_create("calls"), *bounds = tcase_create("bounds"),
	      *barrier = tcase_create("barrier");
	TCase *ends = tcase_create("ends"), *all[] = { calls, bounds, barrier, ends };

	tcase_add_test(calls, a_call_is_answered);
	tcase_add_test(calls, a_frame_may_come_byte_by_byte);
	tcase_add_test(calls, calls_may_be_pipelined);
	tcase_add_test(calls, a_kept_call_holds_back_its_own_connection_only);
	tcase_add_test(calls, streams);
	tcase_add_test(calls, oneway_is_carried_out_in_order_and_not_answered);
	tcase_add_test(calls, what_was_sent_is_carried_out_though_the_caller_is_gone);
	tcase_add_loop_test(calls, what_cannot_be_called_is_refused, 0,
	                    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(calls, it_describes_itself);
	tcase_add_loop_test(bounds, garbage_is_refused_and_the_next_call_is_not, 0,
	                    sizeof(garbage) / sizeof(garbage[0]));
	tcase_add_test(bounds, a_nesting_bomb_is_garbage);
	tcase_add_test(bounds, a_frame_has_at_most_16_mib);
	tcase_add_test(bounds, an_endless_frame_is_cut_off);
	tcase_add_test(bounds, a_peer_that_does_not_read_is_not_read_from);
	tcase_add_test(bounds, past_the_budget_the_greediest_goes);
	tcase_add_test(bounds, what_a_connection_keeps_is_in_the_budget);
	tcase_add_test(bounds, few_long_frames_are_parsed_at_the_same_time);
	tcase_add_test(bounds, a_frame_of_a_peer_that_is_thrown_out_is_not_parsed);
	tcase_add_test(bounds, what_peers_held_is_given_back);
	tcase_add_test(bounds, nobody_waits_for_a_flood);
	tcase_add_test(bounds, a_newcomer_waits_for_few_long_frames);
	tcase_add_test(bounds, who_is_somebody_else_is_not_served);
	tcase_add_test(bounds, without_descriptors_it_waits_for_one);
	tcase_add_test(bounds, a_newcomer_gets_in_beside_those_that_wait);
	tcase_add_test(bounds, a_newcomer_takes_no_place_from_another_newcomer);
	tcase_add_test(bounds, connections_leave_descriptors_for_others);
	tcase_add_test(barrier, a_reply_waits_for_its_commit);
	tcase_add_test(barrier, every_answer_of_the_interface_is_tagged);
	tcase_add_test(barrier, a_failed_store_takes_replies_back);
	tcase_add_test(barrier, a_failed_store_ends_an_open_call);
	tcase_add_test(barrier, an_owner_may_end_a_call_that_a_failed_store_ended);
	tcase_add_test(ends, who_keeps_a_call_hears_that_the_caller_is_gone);
	tcase_add_test(ends, who_sends_no_more_may_still_read);
	tcase_add_test(ends, who_sent_no_more_may_go_too);
	tcase_add_test(ends, a_stream_hears_when_all_was_read);
	tcase_add_test(ends, draining_waits_for_what_is_owed);
	tcase_add_test(ends, draining_does_not_wait_for_ever);
	tcase_add_test(ends, draining_with_nothing_owed_is_over_at_once);
	tcase_add_test(ends, the_end_of_the_server_closes_calls);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		tcase_add_checked_fixture(all[i], setup, teardown);
		suite_add_tcase(suite, all[i]);
	}
	return unit_main(suite);
}
