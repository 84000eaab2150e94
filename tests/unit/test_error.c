/* Error messages. */
#include <errno.h>
#include <stdlib.h>

#include "engine/task/error.h"
#include "tests/unit/unit.h"

START_TEST(a_message_is_made)
{
	char *error;

	ck_assert_int_eq(error_set(&error, -ENOENT, "file '%s' is missing", "x"), -ENOENT);
	ck_assert_str_eq(error, "file 'x' is missing");
	free(error);
}
END_TEST

START_TEST(it_takes_the_place_of_another_that_it_may_be_about)
{
	char *error = NULL;

	ck_assert_int_eq(error_replace(&error, -EIO, "one"), -EIO);
	ck_assert_int_eq(error_replace(&error, -EPIPE, "%s, two", error), -EPIPE);
	ck_assert_str_eq(error, "one, two");
	free(error);
}
END_TEST

START_TEST(nobody_need_want_it)
{
	ck_assert_int_eq(error_set(NULL, -1, "x"), -1);
	ck_assert_int_eq(error_replace(NULL, -2, "x"), -2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *tcase = tcase_create("error");

	tcase_add_test(tcase, a_message_is_made);
	tcase_add_test(tcase, it_takes_the_place_of_another_that_it_may_be_about);
	tcase_add_test(tcase, nobody_need_want_it);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
