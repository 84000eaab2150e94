/* The lists of several servers as one table. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/sections.h"

enum { HEIGHT = 10, COUNT = 3 };

static struct sections sections;
static struct list lists[COUNT];

/* As a server would answer: so many tasks, and of these the rows that are asked for. */
static void serve(size_t at, int total)
{
	struct list *list = &lists[at];
	int64_t first = list->top < total ? list->top : total;
	int64_t rows = list->height < total - first ? list->height : total - first;
	json_t *all = json_array(), *reply;

	for (int64_t i = first; i < first + rows; i++) {
		json_t *row = json_pack("[i, s, s, n, n]", (int)i + 1, "id", "Created");

		for (size_t k = fields_width(&list->window.fields); k > 0; k--)
			json_array_append_new(row, json_null());
		json_array_append_new(all, row);
	}
	reply = json_pack("{s:i, s:i, s:I, s:i, s:I, s:o}", "window", 1, "sequence", 1, "offset",
	                  (json_int_t)first, "total", total, "length", (json_int_t)rows, "rows", all);
	ck_assert_int_ge(list_apply(list, reply), 0);
	json_decref(reply);
	sections.items[at].known = true;
}

static void serve_all(int a, int b, int c)
{
	const int totals[COUNT] = { a, b, c };

	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < COUNT; i++)
			serve(i, totals[i]);
		sections_settle(&sections, HEIGHT);
	}
}

static void setup(void)
{
	sections_init(&sections);
	for (size_t i = 0; i < COUNT; i++) {
		list_init(&lists[i], 1);
		sections_add(&sections, &lists[i]);
	}
	sections_settle(&sections, HEIGHT);
}

static void clean(void)
{
	for (size_t i = 0; i < COUNT; i++)
		list_release(&lists[i]);
	sections_release(&sections);
}

/* What each line has: "H" a head, a number the row, "." nothing; the section changes after each head. */
static const char *lines(void)
{
	static char text[256];
	size_t section;
	int64_t position;

	text[0] = '\0';
	for (int line = 0; line < HEIGHT; line++) {
		size_t length = strlen(text);

		if (!sections_line(&sections, line, &section, &position))
			snprintf(text + length, sizeof(text) - length, " .");
		else if (position < 0)
			snprintf(text + length, sizeof(text) - length, " %c", (char)('A' + section));
		else
			snprintf(text + length, sizeof(text) - length, " %d", (int)position);
	}
	return text;
}

static void cursor_is(size_t at, int64_t position, int line)
{
	ck_assert_uint_eq(sections.at, at);
	ck_assert_int_eq(sections.on_head ? -1 : lists[at].cursor, position);
	ck_assert_int_eq(sections.line, line);
	for (size_t i = 0; i < COUNT; i++)
		ck_assert_int_eq(lists[i].aside, i != at || position < 0);
}

START_TEST(each_begins_with_a_head)
{
	serve_all(2, 0, 3);
	ck_assert_str_eq(lines(), " A 0 1 B C 0 1 2 . .");
	cursor_is(0, 0, 1);
}
END_TEST

START_TEST(before_anything_is_known_each_may_fill_the_screen)
{
	ck_assert_int_eq(lists[0].height, HEIGHT - 1);
	ck_assert_int_eq(lists[2].height, HEIGHT - 3);
	cursor_is(0, -1, 0);
}
END_TEST

/* Whoever answers first. */
START_TEST(the_cursor_begins_on_the_first_row)
{
	serve(2, 2);
	sections_settle(&sections, HEIGHT);
	cursor_is(0, -1, 0);
	serve(0, 1);
	sections_settle(&sections, HEIGHT);
	cursor_is(0, 0, 1);
}
END_TEST

START_TEST(it_goes_to_no_other_server_by_itself)
{
	serve_all(0, 1, 3);
	cursor_is(0, -1, 0);
}
END_TEST

START_TEST(a_cursor_that_was_moved_stays_there)
{
	sections_move(&sections, 1);
	serve_all(1, 2, 3);
	cursor_is(1, -1, 2);
}
END_TEST

