/* Searching and filtering output of any size. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reading.h"
#include "tests/unit/unit.h"

START_TEST(searching_goes_through_all_of_it)
{
	print_lines(1, 300000);
	settle();
	reader_scroll(&reader, INT64_MIN);
	settle();
	ck_assert(!reader_search_again(&reader, false)); /* there is nothing to repeat */
	reader_search(&reader, "NE 23456$", READER_FORWARD);
	settle();
	ck_assert(reader.failed); /* a capital letter makes case matter */
	reader.failed = false;
	reader_search(&reader, "ne 2[0-9]*0000$", READER_FORWARD);
	settle();
	ck_assert_str_eq(row(0), "line 20000");
	ck_assert(reader_search_again(&reader, false));
	settle();
	ck_assert_str_eq(row(0), "line 200000");
	reader_search_again(&reader, false);
	settle();
	ck_assert_str_eq(row(0), "line 210000");
	reader_search_again(&reader, true);
	settle();
	ck_assert_str_eq(row(0), "line 200000");
	reader_search(&reader, "line 7", READER_BACKWARD);
	settle();
	ck_assert_str_eq(row(0), "line 79999");
	ck_assert(!reader.failed);
	reader_search(&reader, "nowhere", READER_BACKWARD);
	settle();
	ck_assert(reader.failed);
	ck_assert_str_eq(row(0), "line 79999");
}
END_TEST

START_TEST(what_is_shown_is_searched)
{
	print("\033[31mer\033[0mror\nsecret\rpublic\n[x\n");
	reader_scroll(&reader, INT64_MIN);
	reader_search(&reader, "secret", READER_FORWARD);
	settle();
	ck_assert(reader.failed);
	reader.failed = false;
	reader_search(&reader, "error", READER_FORWARD);
	settle();
	ck_assert(!reader.failed);
	ck_assert_int_eq(reader.found, 0);
	row(0);
	ck_assert_uint_eq(reader.printed.cells[0].sgr.attributes, SGR_REVERSE);
	ck_assert_uint_eq(reader.printed.cells[4].sgr.attributes, SGR_REVERSE);
	ck_assert(!reader.pattern.wrong);
	reader_search(&reader, "[X", READER_FORWARD); /* no expression, so it is the text */
	settle();
	ck_assert(reader.failed);
	ck_assert(reader.pattern.wrong);
	reader.failed = false;
	reader_filter(&reader, "*(");
	ck_assert(reader.filter.wrong);
	reader_filter(&reader, "");
	ck_assert(!reader.filter.wrong);
	reader_search(&reader, "[x", READER_FORWARD);
	settle();
	ck_assert(!reader.failed);
}
END_TEST

START_TEST(only_lines_that_may_match_are_read)
{
	print_lines(1, 1000000);
	settle();
	reader_scroll(&reader, INT64_MIN);
	settle();
	reads = 0;
	reader_search(&reader, "^line (987650|nothing)$", READER_FORWARD);
	settle();
	ck_assert_str_eq(row(0), "line 987650");
	ck_assert_int_lt(reads, 20);
	reads = 0;
	reader_scroll(&reader, INT64_MIN);
	settle();
	reader_search(&reader, "line 300001", READER_FORWARD);
	settle();
	ck_assert_str_eq(row(0), "line 300001");
	reader_search(&reader, "line 150001", READER_BACKWARD);
	settle();
	ck_assert_str_eq(row(0), "line 150001");
	reader_filter(&reader, "77777");
	settle();
	ck_assert_uint_eq(reader.match_count, 19);
	ck_assert_int_lt(reads, 100);
	ck_assert(!reader_filter_full(&reader));
}
END_TEST

START_TEST(a_filter_that_may_find_no_more_says_so)
{
	print_lines(1, READER_MATCHES_MAX);
	reader_filter(&reader, "line");
	settle();
	ck_assert_uint_eq(reader.match_count, READER_MATCHES_MAX);
	ck_assert(!reader_filter_full(&reader)); /* these are all */
	print("no such\n");
	settle();
	ck_assert(reader_filter_full(&reader)); /* that was not looked at */
	reader_filter(&reader, "such");
	settle();
	ck_assert_uint_eq(reader.match_count, 1);
	ck_assert(!reader_filter_full(&reader));
}
END_TEST

