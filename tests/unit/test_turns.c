#include "config.h"

#include <event2/event.h>
#include <signal.h>
#include <time.h>

#include "engine/run/turns.h"
#include "tests/unit/event_memory.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

static struct event_base *turning;
static unsigned reports;

static void count_report(uint64_t microseconds)
{
	(void)microseconds;
	reports++;
}

static void use_time(clockid_t clock, long milliseconds)
{
	struct timespec from, now;
	clock_gettime(clock, &from);
	do
		clock_gettime(clock, &now);
	while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 < milliseconds);
}

static void end_loop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	use_time(CLOCK_THREAD_CPUTIME_ID, *(const long *)ctx);
	event_base_loopbreak(turning);
}

/* Runs one turn that waits for 100 ms and then works for this many milliseconds.  Microseconds until it is over. */
static uint64_t run_turn(long milliseconds)
{
	struct timespec start, end;
	static const struct timeval wait = { .tv_usec = 100000 };
	turning = turns_base_new();
	ck_assert_ptr_nonnull(turning);
	clock_gettime(CLOCK_MONOTONIC, &start);
	event_base_once(turning, -1, EV_TIMEOUT, end_loop, &milliseconds, &wait);
	turns_run(turning, count_report);
	clock_gettime(CLOCK_MONOTONIC, &end);
	event_base_free(turning);
	return (uint64_t)((end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000);
}

START_TEST(percentiles_of_turns)
{
	struct turns turns;
	turns_read(&turns);
	ck_assert_uint_eq(turns.count, 0);
	ck_assert_uint_eq(turns.p50, 0);
	ck_assert_uint_eq(turns.max, 0);
	for (unsigned i = 0; i < 900; i++)
		turns_count(5);
	for (unsigned i = 0; i < 95; i++)
		turns_count(1000);
	for (unsigned i = 0; i < 5; i++)
		turns_count(123456);
	turns_read(&turns);
	ck_assert_uint_eq(turns.count, 1000);
	ck_assert_uint_eq(turns.p50, 5);
	ck_assert_uint_ge(turns.p99, 1000);
	ck_assert_uint_le(turns.p99, 1125);
	ck_assert_uint_eq(turns.max, 123456);
	turns_count(UINT64_MAX);
	turns_read(&turns);
	ck_assert_uint_eq(turns.max, UINT64_MAX);
}
END_TEST

START_TEST(what_is_waited_is_no_turn)
{
	struct turns turns;
	uint64_t took = run_turn(5);
	turns_read(&turns);
	ck_assert_uint_eq(turns.count, 1);
	ck_assert_uint_ge(turns.max, 5000);
	ck_assert_uint_lt(turns.max, took - 90000);
}
END_TEST

static void signal_noted(int number)
{
	(void)number;
}

/* An interrupted wait counts as one wait. */
START_TEST(what_a_signal_interrupts_is_no_turn)
{
	struct sigaction action = { .sa_handler = signal_noted };
	struct turns turns;
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec soon = { .it_value = { .tv_nsec = 10000000 } };
	sigaction(SIGUSR1, &action, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &soon, NULL);
	run_turn(1);
	turns_read(&turns);
	ck_assert_uint_eq(turns.count, 1);
	ck_assert_uint_lt(turns.max, 85000);
	timer_delete(timer);
}
END_TEST

static void work_until_late(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct timespec *took = ctx, from;
	clock_gettime(CLOCK_MONOTONIC, &from);
	while (!turns_late())
		;
	clock_gettime(CLOCK_MONOTONIC, took);
	took->tv_sec -= from.tv_sec;
	took->tv_nsec -= from.tv_nsec;
	event_base_loopbreak(turning);
}

/* If it never was, this would not end. */
START_TEST(a_turn_that_takes_long_is_late)
{
	struct timespec took;
	turning = turns_base_new();
	ck_assert_ptr_nonnull(turning);
	event_base_once(turning, -1, EV_TIMEOUT, work_until_late, &took, &(struct timeval){ 0 });
	turns_run(turning, count_report);
	ck_assert(!turns_late());
	event_base_free(turning);
	/* It was not late as it began, but some milliseconds later. */
	ck_assert(took.tv_sec > 0 || took.tv_nsec > 1000000);
}
END_TEST

START_TEST(a_turn_over_the_limit_is_reported)
{
	run_turn(TURN_LIMIT_MS / 2);
	ck_assert_uint_eq(reports, 0);
	run_turn(TURN_LIMIT_MS + 5);
	ck_assert_uint_eq(reports, TURN_LIMIT_MS ? 1 : 0);
}
END_TEST

START_TEST(timers_need_no_memory)
{
	static const struct timeval later = { .tv_sec = 60 };
	static struct event *timers[TURNS_TIMERS];
	int added = 0;
	event_memory_own();
	turning = turns_base_new();
	for (int i = 0; i < TURNS_TIMERS; i++)
		timers[i] = evtimer_new(turning, end_loop, NULL);
	scarce_after(0);
	for (int i = 0; i < TURNS_TIMERS; i++)
		added += evtimer_add(timers[i], &later) == 0;
	scarce_end();
	ck_assert_int_eq(added, TURNS_TIMERS);
	for (int i = 0; i < TURNS_TIMERS; i++)
		event_free(timers[i]);
	event_base_free(turning);
}
END_TEST

START_TEST(a_base_that_cannot_be_made_is_none)
{
	bool failed = true;
	event_memory_own();
	for (long count = 0; failed; count++) {
		scarce_after(count);
		struct event_base *base = turns_base_new();
		failed = scarce_end();
		ck_assert(base || failed);
		if (base)
			event_base_free(base);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		percentiles_of_turns,
		what_is_waited_is_no_turn,
		what_a_signal_interrupts_is_no_turn,
		a_turn_that_takes_long_is_late,
		a_turn_over_the_limit_is_reported,
		timers_need_no_memory,
		a_base_that_cannot_be_made_is_none,
	};

	unit_apart();
	return unit_run("turns", NULL, NULL, tests);
}
