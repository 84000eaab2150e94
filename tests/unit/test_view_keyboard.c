/* Bytes of real terminals as keys, mouse reports and pasted text, in pieces of any size. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tests/unit/heard.h"
#include "tests/unit/unit.h"

static void expect_burst(const char *bytes, enum keyboard_burst wanted)
{
	hear(bytes);
	ck_assert_msg(keyboard_burst(&keyboard) == wanted, "'%s' is %d", bytes,
	              (int)keyboard_burst(&keyboard));
	later(10000);
	keyboard_drop(&keyboard, now);
}

START_TEST(keys_of_xterm_in_both_modes)
{
	expect_events("\033[A\033[B\033[C\033[D\033[H\033[F", "Up Down Right Left Home End");
	expect_events("\033OA\033OB\033OC\033OD\033OH\033OF", "Up Down Right Left Home End");
	expect_events("\033[5~\033[6~\033[3~\033[Z\033OP\033[17~\033[21~",
	              "PgUp PgDn Delete BackTab F1 F6 F10");
	expect_events("\033OM\r\n", "Enter Enter Enter");
}
END_TEST

START_TEST(keys_of_putty_rxvt_linux_and_tmux)
{
	expect_events("\033[1~\033[4~\033[11~", "Home End F1"); /* PuTTY, tmux */
	expect_events("\033[7~\033[8~\033[11~", "Home End F1"); /* rxvt */
	expect_events("\033[[A\033[17~\033[18~\033[19~\033[20~\033[21~",
	              "F1 F6 F7 F8 F9 F10");                                      /* the console of Linux */
	expect_events("\033OQ\033OR\033OS\033[15~", "F2 F3 F4 F5");               /* xterm */
	expect_events("\033[12~\033[13~\033[14~\033[15~", "F2 F3 F4 F5");         /* PuTTY, rxvt */
	expect_events("\033[[B\033[[C\033[[D\033[[E", "F2 F3 F4 F5");             /* the console of Linux */
	expect_events("\033[P\033[Q\033[13~\033[S", "F1 F2 F3 F4");               /* kitty */
	expect_events("\033[1P\033[1H\033[2~\033[[F", "Other Other Other Other"); /* Ins and others */
}
END_TEST

START_TEST(keys_with_others_held_are_not_those_without)
{
	expect_events("\033[1;5D\033[1;2A\033[1;3C", "Other Other Other"); /* xterm: Ctrl, Shift, Alt */
	expect_events("\033O5D\033O2A", "Other Other");                    /* older ones */
	expect_events("\033\033[A\033\033OB", "Other Other");              /* rxvt, PuTTY: Alt */
	expect_events("\033[a\033Oa", "Other Other");                      /* rxvt: Shift, Ctrl */
	expect_events("\033[27;5;97~\033[97;5u", "Other Other");           /* modifyOtherKeys, CSI u */
	hear("\033[7$");                                                   /* rxvt: Shift-Home */
	ck_assert_str_eq(events(), "");
	later(1000);
	ck_assert_str_eq(events(), "Other");
}
END_TEST

/* The background, to whom asks for it by OSC 11. */
START_TEST(how_bright_the_background_is)
{
	expect_events("\033]11;rgb:1e1e/1e1e/1e1e\033\\x", "Ground(30) x");   /* xterm, kitty, tmux */
	expect_events("j\033]11;rgb:fdfd/f6f6/e3e3\aq", "j Ground(245) q");   /* xterm, asked with BEL */
	expect_events("\033]11;rgba:0000/0000/0000/cccc\033\\", "Ground(0)"); /* foot, rxvt */
	expect_events("\033]11;rgb:ff/ff/ff\a\033]11;rgb:0/f/0\a", "Ground(255) Ground(149)");
	expect_events("\033]11;rgb:ff/ff\ax\033]11;rgb:\a\033]11;#ffffff\a\033]11;rgb:x/y/z\a", "x");
	hear("\033]11;rgb:ffff/");
	later(500);
	ck_assert_str_eq(events(), "");
	hear("ffff/ffff\033\\y");
	ck_assert_str_eq(events(), "Ground(255) y");
	hear("\033]11;rgb:");
	for (int i = 0; i < 30; i++)
		hear("12345678");
	hear("\ax");
	ck_assert_str_eq(events(), "x");
}
END_TEST

