/* Which resources of its caller a task cannot have. */
#include "engine/run/shortfall.h"

#include <grp.h>
#include <unistd.h>

#include "engine/task/environment.h"
#include "engine/task/messages.h"
#include "tests/unit/unit.h"

static struct environment own, wanted;
static char text[SHORTFALL_SIZE];

/* Root has more rights than others, so drop them to test what most users have. */
static void setup(void)
{
	if (getuid() == 0) {
		ck_assert_int_eq(setgroups(0, NULL), 0);
		ck_assert_int_eq(setuid(65534), 0);
	}
	own = wanted = (struct environment){ .has_limits = true, .has_schedule = true };
	for (int i = 0; i < RLIM_NLIMITS; i++)
		own.limits[i] = wanted.limits[i] = (struct rlimit){ 100, 200 };
	own.limits[RLIMIT_NICE] = wanted.limits[RLIMIT_NICE] = (struct rlimit){ 0, 0 };
	cpus_add(&own.cpus, 1);
	cpus_add(&own.cpus, 2);
	wanted.cpus = own.cpus;
}

static void check_nothing(void)
{
	ck_assert(!shortfall_describe(&own, &wanted, text, sizeof(text)));
}

static void check_text(const char *expected)
{
	ck_assert(shortfall_describe(&own, &wanted, text, sizeof(text)));
	ck_assert_str_eq(text, expected);
}

START_TEST(who_has_no_more_lacks_nothing)
{
	check_nothing();
	/* A wish for less is no shortfall. */
	wanted.niceness = 10;
	wanted.limits[RLIMIT_NOFILE] = (struct rlimit){ 10, 20 };
	wanted.cpus = (struct cpus){ { 0 } };
	cpus_add(&wanted.cpus, 2);
	check_nothing();
	/* An unknown value is not reported as missing. */
	wanted.niceness = -20;
	wanted.has_schedule = wanted.has_limits = false;
	wanted.limits[RLIMIT_NOFILE].rlim_max = 2000;
	check_nothing();
}
END_TEST

START_TEST(all_that_is_missing_is_named)
{
	own.niceness = 19;
	check_text(unit_says(MSG_SHORTFALL_NICENESS, "19", "0"));
	own.niceness = 0;
	cpus_add(&wanted.cpus, 4);
	check_text("CPUs 1-2 instead of 1-2,4");
	wanted.cpus = own.cpus;
	wanted.limits[RLIMIT_NOFILE].rlim_max = RLIM_INFINITY;
	wanted.limits[RLIMIT_NPROC].rlim_max = 201;
	check_text(unit_says(MSG_SHORTFALL_LIMITS, " u n"));
	own.niceness = 19;
	check_text("niceness 19 instead of 0, lower limits (ulimit -H: u n)");
}
END_TEST

START_TEST(a_limit_may_allow_a_lower_niceness)
{
	own.niceness = 19;
	own.limits[RLIMIT_NICE].rlim_cur = 20;
	check_nothing();
	wanted.niceness = -1;
	check_text(unit_says(MSG_SHORTFALL_NICENESS, "19", "-1"));
	own.limits[RLIMIT_NICE].rlim_cur = RLIM_INFINITY;
	check_nothing();
}
END_TEST

START_TEST(a_long_text_is_cut)
{
	char room[20];

	own.niceness = 19;
	wanted.limits[RLIMIT_NOFILE].rlim_max = RLIM_INFINITY;
	ck_assert(shortfall_describe(&own, &wanted, room, sizeof(room)));
	ck_assert_str_eq(room, "niceness 19 instead");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		who_has_no_more_lacks_nothing,
		all_that_is_missing_is_named,
		a_limit_may_allow_a_lower_niceness,
		a_long_text_is_cut,
	};

	return unit_run("shortfall", setup, NULL, tests);
}
