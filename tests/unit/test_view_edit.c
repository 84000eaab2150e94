/* Lines that are edited as with readline, in UTF-8 and any width, and the history of lines. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/edit.h"

static struct edit edit;
static struct history history;

static void setup(void)
{
	unit_utf8();
	edit = (struct edit)EDIT_INIT;
	history = (struct history){ 0 };
}

static void teardown(void)
{
	edit_release(&edit);
	history_release(&history);
}

static void run(enum edit_command command)
{
	edit_do(&edit, command, &history);
}

/* Returns the text, with a bar where the cursor is. */
static const char *look(void)
{
	static char text[256];

	snprintf(text, sizeof(text), "%.*s|%s", (int)edit.cursor, edit_text(&edit),
	         edit_text(&edit) + edit.cursor);
	return text;
}

START_TEST(nothing_is_done_to_an_empty_line)
{
	for (int command = 0; command < EDIT_COMMAND_COUNT; command++) {
		run(command);
		ck_assert_str_eq(look(), "|");
	}
}
END_TEST

START_TEST(characters_go_where_the_cursor_is)
{
	edit_type(&edit, 'a');
	edit_type(&edit, 'c');
	run(EDIT_BACK);
	edit_type(&edit, 'b');
	ck_assert_str_eq(look(), "ab|c");
}
END_TEST

START_TEST(every_length_of_utf8)
{
	edit_type(&edit, 0xe9);
	edit_type(&edit, 0x6f22);
	edit_type(&edit, 0x1f600);
	ck_assert_str_eq(look(), "é漢😀|");
	run(EDIT_BACK);
	run(EDIT_BACK);
	ck_assert_str_eq(look(), "é|漢😀");
	run(EDIT_DELETE);
	ck_assert_str_eq(look(), "é|😀");
	run(EDIT_ERASE);
	run(EDIT_FORWARD);
	run(EDIT_FORWARD);
	ck_assert_str_eq(look(), "😀|");
}
END_TEST

START_TEST(marks_go_with_their_character)
{
	edit_set(&edit, "ae\xcc\x81");
	run(EDIT_BACK);
	ck_assert_str_eq(look(), "a|e\xcc\x81");
	run(EDIT_FORWARD);
	run(EDIT_ERASE);
	ck_assert_str_eq(look(), "a|");
}
END_TEST

START_TEST(what_is_no_text_is_not_taken)
{
	static const int codes[] = { 0, 1, 27, 0x7f, 0x85, 0x9b, 0xd800, 0x110000, -1 };

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		ck_assert(!edit_type(&edit, codes[i]));
	ck_assert_str_eq(look(), "|");
}
END_TEST

START_TEST(cutting_and_putting_back)
{
	edit_set(&edit, "new -- make  all ");
	run(EDIT_CUT_WORD);
	ck_assert_str_eq(look(), "new -- make  |");
	run(EDIT_CUT_WORD);
	ck_assert_str_eq(look(), "new -- |");
	run(EDIT_PASTE);
	run(EDIT_PASTE);
	ck_assert_str_eq(look(), "new -- make  make  |");
	run(EDIT_CUT_LINE);
	ck_assert_str_eq(look(), "|");
	run(EDIT_PASTE);
	run(EDIT_BEGINNING);
	run(EDIT_FORWARD);
	run(EDIT_CUT_REST);
	ck_assert_str_eq(look(), "n|");
	run(EDIT_CUT_REST); /* nothing: the text that was cut is kept */
	run(EDIT_PASTE);
	ck_assert_str_eq(look(), "new -- make  make  |");
	run(EDIT_BEGINNING);
	run(EDIT_CUT_LINE);
	run(EDIT_END);
	ck_assert_str_eq(look(), "new -- make  make  |");
}
END_TEST

