/*
 * The server's side of the wire, while memory runs out at each allocation in turn: those of jansson and libevent, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/event_memory.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { CALLS = 3, LETTERS = 500 };

/* Sends a few calls of Length at once. */
static void send_calls(int fd)
{
	char text[LETTERS + 1], frame[LETTERS + 100], all[CALLS * sizeof(frame)];
	size_t length, total = 0;

	memset(text, 'x', LETTERS);
	text[LETTERS] = '\0';
	length =
		(size_t)snprintf(frame, sizeof(frame),
	                         "{\"method\":\"io.krtask.Length\",\"parameters\":{\"text\":\"%s\"}}", text) +
		1;
	for (int i = 0; i < CALLS; i++, total += length)
		memcpy(all + total, frame, length);
	ck_assert_int_eq(send(fd, all, total, 0), (ssize_t)total);
}

/* Its connection may be closed for want of memory, but it never hangs, and what is answered is true.  Returns how many were refused. */
static int expect_truth(int fd, bool failed)
{
	char answer[64], *got;
	int refused = 0, count = 0;

	(void)snprintf(answer, sizeof(answer), "{\"parameters\":{\"length\":%d}}", LETTERS);
	for (; count < CALLS && (got = next(fd)); count++) {
		bool good = strcmp(got, answer) == 0;

		refused += !good;
		ck_assert_msg(
			good || strcmp(got, "{\"error\":\"io.krtask.OutOfMemory\",\"parameters\":{}}") == 0,
			"%s", got);
		free(got);
	}
	ck_assert(failed || count == CALLS);
	return refused;
}

static int call_scarcely(void scarce(long count))
{
	bool failed = true;
	int refused = 0;

	for (long count = 0; failed; count++) {
		int fd = dial();

		send_calls(fd);
		scarce(count);
		turns(4);
		failed = scarce_end();
		refused += expect_truth(fd, failed);
		close(fd);
		turns(2);
	}
	return refused;
}

START_TEST(calls_that_there_is_no_memory_for_are_refused_whole)
{
	(void)call_scarcely(scarce_after);
	ck_assert_int_gt(call_scarcely(scarce_once), 0);
	is_alive();
}
END_TEST

/* Returns the next reply; NULL: the connection is closed. */
static char *ask_after(int fd)
{
	static const char call[] = "{\"method\":\"io.krtask.Length\",\"parameters\":{\"text\":\"abc\"}}";

	(void)send(fd, call, sizeof(call), MSG_NOSIGNAL);
	return next(fd);
}

static const char *const without_reply[] = {
	"{\"method\":\"io.krtask.Bump\",\"parameters\":{\"text\":\"that jansson has to read\"},\"oneway\":true}",
	"{\"method\":\"io.krtask.Bump\",\"parameters\":null,\"oneway\":true}",
};

/* A peer may rely on what it awaits no reply to, and takes the next reply for that of its next call. */
START_TEST(a_call_without_a_reply_is_carried_out_or_its_connection_is_closed)
{
	const char *frame = without_reply[_i];
	bool failed = true;
	int closed = 0;

	for (long count = 0; failed; count++) {
		int fd = dial();
		unsigned before = fake.count;
		char *got;

		turns(2);
		ck_assert_int_gt(send(fd, frame, strlen(frame) + 1, 0), 0);
		scarce_once(count);
		turns(4);
		failed = scarce_end();
		got = ask_after(fd);
		closed += !got;
		ck_assert_msg(got ? strcmp(got, "{\"parameters\":{\"length\":3}}") == 0 : failed, "%ld: %s",
		              count, got ? got : "closed");
		ck_assert(!got || fake.count == before + 1);
		free(got);
		close(fd);
		turns(2);
	}
	ck_assert_int_gt(closed, CALLS);
}
END_TEST

START_TEST(a_method_without_a_reply_that_has_no_memory_closes_the_connection)
{
	static const char call[] = "{\"method\":\"io.krtask.Environment\",\"oneway\":true,\"parameters\":{}}";
	int fd = dial();

	fake.out_of_memory = true;
	ck_assert_int_eq(send(fd, call, sizeof(call), 0), sizeof(call));
	ck_assert_ptr_null(ask_after(fd));
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_memory");
	TCase *tcase = tcase_create("calls");

	event_memory_own();
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, calls_that_there_is_no_memory_for_are_refused_whole);
	tcase_add_loop_test(tcase, a_call_without_a_reply_is_carried_out_or_its_connection_is_closed, 0,
	                    sizeof(without_reply) / sizeof(*without_reply));
	tcase_add_test(tcase, a_method_without_a_reply_that_has_no_memory_closes_the_connection);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
