/* Answers of a terminal are told from keys, wherever and in whatever pieces they come. */
#include <string.h>

#include "tests/unit/heard.h"
#include "tests/unit/unit.h"

START_TEST(an_answer_is_told_from_keys)
{
	expect_events("\033[0nq\033[3n\033[?2026;2$yq", "Answer q Answer Mode(2026,2) q");
	expect_events("j\033[0n\033[B\033[0n\033[0n", "j Answer Down Answer Answer");
	expect_events("\033[n\033[0;1n\033[?0n\033[?1$y\033[y", "Answer Other Other Other Other");
	expect_events("\033[200~a\033[0nb\033[201~x", "Answer Paste(ab) x");
	expect_events("\033[200~a\033[?2026;0$y\033[1mb\033[201~", "Mode(2026,0) Paste(a\033[1mb)");
	expect_events("\033[Oj\033[I\033[1I\033OI", "Focus(0) j Focus(1) Other Other");
	expect_events("\033[200~a\033[Ob\033[201~", "Focus(0) Paste(ab)");
	hear("make -j4");
	keyboard_take_as_text(&keyboard);
	hear("\033[0n all");
	ck_assert_str_eq(events(), "Answer");
	later(100);
	ck_assert_str_eq(events(), "Paste(make -j4 all)");
}
END_TEST

/* A slow line cuts an answer at any place, and the rest comes at any time. */
START_TEST(the_rest_of_an_answer_is_no_key)
{
	static const char *const answers[] = { "\033[0n", "\033[?2026;2$y" };

	for (size_t i = 0; i < 2; i++) {
		for (size_t cut = 1; cut < strlen(answers[i]); cut++) {
			hear_bytes(answers[i], cut);
			later(1000);
			ck_assert_str_eq(events(), cut == 1 ? "Esc" : "Other");
			later(5000);
			hear(answers[i] + cut);
			ck_assert_str_eq(events(), i ? "Mode(2026,2)" : "Answer");
			hear("n");
			ck_assert_str_eq(events(), "n");
		}
	}
	hear("\033\033"); /* Esc, and the beginning of an answer */
	later(DELAY);
	ck_assert_str_eq(events(), "Esc");
	hear("[");
	ck_assert_str_eq(events(), "");
	hear("0");
	hear("nq");
	ck_assert_str_eq(events(), "Answer q");
}
END_TEST

START_TEST(keys_after_escape_are_keys)
{
	hear("\033");
	later(DELAY);
	ck_assert_str_eq(events(), "Esc");
	hear("[");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), DELAY);
	later(DELAY);
	ck_assert_str_eq(events(), "[");
	hear("\033");
	later(DELAY);
	ck_assert_str_eq(events(), "Esc");
	hear("[0q");
	ck_assert_str_eq(events(), "[ 0 q");
	hear("[0n");
	ck_assert_str_eq(events(), "[ 0 n");
}
END_TEST

START_TEST(escape_waits_for_an_answer_that_is_owed)
{
	keyboard_await(&keyboard, now + 700);
	expect_events("\033\033[0n", "Esc Answer");
	keyboard_await(&keyboard, now + 700);
	hear("\033");
	later(600);
	ck_assert_str_eq(events(), "");
	ck_assert_int_eq(keyboard_wait(&keyboard, now), 100);
	hear("[0n");
	ck_assert_str_eq(events(), "Answer");
	keyboard_await(&keyboard, 0);
	hear("\033");
	later(DELAY);
	ck_assert_str_eq(events(), "Esc");
	keyboard_await(&keyboard, now + 700);
	hear("\033");
	later(700);
	ck_assert_str_eq(events(), "Esc");
}
END_TEST

START_TEST(what_is_dropped_ends_with_an_answer)
{
	hear("yyy\033[0nq");
	ck_assert(keyboard_drop(&keyboard, now));
	ck_assert_str_eq(events(), "q");
	hear("yyy\033");
	ck_assert(!keyboard_drop(&keyboard, now));
	hear("[0nq");
	ck_assert_str_eq(events(), "Answer q");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_answer_is_told_from_keys,         the_rest_of_an_answer_is_no_key,
		keys_after_escape_are_keys,          escape_waits_for_an_answer_that_is_owed,
		what_is_dropped_ends_with_an_answer,
	};

	return unit_run("answers", heard_setup, heard_teardown, tests);
}
