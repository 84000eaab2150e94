/* What is in the cells of columns. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/facts.h"
#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/view/columns.h"

static struct field_list fields;

static void use_c_locale(void)
{
	setlocale(LC_ALL, "C");
}
static void use_default_fields(void)
{
	fields_of_screen(&fields);
}
START_TEST(cells_fit_their_places)
{
	static char nasty[4096];
	struct facts wild = facts();
	struct window_row row;
	char text[COLUMN_CELL_SIZE];
	size_t first = 0;

	memset(nasty, '\033', sizeof(nasty) - 1);
	memcpy(nasty + 10, "\xe6\x97\xa5\xc2\x85\n", 6);
	wild.text = wild.message = wild.group = nasty;
	row = row_of(&wild);
	use_default_fields();
	for (size_t i = 0; i < fields.count; i++) {
		for (int width = fields.items[i]->min; width < 120; width++) {
			struct column_place place = { .field = fields.items[i],
				                      .first = first,
				                      .width = width };

			columns_cell(&place, &row, 1000, text, sizeof(text));
			ck_assert_uint_le(cells_width(text), width);
			ck_assert_ptr_null(strchr(text, '\033'));
			ck_assert_ptr_null(strchr(text, '\n'));
		}
		first += field_width(fields.items[i]);
	}
	row_free(&row);
}
END_TEST

static size_t tinted;

/* Returns the cell as it is 61 s after the row arrived. */
static const char *cell(const char *name, const struct facts *of, int width)
{
	static char text[COLUMN_CELL_SIZE];
	struct window_row row = row_of(of);
	struct column_place place = { .field = strcmp(name, "eta") == 0 ? &field_eta : field_find(name),
		                      .width = width };

	use_default_fields();
	for (size_t i = 0; fields.items[i] != place.field; i++)
		place.first += field_width(fields.items[i]);
	row.received = 1000;
	tinted = columns_cell(&place, &row, 62000, text, sizeof(text));
	row_free(&row);
	return text;
}

START_TEST(cells_say_what_is)
{
	struct facts one = facts();

	ck_assert_str_eq(cell("state", &one, 9), "Running");
	ck_assert_uint_eq(tinted, 7);
	ck_assert_str_eq(cell("elapsed", &one, 8), "    1:01");
	ck_assert_uint_eq(tinted, 0);
	ck_assert_str_eq(cell("exit", &one, 4), "   -");
	ck_assert_str_eq(cell("group", &one, 5), "-");
	ck_assert_str_eq(cell("progress", &one, 30), "███▌    50% linking");
	ck_assert_uint_eq(tinted, strlen("███▌   "));
	ck_assert_str_eq(cell("progress", &one, 14), "██   50% link…");
	one.duration = 3;
	one.started_ms = 99000; /* the server's clock differs from ours */
	ck_assert_str_eq(cell("elapsed", &one, 8), "    1:04");
	one.started_ms = 0;
	ck_assert_str_eq(cell("elapsed", &one, 8), "       -");
	one.percent = 0;
	ck_assert_str_eq(cell("progress", &one, 14), "linking");
	one.message = NULL;
	ck_assert_str_eq(cell("progress", &one, 14), "-");
	one.exit_code = 3;
	ck_assert_str_eq(cell("exit", &one, 4), "   3");
	one.signal = 15;
	ck_assert_str_eq(cell("exit", &one, 4), "TERM");
	use_c_locale();
	one.percent = 50;
	ck_assert_str_eq(cell("progress", &one, 14), "##   50%");
}
END_TEST

START_TEST(what_has_ended_stands_still)
{
	struct facts one = facts();

	one.state = TASK_COMPLETED;
	one.duration = 12.345;
	ck_assert_str_eq(cell("elapsed", &one, 8), "   12.3s");
	ck_assert_str_eq(cell("progress", &one, 30), "linking"); /* no bar */
	one.state = TASK_FAILED;
	one.exit_code = 77;
	ck_assert_str_eq(cell("progress", &one, 30), "exit 77: linking");
	one.message = NULL;
	ck_assert_str_eq(cell("progress", &one, 30), "exit 77");
	one.message = "exited with status 77; left running: 12 (sleep)";
	ck_assert_str_eq(cell("progress", &one, 60), "exit 77: left running: 12 (sleep)");
	one.exit_code = 0;
	one.signal = 9;
	one.message = "killed by signal KILL";
	ck_assert_str_eq(cell("progress", &one, 30), "signal KILL");
	one.state = TASK_STOPPED;
	one.signal = 0;
	one.message = "Cancelled";
	ck_assert_str_eq(cell("progress", &one, 30), "-");
	one.message = "Cancelled before start";
	ck_assert_str_eq(cell("progress", &one, 30), "Cancelled before start");
	one.state = TASK_QUEUED;
	one.exit_code = 0;
	one.message = "slots";
	ck_assert_str_eq(cell("progress", &one, 30), "slots");
}
END_TEST

