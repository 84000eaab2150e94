/* Patterns match whole names, in any case, and a client cannot make this slow. */
#include <stdlib.h>
#include <string.h>

#include "engine/task/glob.h"
#include "tests/unit/unit.h"

static const struct {
	const char *pattern, *text;
	bool matches;
} cases[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "*", "", true },
	{ "*", "anything at all", true },
	{ "train", "train", true },
	{ "train", "trainer", false },
	{ "rain", "train", false },
	{ "train*", "trainer", true },
	{ "*er", "trainer", true },
	{ "t*n*r", "trainer", true },
	{ "t*n*x", "trainer", false },
	{ "TRAIN*", "trainer", true },
	{ "train*", "TRAINER", true },
	{ "\xc3\x89t\xc3\xa9", "\xc3\xa9t\xc3\x89", true },
	{ "?t?", "\xc3\xa9t\xc3\xa9", true },
	{ "?", "ab", false },
	{ "?", "", false },
	{ "v[0-9]", "v7", true },
	{ "v[0-9]", "vx", false },
	{ "v[!0-9]", "vx", true },
	{ "v[^0-9]", "v7", false },
	{ "[A-C]x", "bx", true },
	{ "[]x]", "]", true },
	{ "[a-]", "-", true },
	{ "[\xc3\xa0-\xc3\xbc]", "\xc3\xa9", true },
	{ "a[b", "a[b", true },
	{ "a\\*b", "a*b", true },
	{ "a\\*b", "axb", false },
	{ "a\\", "a\\", true },
	{ "**a**", "bab", true },
	{ "*a", "aba", true },
	{ "a.c", "abc", false },
};

START_TEST(a_pattern_stands_for_whole_names)
{
	ck_assert_msg(glob_matches(cases[_i].pattern, cases[_i].text) == cases[_i].matches, "%s: %s",
	              cases[_i].pattern, cases[_i].text);
}
END_TEST

/* A matcher that tries all stars one by one would practically never end here. */
START_TEST(many_stars_take_no_longer)
{
	char text[1025];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert(!glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
	ck_assert(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*", text));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("glob");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, a_pattern_stands_for_whole_names, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, many_stars_take_no_longer);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