START_TEST(terminfo_has_the_last_word)
{
	keyboard_name(&keyboard, "\033[A", TERMINAL_PAGE_UP);
	keyboard_name(&keyboard, "\001@\r", TERMINAL_F1); /* wyse50 */
	keyboard_name(&keyboard, "\177", TERMINAL_BACKSPACE);
	keyboard_name(&keyboard, "\003", TERMINAL_INTERRUPT);
	expect_events("\033[A\033[B", "PgUp Down");
	expect_events("\001@\rx\177\003", "F1 x Backspace Interrupt");
	hear("\001");
	ck_assert_str_eq(events(), "");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), DELAY);
	later(DELAY);
	ck_assert_str_eq(events(), "C-a");
	hear("\001q");
	ck_assert_str_eq(events(), "C-a q");
}
END_TEST

START_TEST(escape_is_told_by_time)
{
	hear("\033");
	ck_assert_str_eq(events(), "");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), DELAY);
	later(60);
	ck_assert_int_eq(keyboard_wait(&keyboard, now), DELAY - 60);
	hear("[D"); /* ssh */
	ck_assert_str_eq(events(), "Left");
	hear("\033");
	later(DELAY);
	ck_assert_int_eq(keyboard_wait(&keyboard, now), 0);
	ck_assert_str_eq(events(), "Esc");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), -1);
	hear("q");
	ck_assert_str_eq(events(), "q");
	hear("\033\033");
	later(DELAY);
	ck_assert_str_eq(events(), "Esc");
}
END_TEST

START_TEST(escape_and_a_key_are_one)
{
	expect_events("\033s", "Alt-73");
	expect_events("\033b\033f\033d\033\177\033\010", "Alt-62 Alt-66 Alt-64 Alt-7f Alt-8");
	expect_events("\033\r\033\t\033 ", "Alt-d Alt-9 Alt-20");
	expect_events("\033\303\251x", "Alt-e9 x");
	expect_events("\033\033s", "Esc Alt-73");
	hear("\033[");
	later(1000);
	ck_assert_str_eq(events(), "Other");
	hear("\033O");
	later(1000);
	ck_assert_str_eq(events(), "Other");
	hear("\033P");
	later(DELAY);
	ck_assert_str_eq(events(), "Other");
}
END_TEST

START_TEST(what_a_terminal_says_by_itself_is_no_key)
{
	expect_events("\033[?62;22c\033[24;80R\033[I\033[O\033[>0;276;0cx",
	              "Other Other Focus(1) Focus(0) Other x");
	expect_events("\033]10;rgb:1e1e/1e1e/1e1e\033\\x\033]11;?\ax", "x x");
	expect_events("\033P1+r5463=1b5b\033\\x", "x");
	expect_events("\033P>|tmux 3.5\033[Ax", "Up x"); /* broken off */
	expect_events("\033[201~x", "x");
	hear("\033]52;c;qrst"); /* without an end */
	ck_assert_str_eq(events(), "");
	ck_assert_int_gt(keyboard_wait(&keyboard, now), 0);
	later(1000);
	ck_assert_str_eq(events(), "");
	hear("x");
	ck_assert_str_eq(events(), "x");
}
END_TEST

START_TEST(no_sequence_is_without_end)
{
	char digits[3 * KEYBOARD_SIZE];

	memset(digits, '1', sizeof(digits));
	hear("\033[");
	for (size_t i = 0; i < 3; i++) {
		hear_bytes(digits, 60);
		while (keyboard_next(&keyboard, now).key != TERMINAL_NONE)
			;
	}
	later(1000);
	while (keyboard_next(&keyboard, now).key != TERMINAL_NONE)
		;
	ck_assert_int_eq(keyboard_wait(&keyboard, now), -1);
	hear("\033]");
	for (size_t i = 0; i < 3; i++) {
		hear_bytes(digits, KEYBOARD_SIZE - 8);
		ck_assert_int_eq(keyboard_next(&keyboard, now).key, TERMINAL_NONE);
	}
	hear("\aq");
	ck_assert_str_eq(events(), "q");
	expect_events("\033[1\001x\033[\033[A", "Other C-a x Other Up");
}
END_TEST

