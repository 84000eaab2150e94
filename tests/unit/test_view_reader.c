/* Reading output of any size: a server in memory gives what is wanted, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reading.h"
#include "tests/unit/unit.h"

START_TEST(the_end_is_shown_first)
{
	print_lines(1, 300000);
	settle();
	ck_assert_int_eq(reader.count, HEIGHT);
	ck_assert_str_eq(row(0), "line 299991");
	ck_assert_str_eq(row(9), "line 300000");
	ck_assert_int_eq(book_lines(&reader.book), 300000);
	ck_assert_int_eq(book_number(&reader.book, reader.rows[0].place.line), 299991);
}
END_TEST

START_TEST(the_beginning_is_reached_at_once)
{
	print_lines(1, 300000);
	reader_turn(&reader, WIDTH, HEIGHT);
	reader_scroll(&reader, INT64_MIN);
	settle();
	ck_assert_str_eq(row(0), "line 1");
	reader_scroll(&reader, 1);
	settle();
	ck_assert_str_eq(row(0), "line 2");
	reader_scroll(&reader, -5);
	settle();
	ck_assert_str_eq(row(0), "line 1");
	reader_scroll(&reader, 250000);
	settle();
	ck_assert_str_eq(row(0), "line 250001");
	reader_scroll(&reader, -200000);
	settle();
	ck_assert_str_eq(row(0), "line 50001");
	reader_scroll(&reader, 10000000);
	settle();
	ck_assert_str_eq(row(9), "line 300000");
}
END_TEST

START_TEST(large_output_is_not_counted)
{
	print_lines(1, 3000000);
	settle();
	ck_assert_int_gt(length, BOOK_COUNT_MAX);
	ck_assert_int_eq(book_lines(&reader.book), -1);
	ck_assert_int_lt(reads, 5);
	ck_assert_int_eq(reader_percent(&reader), 100);
	reader_scroll(&reader, INT64_MIN);
	settle();
	ck_assert_str_eq(row(0), "line 1");
	ck_assert_int_eq(reader_percent(&reader), 0);
}
END_TEST

START_TEST(it_follows_until_it_is_scrolled)
{
	print_lines(1, 100);
	settle();
	print_lines(101, 103);
	settle();
	ck_assert_str_eq(row(9), "line 103");
	reader_scroll(&reader, -1);
	settle();
	print_lines(104, 200);
	settle();
	ck_assert_str_eq(row(9), "line 102");
	reader_scroll(&reader, INT64_MAX);
	settle();
	ck_assert_str_eq(row(9), "line 200");
	print("open");
	settle();
	ck_assert_str_eq(row(9), "open");
	ck_assert_int_eq(book_lines(&reader.book), 201);
}
END_TEST

/* Every line is found from any of its bytes, and they are the output without a gap. */
START_TEST(lines_of_any_length)
{
	static const int lengths[] = { 0, 1, 100, 16383, 16384, 16385, 20000, 32767, 32768, 50000, 100000 };
	static char text[100000 + 2];
	struct book_line line, other;
	int64_t at = 0;

	for (size_t i = 0; i < 60; i++) {
		size_t count = (size_t)lengths[(i * 7 + i / 11) % 11];

		memset(text, 'a' + (int)(i % 26), count);
		memcpy(text + count, i == 59 ? "\0" : "\n", 2);
		print(text);
	}
	for (int64_t offset = 0; offset < (int64_t)length; offset += BOOK_PAGE)
		serve(offset);
	while (book_line(&reader.book, at, &line) == BOOK_HAVE) {
		int64_t end = line.end;

		ck_assert_int_eq(line.begin, at);
		ck_assert_int_gt(end, at);
		ck_assert_uint_le(line.length, BOOK_LINE_MAX);
		ck_assert_mem_eq(line.bytes, output + at, line.length);
		ck_assert_int_eq(book_line(&reader.book, end - 1, &other), BOOK_HAVE);
		ck_assert_int_eq(other.begin, at);
		ck_assert_int_eq(book_line(&reader.book, at + (end - at) / 2, &other), BOOK_HAVE);
		ck_assert_int_eq(other.begin, at);
		ck_assert_int_eq(other.end, end);
		at = end;
	}
	ck_assert_int_eq(at, (int64_t)length);
}
END_TEST

/* The states of a line of progress. */
static void print_states(int from, int to)
{
	char *text = malloc((size_t)(to - from + 1) * 40 + 1), *end = text;

	ck_assert_ptr_nonnull(text);
	for (int i = from; i <= to; i++)
		end += sprintf(end, "\r%7d/9999999 downloading file-xyz", i);
	print(text);
	free(text);
}

START_TEST(progress_is_one_line)
{
	print("first\n");
	print_states(1, 200000);
	settle();
	ck_assert_int_eq(reader.count, 2);
	ck_assert_str_eq(row(0), "first");
	ck_assert_str_eq(row(1), " 200000/9999999 downloading file-xyz");
	reads = 0;
	print_states(200001, 201000);
	settle();
	ck_assert_int_eq(reader.count, 2);
	ck_assert_str_eq(row(1), " 201000/9999999 downloading file-xyz");
	ck_assert_int_le(reads, 2);
	print("\n\nRESULT-OK\n");
	reader_scroll(&reader, INT64_MIN);
	settle();
	ck_assert_int_eq(reader.count, 4);
	ck_assert_str_eq(row(1), " 201000/9999999 downloading file-xyz");
	ck_assert_str_eq(row(3), "RESULT-OK");
	ck_assert_int_eq(book_number(&reader.book, reader.rows[3].place.line), 4);
	reader_search(&reader, "result", READER_FORWARD);
	settle();
	ck_assert(!reader.failed);
	reader_search(&reader, "1000/", READER_BACKWARD);
	settle();
	ck_assert_str_eq(row(1), " 201000/9999999 downloading file-xyz");
	reader_filter(&reader, "000/");
	settle();
	ck_assert_uint_eq(reader.match_count, 1);
	ck_assert_str_eq(row(0), " 201000/9999999 downloading file-xyz");
}
END_TEST

