/* Columns on terminals of any width. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/facts.h"
#include "tests/unit/unit.h"
#include "tui/view/columns.h"

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

/* The layout in 120 columns has it. */
static bool fits(const struct column_widths *seen, const char *name)
{
	struct column_place places[FIELD_MAX];
	size_t count = columns_layout(&fields, seen, 120, places);

	return has(places, count, name);
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

START_TEST(what_no_row_needs_any_more_is_given_back)
{
	struct facts longer = { .state = TASK_RUNNING, .text = "a longer name", .group = "night" },
		     shorter = { .state = TASK_RUNNING, .text = "name" };
	struct window_row one = row_of(&longer), two = row_of(&shorter);
	struct column_widths seen = { 0 };
	struct window window = { .rows = &one, .length = 1, .id = 7 };

	use_default_fields();
	window.fields = fields;
	ck_assert(columns_age(&seen, 1000));
	columns_measure(&seen, &window);
	window.rows = &two;
	columns_measure(&seen, &window);
	ck_assert(!columns_age(&seen, 1000 + COLUMNS_MEMORY - 1));
	columns_measure(&seen, &window);
	ck_assert(columns_age(&seen, 1000 + COLUMNS_MEMORY)); /* it may have been needed a moment ago */
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 13);
	ck_assert(fits(&seen, "group"));
	ck_assert(columns_age(&seen, 1000 + 2 * COLUMNS_MEMORY));
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 8);
	ck_assert(!fits(&seen, "group"));
	window.rows = &one;
	columns_measure(&seen, &window);
	ck_assert_int_eq(seen.wanted[1], 13);
	ck_assert(fits(&seen, "group"));
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
	ck_assert(fits(&seen, "group"));
	row_free(&one);
}
END_TEST

static int width_of(const struct column_place *places, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].field == field_find(name))
			return places[i].width;
	}
	return 0;
}

START_TEST(what_rows_say_gets_the_width)
{
	struct facts wide = facts();
	struct column_widths seen = { 0 };
	struct column_place places[FIELD_MAX];
	struct window_row row;
	struct window window = { .rows = &row, .length = 1 };
	size_t count;

	wide.text = "a name that is as long as the names of some builds are";
	wide.message = "a last line that says which of the many files is being compiled, and with which of "
		       "the options";
	wide.percent = 0;
	row = row_of(&wide);
	use_default_fields();
	window.fields = fields;
	columns_measure(&seen, &window);
	count = columns_layout(&fields, &seen, 80, places);
	ck_assert_int_ge(width_of(places, count, "name"), 16);
	ck_assert_int_ge(width_of(places, count, "progress"), 18); /* the name leaves it some */
	count = columns_layout(&fields, &seen, 140, places);
	ck_assert_int_ge(width_of(places, count, "name"), 32);
	count = columns_layout(&fields, &seen, 240, places);
	ck_assert_int_eq(width_of(places, count, "name"), (int)strlen(wide.text));
	ck_assert_int_eq(width_of(places, count, "progress"), (int)strlen(wide.message));
	ck_assert_int_ge(width_of(places, count, "commandLine"), 10);
	row_free(&row);
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
	seen.wanted[0] = seen.wanted[2] = 20;
	seen.wanted[1] = 14;
	seen.fixed[2] = 30;
	seen.fixed[0] = 3; /* less than it needs */
	count = columns_layout(&fields, &seen, 100, places);
	ck_assert_uint_eq(count, 3); /* though no task has a group */
	ck_assert_ptr_eq(places[0].field, field_find("state"));
	ck_assert_int_eq(places[0].width, 3);
	ck_assert_int_eq(places[1].width, 14);
	ck_assert_int_eq(places[2].width, 30);
	count = columns_layout(&fields, &seen, 20, places); /* the name alone would be too wide */
	ck_assert_uint_ge(count, 1);
	ck_assert(has(places, count, "name"));
	ck_assert_int_le(places[count - 1].x + places[count - 1].width, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view columns");
	TCase *tcase = tcase_create("columns");

	tcase_add_checked_fixture(tcase, unit_utf8, NULL);
	tcase_add_test(tcase, other_tasks_have_other_widths);
	tcase_add_test(tcase, what_no_row_needs_any_more_is_given_back);
	tcase_add_test(tcase, ids_are_read_before_names_grow);
	tcase_add_test(tcase, widths_follow_what_rows_need);
	tcase_add_test(tcase, columns_never_overlap_and_never_leave_the_screen);
	tcase_add_test(tcase, columns_are_dropped_by_priority);
	tcase_add_test(tcase, what_rows_say_gets_the_width);
	tcase_add_test(tcase, columns_are_as_the_user_wants_them);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
