/* Columns on terminals of any width, and what is in their cells. */
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/view/columns.h"

static void use_c_locale(void)
{
	setlocale(LC_ALL, "C");
}

/* What the server says about a task; 0 and NULL: nothing. */
struct facts {
	enum task_state state;
	const char *text; /* both the name and the command */
	const char *message, *group;
	const char *said; /* the last line of its output */
	int silent;       /* seconds */
	int percent, exit_code, signal;
	double duration;
	int64_t started_ms;
};

static struct facts facts(void)
{
	return (struct facts){
		.state = TASK_RUNNING, .text = "make", .message = "linking", .percent = 50, .started_ms = 1000
	};
}

static json_t *number_or_null(int number)
{
	return number ? json_integer(number) : json_null();
}

/* Makes a row of the default fields, for row_free(). */
static struct window_row row_of(const struct facts *facts)
{
	json_t *array =
		json_pack("[s, s, s, n, i, b, s?, n, o, o, n, n, f, I, i, b, f, I, o, o, s?, s]", "7",
	                  facts->text, task_state_name(facts->state), facts->percent, facts->percent > 0,
	                  facts->message, number_or_null(facts->exit_code), number_or_null(facts->signal),
	                  facts->duration, (json_int_t)facts->started_ms, facts->percent, facts->percent > 0,
	                  facts->duration, (json_int_t)facts->started_ms, number_or_null(facts->exit_code),
	                  number_or_null(facts->signal), facts->group, facts->text);
	struct window_row row = { .number = 7, .state = facts->state, .silent_ms = -1 };

	if (facts->said)
		row.said = alloc_string(facts->said);
	if (facts->silent)
		row.silent_ms = facts->silent * 1000;
	ck_assert_ptr_nonnull(array);
	row.values = values_copy(array, 0);
	json_decref(array);
	return row;
}

static void row_free(struct window_row *row)
{
	free(row->said);
	free(row->values);
}

static struct field_list fields;

static void use_default_fields(void)
{
	fields_of_screen(&fields);
}

static void use_all_fields(void)
{
	fields.count = 0;
	for (const struct field *field = field_table; field->name; field++)
		ck_assert_int_eq(fields_add(&fields, field->name), 0);
}

static struct column_widths widths(void)
{
	struct column_widths widths = { 0 };
	struct facts usual = facts();
	struct window_row one = row_of(&usual);
	struct window window = { .rows = &one, .length = 1 };

	fields_of_screen(&window.fields);
	columns_measure(&widths, &window);
	row_free(&one);
	return widths;
}

static bool has(const struct column_place *places, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].field == field_find(name))
			return true;
	}
	return false;
}

static void check_layout(const struct column_widths *seen, int width)
{
	struct column_place places[FIELD_MAX];
	size_t count = columns_layout(&fields, seen, width, places);
	int x = 0;

	for (size_t i = 0; i < count; i++) {
		ck_assert_int_gt(places[i].x, x - 1);
		ck_assert_int_ge(places[i].width, places[i].field->min);
		x = places[i].x + places[i].width;
		ck_assert_int_le(x, width);
	}
	if (width >= 20)
		ck_assert(has(places, count, "name") && has(places, count, "state"));
}

START_TEST(columns_never_overlap_and_never_leave_the_screen)
{
	struct column_widths seen = widths(), unseen = { 0 };
	struct column_place places[FIELD_MAX];

	use_default_fields();
	for (int width = 1; width <= 500; width++)
		check_layout(&seen, width);
	ck_assert_uint_eq(columns_layout(&fields, &seen, 80, places),
	                  fields.count - 2); /* no GROUP, no ETA */
	ck_assert_uint_eq(columns_layout(&fields, &unseen, 80, places), fields.count - 1); /* no ETA */
	use_all_fields();
	for (int width = 1; width <= 500; width++)
		check_layout(&unseen, width);
	fields.count = 0;
	ck_assert_uint_eq(columns_layout(&fields, &unseen, 80, places), 0);
}
END_TEST

START_TEST(other_tasks_have_other_widths)
{
	struct facts shorter = { .state = TASK_RUNNING, .text = "short" },
		     longer = { .state = TASK_RUNNING, .text = "a longer name" };
	struct window_row one = row_of(&longer), two = row_of(&shorter);
	struct column_widths seen = { 0 };
	struct window window = { .rows = &one, .length = 1, .id = 7 };

	use_default_fields();
	window.fields = fields;
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 13);
	window.rows = &two;
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 13);
	seen.other = true;
	window.id = -1; /* they have not come yet */
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 13);
	window.id = 8;
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 8);
	row_free(&one);
	row_free(&two);
}
END_TEST

START_TEST(ids_are_read_before_names_grow)
{
	struct column_widths seen = { 0 };
	struct column_place places[FIELD_MAX];

	use_default_fields();
	seen.wanted[0] = 9;
	seen.wanted[1] = 32;
	columns_layout(&fields, &seen, 80, places);
	ck_assert_int_eq(places[0].width, 9);
	ck_assert_int_lt(places[1].width, 32);
	seen.wanted[0] = 40;
	columns_layout(&fields, &seen, 80, places);
	ck_assert_int_eq(places[0].width, 10);
}
END_TEST

