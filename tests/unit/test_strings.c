#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/strings.h"
#include "tests/unit/unit.h"

START_TEST(an_empty_list_has_nothing)
{
	struct strings list = STRINGS_INIT;

	ck_assert_ptr_null(strings_next(&list, NULL));
	ck_assert_uint_eq(strings_count(&list), 0);
	char **vector = strings_vector(&list, 0);
	ck_assert_ptr_nonnull(vector);
	ck_assert_ptr_null(vector[0]);
	free(vector);
	strings_release(&list);
}
END_TEST

START_TEST(strings_come_back_in_order)
{
	struct strings list = STRINGS_INIT;

	ck_assert_int_eq(strings_add(&list, "make"), 0);
	ck_assert_int_eq(strings_add(&list, ""), 0);
	ck_assert_int_eq(strings_add(&list, "\xff\xfe"), 0);
	ck_assert_int_eq(strings_add_bytes(&list, "-j4xyz", 3), 0);
	ck_assert_uint_eq(strings_count(&list), 4);
	ck_assert_uint_eq(list.length, 5 + 1 + 3 + 4);

	const char *string = strings_next(&list, NULL);
	ck_assert_str_eq(string, "make");
	string = strings_next(&list, string);
	ck_assert_str_eq(string, "");
	string = strings_next(&list, string);
	ck_assert_str_eq(string, "\xff\xfe");
	string = strings_next(&list, string);
	ck_assert_str_eq(string, "-j4");
	ck_assert_ptr_null(strings_next(&list, string));
	strings_release(&list);
	ck_assert_ptr_null(list.block);
}
END_TEST

START_TEST(many_strings_grow_the_block)
{
	struct strings list = STRINGS_INIT;

	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(strings_add(&list, "0123456789"), 0);
	ck_assert_uint_eq(strings_count(&list), 10000);
	strings_release(&list);
}
END_TEST

START_TEST(a_vector_points_into_the_block_and_has_room)
{
	struct strings list = STRINGS_INIT;

	strings_add(&list, "a");
	strings_add(&list, "b");
	char **vector = strings_vector(&list, 2);
	ck_assert_ptr_eq(vector[0], list.block);
	ck_assert_str_eq(vector[1], "b");
	for (int i = 2; i <= 4; i++)
		ck_assert_ptr_null(vector[i]);
	free(vector);
	ck_assert_ptr_null(strings_vector(&list, SIZE_MAX / sizeof(char *)));
	strings_release(&list);
}
END_TEST

START_TEST(a_copy_replaces_and_checks)
{
	struct strings list = STRINGS_INIT;

	strings_add(&list, "old");
	ck_assert_int_eq(strings_copy(&list, "ab", 2), -EINVAL);
	ck_assert_str_eq(strings_next(&list, NULL), "old");
	ck_assert_int_eq(strings_copy(&list, "x\0y\0", 4), 0);
	ck_assert_uint_eq(strings_count(&list), 2);
	ck_assert_int_eq(strings_add(&list, "z"), 0);
	ck_assert_uint_eq(strings_count(&list), 3);
	ck_assert_int_eq(strings_copy(&list, list.block, list.length), 0);
	ck_assert_uint_eq(strings_count(&list), 3);
	ck_assert_int_eq(strings_copy(&list, NULL, 0), 0);
	ck_assert_uint_eq(strings_count(&list), 0);
	strings_release(&list);
}
END_TEST

START_TEST(a_block_is_taken_without_a_copy)
{
	struct strings list = STRINGS_INIT;
	char *block = strdup("ab");

	strings_add(&list, "old");
	ck_assert_int_eq(strings_take(&list, block, 2), -EINVAL);
	ck_assert_str_eq(strings_next(&list, NULL), "old");
	ck_assert_int_eq(strings_take(&list, block, 3), 0);
	ck_assert_ptr_eq(list.block, block);
	ck_assert_uint_eq(list.length, 3);
	strings_release(&list);
}
END_TEST

START_TEST(room_for_more_is_given_back)
{
	struct strings list = STRINGS_INIT;

	strings_fit(&list);
	for (int i = 0; i < 1000; i++)
		strings_add(&list, "string");
	ck_assert_uint_gt(list.size, list.length);
	strings_fit(&list);
	ck_assert_uint_eq(list.size, list.length);
	ck_assert_uint_eq(strings_count(&list), 1000);
	ck_assert_int_eq(strings_add(&list, "more"), 0);
	ck_assert_uint_eq(strings_count(&list), 1001);
	strings_release(&list);
}
END_TEST

START_TEST(a_value_is_found_by_its_name)
{
	static char block[] = "AB=1\0A=2\0=3\0A=4\0C";
	const struct strings list = { .block = block, .length = sizeof(block) };

	ck_assert_str_eq(strings_value(&list, "A", 1), "2");
	ck_assert_str_eq(strings_value(&list, "AB=anything", 2), "1");
	ck_assert_ptr_null(strings_value(&list, "C", 1));
	ck_assert_ptr_null(strings_value(&list, "B", 1));
}
END_TEST

START_TEST(a_block_is_added_whole_or_not_at_all)
{
	struct strings list = STRINGS_INIT;

	ck_assert_int_eq(strings_append(&list, NULL, 0), 0);
	ck_assert_uint_eq(strings_count(&list), 0);
	ck_assert_int_eq(strings_append(&list, "a\0\0", 3), 0);
	ck_assert_int_eq(strings_append(&list, "b", 1), -EINVAL);
	ck_assert_int_eq(strings_append(&list, "c", 2), 0);
	ck_assert_uint_eq(list.length, 5);
	ck_assert_mem_eq(list.block, "a\0\0c", 5);
	strings_release(&list);
}
END_TEST

START_TEST(too_long_is_refused_and_changes_nothing)
{
	struct strings list = STRINGS_INIT;

	strings_add(&list, "kept");
	ck_assert_int_eq(strings_add_bytes(&list, "x", SIZE_MAX), -ENOMEM);
	ck_assert_int_eq(strings_add_bytes(&list, "x", SIZE_MAX / 2), -ENOMEM);
	ck_assert_str_eq(strings_next(&list, NULL), "kept");
	ck_assert_uint_eq(strings_count(&list), 1);
	strings_release(&list);
}
END_TEST

START_TEST(nothing_is_the_copy_of_nothing)
{
	char *copy = NULL;

	ck_assert_int_eq(string_copy(&copy, "text"), 0);
	ck_assert_str_eq(copy, "text");
	free(copy);
	ck_assert_int_eq(string_copy(&copy, NULL), 0);
	ck_assert_ptr_null(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strings");
	TCase *list = tcase_create("list");

	tcase_add_test(list, an_empty_list_has_nothing);
	tcase_add_test(list, strings_come_back_in_order);
	tcase_add_test(list, many_strings_grow_the_block);
	tcase_add_test(list, a_vector_points_into_the_block_and_has_room);
	tcase_add_test(list, a_copy_replaces_and_checks);
	tcase_add_test(list, a_block_is_taken_without_a_copy);
	tcase_add_test(list, room_for_more_is_given_back);
	tcase_add_test(list, a_value_is_found_by_its_name);
	tcase_add_test(list, a_block_is_added_whole_or_not_at_all);
	tcase_add_test(list, too_long_is_refused_and_changes_nothing);
	tcase_add_test(list, nothing_is_the_copy_of_nothing);
	suite_add_tcase(suite, list);
	return unit_main(suite);
}
