/* The ids that a command waits for. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tui/cli/pending.h"

static struct pending pending = PENDING_INIT;

static void teardown(void)
{
	pending_release(&pending);
	pending = (struct pending)PENDING_INIT;
}

static void add(const char *id)
{
	pending_add(&pending, &(struct word){ .text = id });
}

static void expect(const char *wanted)
{
	char text[64];
	size_t length = 0, at = 0;
	const char *id;

	text[0] = '\0';
	while ((id = pending_next(&pending, &at)))
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s ", id);
	ck_assert_str_eq(text, wanted);
}

START_TEST(each_is_there_once_in_order)
{
	pending_expect(&pending, 5);
	add("two");
	add("one");
	add("TWO");
	add("three");
	add("one");
	expect("two one three ");
	ck_assert_uint_eq(pending.left, 3);
}
END_TEST

START_TEST(what_was_taken_is_gone)
{
	pending_expect(&pending, 3);
	add("a");
	add("b");
	add("c");
	ck_assert(pending_take(&pending, "B"));
	ck_assert(!pending_take(&pending, "b"));
	ck_assert(!pending_take(&pending, "d"));
	expect("a c ");
	ck_assert(pending_take(&pending, "a"));
	ck_assert(pending_take(&pending, "c"));
	expect("");
	ck_assert_uint_eq(pending.left, 0);
}
END_TEST

START_TEST(nothing_is_nothing)
{
	pending_expect(&pending, 0);
	expect("");
	ck_assert(!pending_take(&pending, "a"));
}
END_TEST

/* With a look at all for each, this would take minutes. */
START_TEST(very_many_are_found)
{
	enum { MANY = 300000, SIZE = 12 };
	char *ids = calloc(MANY, SIZE);

	ck_assert_ptr_nonnull(ids);
	pending_expect(&pending, MANY);
	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(ids + i * SIZE, SIZE, "n%zu", i);
		add(ids + i * SIZE);
	}
	ck_assert_uint_eq(pending.left, MANY);
	for (size_t i = MANY; i > 0; i--)
		ck_assert(pending_take(&pending, ids + (i - 1) * SIZE));
	ck_assert_uint_eq(pending.left, 0);
	free(ids);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pending");
	TCase *tcase = tcase_create("pending");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, each_is_there_once_in_order);
	tcase_add_test(tcase, what_was_taken_is_gone);
	tcase_add_test(tcase, nothing_is_nothing);
	tcase_add_test(tcase, very_many_are_found);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