START_TEST(another_search_does_not_go_on_where_the_one_before_is)
{
	unsigned before;

	print_lines(1, 300000);
	reader_scroll(&reader, INT64_MIN);
	settle();
	reader_search(&reader, "line 299999", READER_FORWARD);
	while (!reader.hunt)
		reader_turn(&reader, WIDTH, HEIGHT);
	before = reader.hunts;
	reader_search(&reader, "line 200001", READER_FORWARD);
	reader_reached(&reader, before, reader.seek, 3000000, false);
	settle();
	ck_assert_str_eq(row(0), "line 200001");
}
END_TEST

/* What there is in real output: colours, progress, long lines, and words torn by them. */
static void print_anything(unsigned state)
{
	static const char *const pieces[] = { "er",     "ror",      "fail",   "\n", "\n",      "\033[31m",
		                              "\033[m", "\r",       "\r\n",   "\b", "one",     " ",
		                              "\t",     "\xc3\xbc", "\033[K", "\n", "\033[2K", "two\n" };
	char *text = unit_room(1 << 18), *end = text;

	while (end - text < (1 << 18) - 40000) {
		state = state * 1103515245 + 12345;
		end = stpcpy(end, pieces[(state >> 16) % (sizeof(pieces) / sizeof(*pieces))]);
		if ((state >> 8) % 1024 == 0) {
			size_t many = (state >> 20) * 8;

			memset(end, '.', many);
			end += many;
		}
		*end = '\0';
	}
	print(text);
	free(text);
}

/* The lines that a search finds, one after another, as a number. */
static uint64_t all_found(const char *text, enum reader_search way)
{
	uint64_t hash = 0;

	reader_clear(&reader);
	reader.book.size = (int64_t)length;
	reader_filter(&reader, "");
	settle();
	if (way == READER_FORWARD)
		reader_scroll(&reader, INT64_MIN);
	settle();
	for (int i = 0; i < 100; i++) {
		reader_search(&reader, text, way);
		settle();
		if (reader.failed)
			break;
		hash = hash * 31 + (uint64_t)reader.found;
		text = "";
	}
	reader.failed = false;
	return hash;
}

START_TEST(hunting_finds_what_reading_finds)
{
	static const char *const patterns[] = { "error", "fail.*error", "(one|two)error", "^error" };
	const char *pattern = patterns[_i % 4];
	uint64_t forward, backward;

	print_anything((unsigned)_i + 1);
	forward = all_found(pattern, READER_FORWARD);
	backward = all_found(pattern, READER_BACKWARD);
	hunting = false;
	ck_assert_uint_eq(all_found(pattern, READER_FORWARD), forward);
	ck_assert_uint_eq(all_found(pattern, READER_BACKWARD), backward);
}
END_TEST

START_TEST(a_filter_shows_lines_from_everywhere)
{
	print_lines(1, 300000);
	reader_filter(&reader, "0000$");
	settle();
	ck_assert_uint_eq(reader.match_count, 30);
	ck_assert_str_eq(row(9), "line 300000");
	ck_assert_str_eq(row(0), "line 210000");
	reader_scroll(&reader, -10);
	settle();
	ck_assert_str_eq(row(0), "line 110000");
	print_lines(300001, 310000);
	reader_scroll(&reader, INT64_MAX);
	settle();
	ck_assert_str_eq(row(9), "line 310000");
	reader_search(&reader, "9", READER_BACKWARD);
	settle();
	ck_assert_str_eq(row(0), "line 190000");
	reader_filter(&reader, "nothing");
	settle();
	ck_assert_int_eq(reader.count, 0);
	reader_filter(&reader, "");
	settle();
	ck_assert_int_eq(reader.count, HEIGHT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view reader");
	TCase *tcase = tcase_create("searching");

	tcase_add_checked_fixture(tcase, reading_setup, reading_teardown);
	tcase_add_test(tcase, searching_goes_through_all_of_it);
	tcase_add_test(tcase, what_is_shown_is_searched);
	tcase_add_test(tcase, only_lines_that_may_match_are_read);
	tcase_add_test(tcase, a_filter_that_may_find_no_more_says_so);
	tcase_add_test(tcase, another_search_does_not_go_on_where_the_one_before_is);
	tcase_add_loop_test(tcase, hunting_finds_what_reading_finds, 0, 8);
	tcase_add_test(tcase, a_filter_shows_lines_from_everywhere);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
