/* Sets of options that do not fit into one word. */
#include "tests/unit/unit.h"
#include "tui/cli/option_set.h"

/* Options with numbers at the edges of words. */
enum {
	OPT_FIRST = 0,
	OPT_LAST_OF_WORD = 63,
	OPT_FIRST_OF_NEXT = 64,
	OPT_NINETY = 90,
	OPT_LAST = OPTION_SET_SIZE - 1
};

#define LOW(X)  X(FIRST) X(LAST_OF_WORD)
#define HIGH(X) X(FIRST_OF_NEXT) X(NINETY) X(LAST)
#define ALL(X)  LOW(X) HIGH(X)
#define NOTHING(X)

static const struct option_set low = OPTION_SET(LOW), high = OPTION_SET(HIGH), all = OPTION_SET(ALL),
			       nothing = OPTION_SET(NOTHING);

static bool is_low(unsigned id)
{
	return id == OPT_FIRST || id == OPT_LAST_OF_WORD;
}

static bool is_high(unsigned id)
{
	return id == OPT_FIRST_OF_NEXT || id == OPT_NINETY || id == OPT_LAST;
}

START_TEST(a_set_has_what_its_list_names)
{
	for (unsigned id = 0; id < OPTION_SET_SIZE; id++) {
		ck_assert_int_eq(option_set_has(&low, id), is_low(id));
		ck_assert_int_eq(option_set_has(&high, id), is_high(id));
		ck_assert_int_eq(option_set_has(&all, id), is_low(id) || is_high(id));
		ck_assert(!option_set_has(&nothing, id));
	}
}
END_TEST

START_TEST(joined_sets_have_all_of_both)
{
	struct option_set set = low;

	option_set_join(&set, &nothing);
	ck_assert_mem_eq(&set, &low, sizeof(set));
	option_set_join(&set, &high);
	ck_assert_mem_eq(&set, &all, sizeof(set));
}
END_TEST

START_TEST(each_number_is_one_of_its_own)
{
	struct option_set set = nothing;

	for (unsigned id = 0; id < OPTION_SET_SIZE; id++) {
		ck_assert(!option_set_has(&set, id));
		option_set_add(&set, id);
		option_set_add(&set, id);
		ck_assert(option_set_has(&set, id));
	}
}
END_TEST

START_TEST(a_set_is_empty_without_any)
{
	ck_assert(option_set_empty(&nothing));
	ck_assert(!option_set_empty(&low));
	ck_assert(!option_set_empty(&high));
}
END_TEST

START_TEST(a_walk_sees_each_once_in_order)
{
	static const unsigned wanted[] = { OPT_FIRST, OPT_LAST_OF_WORD, OPT_FIRST_OF_NEXT, OPT_NINETY,
		                           OPT_LAST };
	unsigned count = 0;

	OPTION_SET_EACH(id, &all)
		ck_assert_uint_eq(id, wanted[count++]);
	ck_assert_uint_eq(count, sizeof(wanted) / sizeof(*wanted));
	OPTION_SET_EACH(id, &nothing)
		ck_abort_msg("there is %u", id);
	ck_assert_uint_eq(option_set_next(&all, OPT_NINETY + 1), OPT_LAST);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("option set");
	TCase *tcase = tcase_create("option set");

	tcase_add_test(tcase, a_set_has_what_its_list_names);
	tcase_add_test(tcase, joined_sets_have_all_of_both);
	tcase_add_test(tcase, each_number_is_one_of_its_own);
	tcase_add_test(tcase, a_set_is_empty_without_any);
	tcase_add_test(tcase, a_walk_sees_each_once_in_order);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