START_TEST(the_mouse_in_both_protocols)
{
	expect_events("\033[<0;10;5M\033[<0;10;5m", "Click(9,4) Other");
	expect_events("\033[<64;1;1M\033[<65;1;1M\033[<4;300;200M", "WheelUp WheelDown Click(299,199)");
	expect_events("\033[<2;1;1M\033[<35;1;1M\033[<0;0;0M\033[<0;1M", "Other Other Other Other");
	expect_events("\033[M *%\033[M#*%\033[M`!!", "Click(9,4) Other WheelUp");
}
END_TEST

START_TEST(characters_are_whole_or_invalid)
{
	expect_events("\303\251\346\274\242\360\237\230\200", "é 漢 😀");
	expect_events("\351abc", "Invalid(e9) a b c");
	expect_events("\303\303\251\200\377", "Invalid(c3) é Invalid(80) Invalid(ff)");
	expect_events("\355\240\200", "Invalid(ed) Invalid(a0) Invalid(80)"); /* a surrogate */
	hear("a\346\274");
	ck_assert_str_eq(events(), "a");
	later(1000);
	ck_assert_str_eq(events(), "Invalid(e6) Invalid(bc)");
	hear_bytes("\0x", 2); /* Ctrl-Space */
	ck_assert_str_eq(events(), "Other x");
}
END_TEST

START_TEST(nothing_is_lost_behind_a_byte_that_is_no_character)
{
	hear("\351 and 36 more characters than the first");
	ck_assert_str_eq(
		events(),
		"Invalid(e9)   a n d   3 6   m o r e   c h a r a c t e r s   t h a n   t h e   f i r s t");
}
END_TEST

START_TEST(a_locale_without_anything_has_utf8)
{
	setlocale(LC_ALL, "C");
	keyboard_init(&keyboard, DELAY);
	hear("\303\251");
	ck_assert_str_eq(events(), "é");
}
END_TEST

/* --- pasted text */

START_TEST(pasted_text_is_no_keys)
{
	expect_events("\033[200~state 1\rry\033[201~x", "Paste(state 1\nry) x");
	expect_events("a\033[200~\033[201~b", "a Paste() b");
	expect_events("\033[200~1\r\n2\n3\r4\r\r5\033[201~", "Paste(1\n2\n3\n4\n\n5)");
	expect_events("\033[200~\033[A\033q\003\t\033[200~\033]\033[201~",
	              "Paste(\033[A\033q\003\t\033[200~\033])");
	expect_events("\033[200~é\351x\033[201~", "Paste(é\351x)");
}
END_TEST

START_TEST(signals_are_text_in_a_paste)
{
	keyboard_name(&keyboard, "\003", TERMINAL_INTERRUPT);
	expect_events("\033[200~\003\033[201~\003", "Paste(\003) Interrupt");
	hear_bytes("\033[200~a\0b\033[201~", 15);
	ck_assert_str_eq(events(), "Paste(a\xff"
	                           "b)"); /* no line accepts this text */
}
END_TEST

START_TEST(a_paste_without_end_ends_by_silence)
{
	hear("\033[200~sudo make install");
	ck_assert_str_eq(events(), "");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), 2000);
	later(1999);
	ck_assert_str_eq(events(), "");
	later(1);
	ck_assert_str_eq(events(), "Paste(sudo make install)");
	hear("q");
	ck_assert_int_eq(keyboard_burst(&keyboard), BURST_KEYS);
	ck_assert_str_eq(events(), "q");
	hear("rs"); /* typed by the user */
	ck_assert_int_eq(keyboard_burst(&keyboard), BURST_KEYS);
	ck_assert_str_eq(events(), "r s");
}
END_TEST

