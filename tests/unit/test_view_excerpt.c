/* The end of an output, as it grows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/excerpt.h"

static struct excerpt excerpt;

static void setup(void)
{
	unit_utf8();
	excerpt_init(&excerpt);
}

static void teardown(void)
{
	excerpt_release(&excerpt);
}

static void put(int64_t offset, const char *text)
{
	excerpt_put(&excerpt, offset, text, strlen(text));
}

/* The rows, each ended by '|'. */
static const char *rows(size_t width, size_t height)
{
	static char text[1024];
	size_t used = 0;

	excerpt_layout(&excerpt, width, height);
	for (size_t i = 0; i < excerpt.count; i++) {
		size_t end = excerpt_print(&excerpt, &excerpt.rows[i], width);

		for (size_t column = excerpt.rows[i].column; column < end; column++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
			                         excerpt.printed.cells[column].text);
		text[used++] = '|';
	}
	text[used] = '\0';
	return text;
}

START_TEST(its_last_lines_are_shown)
{
	ck_assert_str_eq(rows(10, 3), "");
	put(0, "one\ntwo\n");
	ck_assert_str_eq(rows(10, 3), "one|two|");
	ck_assert_int_eq(excerpt_lines(&excerpt), 2);
	put(8, "three\n\nfive");
	ck_assert_str_eq(rows(10, 3), "three||five|");
	ck_assert_int_eq(excerpt_lines(&excerpt), 5);
	ck_assert_str_eq(rows(10, 1), "five|");
	ck_assert_str_eq(rows(10, 0), "");
	put(8 + 11, "\n");
	ck_assert_str_eq(rows(10, 2), "|five|");
	ck_assert_int_eq(excerpt_lines(&excerpt), 5);
	excerpt_clear(&excerpt);
	ck_assert_str_eq(rows(10, 3), "");
	ck_assert_int_eq(excerpt_lines(&excerpt), 0);
}
END_TEST

START_TEST(long_lines_are_wrapped)
{
	put(0, "first\nabcdefghij\n");
	ck_assert_str_eq(rows(4, 9), "firs|t|abcd|efgh|ij|");
	ck_assert_str_eq(rows(4, 2), "efgh|ij|");
	ck_assert_str_eq(rows(5, 9), "first|abcde|fghij|");
	put(17, "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\n");
	ck_assert_str_eq(rows(5, 2), "\xe6\x97\xa5\xe6\x9c\xac|\xe6\x97\xa5|");
}
END_TEST

START_TEST(a_line_is_what_a_terminal_shows)
{
	put(0, "\033[31mred\n10%\r20%\rx\n\033[2J\n");
	ck_assert_str_eq(rows(20, 9), "red|x0%|^[[2J|");
	excerpt_print(&excerpt, &excerpt.rows[1], 20);
	ck_assert_int_eq(excerpt.printed.cells[0].sgr.foreground, 1); /* as the line before it has set */
}
END_TEST

START_TEST(only_the_end_is_kept)
{
	char line[101];
	int64_t at = 0;

	memset(line, 'x', 99);
	line[99] = '\n';
	for (int i = 0; i < 5000; i++, at += 100)
		excerpt_put(&excerpt, at, line, 100);
	ck_assert_uint_le(excerpt.length, EXCERPT_BYTES);
	ck_assert_int_eq(excerpt_lines(&excerpt), 5000);
	put(at, "the end");
	ck_assert_str_eq(rows(20, 1), "the end|");
	ck_assert_int_eq(excerpt_lines(&excerpt), 5001);
}
END_TEST

START_TEST(bytes_that_are_missing_are_not_made_up)
{
	static char much[3 * EXCERPT_BYTES];

	put(0, "one\n");
	put(1000, "more\n");
	ck_assert_str_eq(rows(20, 9), "more|");
	ck_assert_int_eq(excerpt_lines(&excerpt), -1);
	put(1003, "e\nand more\n"); /* what is there already does not come twice */
	ck_assert_str_eq(rows(20, 9), "more|and more|");
	memset(much, '\n', 3 * EXCERPT_BYTES);
	excerpt_clear(&excerpt);
	excerpt_put(&excerpt, 0, much, 3 * EXCERPT_BYTES);
	ck_assert_int_eq(excerpt_lines(&excerpt), 3 * EXCERPT_BYTES);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view excerpt");
	TCase *tcase = tcase_create("excerpt");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, its_last_lines_are_shown);
	tcase_add_test(tcase, long_lines_are_wrapped);
	tcase_add_test(tcase, a_line_is_what_a_terminal_shows);
	tcase_add_test(tcase, only_the_end_is_kept);
	tcase_add_test(tcase, bytes_that_are_missing_are_not_made_up);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
