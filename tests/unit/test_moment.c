/* Times as people write them. */
#include "config.h"

#include <check.h>
#include <stdlib.h>

#include "engine/task/moment.h"
#include "tests/unit/unit.h"

/* Berlin: summer time begins on 2026-03-29 at 02:00, and ends on 2026-10-25 at 03:00. */
static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
}

static int64_t utc(const char *text)
{
	int64_t at = -1;
	ck_assert_msg(moment_parse_zoned(text, &at), "%s", text);
	return at;
}

/* What a text means at this time in Berlin; NULL: nothing. */
static const struct {
	const char *text, *at, *means;
} cases[] = {
	{ "22:30", "2026-01-10T12:00:00Z", "2026-01-10T21:30:00Z" },
	{ "12:59", "2026-01-10T12:00:00Z", "2026-01-11T11:59:00Z" },
	{ "8:05", "2026-01-10T12:00:00Z", "2026-01-11T07:05:00Z" },
	{ "13:00:01", "2026-01-10T12:00:00Z", "2026-01-10T12:00:01Z" },
	/* the next one: not this one */
	{ "13:00", "2026-01-10T12:00:00Z", "2026-01-11T12:00:00Z" },
	{ "00:00", "2026-12-31T12:00:00Z", "2026-12-31T23:00:00Z" },
	{ "10:00", "2026-12-31T12:00:00Z", "2027-01-01T09:00:00Z" },
	/* it is not there on the day on which summer time begins */
	{ "02:30", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z" },
	{ "03:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z" },
	/* it is there twice on the day on which summer time ends */
	{ "02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z" },
	{ "02:30", "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z" },
	{ "02:30", "2026-10-25T01:45:00Z", "2026-10-26T01:30:00Z" },
	{ "2026-12-01T06:00", "2026-01-10T12:00:00Z", "2026-12-01T05:00:00Z" },
	{ "2026-07-01T06:00", "2026-01-10T12:00:00Z", "2026-07-01T04:00:00Z" },
	{ "2026-07-01 06:00:30", "2026-01-10T12:00:00Z", "2026-07-01T04:00:30Z" },
	{ "2026-07-01T06:00:30.250", "2026-01-10T12:00:00Z", "2026-07-01T04:00:30.250Z" },
	{ "2026-07-01", "2026-01-10T12:00:00Z", "2026-06-30T22:00:00Z" },
	{ "2026-07-01T06:00Z", "2026-01-10T12:00:00Z", "2026-07-01T06:00:00Z" },
	{ "2026-07-01T06:00+05:30", "2026-01-10T12:00:00Z", "2026-07-01T00:30:00Z" },
	{ "2026-07-01T06:00-0800", "2026-01-10T12:00:00Z", "2026-07-01T14:00:00Z" },
	{ "2026-07-01T06:00+01", "2026-01-10T12:00:00Z", "2026-07-01T05:00:00Z" },
	{ "2026-10-25T02:30", "2026-01-10T12:00:00Z", "2026-10-25T00:30:00Z" },
	{ "@1782864000", "2026-01-10T12:00:00Z", "2026-07-01T00:00:00Z" },
	{ "@1782864000.5", "2026-01-10T12:00:00Z", "2026-07-01T00:00:00.500Z" },
	{ "@1", "2026-01-10T12:00:00Z", "1970-01-01T00:00:01Z" },
	{ "2026-03-29T02:30", "2026-01-10T12:00:00Z", NULL },
	{ "2026-02-29T06:00", "2026-01-10T12:00:00Z", NULL },
	{ "2026-13-01T06:00", "2026-01-10T12:00:00Z", NULL },
	{ "2026-02-31T06:00Z", "2026-01-10T12:00:00Z", NULL },
	{ "2026-1-1T06:00", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T6:00", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06:00+", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06:00+15:00", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06:00+01:60", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06:00:00.", "2026-01-10T12:00:00Z", NULL },
	{ "2026-12-01T06:00Zx", "2026-01-10T12:00:00Z", NULL },
	{ "9999-12-01T06:00Z", "2026-01-10T12:00:00Z", NULL },
	{ "1969-12-01T06:00Z", "2026-01-10T12:00:00Z", NULL },
	{ "24:00", "2026-01-10T12:00:00Z", NULL },
	{ "12:60", "2026-01-10T12:00:00Z", NULL },
	{ "12:00:60", "2026-01-10T12:00:00Z", NULL },
	{ "12:0", "2026-01-10T12:00:00Z", NULL },
	{ "123:00", "2026-01-10T12:00:00Z", NULL },
	{ "12:00Z", "2026-01-10T12:00:00Z", NULL },
	{ ":30", "2026-01-10T12:00:00Z", NULL },
	{ "12", "2026-01-10T12:00:00Z", NULL },
	{ "tomorrow", "2026-01-10T12:00:00Z", NULL },
	{ "", "2026-01-10T12:00:00Z", NULL },
	{ " 12:00", "2026-01-10T12:00:00Z", NULL },
	{ "@", "2026-01-10T12:00:00Z", NULL },
	{ "@0", "2026-01-10T12:00:00Z", NULL },
	{ "@-1", "2026-01-10T12:00:00Z", NULL },
	{ "@12x", "2026-01-10T12:00:00Z", NULL },
	{ "@99999999999999999999", "2026-01-10T12:00:00Z", NULL },
	{ "@1e9", "2026-01-10T12:00:00Z", NULL },
};

START_TEST(a_time_means_what_people_mean)
{
	int64_t at = -1;
	set_zone(berlin);
	bool is = moment_parse(cases[_i].text, utc(cases[_i].at), &at);
	ck_assert_msg(is == (cases[_i].means != NULL), "%s", cases[_i].text);
	if (is)
		ck_assert_msg(at == utc(cases[_i].means), "%s: %lld", cases[_i].text, (long long)at);
	else
		ck_assert_int_eq(at, -1);
}
END_TEST

START_TEST(what_clocks_are_set_forward_over_is_told_from_what_is_no_time)
{
	static const char *const others[] = { "2026-03-29T03:00",  "2026-03-29T01:59:59", "2026-02-29T02:30",
		                              "2026-03-29T02:30Z", "1960-01-01T02:30",    "02:30",
		                              "2026-03-29T02",     "9999-12-01T02:30",    "" };
	set_zone(berlin);
	ck_assert(moment_is_skipped("2026-03-29T02:30"));
	ck_assert(moment_is_skipped("2026-03-29T02:59:59.999"));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!moment_is_skipped(others[i]), "%s", others[i]);
	set_zone("UTC");
	ck_assert(!moment_is_skipped("2026-03-29T02:30"));
}
END_TEST

START_TEST(where_no_clock_is_set_every_day_is_alike)
{
	int64_t at;
	set_zone("UTC");
	ck_assert(moment_parse("02:30", utc("2026-03-28T12:00:00Z"), &at));
	ck_assert_int_eq(at, utc("2026-03-29T02:30:00Z"));
}
END_TEST

START_TEST(without_a_zone_it_is_no_time_of_json)
{
	int64_t at = -1;
	ck_assert(!moment_parse_zoned("2026-07-01T06:00:00", &at));
	ck_assert(!moment_parse_zoned("2026-07-01", &at));
	ck_assert(!moment_parse_zoned("06:00", &at));
	ck_assert(!moment_parse_zoned("@5", &at));
	ck_assert(!moment_parse_zoned("", &at));
	ck_assert_int_eq(at, -1);
	ck_assert_int_eq(utc("1970-01-01T00:00:01.234Z"), 1234);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("moments");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, a_time_means_what_people_mean, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, what_clocks_are_set_forward_over_is_told_from_what_is_no_time);
	tcase_add_test(tcase, where_no_clock_is_set_every_day_is_alike);
	tcase_add_test(tcase, without_a_zone_it_is_no_time_of_json);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
