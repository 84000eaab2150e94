/* The order of creation: rank and selection agree with a plain list after any removals. */
#include "config.h"

#include <check.h>
#include <stdlib.h>

#include "engine/core/order.h"
#include "engine/core/record.h"
#include "tests/unit/unit.h"

enum { MANY = 5000 };

static struct task *tasks;
static struct order order;

static void fill(void)
{
	tasks = calloc(MANY, sizeof(*tasks));
	ck_assert_ptr_nonnull(tasks);
	for (size_t i = 0; i < MANY; i++) {
		tasks[i].number = i * 2 + 1;
		ck_assert_int_eq(order_append(&order, &tasks[i]), 0);
	}
}

static void drain(void)
{
	order_release(&order);
	free(tasks);
}

/* Compares the order with the tasks that are marked in present. */
static void compare(const char *present)
{
	size_t rank = 0;
	for (size_t i = 0; i < MANY; i++) {
		if (!present[i])
			continue;
		ck_assert_ptr_eq(order_at(&order, rank), &tasks[i]);
		ck_assert_uint_eq(order_rank(&order, &tasks[i]), rank);
		ck_assert_ptr_eq(order_find(&order, tasks[i].number), &tasks[i]);
		rank++;
	}
	ck_assert_uint_eq(order.count, rank);
	ck_assert_ptr_null(order_at(&order, rank));
}

START_TEST(appended_are_in_order)
{
	char present[MANY];
	for (size_t i = 0; i < MANY; i++)
		present[i] = 1;
	compare(present);
	ck_assert_ptr_eq(order_next(&order, &tasks[0]), &tasks[1]);
	ck_assert_ptr_null(order_next(&order, &tasks[MANY - 1]));
	ck_assert_ptr_null(order_find(&order, 2));
}
END_TEST

START_TEST(removed_leave_no_trace)
{
	char present[MANY];
	unsigned state = 7;
	for (size_t i = 0; i < MANY; i++)
		present[i] = 1;
	for (size_t round = 0; round < MANY * 9 / 10; round++) {
		state = state * 1103515245u + 12345u;
		size_t i = (state >> 8) % MANY;
		if (!present[i])
			continue;
		order_remove(&order, &tasks[i]);
		order_forget(&order, &tasks[i]);
		present[i] = 0;
		if (round % 500 == 0)
			compare(present);
	}
	compare(present);
}
END_TEST

START_TEST(restored_are_where_they_were)
{
	char present[MANY];
	for (size_t i = 0; i < MANY; i++) {
		present[i] = i % 3 != 0;
		if (!present[i])
			order_remove(&order, &tasks[i]);
	}
	for (size_t i = 0; i < MANY; i += 999) {
		if (present[i])
			continue;
		order_restore(&order, &tasks[i]);
		present[i] = 1;
	}
	compare(present);
}
END_TEST

/* Some tasks are forgotten meanwhile, so gaps close around tasks that can come back. */
START_TEST(restored_are_where_they_were_after_gaps_were_closed)
{
	char present[MANY];
	for (size_t i = 0; i < MANY; i++) {
		present[i] = i % 7 == 0;
		if (!present[i])
			order_remove(&order, &tasks[i]);
	}
	for (size_t i = 0; i < MANY; i++) {
		if (i % 7 > 1)
			order_forget(&order, &tasks[i]);
	}
	ck_assert_uint_lt(order.length, MANY);
	for (size_t i = MANY; i-- > 0;) {
		if (i % 7 != 1)
			continue;
		order_restore(&order, &tasks[i]);
		present[i] = 1;
	}
	compare(present);
}
END_TEST

/* Restoring many tasks must not cost a look at all of them. */
START_TEST(restoring_moves_nothing)
{
	order_remove(&order, &tasks[1]);
	uint32_t place = tasks[1].place;
	for (size_t i = 2; i < MANY; i += 2) {
		order_remove(&order, &tasks[i]);
		order_forget(&order, &tasks[i]);
	}
	size_t length = order.length, gaps = order.gaps;
	order_restore(&order, &tasks[1]);
	ck_assert_uint_eq(tasks[1].place, place);
	ck_assert_uint_eq(order.length, length);
	ck_assert_uint_eq(order.gaps, gaps);
	ck_assert_ptr_eq(order_next(&order, &tasks[0]), &tasks[1]);
}
END_TEST

START_TEST(what_is_removed_is_passed_over)
{
	order_remove(&order, &tasks[1]);
	order_remove(&order, &tasks[2]);
	ck_assert_ptr_eq(order_next(&order, &tasks[0]), &tasks[3]);
	ck_assert_ptr_eq(order_at(&order, 1), &tasks[3]);
	ck_assert_ptr_null(order_find(&order, tasks[2].number));
	order_remove(&order, &tasks[MANY - 1]);
	ck_assert_ptr_null(order_next(&order, &tasks[MANY - 2]));
}
END_TEST

START_TEST(removing_all_leaves_none)
{
	for (size_t i = 0; i < MANY; i++) {
		order_remove(&order, &tasks[i]);
		order_forget(&order, &tasks[i]);
	}
	ck_assert_uint_eq(order.count, 0);
	ck_assert_ptr_null(order_at(&order, 0));
	tasks[0].removed = false;
	ck_assert_int_eq(order_append(&order, &tasks[0]), 0);
	ck_assert_ptr_eq(order_at(&order, 0), &tasks[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order");
	TCase *tc = tcase_create("order");
	tcase_add_checked_fixture(tc, fill, drain);
	tcase_add_test(tc, appended_are_in_order);
	tcase_add_test(tc, removed_leave_no_trace);
	tcase_add_test(tc, restored_are_where_they_were);
	tcase_add_test(tc, restored_are_where_they_were_after_gaps_were_closed);
	tcase_add_test(tc, restoring_moves_nothing);
	tcase_add_test(tc, what_is_removed_is_passed_over);
	tcase_add_test(tc, removing_all_leaves_none);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
