/* Arrays that grow. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/task/array.h"
#include "tests/unit/unit.h"

START_TEST(what_is_in_it_stays)
{
	uint32_t *items = NULL;
	size_t size = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		items = array_grow(items, &size, i + 1, sizeof(*items));
		ck_assert_ptr_nonnull(items);
		ck_assert_uint_ge(size, i + 1);
		items[i] = i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(items[i], i);
	free(items);
}
END_TEST

START_TEST(it_is_moved_seldom)
{
	size_t size = 0, before = 0;
	char *bytes = NULL;
	int moves = 0;

	for (size_t need = 1; need <= 1 << 20; need++) {
		bytes = array_grow(bytes, &size, need, 1);
		moves += size != before;
		before = size;
	}
	ck_assert_int_le(moves, 21);
	free(bytes);
}
END_TEST

START_TEST(it_does_not_shrink_and_is_there_for_nothing)
{
	size_t size = 0, before;
	char *bytes = array_grow(NULL, &size, 0, 1), *same;

	ck_assert_ptr_nonnull(bytes);
	bytes = array_grow(bytes, &size, 5000, 1);
	before = size;
	same = array_grow(bytes, &size, 1, 1);
	ck_assert_ptr_eq(same, bytes);
	ck_assert_uint_eq(size, before);
	free(bytes);
}
END_TEST

START_TEST(too_much_changes_nothing)
{
	size_t size = 0;
	uint64_t *items = array_grow(NULL, &size, 1, sizeof(*items));
	size_t before = size;

	items[0] = 7;
	ck_assert_ptr_null(array_grow(items, &size, SIZE_MAX, sizeof(*items)));
	ck_assert_ptr_null(array_grow(items, &size, SIZE_MAX / sizeof(*items) + 2, sizeof(*items)));
	ck_assert_uint_eq(size, before);
	ck_assert_uint_eq(items[0], 7);
	free(items);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("array");
	TCase *tcase = tcase_create("array");

	tcase_add_test(tcase, what_is_in_it_stays);
	tcase_add_test(tcase, it_is_moved_seldom);
	tcase_add_test(tcase, it_does_not_shrink_and_is_there_for_nothing);
	tcase_add_test(tcase, too_much_changes_nothing);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
