/* The language of filters. */
#include <errno.h>

#include "engine/task/filter.h"
#include "engine/task/state.h"
#include "tests/unit/unit.h"

static const struct filter_term *only(struct filter *filter, const char *text)
{
	ck_assert_int_eq(filter_read(filter, text, NULL), 0);
	ck_assert_uint_eq(filter->count, 1);
	return &filter->terms[0];
}

static void check_term(const char *text, enum filter_kind kind, const char *value, bool negated)
{
	struct filter filter;
	const struct filter_term *term = only(&filter, text);

	ck_assert_int_eq(term->kind, kind);
	ck_assert_int_eq(term->negated, negated);
	ck_assert_str_eq(term->value, value);
	filter_release(&filter);
}

START_TEST(a_word_says_what_it_is_about)
{
	check_term("gpu", FILTER_TEXT, "gpu", false);
	check_term(" -gpu ", FILTER_TEXT, "gpu", true);
	check_term("\"-a b\"", FILTER_TEXT, "-a b", false);
	check_term("-\"a b\"", FILTER_TEXT, "a b", true);
	check_term("\"state:failed\"", FILTER_TEXT, "state:failed", false);
	check_term("http://x", FILTER_TEXT, "http://x", false);
	check_term("Group:night", FILTER_GROUP, "night", false);
	check_term("-name:\"a b\"", FILTER_NAME, "a b", true);
	check_term("id:7", FILTER_ID, "7", false);
}
END_TEST

static unsigned states(const char *text)
{
	struct filter filter;
	unsigned found = only(&filter, text)->states;

	filter_release(&filter);
	return found;
}

START_TEST(states_have_names_and_names_of_several)
{
	unsigned queued = 1u << TASK_QUEUED | 1u << TASK_CLAIMED, failed = 1u << TASK_FAILED;
	unsigned done = 1u << TASK_COMPLETED | 1u << TASK_STOPPED;

	ck_assert_uint_eq(states("state:FAILED"), failed);
	ck_assert_uint_eq(states("state:failed,queued"), failed | queued);
	ck_assert_uint_eq(states("state:done"), done);
	ck_assert_uint_eq(states("state:ended"), done | failed);
	ck_assert_uint_eq(states("state:active"), queued | 1u << TASK_RUNNING | 1u << TASK_PAUSED |
	                                                  1u << TASK_STOPPING | 1u << TASK_OVERTIME);
}
END_TEST

START_TEST(the_beginning_of_one_state_is_enough)
{
	unsigned queued = 1u << TASK_QUEUED | 1u << TASK_CLAIMED,
		 stopping = 1u << TASK_STOPPING | 1u << TASK_OVERTIME;

	ck_assert_uint_eq(states("state:fail"), 1u << TASK_FAILED);
	ck_assert_uint_eq(states("state:q,F"), queued | 1u << TASK_FAILED);
	ck_assert_uint_eq(states("state:cr"), 1u << TASK_CREATED);
	ck_assert_uint_eq(states("state:co"), 1u << TASK_COMPLETED);
	ck_assert_uint_eq(states("state:r,p"), 1u << TASK_RUNNING | 1u << TASK_PAUSED);
	ck_assert_uint_eq(states("state:stoppi"), stopping);
	ck_assert_uint_eq(states("state:stoppe"), 1u << TASK_STOPPED);
	ck_assert_uint_eq(states("state:d"), 1u << TASK_COMPLETED | 1u << TASK_STOPPED);
	ck_assert_uint_eq(states("state:e"), states("state:ended"));
	ck_assert_uint_eq(states("state:a"), states("state:active"));
}
END_TEST

START_TEST(what_cannot_be_meant_has_a_place)
{
	static const struct {
		const char *text;
		size_t at;
	} wrong[] = {
		{ "gpu state:faild", 4 }, { "state:", 0 },     { "a state:failed,", 2 },
		{ "a  \"b c", 3 },        { "a -", 2 },        { "\"\"", 0 },
		{ "group: x", 0 },        { "state:stop", 0 }, { "-state:c", 0 },
	};
	struct filter filter;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		size_t at = 99;

		ck_assert_int_eq(filter_read(&filter, wrong[i].text, &at), -EINVAL);
		ck_assert_uint_eq(at, wrong[i].at);
		ck_assert_uint_eq(filter.count, 0);
	}
	ck_assert_int_eq(filter_read(&filter, " \t ", NULL), 0);
	ck_assert_uint_eq(filter.count, 0);
}
END_TEST

static bool has(const char *text, const char *value)
{
	struct filter filter;
	bool result = filter_term_has(only(&filter, text), value) > 0;

	filter_release(&filter);
	return result;
}

START_TEST(values_are_texts_or_patterns)
{
	ck_assert(has("name:web", "The WEB server") && !has("name:web", "wed"));
	ck_assert(has("name:web*", "Website") && !has("name:web*", "The web"));
	ck_assert(has("group:night", "Night") && !has("group:nigh", "night"));
	ck_assert(has("group:n*", "night") && has("id:1", "217"));
	ck_assert(has("name:\xc3\x84rger", "\xc3\xa4RGER") && !has("name:\xc3\xa4", "arger"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_word_says_what_it_is_about);
	tcase_add_test(tcase, states_have_names_and_names_of_several);
	tcase_add_test(tcase, the_beginning_of_one_state_is_enough);
	tcase_add_test(tcase, what_cannot_be_meant_has_a_place);
	tcase_add_test(tcase, values_are_texts_or_patterns);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
