/*
 * The methods of io.krtask, while memory runs out at each allocation in turn.  A request gets its usual
 * reply, or OutOfMemory, or its connection is closed.  The server goes on, and its next reply is complete.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/loop_memory.h"
#include "tests/unit/service_peer.h"
#include "tests/unit/unit.h"

/* A request, and its only answer.  An answer that ends in a star gives only the beginning. */
static const struct {
	const char *frame, *answer;
} requests[] = {
	{ CALL("Environment",
	       "\"variables\":\"QT0xAEI9MgA=\",\"umask\":18,\"limits\":[{\"resource\":7,\"soft\":\"10\"}]"),
	  "{\"parameters\":{\"hash\":\"*" },
	{ CALL("Create",
	       "\"command\":[\"a\",\"b\"],\"cwd\":\"/\",\"name\":\"n\",\"description\":\"d\",\"group\":\"g\","
	       "\"variables\":[\"A=1\"],\"parent\":\"build\""),
	  "{\"parameters\":{\"id\":\"*" },
	{ CALL("Create", "\"commandBase64\":\"YQA=\",\"cwdBase64\":\"Lw==\",\"variablesBase64\":\"QT0xAA==\","
	                 "\"nonce\":\"00112233445566778899aabbccddeeff\""),
	  "{\"parameters\":{\"id\":\"*" },
	{ CREATE("build", ""), "{\"error\":\"io.krtask.IdInUse\",\"parameters\":{\"id\":\"build\",*" },
	{ CREATE("new", ",\"parent\":\"Nobody\""),
	  "{\"error\":\"io.krtask.NotFound\",\"parameters\":{\"id\":\"Nobody\"}}" },
	{ CREATE("new", ",\"environment\":\"x\""),
	  "{\"error\":\"io.krtask.UnknownEnvironment\",\"parameters\":{\"hash\":\"x\"}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"group\":\"G\""),
	  "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"rows\":[[\"build\"]]}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"text\":\"nothing has this\""),
	  "{\"parameters\":{\"offset\":0,\"total\":0,\"length\":0,\"rows\":[]}}" },
	{ CALL("List", "\"columns\":[\"id\",\"commandLine\"],\"compact\":true,\"text\":\"echo 'it\""),
	  "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"rows\":[[\"other\",\"/bin/echo "
	  "'it'\\\\''s'\"]]}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"ids\":[\"OTHER\",\"nobody\"]"),
	  "{\"parameters\":{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[\"other\"],null]}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"states\":[\"Created\"],\"sort\":\"name\""),
	  "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"rows\":[[\"other\"]]}}" },
	{ CALL("List", "\"columns\":[\"signal\",\"id\",\"signal\"],\"compact\":true,\"sparse\":true"),
	  "{\"parameters\":{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[null,\"build\"],[null,\"other\"]]}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"states\":[]"),
	  "{\"parameters\":{\"offset\":0,\"total\":0,\"length\":0,\"rows\":[]}}" },
	{ MORE("List", "\"columns\":[\"id\"],\"compact\":true,\"chunk\":1"),
	  "{\"parameters\":{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[\"build\"]]},\"continues\":"
	  "true}" },
	{ MORE("List", "\"columns\":[\"id\"],\"compact\":true,\"group\":\"g\",\"sort\":\"id\",\"rows\":1"),
	  "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"window\":*" },
	{ CALL("Scroll", "\"window\":77,\"offset\":0,\"rows\":1"),
	  "{\"error\":\"io.krtask.WindowNotFound\",\"parameters\":{\"window\":77}}" },
	{ CALL("ListEnd", "\"window\":77"),
	  "{\"error\":\"io.krtask.WindowNotFound\",\"parameters\":{\"window\":77}}" },
	{ CALL("Get", "\"id\":\"build\""), "{\"parameters\":{\"task\":{\"id\":\"build\",*" },
	{ CALL("Get", "\"id\":\"NoBody\""),
	  "{\"error\":\"io.krtask.NotFound\",\"parameters\":{\"id\":\"NoBody\"}}" },
	{ CALL("Set", "\"id\":\"other\",\"name\":\"x\",\"description\":\"y\""),
	  "{\"parameters\":{\"result\":true}}" },
	{ CALL("Position", "\"id\":\"other\""), "{\"parameters\":{\"position\":1}}" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"filter\":\"state:created -id:buil\""),
	  "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"rows\":[[\"other\"]]}}" },
	{ CALL("Position", "\"id\":\"other\",\"sort\":\"state\",\"text\":\"i\""),
	  "{\"parameters\":{\"position\":0}}" },
	{ CALL("Find", "\"find\":\"echo 'it\",\"from\":\"build\",\"sort\":\"id\""),
	  "{\"parameters\":{\"position\":1,\"id\":\"other\",\"number\":2}}" },
	{ CALL("List", "\"columns\":[\"id\",\"depth\"],\"compact\":true,\"tree\":true"),
	  "{\"parameters\":{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[\"build\",0],[\"other\",1]]}}" },
	{ CALL("Wait", "\"ids\":[\"build\"]"),
	  "{\"parameters\":{\"id\":\"build\",\"state\":\"Completed\",*" },
	{ MORE("Wait", "\"ids\":[\"build\",\"other\"]"),
	  "{\"parameters\":{\"id\":\"build\",\"state\":\"Completed\",*" },
	{ CALL("Wait", "\"ids\":[\"build\"],\"poll\":true"),
	  "{\"parameters\":{\"id\":\"build\",\"state\":\"Completed\",*" },
	{ CALL("Wait", "\"ids\":[\"other\"],\"poll\":true"),
	  "{\"error\":\"io.krtask.NotEnded\",\"parameters\":{\"id\":\"other\"}}" },
	{ MORE("Wait", "\"ids\":[\"other\",\"build\"],\"poll\":true"),
	  "{\"parameters\":{\"id\":\"build\",\"state\":\"Completed\",*" },
	{ CALL("Wait", "\"ids\":[\"NoBody\"]"),
	  "{\"error\":\"io.krtask.NotFound\",\"parameters\":{\"id\":\"NoBody\"}}" },
	{ CALL("Log", "\"id\":\"build\""), "{\"parameters\":{\"offset\":0,\"data\":\"AAAA*" },
	{ MORE("Log", "\"id\":\"build\""), "{\"parameters\":{\"offset\":0,\"data\":\"AAAA*" },
	{ CALL("Result", "\"id\":\"build\""), "{\"parameters\":{\"offset\":0,\"data\":\"AAAA*" },
	{ CALL("Result", "\"id\":\"OTHER\""),
	  "{\"error\":\"io.krtask.NotReady\",\"parameters\":{\"id\":\"OTHER\",\"state\":\"Created\"}}" },
	{ CALL("ServerStatus", ""), "{\"parameters\":{\"status\":{\"name\":\"test\",*" },
};

