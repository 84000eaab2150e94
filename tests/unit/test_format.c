#include <stdint.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/fields/format.h"
#include "tui/text/cells.h"

static const struct {
	int64_t ms;
	const char *text;
} times[] = {
	{ -1, "-" },
	{ 0, "0.0s" },
	{ 99, "0.0s" },
	{ 12345, "12.3s" },
	{ 59999, "59.9s" },
	{ 60000, "1:00" },
	{ 3599999, "59:59" },
	{ 3600000, "1:00:00" },
	{ 86399999, "23:59:59" },
	{ 86400000, "1d00:00:00" },
	{ INT64_C(123) * 86400000 + 3661000, "123d01:01:01" },
	{ INT64_MAX, "106751991167d07:12:55" },
};

START_TEST(elapsed_times)
{
	char buf[FORMAT_SHORT];

	format_elapsed(times[_i].ms, buf, sizeof(buf));
	ck_assert_str_eq(buf, times[_i].text);
}
END_TEST

START_TEST(bars_are_as_wide_as_asked)
{
	char buf[256];

	format_bar(50, 12, false, buf, sizeof(buf));
	ck_assert_str_eq(buf, "[#####     ]");
	format_bar(-5, 6, false, buf, sizeof(buf));
	ck_assert_str_eq(buf, "[    ]");
	format_bar(500, 6, false, buf, sizeof(buf));
	ck_assert_str_eq(buf, "[####]");
	unit_utf8();
	format_bar(50, 6, true, buf, sizeof(buf));
	ck_assert_str_eq(buf, "[\xe2\x96\x88\xe2\x96\x88  ]");
	ck_assert_uint_eq(cells_width(buf), 6);
	format_bar(100, 100, true, buf, 10);
	ck_assert_uint_lt(strlen(buf), 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("format");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, elapsed_times, 0, sizeof(times) / sizeof(*times));
	tcase_add_test(tcase, bars_are_as_wide_as_asked);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
