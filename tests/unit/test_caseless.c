/* Texts are found in any case, in every script, and what is not UTF-8 stands for itself. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/caseless.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text, *part;
	bool has;
} cases[] = {
	{ "", "", true },
	{ "anything", "", true },
	{ "", "a", false },
	{ "Build the KERNEL", "kernel", true },
	{ "build", "built", false },
	{ "gr\xc3\xbcn", "GR\xc3\x9cN", true },
	{ "GR\xc3\x9cN", "r\xc3\xbc", true },
	{ "grun", "gr\xc3\xbcn", false },
	{ "\xd0\x97\xd0\xb0\xd0\xb4\xd0\xb0\xd1\x87\xd0\xb0", "\xd0\xb7\xd0\x90\xd0\xb4", true },
	{ "\xce\xa3", "\xcf\x83", true },
	/* One that is longer in lower case. */
	{ "\xc8\xba\xc8\xba", "\xe2\xb1\xa5\xe2\xb1\xa5", true },
	/* One that is shorter, the Kelvin sign. */
	{ "kkkk", "\xe2\x84\xaa\xe2\x84\xaa\xe2\x84\xaa\xe2\x84\xaa", true },
	{ "kkk", "\xe2\x84\xaa\xe2\x84\xaa\xe2\x84\xaa\xe2\x84\xaa", false },
	/* Not UTF-8: neither the beginning of a character, nor U+00E9. */
	{ "a\xe9z", "\xe9Z", true },
	{ "a\xc3", "\xc3\xa9", false },
	{ "\xc9", "\xe9", false },
	{ "\xc3\xa9", "\xe9", false },
};

START_TEST(a_part_is_found_in_any_case)
{
	ck_assert_msg(caseless_has(cases[_i].text, cases[_i].part) == cases[_i].has, "%s in %s",
	              cases[_i].part, cases[_i].text);
}
END_TEST

START_TEST(characters_come_one_by_one)
{
	const char *at = "A\xc3\x84\xff";

	ck_assert_uint_eq(caseless_next(&at), 'a');
	ck_assert_uint_eq(caseless_next(&at), 0xe4);
	ck_assert_uint_eq(caseless_next(&at), 0xff);
	ck_assert_int_eq(*at, '\0');
}
END_TEST

/* One that looked from every character of the text anew would take minutes. */
START_TEST(long_texts_that_are_nearly_the_same_take_no_longer)
{
	enum { CHARACTERS = 500000 };
	char *text = calloc(CHARACTERS, 2), *part = calloc(CHARACTERS / 2 + 1, 2);

	ck_assert(text && part);
	for (size_t i = 0; i < CHARACTERS - 1; i++)
		memcpy(text + 2 * i, "\xc3\xa9", 2);
	for (size_t i = 0; i < CHARACTERS / 2; i++)
		memcpy(part + 2 * i, "\xc3\xa9", 2);
	memcpy(part + CHARACTERS - 2, "\xc3\xa8", 2);
	ck_assert_int_eq(caseless_has(text, part), 0);
	free(text);
	free(part);
}
END_TEST

/* If all of it were looked at each time, this would take minutes. */
START_TEST(a_part_that_is_far_too_long_takes_no_longer)
{
	enum { LENGTH = 1000000, TEXTS = 1000000 };
	char *part = malloc(LENGTH + 1);

	ck_assert_ptr_nonnull(part);
	memset(part, 'x', LENGTH);
	part[LENGTH] = '\0';
	for (int i = 0; i < TEXTS; i++)
		ck_assert(!caseless_has("a task", part));
	free(part);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caseless");
	TCase *tcase = tcase_create("caseless");

	tcase_add_loop_test(tcase, a_part_is_found_in_any_case, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, characters_come_one_by_one);
	tcase_add_test(tcase, long_texts_that_are_nearly_the_same_take_no_longer);
	tcase_add_test(tcase, a_part_that_is_far_too_long_takes_no_longer);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
