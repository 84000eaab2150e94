/* When the next commit may begin, without a clock. */
#include <check.h>

#include "engine/store/pace.h"
#include "engine/store/store.h"
#include "tests/unit/unit.h"

enum { TOOK = 600 };

static struct pace pace;
static int64_t now;

static void make_pace(void)
{
	pace = (struct pace){ .pace_ms = STORE_PACE_MS };
	now = 1000000;
}

static void commit(bool urgent)
{
	pace_begin(&pace, urgent, now);
	now += TOOK;
	pace_end(&pace, now);
}

START_TEST(what_nobody_waits_for_keeps_the_pace)
{
	ck_assert_int_lt(pace_next(&pace, false), now);
	commit(false);
	ck_assert_int_eq(pace_next(&pace, false), now + STORE_PACE_MS * 1000);
}
END_TEST

START_TEST(who_comes_alone_never_waits)
{
	commit(true);
	ck_assert_int_le(pace_next(&pace, true), now);
	for (int i = 0; i < 3 * STORE_STREAK; i++) {
		now += STORE_PACE_MS * 1000;
		commit(true);
		ck_assert_int_le(pace_next(&pace, true), now);
	}
}
END_TEST

START_TEST(who_comes_after_many_waits_for_half_of_the_last_commit)
{
	for (int i = 0; i <= STORE_STREAK; i++) {
		ck_assert_int_le(pace_next(&pace, true), now);
		commit(true);
	}
	ck_assert_int_eq(pace_next(&pace, true), now + TOOK / 2);
	/* What can wait ends the series. */
	now += TOOK / 2;
	commit(false);
	ck_assert_int_le(pace_next(&pace, true), now);
}
END_TEST

START_TEST(nobody_waits_long_after_a_slow_commit)
{
	for (int i = 0; i <= STORE_STREAK; i++)
		commit(true);
	pace_begin(&pace, true, now);
	now += 1000000;
	pace_end(&pace, now);
	ck_assert_int_eq(pace_next(&pace, true), now + STORE_URGENT_PACE_US);
}
END_TEST

/* Somebody does one thing after another, alone; then others come. */
START_TEST(who_waits_in_vain_stops_waiting)
{
	unsigned waits = 0;
	for (int i = 0; i < 10 * STORE_TRY; i++) {
		bool waited = pace_next(&pace, true) > now;
		if (waited)
			pace_waited(&pace, true, false);
		waits += waited;
		commit(true);
	}
	ck_assert_uint_ge(waits, STORE_VAIN + 9);
	ck_assert_uint_le(waits, STORE_VAIN + 10);
	pace_waited(&pace, true, true);
	ck_assert_int_eq(pace_next(&pace, true), now + TOOK / 2);
	/* What can wait has waited for nobody, which says nothing about urgent ones. */
	for (int i = 0; i < STORE_VAIN; i++)
		pace_waited(&pace, false, false);
	ck_assert_int_eq(pace_next(&pace, true), now + TOOK / 2);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_nobody_waits_for_keeps_the_pace,
		who_comes_alone_never_waits,
		who_comes_after_many_waits_for_half_of_the_last_commit,
		nobody_waits_long_after_a_slow_commit,
		who_waits_in_vain_stops_waiting,
	};
	return unit_run("pace", make_pace, NULL, tests);
}
