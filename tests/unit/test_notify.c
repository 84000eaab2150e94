/* Notifies a user by the terminal: with bytes that terminals know, and no control bytes from the text. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/notify.h"

START_TEST(a_bell_and_both_sequences)
{
	char *sequence = notify_sequence("krtask", "build: Completed", PASSAGE_DIRECT);

	ck_assert_str_eq(sequence,
	                 "\a\033]9;krtask: build: Completed\a\033]777;notify;krtask;build: Completed\a");
	free(sequence);
}
END_TEST

START_TEST(tmux_passes_them_on)
{
	char *sequence = notify_sequence("k", "t", PASSAGE_TMUX);

	ck_assert_str_eq(sequence, "\a\033Ptmux;\033\033]9;k: t\a\033\033]777;notify;k;t\a\033\\");
	free(sequence);
}
END_TEST

START_TEST(screen_passes_them_on_in_pieces)
{
	char *sequence = notify_sequence("k", "t", PASSAGE_SCREEN), *wrapped, text[482];

	ck_assert_str_eq(sequence, "\a\033P\033]9;k: t\a\033]777;notify;k;t\a\033\\");
	free(sequence);
	memset(text, 'x', sizeof(text));
	text[481] = '\0';
	wrapped = passage_wrap(text, PASSAGE_SCREEN);
	ck_assert_uint_eq(strlen(wrapped), 481 + 3 * strlen("\033P\033\\"));
	ck_assert_str_eq(wrapped + strlen(wrapped) - 5, "\033Px\033\\");
	free(wrapped);
}
END_TEST

START_TEST(the_environment_tells_what_is_around)
{
	unsetenv("TMUX");
	unsetenv("STY");
	setenv("TERM", "screen-256color", 1); /* one or the other */
	ck_assert_int_eq(passage_here(), PASSAGE_DIRECT);
	setenv("TERM", "tmux-256color", 1); /* behind ssh */
	ck_assert_int_eq(passage_here(), PASSAGE_TMUX);
	setenv("TERM", "screen", 1);
	setenv("STY", "1234.pts", 1);
	ck_assert_int_eq(passage_here(), PASSAGE_SCREEN);
	setenv("TMUX", "/tmp/tmux-0/default,1,0", 1);
	ck_assert_int_eq(passage_here(), PASSAGE_TMUX);
}
END_TEST

START_TEST(what_is_in_the_text_is_not_acted_on)
{
	char *sequence = notify_sequence("a;b", "x\a\033]0;evil\a\n", PASSAGE_DIRECT);

	ck_assert_str_eq(sequence, "\a\033]9;a,b: x??]0,evil??\a\033]777;notify;a,b;x??]0,evil??\a");
	free(sequence);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_bell_and_both_sequences, tmux_passes_them_on,
		                       screen_passes_them_on_in_pieces, the_environment_tells_what_is_around,
		                       what_is_in_the_text_is_not_acted_on };

	setlocale(LC_ALL, "C");
	return unit_run("notify", NULL, NULL, tests);
}
