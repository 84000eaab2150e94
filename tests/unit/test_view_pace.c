/* Frames wait for the terminal: for one that answers, and not for others. */
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/pace.h"

/* Milliseconds; bytes of a page, and of what is sent first. */
enum { PATIENCE = 1000, PAGE = 2500, FIRST = 60 };

static struct pace pace;
static int64_t now;

static void setup(void)
{
	now = 1000000;
	pace_init(&pace);
	pace_sent(&pace, FIRST, now);
}

/* A terminal of 9,600 baud has shown everything. */
static void shows(size_t bytes)
{
	now += (int64_t)bytes * 1000 / 960;
	pace_answered(&pace, now);
}

START_TEST(nothing_waits_before_the_first_answer)
{
	ck_assert(pace_ready(&pace, now));
	ck_assert(pace_asks(&pace));
	pace_sent(&pace, PAGE, now);
	ck_assert(pace_ready(&pace, now));
}
END_TEST

START_TEST(the_next_frame_waits_for_the_answer)
{
	shows(FIRST);
	ck_assert(pace_ready(&pace, now));
	pace_sent(&pace, PAGE, now);
	ck_assert(!pace_ready(&pace, now));
	ck_assert_int_gt(pace_deadline(&pace), now + 2604);
	shows(PAGE);
	ck_assert(pace_ready(&pace, now));
	ck_assert_int_eq(pace_deadline(&pace), 0);
}
END_TEST

START_TEST(frames_before_the_first_answer_are_waited_for_too)
{
	pace_sent(&pace, PAGE, now);
	shows(FIRST);
	ck_assert(!pace_ready(&pace, now));
	ck_assert_int_gt(pace_deadline(&pace), now + 2604);
	shows(PAGE);
	ck_assert(pace_ready(&pace, now));
}
END_TEST

START_TEST(a_terminal_that_never_answers_is_not_asked)
{
	now += PATIENCE - 1;
	ck_assert(pace_ready(&pace, now));
	ck_assert(pace_asks(&pace));
	now++;
	ck_assert(pace_ready(&pace, now));
	ck_assert(!pace_asks(&pace));
}
END_TEST

START_TEST(nor_one_that_answers_no_more)
{
	pace_answered(&pace, now + 1);
	pace_sent(&pace, PAGE, now);
	ck_assert(!pace_ready(&pace, now + PATIENCE - 1));
	ck_assert(pace_ready(&pace, now + PATIENCE + 200));
	ck_assert(!pace_asks(&pace));
	pace_answered(&pace, now + 2 * PATIENCE); /* it was only late */
	ck_assert(pace_asks(&pace));
	ck_assert(pace_ready(&pace, now + 2 * PATIENCE));
}
END_TEST

START_TEST(what_is_known_of_a_slow_terminal_lasts)
{
	shows(FIRST);
	for (int i = 0; i < 100; i++) {
		pace_sent(&pace, 30, now);
		shows(30);
	}
	pace_sent(&pace, PAGE, now);
	ck_assert(!pace_ready(&pace, now + PAGE));
}
END_TEST

START_TEST(an_answer_too_many_does_no_harm)
{
	shows(FIRST);
	pace_answered(&pace, now);
	pace_answered(&pace, now);
	pace_sent(&pace, PAGE, now);
	ck_assert(!pace_ready(&pace, now));
}
END_TEST

START_TEST(what_did_not_get_there_is_not_waited_for)
{
	shows(FIRST);
	pace_sent(&pace, PAGE, now);
	pace_lost(&pace);
	ck_assert(pace_ready(&pace, now));
	ck_assert_int_eq(pace_deadline(&pace), 0);
	ck_assert(pace_asks(&pace));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nothing_waits_before_the_first_answer,
		the_next_frame_waits_for_the_answer,
		frames_before_the_first_answer_are_waited_for_too,
		a_terminal_that_never_answers_is_not_asked,
		nor_one_that_answers_no_more,
		what_is_known_of_a_slow_terminal_lasts,
		an_answer_too_many_does_no_harm,
		what_did_not_get_there_is_not_waited_for,
	};

	return unit_run("pace", setup, NULL, tests);
}