static bool is_answer(const char *got, const char *answer)
{
	size_t length = strcspn(answer, "*");

	return strncmp(got, answer, length) == 0 && (answer[length] || !got[length]);
}

START_TEST(memory_that_runs_out_is_answered_as_that)
{
	bool failed = true;

	for (unsigned long at = 1; failed; at++) {
		int fd = dial();
		char *got;

		loop_memory_begin(at);
		got = ask(fd, requests[_i].frame);
		failed = loop_memory_end() >= at;
		if (got && !is_answer(got, requests[_i].answer))
			ck_assert_msg(
				failed && strcmp(got,
			                         "{\"error\":\"io.krtask.OutOfMemory\",\"parameters\":{}}") ==
						  0,
				"allocation %lu: %s", at, got);
		ck_assert_msg(got || failed, "closed");
		free(got);
		close(fd);
		/* The server lives, and refused requests changed nothing. */
		expect(CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"ids\":[\"build\"]"),
		       "{\"parameters\":{\"offset\":0,\"total\":1,\"length\":1,\"rows\":[[\"build\"]]}}");
		ck_assert_uint_lt(at, 2000);
	}
}
END_TEST

/* What is done to a task that is Created, and shows times then. */
static const char *const acts[] = { CALL("Start", "\"id\":\"t\""), CALL("Stop", "\"id\":\"t\"") };

START_TEST(an_act_that_memory_refuses_was_not_done)
{
	bool failed = true;

	for (unsigned long at = 1; failed; at++) {
		int fd = dial();
		char *got;

		expect(CREATE("t", ""), "{\"parameters\":{\"id\":\"t\"}}");
		loop_memory_begin(at);
		got = ask(fd, acts[_i]);
		failed = loop_memory_end() >= at;
		ck_assert_msg(got || failed, "closed");
		if (got && strstr(got, "OutOfMemory"))
			expect(acts[_i], "{\"parameters\":{\"result\":true}}");
		else if (got)
			ck_assert_str_eq(got, "{\"parameters\":{\"result\":true}}");
		free(got);
		close(fd);
		ask_and_forget(CALL("Stop", "\"id\":\"t\""));
		ask_and_forget(CALL("Wait", "\"ids\":[\"t\"]"));
		ask_and_forget(CALL("Remove", "\"id\":\"t\""));
		ck_assert_uint_lt(at, 2000);
	}
}
END_TEST

