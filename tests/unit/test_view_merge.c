/* The lists of several servers in one order. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/merge.h"

enum { HEIGHT = 5, COUNT = 3, TASKS = 400 };

static struct sections sections;
static struct merge merge;
static struct list lists[COUNT];

/* The tasks of each server, in the order of their creation, which is a second of the same day. */
static struct task_like {
	int second, number;
	const char *state;
} tasks[COUNT][TASKS];
static int totals[COUNT];
static bool silent[COUNT];

static void create(size_t at, int second)
{
	tasks[at][totals[at]] = (struct task_like){ second, second + 1, "Created" };
	totals[at]++;
}

/* As a server would answer a List for the rows that are needed. */
static void serve(size_t at)
{
	struct list *list = &lists[at];
	struct jsonw params = JSONW_INIT;
	json_t *all = json_array(), *reply, *call;
	json_int_t first, rows;

	list_request(list, &params);
	call = json_loadb(params.data, params.length, 0, NULL);
	jsonw_release(&params);
	first = json_integer_value(json_object_get(call, "offset"));
	rows = json_integer_value(json_object_get(call, "rows"));
	ck_assert_int_eq(json_array_size(json_object_get(call, "columns")),
	                 9 + fields_width(&list->window.fields));
	json_decref(call);
	first = first > totals[at] ? totals[at] : first;
	rows = rows > totals[at] - first ? totals[at] - first : rows;
	for (json_int_t i = first; i < first + rows; i++) {
		const struct task_like *task = &tasks[at][i];
		char created[64];
		json_t *row;

		snprintf(created, sizeof(created), "2026-01-01T%02d:%02d:%02d.000Z", task->second / 3600,
		         task->second / 60 % 60, task->second % 60);
		row = json_pack("[i, s, s, n, n, s, n, n, i]", task->number, "id", task->state, created, 0);
		for (size_t k = fields_width(&list->window.fields); k > 0; k--)
			json_array_append_new(row, json_null());
		json_array_append_new(all, row);
	}
	reply = json_pack("{s:i, s:i, s:I, s:i, s:I, s:o}", "window", 1, "sequence", 1, "offset", first,
	                  "total", totals[at], "length", rows, "rows", all);
	ck_assert_int_ge(list_apply(list, reply), 0);
	json_decref(reply);
	sections.items[at].known = sections.items[at].live = true;
}

static void settle(void)
{
	for (int again = 0; again < 4; again++) {
		for (size_t i = 0; i < COUNT; i++) {
			if (!silent[i])
				serve(i);
		}
		merge_settle(&merge, HEIGHT);
	}
}

static void setup(void)
{
	memset(totals, 0, sizeof(totals));
	memset(silent, 0, sizeof(silent));
	sections_init(&sections);
	for (size_t i = 0; i < COUNT; i++) {
		list_init(&lists[i], 1);
		lists[i].window.query.merges = true;
		sections_add(&sections, &lists[i]);
	}
	merge_init(&merge, &sections);
	merge_begin(&merge);
	merge_settle(&merge, HEIGHT);
}

static void clean(void)
{
	merge_release(&merge);
	for (size_t i = 0; i < COUNT; i++)
		list_release(&lists[i]);
	sections_release(&sections);
}

/* The seconds of the rows, and a * after that of the cursor. */
static const char *lines(void)
{
	static char text[256];
	struct merge_row row;

	text[0] = '\0';
	for (int line = 0; merge_line(&merge, line, &row); line++) {
		const struct window_row *known = list_row_at(&lists[row.list], row.position);
		size_t length = strlen(text);

		ck_assert_ptr_nonnull(known);
		snprintf(text + length, sizeof(text) - length, " %d%s", (int)known->number - 1,
		         line == merge.line ? "*" : "");
		if (line == merge.line)
			ck_assert(merge.at == row.list && lists[row.list].cursor == row.position &&
			          !lists[row.list].aside);
	}
	return text;
}

/* So many tasks of all servers, in turn. */
static void create_all(int count)
{
	for (int i = 0; i < count; i++)
		create((size_t)i % COUNT, i);
	settle();
}

START_TEST(rows_of_all_are_in_one_order)
{
	create(0, 5);
	create(0, 9);
	create(1, 1);
	create(2, 7);
	settle();
	ck_assert_str_eq(lines(), " 1* 5 7 9");
	ck_assert_int_eq(merge.total, 4);
}
END_TEST

