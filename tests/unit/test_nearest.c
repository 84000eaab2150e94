/* The names that are most like an unknown word. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/nearest.h"

static const char *const commands[] = { "new",  "run",   "start",  "stop", "remove", "get",
	                                "list", "state", "result", "wait", "" };

static const struct {
	const char *text, *nearest;
} words[] = {
	{ "strat", "start" }, { "stpo", "stop" },      { "remvoe", "remove" }, { "lst", "list" },
	{ "STOP", "stop" },   { "resullt", "result" }, { "wiat", "wait" },
};

START_TEST(a_slip_of_the_fingers_finds_what_was_meant)
{
	struct nearest nearest = nearest_to(words[_i].text, strlen(words[_i].text));

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		nearest_offer(&nearest, commands[i]);
	ck_assert_str_eq(nearest.names[0], words[_i].nearest);
}
END_TEST

START_TEST(three_are_listed_the_nearest_first)
{
	struct nearest nearest = nearest_to("sta", 3);
	struct text list = TEXT_INIT;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		nearest_offer(&nearest, commands[i]);
	nearest_list(&nearest, 3, "--", &list);
	ck_assert_str_eq(list.data, "--start, --state, --stop");
	text_release(&list);
}
END_TEST

START_TEST(a_word_longer_than_all_is_compared_too)
{
	char word[200] = { 0 };
	struct nearest nearest = nearest_to(word, sizeof(word) - 1);

	memset(word, 'x', sizeof(word) - 1);
	nearest_offer(&nearest, "stop");
	ck_assert_uint_eq(nearest.count, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nearest");
	TCase *tcase = tcase_create("nearest");

	tcase_add_loop_test(tcase, a_slip_of_the_fingers_finds_what_was_meant, 0,
	                    sizeof(words) / sizeof(*words));
	tcase_add_test(tcase, three_are_listed_the_nearest_first);
	tcase_add_test(tcase, a_word_longer_than_all_is_compared_too);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
