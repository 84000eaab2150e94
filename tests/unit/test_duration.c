/* Durations as people write them, and texts that are not durations. */
#include "engine/task/duration.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text;
	double seconds; /* -1: not a duration; -2: a number without a unit */
} cases[] = {
	{ "90s", 90 },
	{ "0.5s", 0.5 },
	{ ".5s", 0.5 },
	{ "10m", 600 },
	{ "1.5h", 5400 },
	{ "2h30m", 9000 },
	{ "1d", 86400 },
	{ "1d2h3m4s", 93784 },
	{ "0s", 0 },
	{ "00:00:07", 7 },
	{ "01:02:03", 3723 },
	{ "100:00:00", 360000 },
	{ "1-00:00:00", 86400 },
	{ "1-23:59:59", 172799 },
	{ "", -1 },
	{ "s", -1 },
	{ "-1s", -1 },
	{ "+1s", -1 },
	{ "1x", -1 },
	{ "1s ", -1 },
	{ " 1s", -1 },
	{ "1s1s", -1 },
	{ "30m2h", -1 },
	{ "1h30", -1 },
	{ "1e3s", -1 },
	{ "1.2.3s", -1 },
	{ "infs", -1 },
	{ "10:30", -1 },
	{ "1:2:3", -1 },
	{ "01:60:00", -1 },
	{ "01:00:60", -1 },
	{ "1-24:00:00", -1 },
	{ "-00:00:01", -1 },
	{ "x-00:00:01", -1 },
	{ "01:02:03:04", -1 },
	{ "99999999999s", -1 },
	{ "12000d", -1 },
	{ "90", -2 },
	{ "0.5", -2 },
	{ "5.", -2 },
	{ "99999999999", -1 },
	{ "0x10", -1 },
	{ ".", -1 },
};

START_TEST(durations_are_read_as_written)
{
	double seconds = -1, number = -1;
	bool is = duration_parse(cases[_i].text, &seconds), bare = duration_is_bare(cases[_i].text, &number);

	ck_assert_msg(is == (cases[_i].seconds >= 0), "%s", cases[_i].text);
	ck_assert_msg(bare == (cases[_i].seconds == -2), "%s", cases[_i].text);
	if (is)
		ck_assert_msg(seconds == cases[_i].seconds, "%s: %f", cases[_i].text, seconds);
}
END_TEST

static const struct {
	int64_t milliseconds;
	const char *text;
} written[] = {
	{ 0, "0s" },
	{ 1, "0.001s" },
	{ 500, "0.5s" },
	{ 90000, "1m30s" },
	{ 7200000, "2h" },
	{ 9000000, "2h30m" },
	{ 86400000, "1d" },
	{ 90061001, "1d1h1m1.001s" },
	{ 1000000000000, "11574d1h46m40s" },
};

START_TEST(what_is_written_can_be_read)
{
	char text[DURATION_SIZE];
	double seconds = -1;
	ck_assert_str_eq(duration_write(written[_i].milliseconds, text), written[_i].text);
	ck_assert(duration_parse(text, &seconds));
	ck_assert_int_eq((int64_t)(seconds * 1000 + 0.5), written[_i].milliseconds);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("durations");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, durations_are_read_as_written, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_loop_test(tcase, what_is_written_can_be_read, 0, sizeof(written) / sizeof(*written));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
