/*
 * The server's side of the wire: who is served, and which connection ends when there are no descriptors left.
 */
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/unit.h"

/* The server takes itself for another user.  The test replaces the C library's function. */
static bool is_another;

uid_t geteuid(void)
{
	return (uid_t)syscall(SYS_geteuid) + (is_another ? 1 : 0);
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

START_TEST(who_is_somebody_else_is_not_served)
{
	int fd = dial();

	is_another = true;
	ck_assert_int_gt(send(fd, "{\"method\":\"io.krtask.Bump\"}", 28, 0), 0);
	turns(SILENT_TURNS);
	expect_end(fd);
	ck_assert_uint_eq(fake.count, 0);
	is_another = false;
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

int main(void)
{
	Suite *suite = suite_create("wire_admit");
	TCase *tcase = tcase_create("bounds");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, who_is_somebody_else_is_not_served);
	tcase_add_test(tcase, without_descriptors_it_waits_for_one);
	tcase_add_test(tcase, a_newcomer_gets_in_beside_those_that_wait);
	tcase_add_test(tcase, a_newcomer_takes_no_place_from_another_newcomer);
	tcase_add_test(tcase, connections_leave_descriptors_for_others);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