START_TEST(what_runs_says_what_it_said_last)
{
	struct facts one = facts();

	one.said = "compiling a.c";
	ck_assert_str_eq(cell("progress", &one, 40), "█████      50% linking");
	one.message = NULL;
	ck_assert_str_eq(cell("progress", &one, 40), "█████      50% compiling a.c");
	one.percent = 0;
	ck_assert_str_eq(cell("progress", &one, 40), "compiling a.c");
	one.said = "[3/12] compiling a.c";
	ck_assert_str_eq(cell("progress", &one, 40), "██▌        25% [3/12] compiling a.c");
	ck_assert_uint_gt(tinted, 0);
	one.state = TASK_QUEUED; /* between two attempts */
	ck_assert_str_eq(cell("progress", &one, 40), "-");
	one.state = TASK_COMPLETED;
	ck_assert_str_eq(cell("progress", &one, 40), "[3/12] compiling a.c");
	one.state = TASK_FAILED;
	one.exit_code = 77;
	one.message = "exited with status 77";
	one.said = "FAIL: expected 3";
	ck_assert_str_eq(cell("progress", &one, 40), "exit 77: FAIL: expected 3");
}
END_TEST

/* The row came 61 s ago. */
START_TEST(what_is_silent_for_long_is_marked)
{
	struct facts one = facts();

	one.percent = 0;
	one.message = NULL;
	one.said = "linking";
	one.silent = 600 - 61 - 1;
	ck_assert_str_eq(cell("progress", &one, 40), "linking");
	one.silent++;
	ck_assert_str_eq(cell("progress", &one, 40), "silent 10 min: linking");
	one.percent = 50;
	ck_assert_str_eq(cell("progress", &one, 40), "█████      50% silent 10 min: linking");
	one.said = NULL;
	one.percent = 0;
	one.silent = 7200;
	ck_assert_str_eq(cell("progress", &one, 40), "silent 2 h");
	one.state = TASK_PAUSED;
	ck_assert_str_eq(cell("progress", &one, 40), "-");
}
END_TEST

START_TEST(the_time_left_follows_from_the_share)
{
	struct facts one = facts();

	one.duration = 400;
	ck_assert_str_eq(cell("eta", &one, 6), "  7:41");
	one.percent = 80;
	ck_assert_str_eq(cell("eta", &one, 6), "  1:55");
	one.percent = 99;
	ck_assert_str_eq(cell("eta", &one, 6), "    5s");
	one.percent = 0;
	ck_assert_str_eq(cell("eta", &one, 6), "     -");
	one.said = "1/2";
	ck_assert_str_eq(cell("eta", &one, 6), "  7:41");
	one.state = TASK_FAILED;
	one.percent = 50;
	ck_assert_str_eq(cell("eta", &one, 6), "     -");
}
END_TEST

/* It knows more than we do: what was there before, and what is still to come.  That was 61 s ago. */
START_TEST(the_time_left_that_a_task_says_is_preferred)
{
	struct facts one = facts();

	one.duration = 400;
	one.message = "186,869,083  50%   12.34MB/s    0:35:31";
	ck_assert_str_eq(cell("eta", &one, 6), " 34:30");
	one.message = NULL;
	one.said = "1.0G  50%  12.34MB/s  0:35:31";
	ck_assert_str_eq(cell("eta", &one, 6), " 34:30");
	one.said = "12 files, eta 2m 3s"; /* nobody knows of how many */
	one.percent = 0;
	ck_assert_str_eq(cell("eta", &one, 6), "  1:02");
	one.said = "12 files, eta 1m 1s"; /* it would be over by now */
	ck_assert_str_eq(cell("eta", &one, 6), "     -");
	one.percent = 50;
	ck_assert_str_eq(cell("eta", &one, 6), "  7:41");
}
END_TEST

START_TEST(what_does_not_get_on_promises_no_time)
{
	struct facts one = facts();

	one.duration = 400;
	one.state = TASK_PAUSED;
	ck_assert_str_eq(cell("eta", &one, 6), "     -");
	one.message = "7M 12MB/s eta 3m 4s";
	ck_assert_str_eq(cell("progress", &one, 40), "█████      50% 7M 12MB/s eta 3m 4s");
	one.state = TASK_STOPPING;
	ck_assert_str_eq(cell("eta", &one, 6), "     -");
	one.state = TASK_RUNNING;
	ck_assert_str_eq(cell("progress", &one, 40), "█████      50% 12MB/s 3m 4s left");
}
END_TEST

START_TEST(only_what_runs_ticks)
{
	struct window_row one = { .number = 7 };

	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		one.state = (enum task_state)state;
		ck_assert(columns_tick(&one) ==
		          (state == TASK_RUNNING || state == TASK_PAUSED || state == TASK_STOPPING));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cells");
	TCase *tcase = tcase_create("cells");

	tcase_add_checked_fixture(tcase, unit_utf8, NULL);
	tcase_add_test(tcase, cells_fit_their_places);
	tcase_add_test(tcase, cells_say_what_is);
	tcase_add_test(tcase, what_has_ended_stands_still);
	tcase_add_test(tcase, what_runs_says_what_it_said_last);
	tcase_add_test(tcase, what_is_silent_for_long_is_marked);
	tcase_add_test(tcase, the_time_left_follows_from_the_share);
	tcase_add_test(tcase, the_time_left_that_a_task_says_is_preferred);
	tcase_add_test(tcase, what_does_not_get_on_promises_no_time);
	tcase_add_test(tcase, only_what_runs_ticks);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