START_TEST(words_of_letters_and_digits)
{
	edit_set(&edit, "cp /tmp/x-é1.txt  ");
	run(EDIT_WORD_BACK);
	ck_assert_str_eq(look(), "cp /tmp/x-é1.|txt  ");
	run(EDIT_WORD_BACK);
	ck_assert_str_eq(look(), "cp /tmp/x-|é1.txt  ");
	run(EDIT_WORD_FORWARD);
	ck_assert_str_eq(look(), "cp /tmp/x-é1|.txt  ");
	run(EDIT_CUT_WORD_BACK);
	ck_assert_str_eq(look(), "cp /tmp/x-|.txt  ");
	run(EDIT_PASTE);
	ck_assert_str_eq(look(), "cp /tmp/x-é1|.txt  ");
	run(EDIT_CUT_WORD_FORWARD);
	ck_assert_str_eq(look(), "cp /tmp/x-é1|  ");
	run(EDIT_WORD_FORWARD);
	ck_assert_str_eq(look(), "cp /tmp/x-é1  |");
	run(EDIT_WORD_FORWARD);
	run(EDIT_CUT_WORD_FORWARD);
	ck_assert_str_eq(look(), "cp /tmp/x-é1  |");
	run(EDIT_BEGINNING);
	run(EDIT_WORD_BACK);
	run(EDIT_CUT_WORD_BACK);
	ck_assert_str_eq(look(), "|cp /tmp/x-é1  ");
}
END_TEST

static const char *shown_in(int width)
{
	static char shown[256], under[8];
	int column = edit_show(&edit, width, shown, sizeof(shown), under, sizeof(under));

	ck_assert_int_lt(column, width);
	return shown;
}

START_TEST(what_is_pasted_can_be_seen)
{
	ck_assert(edit_add(&edit, "state 1\nry\t\033[A\177."));
	ck_assert_str_eq(shown_in(40), "state 1⏎ry^I^[[A^?.");
	ck_assert_str_eq(edit_text(&edit), "state 1\nry\t\033[A\177.");
	run(EDIT_BEGINNING);
	ck_assert_str_eq(shown_in(8), "state 1⏎");
	setlocale(LC_ALL, "C");
	ck_assert_str_eq(shown_in(40), "state 1^Jry^I^[[A^?.");
	run(EDIT_END);
	ck_assert_str_eq(shown_in(6), "[A^?.");
}
END_TEST

START_TEST(a_byte_that_is_no_character_stands_for_itself)
{
	char *error = NULL, *line;

	edit_set(&edit, "é");
	edit_add(&edit, "\xa9");
	edit_type(&edit, 'x');
	ck_assert_ptr_null(edit_line(&edit, &error));
	ck_assert_str_eq(error, unit_says(MSG_BYTE_IN_LINE, "a9", "2"));
	free(error);
	run(EDIT_BACK);
	run(EDIT_ERASE);
	ck_assert_str_eq(look(), "é|x");
	line = edit_line(&edit, &error);
	ck_assert_str_eq(line, "éx");
	free(line);
}
END_TEST

START_TEST(ends_of_lines_behind_it_are_not_of_the_line)
{
	char *error = NULL, *line;

	edit_add(&edit, "\none\ntwo\n\n");
	line = edit_line(&edit, &error);
	ck_assert_str_eq(line, "\none\ntwo");
	free(line);
	edit_set(&edit, "\n\n");
	line = edit_line(&edit, &error);
	ck_assert_str_eq(line, "");
	free(line);
	edit_release(&edit);
	line = edit_line(&edit, &error);
	ck_assert_str_eq(line, "");
	free(line);
}
END_TEST

START_TEST(a_line_takes_all_of_a_text_or_nothing)
{
	size_t most = 1 << 16;
	char *text = unit_room(most + 1);

	memset(text, 'x', most);
	text[most] = '\0';
	edit_set(&edit, "a");
	ck_assert(!edit_add(&edit, text));
	ck_assert_str_eq(look(), "a|");
	edit_set(&edit, "");
	ck_assert(edit_add(&edit, text));
	ck_assert_uint_eq(edit.length, most);
	free(text);
}
END_TEST

