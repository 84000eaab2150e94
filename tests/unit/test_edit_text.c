/* The words of a text that was edited. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/task/quote.h"
#include "tests/unit/unit.h"
#include "tui/cli/edit_text.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

/* All lines, each word in brackets; then what is wrong, with its line. */
static const struct {
	const char *text, *wanted;
} texts[] = {
	{ "", "" },
	{ "# nothing\n\n  # else\n", "" },
	{ "new  --id 7\t-- make\n", "[new][--id][7][--][make];" },
	{ "a 'b  c' \"d \\\" \\\\ \\$e \\n\" f\\ g\n", "[a][b  c][d \" \\ $e \\n][f g];" },
	{ "it\\'s '\\'", "[it's][\\];" },
	{ "a '' b", "[a][][b];" },
	{ "a 'two\nlines' # comment\nb#c\n", "[a][two\nlines];[b#c];" },
	{ "a \\\n b\r\nc", "[a][b];[c];" },
	{ "$HOME `x` *", "[$HOME][`x`][*];" },
	{ "a\nb 'c\nd", "[a];2 " MSG_QUOTE_OPEN },
	{ "a 'b\nc' \\\nd \"e\n\n", "3 " MSG_QUOTE_OPEN },
	{ "a \\", "1 " MSG_BACKSLASH_LAST },
	{ "a 'b\nc' \\", "2 " MSG_BACKSLASH_LAST },
};

static char *read_all(const char *text)
{
	struct edit_reader reader = { .at = text, .line = 1 };
	struct strings words = STRINGS_INIT;
	struct text all = TEXT_INIT;
	const char *error = NULL;
	char line[16];

	text_clear(&all);
	while (edit_text_next(&reader, &words, &error) == 0 && words.length > 0) {
		for (const char *s = NULL; (s = strings_next(&words, s));) {
			text_add_string(&all, "[");
			text_add_string(&all, s);
			text_add_string(&all, "]");
		}
		text_add_string(&all, ";");
	}
	if (error) {
		snprintf(line, sizeof(line), "%u ", reader.begun);
		text_add_string(&all, line);
		text_add_string(&all, error);
	}
	strings_release(&words);
	return all.data;
}

START_TEST(words_are_as_in_a_shell)
{
	char *got = read_all(texts[_i].text);
	ck_assert_str_eq(got, texts[_i].wanted);
	free(got);
}
END_TEST

START_TEST(what_is_quoted_is_read_back)
{
	static const char *const words[] = {
		"new", "it's", "a \"b\" \\ $c", "", "two\nlines", "#", "~", "ü"
	};
	struct strings list = STRINGS_INIT, back = STRINGS_INIT;
	const char *error = NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		strings_add(&list, words[i]);
	char *line = quote_strings(&list);
	struct edit_reader reader = { .at = line, .line = 1 };
	ck_assert_int_eq(edit_text_next(&reader, &back, &error), 0);
	ck_assert_uint_eq(back.length, list.length);
	ck_assert_mem_eq(back.block, list.block, list.length);
	strings_release(&list);
	strings_release(&back);
	free(line);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit text");
	TCase *tcase = tcase_create("edit text");

	tcase_add_loop_test(tcase, words_are_as_in_a_shell, 0, sizeof(texts) / sizeof(*texts));
	tcase_add_test(tcase, what_is_quoted_is_read_back);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
