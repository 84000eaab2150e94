/* Text for the clipboard by way of the terminal: without what controls a terminal, and bounded. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/clipboard.h"

static void expect_clean(const char *text, const char *wanted)
{
	char *clean = clipboard_clean(text);

	ck_assert_str_eq(clean, wanted);
	free(clean);
}

START_TEST(text_stays_as_it_is)
{
	expect_clean("sh -c 'make | tee log'", "sh -c 'make | tee log'");
	expect_clean("one\n\ttwo é 漢\nthree", "one\n\ttwo é 漢\nthree");
	expect_clean("", "");
}
END_TEST

START_TEST(a_shell_runs_nothing_by_itself)
{
	expect_clean("rm -r x\n", "rm -r x");
	expect_clean("rm -r x\r\n\n", "rm -r x");
	expect_clean("\n", "");
}
END_TEST

START_TEST(what_controls_a_terminal_is_not_copied)
{
	expect_clean("\033[1;31mred\033[0m \033[?2004lplain", "red plain");
	expect_clean("\033]0;title\aa\033]52;c;ZXZpbA==\033\\b", "ab");
	expect_clean("\033P+q544e\033\\c\033(Bd\0337e\033cf", "cdef");
	expect_clean("a\bb\001\177c\xc2\x9b"
	             "d",
	             "abcd"); /* also those of C1 */
	expect_clean("\033]without an end\nnext", "\nnext");
	expect_clean("x\033", "x");
	expect_clean("x\033[", "x");
	expect_clean("x\033[1;", "x");
	expect_clean("x\033]2\033", "x");
	expect_clean("x\033(", "x");
}
END_TEST

START_TEST(bytes_that_are_no_characters_are_replaced)
{
	expect_clean("a\351b", "a\xef\xbf\xbd"
	                       "b");
}
END_TEST

static void expect_sequence(const char *text, enum passage passage, const char *wanted)
{
	char *sequence = clipboard_sequence(text, passage);

	ck_assert_str_eq(sequence, wanted);
	free(sequence);
}

START_TEST(the_terminal_gets_it_in_base64)
{
	expect_sequence("hello", PASSAGE_DIRECT, "\033]52;c;aGVsbG8=\a");
	expect_sequence("", PASSAGE_DIRECT, "\033]52;c;\a");
	expect_sequence("hello", PASSAGE_SCREEN, "\033P\033]52;c;aGVsbG8=\a\033\\");
}
END_TEST

START_TEST(tmux_keeps_it_or_passes_it_on)
{
	expect_sequence("hello", PASSAGE_TMUX,
	                "\033]52;c;aGVsbG8=\a\033Ptmux;\033\033]52;c;aGVsbG8=\a\033\\");
}
END_TEST

START_TEST(what_is_too_long_is_not_copied)
{
	char *text = unit_room(CLIPBOARD_MAX + 2), *sequence;

	memset(text, 'x', CLIPBOARD_MAX);
	text[CLIPBOARD_MAX] = '\0';
	sequence = clipboard_sequence(text, PASSAGE_DIRECT);
	ck_assert_uint_lt(strlen(sequence), 100000);
	free(sequence);
	memcpy(text + CLIPBOARD_MAX, "x", 2);
	ck_assert_ptr_null(clipboard_sequence(text, PASSAGE_DIRECT));
	free(text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		text_stays_as_it_is,
		a_shell_runs_nothing_by_itself,
		what_controls_a_terminal_is_not_copied,
		bytes_that_are_no_characters_are_replaced,
		the_terminal_gets_it_in_base64,
		tmux_keeps_it_or_passes_it_on,
		what_is_too_long_is_not_copied,
	};

	return unit_run("clipboard", NULL, NULL, tests);
}