START_TEST(history_goes_up_and_comes_back)
{
	history_add(&history, "first");
	history_add(&history, "second");
	history_add(&history, "second");
	history_add(&history, "");
	ck_assert_uint_eq(history.count, 2);
	edit_set(&edit, "own");
	run(EDIT_OLDER);
	ck_assert_str_eq(look(), "second|");
	run(EDIT_OLDER);
	run(EDIT_OLDER);
	ck_assert_str_eq(look(), "first|");
	run(EDIT_NEWER);
	ck_assert_str_eq(look(), "second|");
	run(EDIT_NEWER);
	ck_assert_str_eq(look(), "own|");
	run(EDIT_NEWER);
	ck_assert_str_eq(look(), "own|");
	edit_do(&edit, EDIT_OLDER, NULL);
	ck_assert_str_eq(look(), "own|");
}
END_TEST

START_TEST(history_forgets_the_oldest)
{
	char line[32];

	for (int i = 0; i <= HISTORY_MAX; i++) {
		snprintf(line, sizeof(line), "%d", i);
		history_add(&history, line);
	}
	ck_assert_uint_eq(history.count, HISTORY_MAX);
	ck_assert_str_eq(history.lines[0], "1");
}
END_TEST

START_TEST(the_cursor_is_always_visible)
{
	char shown[256], under[16];

	edit_set(&edit, "abc漢字déf ghi 漢 jkl");
	for (int width = 3; width < 40; width++) {
		for (int step = 0; step < 60; step++) {
			int column = edit_show(&edit, width, shown, sizeof(shown), under, sizeof(under));

			ck_assert_int_ge(column, 0);
			ck_assert_int_lt(column, width);
			ck_assert_int_le((int)cells_width(shown), width);
			run(step < 30 ? EDIT_BACK : EDIT_FORWARD);
		}
	}
}
END_TEST

START_TEST(what_fits_is_shown_whole)
{
	char shown[256], under[16];

	edit_set(&edit, "abcdefgh");
	ck_assert_int_eq(edit_show(&edit, 4, shown, sizeof(shown), under, sizeof(under)), 3);
	ck_assert_str_eq(shown, "fgh");
	ck_assert_str_eq(under, " ");
	ck_assert_int_eq(edit_show(&edit, 20, shown, sizeof(shown), under, sizeof(under)), 8);
	ck_assert_str_eq(shown, "abcdefgh");
	run(EDIT_BEGINNING);
	ck_assert_int_eq(edit_show(&edit, 4, shown, sizeof(shown), under, sizeof(under)), 0);
	ck_assert_str_eq(shown, "abcd");
	ck_assert_str_eq(under, "a");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit");
	TCase *lines = tcase_create("lines");

	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_add_test(lines, nothing_is_done_to_an_empty_line);
	tcase_add_test(lines, characters_go_where_the_cursor_is);
	tcase_add_test(lines, every_length_of_utf8);
	tcase_add_test(lines, marks_go_with_their_character);
	tcase_add_test(lines, what_is_no_text_is_not_taken);
	tcase_add_test(lines, cutting_and_putting_back);
	tcase_add_test(lines, words_of_letters_and_digits);
	tcase_add_test(lines, what_is_pasted_can_be_seen);
	tcase_add_test(lines, a_byte_that_is_no_character_stands_for_itself);
	tcase_add_test(lines, ends_of_lines_behind_it_are_not_of_the_line);
	tcase_add_test(lines, a_line_takes_all_of_a_text_or_nothing);
	tcase_add_test(lines, history_goes_up_and_comes_back);
	tcase_add_test(lines, history_forgets_the_oldest);
	tcase_add_test(lines, the_cursor_is_always_visible);
	tcase_add_test(lines, what_fits_is_shown_whole);
	suite_add_tcase(suite, lines);
	return unit_main(suite);
}