/* Calls that go on, and the requests that make the server answer them again. */
static const struct {
	const char *frame, *cause;
	bool once; /* the call does not end by itself */
} going_on[] = {
	{ MORE("List", "\"columns\":[\"id\",\"name\"],\"compact\":true,\"sort\":\"name\""),
	  CALL("Set", "\"id\":\"t\",\"name\":\"x\""), true },
	{ MORE("List", "\"columns\":[\"id\"],\"compact\":true,\"chunk\":1"), CALL("Get", "\"id\":\"t\""),
	  false },
	{ MORE("Wait", "\"ids\":[\"build\",\"t\",\"t\"]"), CALL("Stop", "\"id\":\"t\""), false },
	{ MORE("Log", "\"id\":\"build\""), CALL("Get", "\"id\":\"t\""), false },
	{ MORE("Log", "\"id\":\"t\""), CALL("Stop", "\"id\":\"t\""), false },
};

static void expect_end(int fd, bool once, unsigned long at)
{
	bool more = true;

	while (more) {
		char *got = receive(fd);

		more = got && strstr(got, "\"continues\":true") && !once;
		if (got && strstr(got, "\"error\""))
			ck_assert_msg(strstr(got, "OutOfMemory"), "allocation %lu: %s", at, got);
		free(got);
	}
}

START_TEST(a_call_that_goes_on_ends_where_memory_runs_out)
{
	bool failed = true;

	for (unsigned long at = 1; failed; at++) {
		int fd = dial(), other = dial();

		expect(CREATE("t", ""), "{\"parameters\":{\"id\":\"t\"}}");
		ck_assert_int_gt(send(fd, going_on[_i].frame, strlen(going_on[_i].frame) + 1, 0), 0);
		if (_i < 4) /* a task that has not begun has no log */
			free(receive(fd));
		loop_memory_begin(at);
		free(ask(other, going_on[_i].cause));
		for (int i = 0; i < 3; i++)
			turn(EVLOOP_NONBLOCK);
		failed = loop_memory_end() >= at;
		close(other);
		other = dial();
		free(ask(other, going_on[_i].cause)); /* again, in case that request failed before */
		close(other);
		expect_end(fd, going_on[_i].once, at);
		close(fd);
		free(ask(other = dial(), CALL("Stop", "\"id\":\"t\"")));
		close(other);
		expect(CALL("Remove", "\"id\":\"t\""), "{\"parameters\":{\"result\":true}}");
		ck_assert_uint_lt(at, 2000);
	}
}
END_TEST

static const char *const columns[] = {
	"id",           "name",         "description",     "state",         "createdAt",  "startedAt",
	"completedAt",  "duration",     "progress",        "parentId",      "childrenId", "exitCode",
	"signal",       "pid",          "group",           "command",       "cwd",        "commandBase64",
	"cwdBase64",    "percentKnown", "percentComplete", "statusMessage", "number",     "startedMs",
	"endedMs",      "commandLine",  "final",           "priority",      "weight",     "after",
	"awaited",      "reasons",      "reason",          "attempt",       "attempts",   "attemptOf",
	"attemptTexts", "activity",     "lastLine",        "silence",
};

/* Returns how many allocations a list needs that is sorted by this column. */
static unsigned long cost_of_sorting(const char *column)
{
	char frame[256];
	int fd = dial();
	char *got;

	snprintf(frame, sizeof(frame),
	         CALL("List", "\"columns\":[\"number\"],\"compact\":true,\"sort\":\"%s\",\"reverse\":true"),
	         column);
	loop_memory_begin(0);
	got = ask(fd, frame);
	ck_assert_msg(got && strstr(got, "\"total\":66,\"length\":66,\"rows\":[["), "%s: %s", column, got);
	free(got);
	close(fd);
	return loop_memory_end();
}

START_TEST(every_column_sorts_and_no_comparison_allocates)
{
	unsigned long least;

	for (int i = 0; i < 64; i++)
		ask_and_forget(CALL("Create", "\"command\":[\"a\",\"two words\"],\"cwd\":\"/\""));
	least = cost_of_sorting("number");
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		ck_assert_uint_le(cost_of_sorting(columns[i]), least + 4);
}
END_TEST

