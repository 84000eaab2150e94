/*
 * The server's side of the wire, while memory runs out at each allocation in turn: those of jansson and libevent, too.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { CALLS = 3, LETTERS = 500 };

/* Those of this program can be made scarce. */
static void *own_malloc(size_t size)
{
	return malloc(size);
}

static void *own_realloc(void *memory, size_t size)
{
	return realloc(memory, size);
}

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
	ck_assert_int_gt(call_scarcely(scarce_once), CALLS);
	is_alive();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { calls_that_there_is_no_memory_for_are_refused_whole };

	event_set_mem_functions(own_malloc, own_realloc, free);
	return unit_run("wire_memory", setup, teardown, tests);
}
