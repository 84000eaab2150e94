/* The timers of the loop. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "engine/run/alarm.h"
#include "tests/unit/unit.h"

static int64_t clock_ms(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool rings(int fd, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	return poll(&poll_fd, 1, timeout_ms) == 1;
}

static const clockid_t clocks[] = { CLOCK_REALTIME, CLOCK_BOOTTIME };

START_TEST(it_rings_once_when_it_is_time)
{
	int fd = alarm_open(clocks[_i]);
	ck_assert_int_ge(fd, 0);
	ck_assert(!rings(fd, 0));
	int64_t at = clock_ms(clocks[_i]) + 20;
	ck_assert_int_eq(alarm_set(fd, at, clocks[_i] == CLOCK_REALTIME), 0);
	ck_assert(rings(fd, 10000));
	ck_assert_int_ge(clock_ms(clocks[_i]), at);
	ck_assert(!alarm_take(fd));
	ck_assert(!rings(fd, 0));
	close(fd);
}
END_TEST

START_TEST(what_is_past_rings_at_once)
{
	static const int64_t past[] = { 1, -1, INT64_MIN };
	int fd = alarm_open(clocks[_i]);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(alarm_set(fd, past[i], false), 0);
		ck_assert(rings(fd, 10000));
		(void)alarm_take(fd);
	}
	close(fd);
}
END_TEST

START_TEST(what_is_cleared_or_far_does_not_ring)
{
	int fd = alarm_open(clocks[_i]);
	ck_assert_int_eq(alarm_set(fd, 1, false), 0);
	ck_assert_int_eq(alarm_set(fd, ALARM_NEVER, false), 0);
	ck_assert(!rings(fd, 0));
	ck_assert_int_eq(alarm_set(fd, INT64_MAX, clocks[_i] == CLOCK_REALTIME), 0);
	ck_assert(!rings(fd, 0));
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("alarm");
	TCase *tc = tcase_create("alarm");
	tcase_add_loop_test(tc, it_rings_once_when_it_is_time, 0, 2);
	tcase_add_loop_test(tc, what_is_past_rings_at_once, 0, 2);
	tcase_add_loop_test(tc, what_is_cleared_or_far_does_not_ring, 0, 2);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
