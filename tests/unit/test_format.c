#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

START_TEST(a_name_is_given_or_usual)
{
	ck_assert_str_eq(format_given_name("7", "build"), "build");
	ck_assert_str_eq(format_given_name("7", "Task 8"), "Task 8");
	ck_assert_str_eq(format_given_name("7", "Task 7"), "");
	ck_assert_str_eq(format_given_name("7", NULL), "");
}
END_TEST

START_TEST(bytes_have_a_unit)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} samples[] = {
		{ 0, "0" },          { 1023, "1023" },      { 1024, "1.0K" },    { 10188, "9.9K" },
		{ 10240, "10K" },    { 1047552, "1023K" },  { 1048575, "1.0M" }, { 3571712, "3.4M" },
		{ 1 << 30, "1.0G" }, { INT64_MAX, "8.0E" }, { 64 << 20, "64M" },
	};
	char buf[FORMAT_SHORT];

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		format_bytes(samples[i].bytes, buf, sizeof(buf));
		ck_assert_str_eq(buf, samples[i].text);
	}
}
END_TEST

START_TEST(bars_are_as_wide_as_asked)
{
	char buf[256];

	format_bar(50, 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "#####     ");
	format_bar(-5, 4, buf, sizeof(buf));
	ck_assert_str_eq(buf, "    ");
	format_bar(500, 4, buf, sizeof(buf));
	ck_assert_str_eq(buf, "####");
	format_bar(49, 2, buf, sizeof(buf));
	ck_assert_str_eq(buf, "  ");
	unit_utf8();
	format_bar(45, 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "████▌     ");
	format_bar(1, 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "          ");
	format_bar(99, 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "█████████▉");
	for (int percent = 0; percent <= 100; percent++) {
		format_bar(percent, 10, buf, sizeof(buf));
		ck_assert_uint_eq(cells_width(buf), 10);
	}
	format_bar(100, 100, buf, 10);
	ck_assert_uint_lt(strlen(buf), 10);
}
END_TEST

START_TEST(times_are_read_strictly)
{
	ck_assert_int_eq(format_time_read("1970-01-01T00:00:01.500Z"), 1500);
	ck_assert_int_eq(format_time_read("1970-01-01T00:00:02Z"), 2000);
	ck_assert_int_eq(format_time_read("yesterday"), 0);
	ck_assert_int_eq(format_time_read(NULL), 0);
}
END_TEST

START_TEST(times_are_local)
{
	char buf[FORMAT_SHORT];

	ck_assert_int_eq(setenv("TZ", "EST5", 1), 0);
	tzset();
	format_time("2026-11-26T06:12:33.999Z", buf, sizeof(buf));
	ck_assert_str_eq(buf, "2026-11-26 01:12:33");
	format_time("2026-03-01T04:59:59Z", buf, sizeof(buf));
	ck_assert_str_eq(buf, "2026-02-28 23:59:59");
	format_time("yesterday", buf, sizeof(buf));
	ck_assert_str_eq(buf, "yesterday");
}
END_TEST

START_TEST(a_command_is_for_the_server)
{
	static const struct {
		const char *message, *server, *says;
	} reasons[] = {
		{ "held: until krtask resume a", NULL, "held: until krtask resume a" },
		{ "held: until krtask resume a", "b", "held: until krtask resume a -s b" },
		{ "held: until krtask resume a", "unix:/a b", "held: until krtask resume a -s 'unix:/a b'" },
		{ "after: task krtask is Running", "b", "after: task krtask is Running" },
		{ "", "b", "" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		struct text text = TEXT_INIT;

		format_reason(&text, reasons[i].message, strlen(reasons[i].message), reasons[i].server);
		ck_assert_str_eq(text.data ? text.data : "", reasons[i].says);
		text_release(&text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("format");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, elapsed_times, 0, sizeof(times) / sizeof(*times));
	tcase_add_test(tcase, a_name_is_given_or_usual);
	tcase_add_test(tcase, bytes_have_a_unit);
	tcase_add_test(tcase, bars_are_as_wide_as_asked);
	tcase_add_test(tcase, times_are_read_strictly);
	tcase_add_test(tcase, times_are_local);
	tcase_add_test(tcase, a_command_is_for_the_server);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
