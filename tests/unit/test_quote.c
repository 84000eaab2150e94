/* Commands as people read them: a shell splits the text into the same words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "tests/unit/unit.h"

static const struct {
	const char *word, *quoted;
} words[] = {
	{ "plain", "plain" },
	{ "--option=/a/b,c:d@e_f%g+h^1.0", "--option=/a/b,c:d@e_f%g+h^1.0" },
	{ "", "''" },
	{ "two words", "'two words'" },
	{ "it's", "'it'\\''s'" },
	{ "'", "''\\'''" },
	{ "''", "''\\'''\\'''" },
	{ "$HOME", "'$HOME'" },
	{ "a\\b", "'a\\b'" },
	{ "\xc3\xa9", "'\xc3\xa9'" },
	{ "~", "'~'" },
};

START_TEST(a_word_stands_in_quotes_where_it_needs_them)
{
	char *to = malloc(QUOTE_ROOM(strlen(words[_i].word)));
	char *end = quote_word(to, words[_i].word);

	ck_assert_str_eq(to, words[_i].quoted);
	ck_assert_ptr_eq(end, to + strlen(to));
	free(to);
}
END_TEST

START_TEST(quotes_can_be_asked_for)
{
	char to[QUOTE_ROOM(5)];

	ck_assert_ptr_eq(quote_always(to, "plain"), to + 7);
	ck_assert_str_eq(to, "'plain'");
}
END_TEST

static char *line_of(const char *block, size_t length)
{
	struct strings list = STRINGS_INIT;
	char *line;

	ck_assert_int_eq(strings_copy(&list, block, length), 0);
	line = quote_strings(&list);
	ck_assert_ptr_nonnull(line);
	strings_release(&list);
	return line;
}

#define LINE_OF(block) line_of(block, sizeof(block) - 1)

START_TEST(a_command_is_one_line)
{
	char *line = LINE_OF("sh\0-c\0it's\0\0");

	ck_assert_str_eq(line, "sh -c 'it'\\''s' ''");
	free(line);
	line = line_of("", 0);
	ck_assert_str_eq(line, "");
	free(line);
}
END_TEST

START_TEST(a_program_is_not_taken_for_a_variable)
{
	char *line = LINE_OF("A=1\0B=2\0");

	ck_assert_str_eq(line, "'A=1' B=2");
	free(line);
}
END_TEST

/* Returns the words as the shell's printf(1) prints them. */
START_TEST(a_shell_makes_the_same_words_of_it)
{
	static const char block[] =
		"a'b\0''\0\0$x `id` \"q\" \\\0*?[z]~{a,b}\0;&|<>()#!\0\n\t \0=x\0-n\0\xff\xc3\0";
	char *line = LINE_OF(block), *command, got[2 * sizeof(block)];
	FILE *shell;
	size_t count;

	ck_assert_int_ge(asprintf(&command, "printf '%%s\\000' %s", line), 0);
	shell = popen(command, "re"); /* NOLINT(cert-env33-c): a shell is what it is about */
	ck_assert_ptr_nonnull(shell);
	count = fread(got, 1, sizeof(got), shell);
	ck_assert_int_eq(pclose(shell), 0);
	ck_assert_uint_eq(count, sizeof(block) - 1);
	ck_assert_mem_eq(got, block, count);
	free(command);
	free(line);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("quote");
	TCase *tcase = tcase_create("quote");

	tcase_add_loop_test(tcase, a_word_stands_in_quotes_where_it_needs_them, 0,
	                    sizeof(words) / sizeof(*words));
	tcase_add_test(tcase, quotes_can_be_asked_for);
	tcase_add_test(tcase, a_command_is_one_line);
	tcase_add_test(tcase, a_program_is_not_taken_for_a_variable);
	tcase_add_test(tcase, a_shell_makes_the_same_words_of_it);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