/* A request that cannot be read is refused, and is never taken for another request. */
static const struct {
	const char *frame, *parameter;
} refused[] = {
	{ CALL("List", "\"columns\":[],\"compact\":true"), "columns" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"group\":7"), "group" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"text\":[]"), "text" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"ids\":[7]"), "ids" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"ids\":\"build\""), "ids" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"states\":[\"Dancing\"]"), "states" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"sort\":\"colour\""), "sort" },
	{ CALL("List", "\"columns\":[\"id\"],\"compact\":true,\"filter\":\"state:blue\""), "filter" },
	{ CALL("List", "\"columns\":[\"id\",\"state\",\"id\"]"), "columns" },
	{ CALL("Log", "\"id\":\"build\",\"attempt\":0"), "attempt" },
	{ CALL("Away", "\"since\":-1"), "since" },
	{ CALL("Wait", "\"ids\":[7]"), "ids" },
	{ CREATE("x", ",\"parent\":7"), "parent" },
	{ CREATE("x", ",\"environment\":7"), "environment" },
	{ CREATE("x", ",\"variables\":[7]"), "variables" },
	{ CREATE("x", ",\"variablesBase64\":\"*\""), "variablesBase64" },
	{ CREATE("x", ",\"cwdBase64\":\"*\""), "cwdBase64" },
	{ CALL("Environment", "\"umask\":18"), "variables" },
	{ CALL("Environment", "\"variables\":\"*\""), "variables" },
	{ CALL("Environment", "\"variables\":\"QQ==\""), "variables" },
	{ CALL("Environment", "\"variables\":\"\",\"limits\":[{\"soft\":\"1\"}]"), "limits" },
	{ CALL("Environment", "\"variables\":\"\",\"limits\":[{\"resource\":7,\"soft\":10}]"), "limits" },
	{ CALL("Environment", "\"variables\":\"\",\"limits\":[{\"resource\":7,\"hard\":\"many\"}]"),
	  "limits" },
	{ CALL("Environment", "\"variables\":\"\",\"ignored\":[\"HUP\"]"), "ignored" },
};

START_TEST(what_is_no_value_is_refused)
{
	char answer[128];

	snprintf(answer, sizeof(answer),
	         "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"%s\"}}",
	         refused[_i].parameter);
	expect(refused[_i].frame, answer);
	expect(CALL("List", "\"columns\":[\"id\"],\"compact\":true"),
	       "{\"parameters\":{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[\"build\"],[\"other\"]]}}");
}
END_TEST

/* The client reads only when the task is gone.  Then it gets the id as it asked for it. */
START_TEST(a_task_removed_from_under_a_reader_keeps_the_name_it_was_asked_by)
{
	int fd = dial();
	const char *frame = MORE("Log", "\"id\":\"BIG\"");
	expect(CALL("Create", "\"id\":\"big\",\"command\":[\"/bin/sh\",\"-c\",\"head -c 8388608 "
	                      "/dev/zero\"],\"cwd\":\"/\",\"start\":true"),
	       "{\"parameters\":{\"id\":\"big\"}}");
	expect(CALL("Wait", "\"ids\":[\"big\"]"), "{\"parameters\":{\"id\":\"big\",\"state\":\"Completed\","
	                                          "\"exitCode\":0,\"signal\":null,\"statusMessage\":null}}");
	ck_assert_int_eq(send(fd, frame, strlen(frame) + 1, 0), (ssize_t)strlen(frame) + 1);
	char *got, *last = receive(fd);
	ck_assert_ptr_nonnull(strstr(last, "\"offset\":0"));
	expect(CALL("Remove", "\"id\":\"big\""), "{\"parameters\":{\"result\":true}}");
	for (size_t length = 0; length < 8388608 && (got = receive(fd)); length += strlen(got)) {
		free(last);
		last = got;
		if (strstr(got, "\"error\""))
			break;
	}
	ck_assert_str_eq(last, "{\"error\":\"io.krtask.NotFound\",\"parameters\":{\"id\":\"BIG\"}}");
	free(last);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service");
	TCase *tcase = tcase_create("methods");

	tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
	tcase_add_loop_test(tcase, memory_that_runs_out_is_answered_as_that, 0,
	                    sizeof(requests) / sizeof(*requests));
	tcase_add_loop_test(tcase, an_act_that_memory_refuses_was_not_done, 0, sizeof(acts) / sizeof(*acts));
	tcase_add_loop_test(tcase, a_call_that_goes_on_ends_where_memory_runs_out, 0,
	                    sizeof(going_on) / sizeof(*going_on));
	tcase_add_test(tcase, every_column_sorts_and_no_comparison_allocates);
	tcase_add_loop_test(tcase, what_is_no_value_is_refused, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(tcase, a_task_removed_from_under_a_reader_keeps_the_name_it_was_asked_by);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