START_TEST(a_line_longer_than_all_that_is_kept)
{
	size_t size = (size_t)BOOK_PAGE * BOOK_PAGES * 2;
	char *text = malloc(size + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', size);
	text[size] = '\0';
	print("head\n");
	print(text);
	free(text);
	print("\ntail1\ntail2\n");
	settle_at(80, 22);
	ck_assert_str_eq(row(21), "tail2");
	reader_scroll(&reader, INT64_MIN);
	settle_at(80, 22);
	ck_assert_str_eq(row(0), "head");
	reads = 0;
	reader_search(&reader, "tail1", READER_FORWARD);
	settle_at(80, 22);
	ck_assert(!reader.failed);
	ck_assert_int_le(reads, 60);
	ck_assert_str_eq(row(20), "tail1");
}
END_TEST

START_TEST(many_lines_of_progress)
{
	for (int i = 0; i < 30; i++) {
		print_states(1, 3000 + i);
		print("\r\n");
	}
	print("end");
	settle();
	ck_assert_int_eq(reader.count, HEIGHT);
	ck_assert_str_eq(row(9), "end");
	ck_assert_str_eq(row(8), "   3029/9999999 downloading file-xyz");
	ck_assert_str_eq(row(0), "   3021/9999999 downloading file-xyz");
	reader_scroll(&reader, -15);
	settle();
	ck_assert_str_eq(row(0), "   3006/9999999 downloading file-xyz");
	reader_scroll(&reader, INT64_MIN);
	settle();
	ck_assert_str_eq(row(0), "   3000/9999999 downloading file-xyz");
	ck_assert_str_eq(row(9), "   3009/9999999 downloading file-xyz");
}
END_TEST

START_TEST(what_was_not_kept_is_a_line)
{
	struct book_line line;

	print_lines(1, 100000);
	hole_from = 200 * 1024;
	hole_to = 700 * 1024;
	reader_scroll(&reader, INT64_MIN);
	settle();
	reader_scroll(&reader, 18720);
	settle();
	ck_assert_str_eq(row(0), "line 18721");
	for (int i = 1; i < HEIGHT && strcmp(row(i), "hole") != 0; i++)
		ck_assert_int_eq(strncmp(row(i), "line", 4), 0);
	ck_assert_int_eq(book_line(&reader.book, hole_from + 5, &line), BOOK_HAVE);
	ck_assert(line.hole);
	ck_assert_int_eq(line.begin, hole_from);
	ck_assert_int_eq(line.end, hole_to);
	reader_scroll(&reader, INT64_MAX);
	settle();
	ck_assert_str_eq(row(9), "line 100000");
}
END_TEST

START_TEST(long_lines_are_wrapped)
{
	print("0123456789abcdefghij\nsecond\n\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\n");
	reader_scroll(&reader, INT64_MIN);
	settle_at(7, HEIGHT);
	ck_assert_int_eq(reader.count, 3);
	reader_wrap(&reader);
	settle_at(7, HEIGHT);
	ck_assert_int_eq(reader.count, 5);
	ck_assert_str_eq(row(1), "789abcdefghij");
	ck_assert_str_eq(row(2), "efghij");
	settle_at(7, 2);
	reader_scroll(&reader, 1);
	settle_at(7, 2);
	ck_assert_str_eq(row(0), "789abcdefghij");
	reader_scroll(&reader, INT64_MAX);
	settle_at(7, 2);
	ck_assert_str_eq(row(0), "second");
	reader_scroll(&reader, -1);
	settle_at(7, 2);
	ck_assert_str_eq(row(0), "efghij");
}
END_TEST

START_TEST(colours_go_on_in_the_next_line)
{
	print("\033[31mone\ntwo\033[0m\nthree\n");
	settle();
	row(1);
	ck_assert_int_eq(reader.printed.cells[0].sgr.foreground, 1);
	row(2);
	ck_assert_int_eq(reader.printed.cells[0].sgr.foreground, SGR_DEFAULT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view reader");
	TCase *tcase = tcase_create("reader");

	tcase_add_checked_fixture(tcase, reading_setup, reading_teardown);
	tcase_add_test(tcase, the_end_is_shown_first);
	tcase_add_test(tcase, the_beginning_is_reached_at_once);
	tcase_add_test(tcase, large_output_is_not_counted);
	tcase_add_test(tcase, it_follows_until_it_is_scrolled);
	tcase_add_test(tcase, lines_of_any_length);
	tcase_add_test(tcase, progress_is_one_line);
	tcase_add_test(tcase, a_line_longer_than_all_that_is_kept);
	tcase_add_test(tcase, many_lines_of_progress);
	tcase_add_test(tcase, what_was_not_kept_is_a_line);
	tcase_add_test(tcase, long_lines_are_wrapped);
	tcase_add_test(tcase, colours_go_on_in_the_next_line);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
