/*
 * The server's side of the wire: frames that are long or too many, and what the server keeps of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/unit.h"

#define INVALID_FRAME(reason)                                                                                \
	"{\"error\":\"io.krtask.InvalidFrame\",\"parameters\":{\"reason\":\"" reason "\"}}"

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

/* A call whose parameter has count times this value, separated by commas. */
static size_t give_values(int fd, const char *value, size_t count)
{
	static const char begin[] = "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"many\":[",
			  end[] = "]}}";
	size_t length = strlen(value) + 1;
	char *frame = unit_room(sizeof(begin) + sizeof(end) + count * length), *at = frame;

	at = stpcpy(at, begin);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(stpcpy(at, value), i + 1 < count ? "," : "");
	at = stpcpy(at, end);
	length = (size_t)(at - frame) + 1;
	ck_assert_uint_eq(give(fd, frame, length), length);
	free(frame);
	return length;
}

/* Few bytes of a frame can take much memory when they are parsed. */
START_TEST(a_frame_has_a_limited_number_of_values)
{
	/* those of the call itself are counted, too */
	enum { VALUES = WIRE_VALUES_MAX - 4, NESTED = WIRE_NESTED_MAX - 3 };
	static const char many[] = "{}", text[] = "\"\\\\\\\",\"";
	int fd = dial();

	give_values(fd, "0", VALUES);
	expect_begin(fd, "{\"parameters\":{");
	give_values(fd, many, NESTED);
	expect_begin(fd, "{\"parameters\":{");
	give_values(fd, text, VALUES);
	expect_begin(fd, "{\"parameters\":{");
	give_values(fd, "0", VALUES + 1);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_MANY));
	give_values(fd, many, NESTED + 1);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_MANY));
	give_values(fd, text, VALUES + 1);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_MANY));
	give_values(fd, "0", 7 << 20);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_MANY));
	close(fd);
	is_alive();
}
END_TEST

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

START_TEST(long_replies_take_turns_though_nobody_gets_them)
{
	enum { CALLS = 20 };
	int fd = dial();

	send_many(fd, "{\"method\":\"io.krtask.Big\",\"oneway\":true,\"parameters\":{\"bytes\":100000}}",
	          CALLS);
	for (unsigned before = 0; fake.count < CALLS; before = fake.count) {
		turns(1);
		ck_assert_uint_le(fake.count, before + 1);
	}
	close(fd);
	is_alive();
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
	expect(fds[2], "{\"error\":\"io.krtask.Overloaded\",\"parameters\":{\"limit\":67108864}}");
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

/* Its request goes on, so the server cannot say that it was not carried out. */
START_TEST(who_waits_for_a_reply_is_not_told_that_nothing_was_done)
{
	int waits = dial(), other = dial();

	call(waits, "{\"method\":\"io.krtask.Session\",\"parameters\":{\"bytes\":40000000}}");
	free(next(waits));
	call(waits, "{\"method\":\"io.krtask.Hold\"}");
	turns(5);
	call(other, "{\"method\":\"io.krtask.Session\",\"parameters\":{\"bytes\":30000000}}");
	expect_end(waits);
	ck_assert_uint_eq(fake.closed, 1);
	close(waits);
	close(other);
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

START_TEST(what_a_worker_refused_was_not_carried_out)
{
	enum { PEERS = 5, BYTES = 14 << 20 };
	char *frame = long_call(BYTES);
	int fds[PEERS], refused = 0;

	serve_with_workers();
	for (int i = 0; i < PEERS; i++) {
		fds[i] = dial();
		(void)give(fds[i], frame, BYTES + 1);
	}
	turns(SILENT_TURNS);
	let_work();
	for (int i = 0; i < PEERS; i++) {
		char *got = next(fds[i]);

		refused += strstr(got, "Overloaded") != NULL;
		ck_assert_msg(strstr(got, "Overloaded") || strstr(got, "length"), "%s", got);
		free(got);
		close(fds[i]);
	}
	ck_assert_int_eq(refused, 1);
	free(frame);
}
END_TEST

START_TEST(a_worker_reads_what_takes_long)
{
	enum { LONG_BYTES = 1 << 20 };
	char *frame = long_call(LONG_BYTES), *got;
	int fd = dial();

	fake_prepares = true;
	serve_with_workers();
	close(fd);
	fd = dial();
	ck_assert_uint_eq(give(fd, frame, LONG_BYTES + 1), LONG_BYTES + 1);
	turns(SILENT_TURNS);
	ck_assert_uint_eq(fake_prepared, 0);
	let_work();
	got = next(fd);
	ck_assert_msg(strstr(got, ",\"prepared\":\"io.krtask.Length\"") != NULL, "%s", got);
	free(got);
	ck_assert_uint_eq(fake_prepared, 0);
	/* Nothing is prepared for a short one. */
	call(fd, "{\"method\":\"io.krtask.Length\",\"parameters\":{\"text\":\"x\"}}");
	expect(fd, "{\"parameters\":{\"length\":1}}");
	close(fd);
	free(frame);
}
END_TEST

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

START_TEST(in_a_late_turn_only_the_rest_of_a_frame_waits)
{
	enum { LENGTH = 20000 };
	static const char count[] = "{\"method\":\"io.krtask.Count\"}";
	char *frame = long_call(LENGTH), byte, *got;
	int slow = dial(), other = dial();

	fake_late = true;
	ck_assert_int_eq(send(slow, frame, LENGTH, 0), LENGTH);
	ck_assert_int_eq(send(slow, "", 1, 0), 1);
	turns(SILENT_TURNS);
	ck_assert_int_eq(send(other, count, sizeof(count), 0), (ssize_t)sizeof(count));
	expect_begin(other, "{\"parameters\":{\"count\":");
	ck_assert_int_eq(recv(slow, &byte, 1, MSG_PEEK | MSG_DONTWAIT), -1);
	fake_late = false;
	got = next(slow);
	ck_assert_ptr_nonnull(got);
	free(got);
	free(frame);
	close(slow);
	close(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_frames");
	TCase *tcase = tcase_create("bounds");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_frame_has_a_limited_number_of_values);
	tcase_add_test(tcase, a_frame_has_at_most_16_mib);
	tcase_add_test(tcase, an_endless_frame_is_cut_off);
	tcase_add_test(tcase, a_peer_that_does_not_read_is_not_read_from);
	tcase_add_test(tcase, long_replies_take_turns_though_nobody_gets_them);
	tcase_add_test(tcase, past_the_budget_the_greediest_goes);
	tcase_add_test(tcase, who_waits_for_a_reply_is_not_told_that_nothing_was_done);
	tcase_add_test(tcase, what_a_worker_refused_was_not_carried_out);
	tcase_add_test(tcase, a_worker_reads_what_takes_long);
	tcase_add_test(tcase, what_a_connection_keeps_is_in_the_budget);
	tcase_add_test(tcase, few_long_frames_are_parsed_at_the_same_time);
	tcase_add_test(tcase, a_frame_of_a_peer_that_is_thrown_out_is_not_parsed);
	tcase_add_test(tcase, what_peers_held_is_given_back);
	tcase_add_test(tcase, nobody_waits_for_a_flood);
	tcase_add_test(tcase, a_newcomer_waits_for_few_long_frames);
	tcase_add_test(tcase, in_a_late_turn_only_the_rest_of_a_frame_waits);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
