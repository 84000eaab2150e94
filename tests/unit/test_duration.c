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

int main(void)
{
	Suite *suite = suite_create("durations");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, durations_are_read_as_written, 0, sizeof(cases) / sizeof(*cases));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
