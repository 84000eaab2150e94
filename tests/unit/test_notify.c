/* Notifies a user by the terminal: with bytes that terminals know, and no control bytes from the text. */
#include <locale.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tui/text/notify.h"

START_TEST(a_bell_and_both_sequences)
{
	char *sequence = notify_sequence("krtask", "build: Completed", false);

	ck_assert_str_eq(sequence,
	                 "\a\033]9;krtask: build: Completed\a\033]777;notify;krtask;build: Completed\a");
	free(sequence);
}
END_TEST

START_TEST(tmux_passes_them_on)
{
	char *sequence = notify_sequence("k", "t", true);

	ck_assert_str_eq(sequence, "\a\033Ptmux;\033\033]9;k: t\a\033\033]777;notify;k;t\a\033\\");
	free(sequence);
}
END_TEST

START_TEST(what_is_in_the_text_is_not_acted_on)
{
	char *sequence = notify_sequence("a;b", "x\a\033]0;evil\a\n", false);

	ck_assert_str_eq(sequence, "\a\033]9;a,b: x??]0,evil??\a\033]777;notify;a,b;x??]0,evil??\a");
	free(sequence);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_bell_and_both_sequences, tmux_passes_them_on,
		                       what_is_in_the_text_is_not_acted_on };

	setlocale(LC_ALL, "C");
	return unit_run("notify", NULL, NULL, tests);
}
