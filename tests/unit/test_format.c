#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/cli/format.h"

static void use_utf8(void)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		ck_abort_msg("there is no locale C.UTF-8");
}

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

START_TEST(exits_are_a_status_or_a_signal)
{
	char buf[FORMAT_SHORT];

	format_exit(0, NULL, buf, sizeof(buf));
	ck_assert_str_eq(buf, "0");
	format_exit(127, NULL, buf, sizeof(buf));
	ck_assert_str_eq(buf, "127");
	format_exit(-1, "TERM", buf, sizeof(buf));
	ck_assert_str_eq(buf, "TERM");
	format_exit(-1, NULL, buf, sizeof(buf));
	ck_assert_str_eq(buf, "-");
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
	use_utf8();
	format_bar(50, 6, true, buf, sizeof(buf));
	ck_assert_str_eq(buf, "[\xe2\x96\x88\xe2\x96\x88  ]");
	ck_assert_uint_eq(format_width(buf), 6);
	format_bar(100, 100, true, buf, 10);
	ck_assert_uint_lt(strlen(buf), 10);
}
END_TEST

static const struct {
	const char *text;
	size_t columns;
	const char *utf8, *ascii;
} cells[] = {
	{ "plain", SIZE_MAX, "plain", "plain" },
	{ "plain", 5, "plain", "plain" },
	{ "plain", 4, "pla\xe2\x80\xa6", "pla~" },
	{ "plain", 1, "\xe2\x80\xa6", "~" },
	{ "plain", 0, "", "" },
	{ "a\tb\x1b[31m\nc\x7f", SIZE_MAX, "a?b?[31m?c?", "a?b?[31m?c?" },
	{ "\xc3\xa9t\xc3\xa9", SIZE_MAX, "\xc3\xa9t\xc3\xa9", "?t?" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", SIZE_MAX, "\xe6\x97\xa5\xe6\x9c\xac", "??" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5\xe2\x80\xa6", "??" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", 2, "\xe2\x80\xa6", "??" },
	{ "x\xff\xfey", SIZE_MAX, "x\xef\xbf\xbd\xef\xbf\xbdy", "x??y" },
	{ "\xc0\x80\xed\xa0\x80", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "?????" },
	{ "\xe2\x82", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd", "??" },
	{ "\xc2\x9b", SIZE_MAX, "\xef\xbf\xbd", "?" },
	{ "e\xcc\x81", 1, "e\xcc\x81", "~" },
	/* directions, and what nobody sees */
	{ "a\xe2\x80\xae" "b", SIZE_MAX, "a\xef\xbf\xbd" "b", "a?b" },
	{ "\xe2\x80\xaa\xe2\x80\x8e\xe2\x81\xa6\xe2\x81\xa9", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "????" },
	{ "\xef\xbb\xbf\xd8\x9c\xe2\x80\x8b", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "???" },
	{ "\xf3\xa0\x80\xa0", SIZE_MAX, "\xef\xbf\xbd", "?" },
};

START_TEST(cells_are_cut_and_cleaned)
{
	char buf[128];
	size_t columns;

	columns = format_cell(cells[_i].text, cells[_i].columns, buf, sizeof(buf));
	ck_assert_str_eq(buf, cells[_i].ascii);
	ck_assert_uint_eq(columns, strlen(buf));
	use_utf8();
	columns = format_cell(cells[_i].text, cells[_i].columns, buf, sizeof(buf));
	ck_assert_str_eq(buf, cells[_i].utf8);
	ck_assert_uint_eq(columns, format_width(buf));
	ck_assert_uint_le(columns, cells[_i].columns);
}
END_TEST

START_TEST(small_buffers_are_never_overrun)
{
	static const char text[] = "\xe6\x97\xa5" "a\xff\x1b\xc3\xa9\xf0\x9f\x98\x80 end";
	char buf[64];

	use_utf8();
	for (size_t size = 1; size < sizeof(buf); size++) {
		for (size_t columns = 0; columns < 20; columns++) {
			memset(buf, 'Z', sizeof(buf));
			ck_assert_uint_le(format_cell(text, columns, buf, size), columns);
			ck_assert_uint_lt(strlen(buf), size);
			ck_assert_int_eq(buf[size], 'Z');
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("format");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, elapsed_times, 0, sizeof(times) / sizeof(*times));
	tcase_add_test(tcase, exits_are_a_status_or_a_signal);
	tcase_add_test(tcase, bars_are_as_wide_as_asked);
	tcase_add_loop_test(tcase, cells_are_cut_and_cleaned, 0, sizeof(cells) / sizeof(*cells));
	tcase_add_test(tcase, small_buffers_are_never_overrun);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
