/*
 * The server's side of the wire: calls, and how they and the server end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/unit.h"

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

START_TEST(when_calls_end_only_the_kept_one_is_answered)
{
	int fd = dial(), kept = dial();

	call(fd, "{\"method\":\"io.krtask.Session\"}");
	expect(fd, "{\"parameters\":{\"had\":0}}");
	call(fd, "{\"method\":\"io.krtask.Hold\"}");
	turns(5);
	call(kept, "{\"method\":\"io.krtask.Hold\"}");
	turns(5);
	wire_server_end_calls(fake.server, fake.held[1].call);
	ck_assert_uint_eq(fake.closed, 1);
	ck_assert_uint_eq(fake.released, 1);
	fake_answer(&fake, 1);
	wire_server_send_now(fake.server);
	expect(kept, "{\"parameters\":{\"held\":1}}");
	fake_stop_serving(&fake);
	ck_assert_uint_eq(fake.closed, 1);
	ck_assert_uint_eq(fake.released, 1);
	expect_end(fd);
	close(kept);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_server");
	TCase *calls = tcase_create("calls"), *ends = tcase_create("ends"), *all[] = { calls, ends };

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
	tcase_add_test(ends, who_keeps_a_call_hears_that_the_caller_is_gone);
	tcase_add_test(ends, who_sends_no_more_may_still_read);
	tcase_add_test(ends, who_sent_no_more_may_go_too);
	tcase_add_test(ends, a_stream_hears_when_all_was_read);
	tcase_add_test(ends, draining_waits_for_what_is_owed);
	tcase_add_test(ends, draining_does_not_wait_for_ever);
	tcase_add_test(ends, draining_with_nothing_owed_is_over_at_once);
	tcase_add_test(ends, the_end_of_the_server_closes_calls);
	tcase_add_test(ends, when_calls_end_only_the_kept_one_is_answered);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		tcase_add_checked_fixture(all[i], setup, teardown);
		suite_add_tcase(suite, all[i]);
	}
	return unit_main(suite);
}
