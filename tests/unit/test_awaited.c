/* The tasks that one call waits for. */
#include "engine/service/awaited.h"
#include "tests/unit/unit.h"

static struct awaited awaited;

static void teardown(void)
{
	awaited_release(&awaited);
}

static void begin(const uint64_t *numbers, size_t count)
{
	ck_assert_int_eq(awaited_init(&awaited, count), 0);
	for (size_t i = 0; i < count; i++)
		awaited_add(&awaited, numbers[i]);
	ck_assert_uint_eq(awaited.left, count);
}

static void expect(const uint64_t *numbers, size_t count)
{
	size_t at = 0;

	ck_assert_uint_eq(awaited.left, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(awaited_next(&awaited, &at), numbers[i]);
	ck_assert_uint_eq(awaited_next(&awaited, &at), 0);
}

START_TEST(each_is_found_and_taken)
{
	static const uint64_t numbers[] = { 2, 5, 6, 9 }, left[] = { 2, 6 };

	begin(numbers, 4);
	for (uint64_t number = 0; number < 12; number++)
		ck_assert_int_eq(awaited_has(&awaited, number),
		                 number == 2 || number == 5 || number == 6 || number == 9);
	ck_assert(awaited_take(&awaited, 9));
	ck_assert(awaited_take(&awaited, 5));
	ck_assert(!awaited_take(&awaited, 5));
	ck_assert(!awaited_has(&awaited, 9));
	ck_assert(!awaited_take(&awaited, 7));
	expect(left, 2);
}
END_TEST

START_TEST(one_that_is_there_twice_is_taken_twice)
{
	static const uint64_t numbers[] = { 3, 4, 4, 5 }, left[] = { 3, 5 };

	begin(numbers, 4);
	ck_assert(awaited_take(&awaited, 4));
	ck_assert(awaited_has(&awaited, 4));
	ck_assert(awaited_take(&awaited, 4));
	ck_assert(!awaited_take(&awaited, 4));
	expect(left, 2);
}
END_TEST

START_TEST(their_order_does_not_matter)
{
	static const uint64_t numbers[] = { 8, 3, 9, 3 }, left[] = { 9, 3 };

	begin(numbers, 4);
	ck_assert(awaited_take(&awaited, 3));
	ck_assert(awaited_has(&awaited, 3));
	ck_assert(awaited_take(&awaited, 8));
	ck_assert(!awaited_take(&awaited, 8));
	expect(left, 2);
}
END_TEST

START_TEST(of_none_none_is_left)
{
	begin(NULL, 0);
	ck_assert(!awaited_has(&awaited, 1));
	ck_assert(!awaited_take(&awaited, 1));
	expect(NULL, 0);
}
END_TEST

/* With a look at all for each, this would take minutes. */
START_TEST(very_many_are_found)
{
	enum { MANY = 500000 };

	ck_assert_int_eq(awaited_init(&awaited, MANY), 0);
	for (uint64_t number = 1; number <= MANY; number++)
		awaited_add(&awaited, number);
	for (uint64_t number = MANY; number > 0; number--)
		ck_assert(awaited_take(&awaited, number));
	ck_assert_uint_eq(awaited.left, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("awaited");
	TCase *tcase = tcase_create("awaited");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, each_is_found_and_taken);
	tcase_add_test(tcase, one_that_is_there_twice_is_taken_twice);
	tcase_add_test(tcase, their_order_does_not_matter);
	tcase_add_test(tcase, of_none_none_is_left);
	tcase_add_test(tcase, very_many_are_found);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
