/* Names that a text can mean: a whole name, one prefix, or too many. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/candidates.h"

static const char *const names[] = { "", "stop", "state", "Stopwatch", "wait" };

static const struct {
	const char *text;
	bool any_case;
	int found;
} meant[] = {
	{ "wait", false, 4 },
	{ "w", false, 4 },
	{ "W", false, CANDIDATES_NONE },
	{ "W", true, 4 },
	{ "stop", true, 1 }, /* the whole name wins, though another name begins with it */
	{ "stopw", true, 3 },
	{ "stopw", false, CANDIDATES_NONE },
	{ "st", false, CANDIDATES_MANY },
	{ "sto", false, 1 },
	{ "sto", true, CANDIDATES_MANY },
	{ "waiting", true, CANDIDATES_NONE },
	{ "x", true, CANDIDATES_NONE },
	{ "", true, CANDIDATES_NONE },
};

START_TEST(the_whole_name_or_the_only_prefix_is_meant)
{
	struct candidates candidates =
		candidates_of(meant[_i].text, strlen(meant[_i].text), meant[_i].any_case);
	struct candidates backwards = candidates;
	int count = sizeof(names) / sizeof(*names);

	for (int i = 0; i < count; i++) {
		candidates_offer(&candidates, names[i], i);
		candidates_offer(&backwards, names[count - 1 - i], count - 1 - i);
	}
	ck_assert_int_eq(candidates_found(&candidates), meant[_i].found);
	ck_assert_int_eq(candidates_found(&backwards), meant[_i].found);
}
END_TEST

START_TEST(the_whole_name_ends_the_search)
{
	struct candidates candidates = candidates_of("STOP it", 4, true);

	ck_assert(!candidates_offer(&candidates, "Stopwatch", 3));
	ck_assert(candidates_offer_part(&candidates, "stop it", 4, 1));
	ck_assert_int_eq(candidates_found(&candidates), 1);
}
END_TEST

START_TEST(names_are_listed_for_people)
{
	struct text list = TEXT_INIT;

	candidates_list(&list, "--", "one");
	ck_assert_str_eq(list.data, "--one");
	candidates_list(&list, "--", "two");
	candidates_list(&list, "", "three");
	ck_assert_str_eq(list.data, "--one, --two, three");
	text_release(&list);
}
END_TEST

START_TEST(an_answer_is_a_letter_or_a_label)
{
	static const char *const good[] = { "A", "a", " a\n", "Yes to All", "yes TO all \t" };
	static const char *const bad[] = { "", " ", "aa", "Yes", "Yes to All!", "Yes  to All", "b" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(candidates_answer(good[i], 'A', "Yes to All"), "'%s'", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!candidates_answer(bad[i], 'A', "Yes to All"), "'%s'", bad[i]);
	ck_assert(candidates_answer(" \n", '\0', ""));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("candidates");
	TCase *tcase = tcase_create("candidates");

	tcase_add_loop_test(tcase, the_whole_name_or_the_only_prefix_is_meant, 0,
	                    sizeof(meant) / sizeof(*meant));
	tcase_add_test(tcase, the_whole_name_ends_the_search);
	tcase_add_test(tcase, names_are_listed_for_people);
	tcase_add_test(tcase, an_answer_is_a_letter_or_a_label);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