START_TEST(answers_do_not_break_the_silence_of_a_paste)
{
	hear("\033[200~one");
	ck_assert_str_eq(events(), "");
	later(1500);
	hear("\033[0n");
	ck_assert_str_eq(events(), "Answer");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), 500);
	later(500);
	ck_assert_str_eq(events(), "Paste(one)");
}
END_TEST

START_TEST(what_comes_late_of_a_paste_is_its_rest)
{
	hear("\033[200~one\r\033[20");
	ck_assert_str_eq(events(), "");
	later(2000);
	ck_assert_str_eq(events(), "Paste(one\n)");
	hear("ry\r");
	ck_assert_int_eq(keyboard_burst(&keyboard), BURST_LINES);
	keyboard_take_as_text(&keyboard);
	hear("two\033[201~x");
	ck_assert_str_eq(events(), "Paste(ry\ntwo) x");
}
END_TEST

START_TEST(the_mark_of_a_paste_may_come_in_pieces)
{
	static const char *const pieces[][2] = { { "\033", "[200~r\ry\033[201~x" },
		                                 { "\033[", "200~r\ry\033[201~x" },
		                                 { "\033[200", "~r\ry\033[201~x" } };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		hear(pieces[i][0]);
		later(20000);
		ck_assert_ptr_nonnull(strstr("Esc Other", events()));
		hear(pieces[i][1]);
		ck_assert_str_eq(events(), "Paste(r\ny) x");
	}
	hear("\033[2");
	later(20000);
	ck_assert_str_eq(events(), "Other");
	hear("0");
	ck_assert_str_eq(events(), "");
	later(DELAY);
	ck_assert_str_eq(events(), "0"); /* typed by the user */
}
END_TEST

START_TEST(a_paste_larger_than_any_buffer)
{
	char *text = unit_room(KEYBOARD_PASTE_MAX + 1);

	memset(text, 'x', KEYBOARD_PASTE_MAX + 1);
	hear("\033[200~");
	hear_bytes(text, KEYBOARD_PASTE_MAX);
	hear("\033[201~");
	struct terminal_event event = keyboard_next(&keyboard, now);
	ck_assert_int_eq(event.key, TERMINAL_PASTE);
	ck_assert_uint_eq(strlen(event.text), KEYBOARD_PASTE_MAX);
	hear("\033[200~");
	hear_bytes(text, KEYBOARD_PASTE_MAX + 1);
	hear("\033[201~q");
	ck_assert_str_eq(events(), "Paste(too long) q");
	expect_events("\033[200~ok\033[201~", "Paste(ok)");
	free(text);
}
END_TEST

/* --- pasted text that nothing marks */

START_TEST(what_the_terminal_says_is_not_the_first_character)
{
	hear("\033[0n\033[I/release\r");
	ck_assert_int_eq(keyboard_first(&keyboard), '/');
	keyboard_drop(&keyboard, now);
	keyboard_drop(&keyboard, now);
	hear("\033[A/release\r");
	ck_assert_int_eq(keyboard_first(&keyboard), '\0');
	keyboard_drop(&keyboard, now);
	hear("\033[0n");
	ck_assert_int_eq(keyboard_first(&keyboard), '\0');
}
END_TEST

START_TEST(what_nobody_types_at_once_is_text)
{
	expect_burst("make -j4 && sudo make install\rkrtask list\r", BURST_LINES);
	expect_burst("state 1\rry", BURST_LINES);
	expect_burst("ssh a\rcd\r", BURST_LINES); /* newlines are characters */
	expect_burst("ls -l\rps\r", BURST_LINES);
	expect_burst("nfoo\rsry\r", BURST_LINES);
	expect_burst("abcd\rsx\r", BURST_LINES);
	expect_burst("ab\rab c\r", BURST_LINES);
	expect_burst("abc\rsx\r", BURST_KEYS);
	expect_burst("j\rj\rj\rj\rj\r", BURST_KEYS);
	expect_burst("echo hello", BURST_LINE);
	expect_burst("echo hello\r", BURST_LINE);
	expect_burst("зависимость", BURST_LINE);
	expect_burst("j", BURST_KEYS);
	expect_burst("jjjjjjjjjjjjjjjjjjjjjj", BURST_KEYS); /* a key held down on a slow line */
	expect_burst("\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[Bs", BURST_KEYS);
	expect_burst("/FRU\rs", BURST_KEYS);
	expect_burst(":state seven\rs", BURST_LINE);
	expect_burst("\033]11;rgb:1e1e/1e1e/1e1e\033\\", BURST_KEYS);
	expect_burst("\033[200~sudo make install\r", BURST_KEYS); /* the terminal has marked this as pasted */
	expect_burst("\033[<0;10;5M\033[<0;10;5m", BURST_KEYS);
}
END_TEST

