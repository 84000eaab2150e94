/* Searching output files: no line that may show a word is passed over, and few others are looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/run/hunt.h"
#include "tests/unit/unit.h"

static struct sieve *sieve;
static int file;
static off_t size;

static void setup(void)
{
	sieve = sieve_new(true);
	ck_assert_ptr_nonnull(sieve);
	file = memfd_create("output", MFD_CLOEXEC);
	ck_assert_int_ge(file, 0);
	size = 0;
}

static void teardown(void)
{
	sieve_free(sieve);
	close(file);
}

static void print(const char *text)
{
	size_t length = strlen(text);

	ck_assert_int_eq(pwrite(file, text, length, size), (ssize_t)length);
	size += (off_t)length;
}

/* So many lines of 32 bytes. */
static void print_lines(int count)
{
	char *lines = unit_room((size_t)count * 32 + 1), *end = lines;

	for (int i = 0; i < count; i++)
		end += sprintf(end, "%031d\n", i);
	print(lines);
	free(lines);
}

/* Where the search comes to, from some place; -1: it comes to the end. */
static off_t found(off_t at, bool backward)
{
	struct hunt hunt = { .at = at, .backward = backward };

	while (!hunt.found && !hunt.over)
		ck_assert_int_eq(hunt_on(&hunt, sieve, file), 0);
	if (hunt.over)
		ck_assert_int_eq(hunt.at, backward ? 0 : size);
	return hunt.found ? hunt.at : -1;
}

START_TEST(a_word_is_found_in_any_case)
{
	ck_assert(sieve_add(sieve, "error"));
	ck_assert(sieve_add(sieve, "FATAL mistake"));
	print("all is well\nsome erro\nthat is an ErRor\nfatal mistake\n\n");
	ck_assert_int_eq(found(0, false), 22);
	ck_assert_int_eq(found(39, false), 39);
	ck_assert_int_eq(found(53, false), -1);
	ck_assert_int_eq(found(size, true), 53);
	ck_assert_int_eq(found(39, true), 39);
	ck_assert_int_eq(found(22, true), -1);
}
END_TEST

START_TEST(case_matters_if_it_is_to)
{
	sieve_free(sieve);
	sieve = sieve_new(false);
	ck_assert(sieve_add(sieve, "Error"));
	print("error\nERROR\nError\n");
	ck_assert_int_eq(found(0, false), 12);
}
END_TEST

START_TEST(words_that_are_none)
{
	char word[SIEVE_WORD_MAX + 2];

	memset(word, 'x', sizeof(word));
	word[SIEVE_WORD_MAX + 1] = '\0';
	ck_assert(!sieve_add(sieve, word));
	ck_assert(!sieve_add(sieve, "x"));
	ck_assert(!sieve_add(sieve, "one\ntwo"));
	ck_assert(!sieve_add(sieve, "gr\xc3\xbc\xc3\x9f"));
	for (int i = 0; i < SIEVE_WORDS; i++)
		ck_assert(sieve_add(sieve, word + 1));
	ck_assert(!sieve_add(sieve, "xx"));
}
END_TEST

/* A line, and whether it may show "error". */
static const struct {
	const char *line;
	bool may;
} shown[] = {
	{ "\033[31mer\033[0mror\n", true },
	{ "\033[31mred\033[0m herring\n", false },
	{ "\033[01;31m\033[Kred\033[m\033[K herring\n", false },
	{ "\033[31mer\xe2\x80\x8dror\n", true },
	{ "\033[31mgr\xc3\xbcn\033[m\n", false },
	{ "\033[31m\xff\033[m\n", true },
	{ "\033[31mone\ttwo\n", true },
	{ "\033[2Kone\n", true },
	{ "\033[1Aone\n", true },
	{ "\033]0;title\a\n", true },
	{ "one\rtwo\n", true },
	{ "one\r\n", false },
	{ "an error\r\n", true },
	{ "one\b\btwo\n", true },
	{ "\033[31mone\r\n", false },
	{ "\033[31mone", true },
};

START_TEST(what_a_terminal_shows_is_what_counts)
{
	ck_assert(sieve_add(sieve, "error"));
	print_lines(1);
	print(shown[_i].line);
	ck_assert_int_eq(found(0, false), shown[_i].may ? 32 : -1);
	ck_assert_int_eq(found(size, true), shown[_i].may ? size : -1);
}
END_TEST

START_TEST(long_output_is_searched_from_both_ends)
{
	off_t first;

	ck_assert(sieve_add(sieve, "needle"));
	print_lines(100000);
	first = size;
	print("the first needle\n");
	print_lines(50000);
	print("the last needle\n");
	print_lines(100000);
	ck_assert_int_eq(found(0, false), first);
	ck_assert_int_eq(found(first + 17, false), first + 17 + 50000 * 32);
	ck_assert_int_eq(found(first + 17 + 50000 * 32 + 16, false), -1);
	ck_assert_int_eq(found(size, true), size - 100000 * 32);
	ck_assert_int_eq(found(size - 100000 * 32 - 16, true), first + 17);
	ck_assert_int_eq(found(first, true), -1);
}
END_TEST

START_TEST(a_line_of_any_length_may_show_anything)
{
	char *line = unit_room(1000001);

	memset(line, '.', 1000000);
	line[1000000] = '\0';
	ck_assert(sieve_add(sieve, "needle"));
	print_lines(20);
	print(line);
	ck_assert_int_eq(found(0, false), 640);
	ck_assert_int_eq(found(size, true), size);
	print("\n");
	print_lines(20);
	ck_assert_int_eq(found(0, false), 640);
	ck_assert_int_eq(found(size, true), size - 640);
	free(line);
}
END_TEST

/* Lines of few letters, and what is found is compared with what a simple search finds. */
START_TEST(no_line_is_passed_over)
{
	static const char *const words[] = { "ab", "aab", "bcab", "ccc" };
	static char text[4096];
	unsigned state = (unsigned)_i * 7919 + 1;
	size_t length = 0;

	for (int i = 0; i <= _i % 4; i++)
		ck_assert(sieve_add(sieve, words[(i + _i) % 4]));
	while (length < sizeof(text) - 2) {
		state = state * 1103515245 + 12345;
		text[length++] = "abcd\nABd\n"[(state >> 16) % 9];
	}
	text[length++] = '\n';
	print(text);
	for (char *line = text, *end; *line; line = end + 1) {
		bool may = false;

		end = strchr(line, '\n');
		*end = '\0';
		for (int i = 0; i <= _i % 4; i++)
			may = may || strcasestr(line, words[(i + _i) % 4]);
		*end = '\n';
		ck_assert_int_eq(found(line - text, false) == line - text, may);
		ck_assert_int_eq(found(end + 1 - text, true) == end + 1 - text, may);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hunt");
	TCase *tcase = tcase_create("hunt");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_word_is_found_in_any_case);
	tcase_add_test(tcase, case_matters_if_it_is_to);
	tcase_add_test(tcase, words_that_are_none);
	tcase_add_loop_test(tcase, what_a_terminal_shows_is_what_counts, 0, sizeof(shown) / sizeof(*shown));
	tcase_add_test(tcase, long_output_is_searched_from_both_ends);
	tcase_add_test(tcase, a_line_of_any_length_may_show_anything);
	tcase_add_loop_test(tcase, no_line_is_passed_over, 0, 40);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