START_TEST(what_is_not_visible_holds_no_rows)
{
	serve_all(10000, 10000, 10000);
	ck_assert_int_eq(lists[0].height, HEIGHT - 1);
	ck_assert_int_eq(lists[1].height + lists[2].height, 0);
	ck_assert_uint_eq(lists[1].window.length + lists[2].window.length, 0);
	ck_assert_int_eq(sections.total, 30003);
}
END_TEST

START_TEST(keys_go_from_one_to_the_next)
{
	serve_all(2, 0, 3);
	sections_move(&sections, 2);
	cursor_is(1, -1, 3);
	sections_move(&sections, 2);
	cursor_is(2, 0, 5);
	sections_move(&sections, -4);
	cursor_is(0, 0, 1);
	sections_move(&sections, INT64_MAX);
	cursor_is(2, 2, 7);
	sections_move(&sections, INT64_MIN);
	cursor_is(0, -1, 0);
	sections_select_line(&sections, 6);
	cursor_is(2, 1, 6);
	sections_select_line(&sections, 9);
	cursor_is(2, 1, 6);
}
END_TEST

START_TEST(the_end_is_at_the_bottom)
{
	serve_all(100, 100, 5);
	sections_move(&sections, INT64_MAX);
	serve_all(100, 100, 5);
	ck_assert_str_eq(lines(), " 96 97 98 99 C 0 1 2 3 4");
	cursor_is(2, 4, HEIGHT - 1);
	ck_assert_int_eq(lists[1].top, 96);
	ck_assert_int_eq(lists[1].height, 4);
	ck_assert_int_eq(lists[0].height, 0);
}
END_TEST

START_TEST(the_cursor_stays_in_its_line_when_rows_come_above)
{
	serve_all(20, 20, 20);
	sections_move(&sections, 25);
	serve_all(20, 20, 20);
	cursor_is(1, 4, HEIGHT - 1);
	sections_move(&sections, -3);
	cursor_is(1, 1, HEIGHT - 4);
	serve_all(90, 20, 20);
	cursor_is(1, 1, HEIGHT - 4);
	ck_assert_str_eq(lines(), " 86 87 88 89 B 0 1 2 3 4");
}
END_TEST

START_TEST(folding)
{
	serve_all(3, 2, 1);
	sections_move(&sections, 1);
	sections_fold(&sections, 0, true);
	ck_assert_str_eq(lines(), " A B 0 1 C 0 . . . .");
	cursor_is(0, -1, 0);
	sections_move(&sections, 2);
	cursor_is(1, 0, 2);
	sections_fold_all(&sections, true);
	ck_assert_str_eq(lines(), " A B C . . . . . . .");
	cursor_is(1, -1, 1);
	ck_assert_int_eq(lists[0].height + lists[1].height + lists[2].height, 0);
	sections_fold_all(&sections, false);
	ck_assert_str_eq(lines(), " A 0 1 2 B 0 1 C 0 .");
	cursor_is(1, -1, 4);
	sections_fold(&sections, 2, true);
	lists[2].cursor = 0;
	sections_go(&sections, 2, false);
	ck_assert_str_eq(lines(), " A 0 1 2 B 0 1 C 0 .");
	cursor_is(2, 0, 8);
}
END_TEST

START_TEST(a_list_that_becomes_empty_has_only_its_head)
{
	serve_all(1, 1, 1);
	sections_move(&sections, 2);
	cursor_is(1, 0, 3);
	serve_all(1, 0, 1);
	cursor_is(1, -1, 2);
	ck_assert_str_eq(lines(), " A 0 B C 0 . . . . .");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_begins_with_a_head,
		before_anything_is_known_each_may_fill_the_screen,
		the_cursor_begins_on_the_first_row,
		it_goes_to_no_other_server_by_itself,
		a_cursor_that_was_moved_stays_there,
		what_is_not_visible_holds_no_rows,
		keys_go_from_one_to_the_next,
		the_end_is_at_the_bottom,
		the_cursor_stays_in_its_line_when_rows_come_above,
		folding,
		a_list_that_becomes_empty_has_only_its_head,
	};

	return unit_run("view sections", setup, clean, tests);
}