START_TEST(keys_scroll_through_all_of_them)
{
	create_all(300);
	ck_assert_str_eq(lines(), " 0* 1 2 3 4");
	merge_move(&merge, 3);
	ck_assert_str_eq(lines(), " 0 1 2 3* 4");
	merge_move(&merge, 3);
	ck_assert_str_eq(lines(), " 2 3 4 5 6*");
	merge_move(&merge, -5);
	ck_assert_str_eq(lines(), " 1* 2 3 4 5");
	ck_assert_int_eq(merge_place(&merge), 1);
	for (int page = 0; page < 20; page++) {
		merge_move(&merge, HEIGHT);
		settle();
	}
	ck_assert_str_eq(lines(), " 97 98 99 100 101*");
	ck_assert_int_eq(merge_place(&merge), 101);
}
END_TEST

START_TEST(to_the_end_and_back)
{
	create_all(300);
	merge_move(&merge, INT64_MAX);
	settle();
	ck_assert_str_eq(lines(), " 295 296 297 298 299*");
	merge_move(&merge, 1);
	ck_assert_str_eq(lines(), " 295 296 297 298 299*");
	merge_move(&merge, INT64_MIN);
	settle();
	ck_assert_str_eq(lines(), " 0* 1 2 3 4");
	merge_move(&merge, -1);
	ck_assert_str_eq(lines(), " 0* 1 2 3 4");
}
END_TEST

START_TEST(each_list_holds_about_a_screen)
{
	create_all(300);
	for (size_t i = 0; i < COUNT; i++)
		ck_assert_uint_le(lists[i].window.length, 3 * HEIGHT);
}
END_TEST

START_TEST(the_cursor_stays_on_its_task)
{
	create(0, 10);
	create(1, 20);
	create(2, 30);
	settle();
	merge_move(&merge, 1);
	ck_assert_str_eq(lines(), " 10 20* 30");
	memmove(&tasks[0][1], &tasks[0][0], sizeof(tasks[0][0]));
	tasks[0][0] = (struct task_like){ 5, 6, "Created" };
	totals[0]++;
	settle();
	ck_assert_str_eq(lines(), " 5 10 20* 30");
	totals[1] = 0;
	settle();
	ck_assert_str_eq(lines(), " 5 10 30*");
}
END_TEST

START_TEST(the_first_line_keeps_its_row)
{
	create_all(60);
	merge_move(&merge, HEIGHT);
	merge_move(&merge, HEIGHT);
	merge_move(&merge, -2);
	settle();
	ck_assert_str_eq(lines(), " 6 7 8* 9 10");
	memmove(&tasks[1][1], &tasks[1][0], sizeof(tasks[1]) - sizeof(tasks[1][0]));
	tasks[1][0] = (struct task_like){ 0, 1000, "Created" };
	totals[1]++;
	settle();
	ck_assert_str_eq(lines(), " 6 7 8* 9 10");
	ck_assert_int_eq(merge_place(&merge), 9);
}
END_TEST

START_TEST(one_that_says_nothing_delays_nobody)
{
	silent[1] = true;
	create_all(6);
	ck_assert_str_eq(lines(), " 0* 2 3 5");
	silent[1] = false;
	settle();
	ck_assert_str_eq(lines(), " 0* 1 2 3 4");
}
END_TEST

/* All tasks of the first server come before those of the second. */
static void create_apart(void)
{
	for (int i = 0; i < 300; i++)
		create(0, i);
	for (int i = 0; i < 300; i++)
		create(1, 1000 + i);
	settle();
}

START_TEST(rows_that_have_not_come_are_not_passed_over)
{
	create_apart();
	for (int page = 0; page < 3; page++)
		merge_move(&merge, HEIGHT);
	ck_assert_uint_eq(merge.at, 0);
	settle();
	ck_assert_uint_eq(merge.at, 0);
	ck_assert_int_eq(merge.shown, HEIGHT);
	for (int line = 0; line < HEIGHT; line++)
		ck_assert_int_eq(merge.lines[line].position, merge.above[0] + line);
	ck_assert_int_eq(merge.above[1], 0);
	for (int page = 0; page < 200; page++) {
		merge_move(&merge, HEIGHT);
		settle();
	}
	ck_assert_str_eq(lines(), " 1295 1296 1297 1298 1299*");
	for (int page = 0; page < 3; page++)
		merge_move(&merge, -HEIGHT);
	ck_assert_uint_eq(merge.at, 1);
	settle();
	ck_assert_int_eq(merge.lines[0].position, merge.above[1]);
	ck_assert_int_eq(merge.above[0], 300);
}
END_TEST

