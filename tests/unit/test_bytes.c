/* Eight bytes of a text at once, compared with one at a time. */
#include <string.h>

#include "engine/task/bytes.h"
#include "tests/unit/unit.h"

enum { LONGEST = 27 };

static uint64_t high(uint64_t word)
{
	return bytes_high(word);
}

static uint64_t below(uint64_t word)
{
	return bytes_below(word, ' ');
}

static uint64_t quotes(uint64_t word)
{
	return bytes_equal(word, '"');
}

static const struct {
	uint64_t (*mark)(uint64_t);
	unsigned char first, last; /* the bytes that it marks */
} marks[] = { { high, 0x80, 0xff }, { below, 0, 0x1f }, { quotes, '"', '"' } };

static bool is_marked(int kind, int byte)
{
	return byte >= marks[kind].first && byte <= marks[kind].last;
}

START_TEST(a_byte_is_found_wherever_it_stands)
{
	char text[LONGEST];

	for (size_t length = 1; length <= sizeof(text); length++) {
		for (size_t at = 0; at < length; at++) {
			memset(text, 'a', sizeof(text));
			for (int byte = 0; byte < 256; byte++) {
				text[at] = (char)byte;
				ck_assert_int_eq(bytes_none(text, length, ' ', marks[_i].mark),
				                 !is_marked(_i, byte));
			}
		}
	}
}
END_TEST

START_TEST(what_is_beside_a_text_is_not_looked_at)
{
	char text[LONGEST + 16];

	memset(text, marks[_i].first, sizeof(text));
	for (size_t length = 0; length <= LONGEST; length++) {
		memset(text + 8, 'a', length);
		ck_assert(bytes_none(text + 8, length, ' ', marks[_i].mark));
	}
}
END_TEST

START_TEST(the_first_one_is_known)
{
	char text[8];

	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'a', sizeof(text));
		for (size_t i = at; i < sizeof(text); i++) {
			text[i] = (char)marks[_i].first;
			ck_assert_uint_eq(bytes_first(marks[_i].mark(bytes_load(text))), at);
		}
		/* What follows it may be anything. */
		for (int byte = 0; byte < 256 && at + 1 < sizeof(text); byte++) {
			text[at + 1] = (char)byte;
			ck_assert_uint_eq(bytes_first(marks[_i].mark(bytes_load(text))), at);
		}
	}
}
END_TEST

int main(void)
{
	const int kinds = sizeof(marks) / sizeof(*marks);
	Suite *suite = suite_create("bytes");
	TCase *tcase = tcase_create("bytes");

	tcase_add_loop_test(tcase, a_byte_is_found_wherever_it_stands, 0, kinds);
	tcase_add_loop_test(tcase, what_is_beside_a_text_is_not_looked_at, 0, kinds);
	tcase_add_loop_test(tcase, the_first_one_is_known, 0, kinds);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
