/* UTF-8: which text is well-formed, and how other text is repaired. */
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tests/unit/unit.h"

/* From RFC 3629: the first and the last of each form, and their invalid neighbours. */
static const struct {
	const char *bytes;
	bool valid;
	const char *repaired;
} cases[] = {
	{ "", true, "" },
	{ "plain", true, "plain" },
	{ "\x7f", true, "\x7f" },
	{ "\xc2\x80", true, "\xc2\x80" },
	{ "\xdf\xbf", true, "\xdf\xbf" },
	{ "\xe0\xa0\x80", true, "\xe0\xa0\x80" },
	{ "\xed\x9f\xbf", true, "\xed\x9f\xbf" },
	{ "\xee\x80\x80", true, "\xee\x80\x80" },
	{ "\xef\xbf\xbf", true, "\xef\xbf\xbf" },
	{ "\xf0\x90\x80\x80", true, "\xf0\x90\x80\x80" },
	{ "\xf3\xbf\xbf\xbf", true, "\xf3\xbf\xbf\xbf" },
	{ "\xf4\x8f\xbf\xbf", true, "\xf4\x8f\xbf\xbf" },
	{ "\x80", false, "\xef\xbf\xbd" },
	{ "\xc0\x80", false, "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xc1\xbf", false, "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe0\x9f\xbf", false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80", false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf0\x8f\xbf\xbf", false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf4\x90\x80\x80", false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf5\x80", false, "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xff", false, "\xef\xbf\xbd" },
	{ "a\xc3", false, "a\xef\xbf\xbd" },
	{ "a\xe2\x82z", false, "a\xef\xbf\xbd\xef\xbf\xbdz" },
	{ "\xe2\x82\xac\xff\xe2\x82\xac", false, "\xe2\x82\xac\xef\xbf\xbd\xe2\x82\xac" },
};

START_TEST(utf8_is_as_the_standard_says)
{
	size_t length = strlen(cases[_i].bytes);
	char *exact = unit_exact(cases[_i].bytes, length);

	ck_assert_int_eq(utf8_valid(exact, length), cases[_i].valid);
	char *repaired = utf8_repair(exact, length);
	ck_assert_str_eq(repaired, cases[_i].repaired);
	ck_assert(utf8_valid(repaired, strlen(repaired)));
	free(repaired);
	free(exact);
}
END_TEST

START_TEST(a_repair_has_no_nul_inside)
{
	char *repaired = utf8_repair("a\0b", 3);

	ck_assert_str_eq(repaired, "a\xef\xbf\xbd"
	                           "b");
	free(repaired);
	ck_assert_ptr_null(utf8_repair("x", SIZE_MAX / 2));
}
END_TEST

START_TEST(a_character_is_measured)
{
	ck_assert_uint_eq(utf8_character("", 0), 0);
	ck_assert_uint_eq(utf8_character("ab", 2), 1);
	ck_assert_uint_eq(utf8_character("\xe2\x82\xac", 3), 3);
	ck_assert_uint_eq(utf8_character("\xe2\x82\xac", 2), 0);
	ck_assert_uint_eq(utf8_character("\xc3", 1), 0);
}
END_TEST

START_TEST(every_character_is_written_and_read)
{
	for (uint32_t character = 0; character <= 0x10ffff; character++) {
		char bytes[UTF8_LONGEST];
		uint32_t back = UINT32_MAX;
		size_t length = utf8_write(character, bytes);

		if (character >= 0xd800 && character < 0xe000) {
			ck_assert_uint_eq(length, 0);
			continue;
		}
		if (utf8_decode(bytes, length, &back) != length || back != character ||
		    utf8_continues(*bytes))
			ck_abort_msg("U+%04X becomes U+%04X", character, back);
	}
	ck_assert_uint_eq(utf8_write(0x110000, (char[UTF8_LONGEST]){ 0 }), 0);
}
END_TEST

START_TEST(what_is_no_character_is_not_decoded)
{
	uint32_t character = 7;

	ck_assert_uint_eq(utf8_decode("\xe2\x82", 2, &character), 0);
	ck_assert_uint_eq(utf8_decode("", 0, &character), 0);
	ck_assert_uint_eq(character, 7);
}
END_TEST

START_TEST(what_people_read_has_no_control_characters)
{
	static const char bytes[] = "a\0\x1b\n\x7f\xc2\x9b\xc2\xa0\xff\xe2\x82\xac z";
	char *shown = utf8_readable(bytes, sizeof(bytes) - 1);

	ck_assert_str_eq(shown, "a\xef\xbf\xbd     \xc2\xa0\xef\xbf\xbd\xe2\x82\xac z");
	free(shown);
}
END_TEST

START_TEST(a_text_is_cut_before_a_character)
{
	static const char text[] = "a\xe2\x82\xac"
				   "b";
	static const size_t cuts[] = { 0, 1, 1, 1, 4, 5, 5 };

	for (size_t most = 0; most < sizeof(cuts) / sizeof(*cuts); most++)
		ck_assert_uint_eq(utf8_cut(text, most), cuts[most]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_loop_test(tcase, utf8_is_as_the_standard_says, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, a_repair_has_no_nul_inside);
	tcase_add_test(tcase, a_character_is_measured);
	tcase_add_test(tcase, every_character_is_written_and_read);
	tcase_add_test(tcase, what_is_no_character_is_not_decoded);
	tcase_add_test(tcase, what_people_read_has_no_control_characters);
	tcase_add_test(tcase, a_text_is_cut_before_a_character);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
