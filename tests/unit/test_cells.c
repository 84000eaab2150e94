/* Text on a terminal: which characters are replaced, where text is cut, and where lines break. */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/wrap.h"

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
	{ "\xc0\x80\xed\xa0\x80", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	  "?????" },
	{ "\xe2\x82", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd", "??" },
	{ "\xc2\x9b", SIZE_MAX, "\xef\xbf\xbd", "?" },
	{ "e\xcc\x81", 1, "e\xcc\x81", "~" },
	/* characters for text direction, and invisible characters */
	{ "a\xe2\x80\xae"
	  "b",
	  SIZE_MAX,
	  "a\xef\xbf\xbd"
	  "b",
	  "a?b" },
	{ "\xe2\x80\xaa\xe2\x80\x8e\xe2\x81\xa6\xe2\x81\xa9", SIZE_MAX,
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "????" },
	{ "\xef\xbb\xbf\xd8\x9c\xe2\x80\x8b", SIZE_MAX, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "???" },
	{ "\xf3\xa0\x80\xa0", SIZE_MAX, "\xef\xbf\xbd", "?" },
};

START_TEST(cells_are_cut_and_cleaned)
{
	char buf[128];
	size_t columns;

	columns = cells_fit(cells[_i].text, cells[_i].columns, buf, sizeof(buf));
	ck_assert_str_eq(buf, cells[_i].ascii);
	ck_assert_uint_eq(columns, strlen(buf));
	unit_utf8();
	columns = cells_fit(cells[_i].text, cells[_i].columns, buf, sizeof(buf));
	ck_assert_str_eq(buf, cells[_i].utf8);
	ck_assert_uint_eq(columns, cells_width(buf));
	ck_assert_uint_le(columns, cells[_i].columns);
}
END_TEST

START_TEST(a_whole_text_fits_where_every_byte_is_replaced)
{
	char *shown;

	unit_utf8();
	shown = cells_whole("\xff\xfe\t");
	ck_assert_str_eq(shown, "\xef\xbf\xbd\xef\xbf\xbd?");
	free(shown);
}
END_TEST

START_TEST(small_buffers_are_never_overrun)
{
	static const char text[] = "\xe6\x97\xa5"
				   "a\xff\x1b\xc3\xa9\xf0\x9f\x98\x80 end";
	char buf[64];

	unit_utf8();
	for (size_t size = 1; size < sizeof(buf); size++) {
		for (size_t columns = 0; columns < 20; columns++) {
			memset(buf, 'Z', sizeof(buf));
			ck_assert_uint_le(cells_fit(text, columns, buf, size), columns);
			ck_assert_uint_lt(strlen(buf), size);
			ck_assert_int_eq(buf[size], 'Z');
		}
	}
}
END_TEST

START_TEST(lines_break_at_blanks)
{
	const char *rest = "a bc  defghij k";
	char line[16];

	rest = wrap_line(rest, 4, line, sizeof(line));
	ck_assert_str_eq(line, "a bc");
	rest = wrap_line(rest, 4, line, sizeof(line));
	ck_assert_str_eq(line, "defg");
	rest = wrap_line(rest, 4, line, sizeof(line));
	ck_assert_str_eq(line, "hij");
	rest = wrap_line(rest, 4, line, sizeof(line));
	ck_assert_str_eq(line, "k");
	ck_assert_ptr_null(rest);
	ck_assert_ptr_null(wrap_line("", 4, line, sizeof(line)));
	ck_assert_str_eq(line, "");
}
END_TEST

START_TEST(wrapping_always_comes_to_an_end)
{
	static const char text[] = "日本 x  \xcc\x81 word";

	unit_utf8();
	for (int columns = -1; columns < 12; columns++) {
		const char *rest = text;
		char line[64];
		int lines = 0;

		while (rest && lines < 50) {
			rest = wrap_line(rest, columns, line, sizeof(line));
			lines++;
		}
		ck_assert_int_lt(lines, 50);
	}
}
END_TEST

START_TEST(the_locale_is_set_when_it_is_needed)
{
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C"));
	ck_assert_int_eq(setenv("LC_ALL", "C.UTF-8", 1), 0);
	cells_await_locale();
	ck_assert_str_eq(setlocale(LC_CTYPE, NULL), "C");
	ck_assert(cells_in_utf8());
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C"));
	ck_assert_msg(!cells_in_utf8(), "it is set once");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cells");
	TCase *tcase = tcase_create("cells");

	tcase_add_loop_test(tcase, cells_are_cut_and_cleaned, 0, sizeof(cells) / sizeof(*cells));
	tcase_add_test(tcase, a_whole_text_fits_where_every_byte_is_replaced);
	tcase_add_test(tcase, small_buffers_are_never_overrun);
	tcase_add_test(tcase, lines_break_at_blanks);
	tcase_add_test(tcase, wrapping_always_comes_to_an_end);
	tcase_add_test(tcase, the_locale_is_set_when_it_is_needed);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