START_TEST(rows_of_one_that_is_down_are_passed_over)
{
	create_apart();
	silent[0] = true;
	sections.items[0].live = false;
	for (int page = 0; page < 3; page++) {
		merge_move(&merge, HEIGHT);
		settle();
	}
	ck_assert_uint_eq(merge.at, 1);
}
END_TEST

/* Each server is asked only if the list says that it must be. */
static void serve_what_is_asked(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		struct jsonw params = JSONW_INIT;

		if (list_scroll(&lists[i], &params))
			serve(i);
		jsonw_release(&params);
	}
}

START_TEST(a_single_line_moves_both_ways)
{
	create_all(300);
	merge_settle(&merge, 1);
	for (size_t i = 0; i < COUNT; i++)
		serve(i);
	for (int again = 0; again < 200; again++) {
		serve_what_is_asked();
		merge_settle(&merge, 1);
		merge_move(&merge, again < 100 ? 1 : -1);
		ck_assert_int_eq(merge_place(&merge), again < 100 ? again + 1 : 199 - again);
	}
	ck_assert_str_eq(lines(), " 0*");
}
END_TEST

START_TEST(rows_that_went_before_a_key_are_not_entered)
{
	create(0, 1);
	create(1, 2);
	settle();
	for (size_t i = 0; i < COUNT; i++) {
		totals[i] = 0;
		serve(i);
	}
	merge_move(&merge, 1);
	ck_assert_str_eq(lines(), "");
	create(2, 3);
	settle();
	ck_assert_str_eq(lines(), " 3*");
	merge_begin(&merge);
	ck_assert_str_eq(lines(), "");
}
END_TEST

START_TEST(rows_of_another_query_are_not_shown)
{
	create_all(6);
	sections.items[1].hidden = true;
	merge_settle(&merge, HEIGHT);
	ck_assert_str_eq(lines(), " 0* 2 3 5");
	ck_assert_int_eq(merge.total, 4);
}
END_TEST

START_TEST(a_row_that_was_held_goes_with_the_cursor)
{
	json_t *reply;

	lists[0].holds = true;
	for (size_t i = 0; i < COUNT; i++)
		lists[i].window.query.states = 1U << TASK_CREATED;
	create(0, 1);
	create(1, 2);
	settle();
	reply = json_pack("{s:i, s:i, s:i, s:i, s:i, s:[]}", "window", 1, "sequence", 2, "offset", 0, "total",
	                  0, "length", 0, "rows");
	ck_assert_int_ge(list_apply(&lists[0], reply), 0);
	json_decref(reply);
	merge_settle(&merge, HEIGHT);
	ck_assert_str_eq(lines(), " 1* 2");
	merge_move(&merge, 1);
	merge_settle(&merge, HEIGHT);
	ck_assert_str_eq(lines(), " 2*");
}
END_TEST

START_TEST(what_is_active_comes_first)
{
	for (size_t i = 0; i < COUNT; i++)
		lists[i].window.query.sort = "activity";
	create(0, 1);
	create(1, 2);
	create(2, 3);
	tasks[1][0].state = "Running";
	tasks[2][0].state = "Failed";
	settle();
	ck_assert_str_eq(lines(), " 2* 3 1");
}
END_TEST

START_TEST(the_cursor_goes_to_a_task)
{
	create_all(300);
	list_move(&lists[2], 50);
	merge_go(&merge, 2);
	serve(2);
	merge_settle(&merge, HEIGHT);
	ck_assert_str_eq(lines(), " 152*");
	for (int times = 0; times < 4; times++)
		settle();
	ck_assert_str_eq(lines(), " 152* 153 154 155 156");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		rows_of_all_are_in_one_order,
		keys_scroll_through_all_of_them,
		to_the_end_and_back,
		each_list_holds_about_a_screen,
		the_cursor_stays_on_its_task,
		the_first_line_keeps_its_row,
		one_that_says_nothing_delays_nobody,
		rows_that_have_not_come_are_not_passed_over,
		rows_of_one_that_is_down_are_passed_over,
		a_single_line_moves_both_ways,
		rows_that_went_before_a_key_are_not_entered,
		rows_of_another_query_are_not_shown,
		a_row_that_was_held_goes_with_the_cursor,
		what_is_active_comes_first,
		the_cursor_goes_to_a_task,
	};

	return unit_run("view merge", setup, clean, tests);
}