START_TEST(widths_follow_what_rows_need)
{
	static const char reason[] = "slots: the server uses 2 of 2 (13 wait before it)";
	struct column_widths seen = { 0 };
	struct facts waits = { .state = TASK_QUEUED, .text = "a name of some length", .message = reason };
	struct window_row one = row_of(&waits);
	struct window window = { .rows = &one, .length = 1 };
	struct column_place places[FIELD_MAX];
	char text[COLUMN_CELL_SIZE];
	size_t count;

	use_default_fields();
	window.fields = fields;
	columns_measure(&seen, &window);
	count = columns_layout(&fields, &seen, 120, places);
	ck_assert(!has(places, count, "group"));
	for (size_t i = 0; i < count; i++) {
		columns_cell(&places[i], &one, 0, text, sizeof(text));
		if (places[i].field == field_find("progress"))
			ck_assert_str_eq(text, reason);
		if (places[i].field == field_find("name"))
			ck_assert_str_eq(text, waits.text);
	}
	ck_assert(has(places, count, "commandLine"));
	count = columns_layout(&fields, &seen, 80, places);
	ck_assert(!has(places, count, "commandLine")); /* there is no room */
	row_free(&one);
	waits.group = "night";
	one = row_of(&waits);
	columns_measure(&seen, &window);
	ck_assert(has(places, columns_layout(&fields, &seen, 120, places), "group"));
	row_free(&one);
}
END_TEST

static void check_dropping(const struct column_widths *seen)
{
	struct column_place places[FIELD_MAX];
	size_t before = 0;

	for (int width = 1; width <= 300; width++) {
		size_t count = columns_layout(&fields, seen, width, places);
		int lowest = -1, dropped = INT_MAX;

		ck_assert_uint_ge(count, before);
		before = count;
		for (size_t i = 0; i < fields.count; i++) {
			int priority = fields.items[i]->priority;

			if (has(places, count, fields.items[i]->name))
				lowest = priority > lowest ? priority : lowest;
			else if (!fields.items[i]->late && (!fields.items[i]->rare || !seen->rows))
				dropped = priority < dropped ? priority : dropped;
		}
		ck_assert_int_lt(lowest, dropped);
	}
}

START_TEST(columns_are_dropped_by_priority)
{
	struct column_widths seen = widths(), unseen = { 0 };

	use_default_fields();
	check_dropping(&seen);
	/* In another order too. */
	for (size_t i = 0; i < fields.count / 2; i++) {
		const struct field *field = fields.items[i];

		fields.items[i] = fields.items[fields.count - 1 - i];
		fields.items[fields.count - 1 - i] = field;
	}
	check_dropping(&unseen);
}
END_TEST

START_TEST(columns_are_as_the_user_wants_them)
{
	struct column_widths seen = { .rows = true, .chosen = true };
	struct column_place places[FIELD_MAX];
	size_t count;

	fields.count = 0;
	fields_add(&fields, "state");
	fields_add(&fields, "group");
	fields_add(&fields, "name");
	seen.wanted[0] = seen.wanted[1] = seen.wanted[2] = 20;
	seen.fixed[2] = 30;
	seen.fixed[0] = 3; /* less than it needs */
	count = columns_layout(&fields, &seen, 100, places);
	ck_assert_uint_eq(count, 3); /* though no task has a group */
	ck_assert_ptr_eq(places[0].field, field_find("state"));
	ck_assert_int_eq(places[0].width, 3);
	ck_assert_int_eq(places[1].width, 20);
	ck_assert_int_eq(places[2].width, 30);
	count = columns_layout(&fields, &seen, 20, places); /* the name alone would be too wide */
	ck_assert_uint_ge(count, 1);
	ck_assert(has(places, count, "name"));
	ck_assert_int_le(places[count - 1].x + places[count - 1].width, 20);
}
END_TEST

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
	ck_assert_str_eq(cell("progress", &one, 30), "█████      50% linking");
	ck_assert_uint_eq(tinted, strlen("█████     "));
	ck_assert_str_eq(cell("progress", &one, 14), "█████      50%");
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
	ck_assert_str_eq(cell("progress", &one, 14), "#####      50%");
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
	Suite *suite = suite_create("view columns");
	TCase *tcase = tcase_create("columns");

	tcase_add_checked_fixture(tcase, unit_utf8, NULL);
	tcase_add_test(tcase, other_tasks_have_other_widths);
	tcase_add_test(tcase, ids_are_read_before_names_grow);
	tcase_add_test(tcase, widths_follow_what_rows_need);
	tcase_add_test(tcase, columns_never_overlap_and_never_leave_the_screen);
	tcase_add_test(tcase, columns_are_dropped_by_priority);
	tcase_add_test(tcase, columns_are_as_the_user_wants_them);
	tcase_add_test(tcase, cells_fit_their_places);
	tcase_add_test(tcase, cells_say_what_is);
	tcase_add_test(tcase, what_has_ended_stands_still);
	tcase_add_test(tcase, what_runs_says_what_it_said_last);
	tcase_add_test(tcase, what_is_silent_for_long_is_marked);
	tcase_add_test(tcase, the_time_left_follows_from_the_share);
	tcase_add_test(tcase, only_what_runs_ticks);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
