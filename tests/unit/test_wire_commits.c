/*
 * The server's side of the wire: replies wait for their commits.
 */
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/unit.h"

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

START_TEST(what_was_done_is_never_said_to_be_refused)
{
	int fd = dial();

	fake.out_of_memory = true;
	call(fd, "{\"method\":\"io.krtask.Count\"}");
	expect(fd, "{\"error\":\"io.krtask.OutOfMemory\",\"parameters\":{}}");
	call(fd, "{\"method\":\"io.krtask.Tagged\",\"parameters\":{\"sequence\":0}}");
	expect_end(fd);
	close(fd);
	fake.out_of_memory = false;
	is_alive();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_commits");
	TCase *tcase = tcase_create("barrier");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_reply_waits_for_its_commit);
	tcase_add_test(tcase, every_answer_of_the_interface_is_tagged);
	tcase_add_test(tcase, a_failed_store_takes_replies_back);
	tcase_add_test(tcase, a_failed_store_ends_an_open_call);
	tcase_add_test(tcase, an_owner_may_end_a_call_that_a_failed_store_ended);
	tcase_add_test(tcase, what_was_done_is_never_said_to_be_refused);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