START_TEST(such_text_goes_on_until_a_pause)
{
	hear("make all install\rs");
	keyboard_take_as_text(&keyboard);
	ck_assert_str_eq(events(), "");
	later(99);
	hear("\rr");
	ck_assert_str_eq(events(), "");
	later(100);
	ck_assert_str_eq(events(), "Paste(make all install\ns\nr)");
	hear("r");
	ck_assert_str_eq(events(), "r");
}
END_TEST

/* --- keys that were typed before a question */

START_TEST(what_is_dropped_is_gone_with_its_rest)
{
	hear("rryyy\033[A");
	keyboard_drop(&keyboard, now);
	hear("n");
	ck_assert_str_eq(events(), "n");
	hear("yy\033");
	keyboard_drop(&keyboard, now);
	hear("y");
	ck_assert_str_eq(events(), "");
	hear("n");
	ck_assert_str_eq(events(), "n");
	hear("\033");
	keyboard_drop(&keyboard, now);
	later(DELAY);
	ck_assert_str_eq(events(), ""); /* the Esc was typed before */
	hear("\033[200~state 1\ry");
	keyboard_drop(&keyboard, now);
	hear("yyy\033[201~n");
	ck_assert_str_eq(events(), "n");
	hear("\033[20");
	keyboard_drop(&keyboard, now);
	hear("0~y\033[201~n");
	ck_assert_str_eq(events(), "n");
	expect_events("\033[200~ok\033[201~", "Paste(ok)");
}
END_TEST

START_TEST(keys_have_the_names_that_help_has)
{
	static const struct {
		int key;
		const char *name;
	} cases[] = {
		{ TERMINAL_ENTER, "Enter" },
		{ TERMINAL_TAB, "Tab" },
		{ ' ', "Space" },
		{ 'X', "X" },
		{ 'X' & 0x1f, "Ctrl-X" },
		{ TERMINAL_ALT | 'x', "Alt-x" },
		{ TERMINAL_F1, "F1" },
		{ TERMINAL_F10, "F10" },
		{ TERMINAL_PAGE_UP, "PgUp" },
		{ TERMINAL_OTHER, "This key" },
	};
	char name[SEQUENCE_NAME_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sequence_name(cases[i].key, name);
		ck_assert_str_eq(name, cases[i].name);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		keys_of_xterm_in_both_modes,
		keys_of_putty_rxvt_linux_and_tmux,
		keys_with_others_held_are_not_those_without,
		how_bright_the_background_is,
		terminfo_has_the_last_word,
		escape_is_told_by_time,
		escape_and_a_key_are_one,
		what_a_terminal_says_by_itself_is_no_key,
		no_sequence_is_without_end,
		the_mouse_in_both_protocols,
		characters_are_whole_or_invalid,
		nothing_is_lost_behind_a_byte_that_is_no_character,
		a_locale_without_anything_has_utf8,
		pasted_text_is_no_keys,
		signals_are_text_in_a_paste,
		a_paste_without_end_ends_by_silence,
		answers_do_not_break_the_silence_of_a_paste,
		what_the_terminal_says_is_not_the_first_character,
		what_comes_late_of_a_paste_is_its_rest,
		the_mark_of_a_paste_may_come_in_pieces,
		a_paste_larger_than_any_buffer,
		what_nobody_types_at_once_is_text,
		such_text_goes_on_until_a_pause,
		what_is_dropped_is_gone_with_its_rest,
		keys_have_the_names_that_help_has,
	};

	return unit_run("keyboard", heard_setup, heard_teardown, tests);
}
