/* The table as the user moves through it. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/served_list.h"
#include "tests/unit/unit.h"
#include "tui/text/alloc.h"
#include "tui/view/list.h"

START_TEST(the_first_task_is_selected)
{
	begin(100);
	ck_assert_int_eq(selected(), 1);
	check_visible();
}
END_TEST

START_TEST(an_empty_list_selects_nothing_until_a_task_comes)
{
	begin(0);
	ck_assert_ptr_null(list_selected(&list));
	list_move(&list, 1);
	list_move(&list, INT64_MAX);
	ck_assert_int_eq(list.cursor, 0);
	create(1);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 1);
}
END_TEST

START_TEST(moving_stops_at_the_ends)
{
	begin(25);
	list_move(&list, -1);
	ck_assert_int_eq(list.cursor, 0);
	list_move(&list, INT64_MAX);
	settle_list();
	ck_assert_int_eq(list.cursor, 24);
	ck_assert_int_eq(list.top, 15);
	check_visible();
	list_move(&list, 1);
	ck_assert_int_eq(list.cursor, 24);
	list_move(&list, INT64_MIN);
	settle_list();
	check_visible();
	ck_assert_int_eq(selected(), 1);
}
END_TEST

START_TEST(moving_a_little_asks_for_nothing)
{
	begin(1000);
	list_move(&list, HEIGHT - 1);
	settle_list();
	list_move(&list, 2);
	settle_list();
	ck_assert_int_eq(server.scrolls, 0);
	check_visible();
	list_move(&list, 500);
	settle_list();
	ck_assert_int_eq(server.scrolls, 1);
	check_visible();
}
END_TEST

START_TEST(the_selection_stays_on_its_task_when_rows_above_go)
{
	int64_t line;

	begin(100);
	list_move(&list, 5);
	list_move(&list, 30);
	settle_list();
	line = list.cursor - list.top;
	drop(3, 4);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 36);
	ck_assert_int_eq(list.cursor, 31);
	ck_assert_int_eq(list.cursor - list.top, line); /* and on the same line of the screen */
	check_visible();
}
END_TEST

START_TEST(the_selection_is_found_far_outside_of_the_window)
{
	begin(1000);
	list_move(&list, 900);
	settle_list();
	drop(0, 500);
	answer(false);
	ck_assert_ptr_null(list_selected(&list)); /* no action hits another task meanwhile */
	settle_list();
	ck_assert_int_eq(selected(), 901);
	ck_assert_int_eq(list.cursor, 400);
	check_visible();
}
END_TEST

START_TEST(when_the_selected_task_goes_the_next_one_is_selected)
{
	begin(20);
	list_move(&list, 4);
	tags_toggle(&list.tags, 5, "t5");
	drop(4, 1);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 6);
	ck_assert(!tags_has(&list.tags, 5));
	list_move(&list, INT64_MAX);
	drop(18, 1);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 19);
	drop(0, 18);
	answer(false);
	settle_list();
	ck_assert_ptr_null(list_selected(&list));
	check_visible();
}
END_TEST

START_TEST(resizing_keeps_the_selection_visible)
{
	static const int heights[] = { 1, 200, 3, 50, 1, 10 };

	begin(500);
	list_move(&list, 250);
	settle_list();
	for (size_t i = 0; i < sizeof(heights) / sizeof(*heights); i++) {
		list_resize(&list, heights[i]);
		settle_list();
		check_visible();
		ck_assert_int_eq(selected(), 251);
	}
}
END_TEST

START_TEST(a_new_connection_begins_a_new_window_with_the_same_selection)
{
	struct jsonw params = JSONW_INIT;

	begin(500);
	list_move(&list, 250);
	settle_list();
	window_reset(&list.window);
	drop(0, 10);
	list_request(&list, &params);
	take_window(&params);
	jsonw_release(&params);
	settle_list();
	ck_assert_int_eq(selected(), 251);
	check_visible();
}
END_TEST

START_TEST(a_click_selects_the_row_under_it)
{
	begin(5);
	list_select_line(&list, 3);
	ck_assert_int_eq(selected(), 4);
	list_select_line(&list, 7);
	list_select_line(&list, -1);
	ck_assert_int_eq(selected(), 4);
}
END_TEST

START_TEST(a_broken_window_is_asked_for_anew)
{
	json_t *gap = json_pack("{s:i, s:i, s:i, s:i, s:[]}", "sequence", 99, "offset", 0, "total", 5,
	                        "length", 5, "changes");
	struct jsonw params = JSONW_INIT;

	begin(5);
	ck_assert_int_lt(list_apply(&list, gap), 0);
	ck_assert(list_scroll(&list, &params));
	ck_assert(!list_scroll(&list, &params)); /* it asks only once */
	take_window(&params);
	settle_list();
	check_visible();
	json_decref(gap);
	jsonw_release(&params);
}
END_TEST

/*
 * After any moves and changes, the screen shows what the server has.  A selected task stays selected while it
 * exists.
 */
START_TEST(random_walks)
{
	unsigned random = (unsigned)_i * 2654435761U + 1;

	begin((int)(random % 300));
	for (int step = 0; step < 300; step++) {
		int before = selected(), kind, amount;

		random = random * 1103515245U + 12345U;
		kind = (int)(random >> 16 & 7);
		amount = (int)(random >> 20 & 63);
		if (kind < 2 && server.count + amount < TASKS_MAX) {
			create(amount);
		} else if (kind < 5 && server.count > 0) {
			int at = (int)(random >> 8) % server.count;

			drop(at, amount % (server.count - at) + 1);
		} else {
			list_move(&list, kind == 5    ? -amount
			                 : kind == 6  ? amount
			                 : amount & 1 ? INT64_MAX
			                              : INT64_MIN);
			before = 0;
		}
		if (kind < 5)
			answer(false);
		settle_list();
		check_visible();
		if (before && position_of(before) >= 0)
			ck_assert_int_eq(selected(), before);
	}
}
END_TEST

START_TEST(a_task_is_selected_wherever_it_is)
{
	begin(500);
	list_select(&list, 3, "t3");
	settle_list();
	ck_assert_int_eq(selected(), 3);
	list_select(&list, 400, "t400");
	ck_assert_str_eq(list_lost(&list), "t400");
	settle_list();
	ck_assert_int_eq(selected(), 400);
	check_visible();
}
END_TEST

START_TEST(a_centred_selection_stands_in_the_middle_where_it_can)
{
	begin(100);
	list.centred = true;
	list_move(&list, 3);
	ck_assert_int_eq(list.top, 0);
	list_move(&list, 47);
	settle_list();
	ck_assert_int_eq(list.cursor, 50);
	ck_assert_int_eq(list.top, 50 - HEIGHT / 2);
	check_visible();
	list_move(&list, -1);
	ck_assert_int_eq(list.top, 49 - HEIGHT / 2);
	list_move(&list, INT64_MAX);
	settle_list();
	ck_assert_int_eq(list.top, 100 - HEIGHT);
	check_visible();
}
END_TEST

/* The numbers of the rows that are shown. */
static const char *shown(void)
{
	static char text[256];
	size_t used = 0;

	for (int line = 0; line < list.height; line++) {
		const struct window_row *found = list_row_at(&list, list.top + line);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d", line ? " " : "",
		                         found ? (int)found->number : 0);
	}
	return text;
}

static void begin_holding(void)
{
	begin(100);
	list.holds = true;
	list_move(&list, 4);
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
}

START_TEST(a_row_that_ends_keeps_its_place_until_the_selection_leaves_it)
{
	begin_holding();
	finish(5, 8);
	answer(false);
	settle_list();
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
	ck_assert_int_eq(selected(), 5);
	ck_assert_int_eq(list_selected(&list)->state, TASK_COMPLETED);
	ck_assert_ptr_null(list_held_old(&list));
	create(1); /* further news change nothing */
	drop(7, 1);
	answer(false);
	settle_list();
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 10 11");
	list_move(&list, 1);
	settle_list();
	ck_assert_int_eq(selected(), 6);
	ck_assert_str_eq(shown(), "1 2 3 4 6 7 8 5 10 11");
	check_visible();
	list_move(&list, 3);
	ck_assert_int_eq(selected(), 5);
}
END_TEST

/* What the server says about the row that is held. */
static void tell_held(int number)
{
	json_t *now = row(number);

	list_held_row(&list, now);
	json_decref(now);
}

START_TEST(so_does_one_that_goes_far_away)
{
	begin_holding();
	finish(5, 90);
	answer(false);
	settle_list();
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
	ck_assert_str_eq(list_held_old(&list), "t5");
	tell_held(5);
	ck_assert_ptr_null(list_held_old(&list));
	ck_assert_int_eq(list_selected(&list)->state, TASK_COMPLETED);
	list_select_line(&list, 2);
	settle_list();
	ck_assert_int_eq(selected(), 3);
	ck_assert_str_eq(shown(), "1 2 3 4 6 7 8 9 10 11");
	check_visible();
}
END_TEST

START_TEST(one_that_is_removed_does_not)
{
	begin_holding();
	drop(4, 1);
	answer(false);
	settle_list();
	ck_assert_str_eq(list_held_old(&list), "t5");
	list_held_row(&list, NULL);
	ck_assert_int_eq(selected(), 6);
	ck_assert_str_eq(shown(), "1 2 3 4 6 7 8 9 10 11");
	check_visible();
}
END_TEST

START_TEST(nor_one_that_is_removed_after_its_end)
{
	begin_holding();
	finish(5, 8);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 5);
	ck_assert_ptr_null(list_held_old(&list));
	drop(position_of(5), 1);
	answer(false);
	settle_list();
	ck_assert_str_eq(list_held_old(&list), "t5");
	list_held_row(&list, NULL);
	ck_assert_int_eq(selected(), 6);
	ck_assert_str_eq(shown(), "1 2 3 4 6 7 8 9 10 11");
	ck_assert_int_eq(list_total(&list), 99);
	check_visible();
}
END_TEST

START_TEST(nor_does_any_where_the_order_has_no_such_rule)
{
	begin_holding();
	list.holds = false;
	finish(5, 8);
	answer(false);
	settle_list();
	ck_assert_int_eq(selected(), 5);
	ck_assert_int_eq(list.cursor, 8);
	check_visible();
}
END_TEST

START_TEST(one_that_the_filter_hides_at_its_end_keeps_its_place)
{
	begin_holding();
	list.window.query.states = 1u << TASK_CREATED;
	server.ended = 5;
	drop(4, 1);
	answer(false);
	settle_list();
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
	ck_assert_str_eq(list_held_old(&list), "t5");
	tell_held(5);
	ck_assert_int_eq(list_selected(&list)->state, TASK_COMPLETED);
	ck_assert_int_eq(list_total(&list), 100); /* with this one */
	drop(20, 2);
	answer(false);
	settle_list();
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
	list_move(&list, INT64_MAX);
	settle_list();
	ck_assert_int_eq(list_total(&list), 97);
	ck_assert_int_eq(selected(), 100);
	check_visible();
}
END_TEST

START_TEST(so_does_the_last_one)
{
	begin(3);
	list.holds = true;
	list.window.query.text = alloc_string("state:created");
	list_move(&list, INT64_MAX);
	drop(2, 1);
	answer(false);
	settle_list();
	ck_assert_int_eq(list_total(&list), 3);
	ck_assert_int_eq(list.cursor, 2);
	ck_assert_int_eq(selected(), 3);
	drop(0, 2);
	answer(false);
	settle_list();
	ck_assert_int_eq(list_total(&list), 0);
	ck_assert_ptr_null(list_selected(&list));
}
END_TEST

START_TEST(what_the_filter_still_shows_is_counted_once)
{
	begin_holding();
	list.window.query.text = alloc_string("-state:failed name");
	finish(5, 90);
	answer(false);
	settle_list();
	tell_held(5);
	ck_assert_str_eq(shown(), "1 2 3 4 5 6 7 8 9 10");
	ck_assert_int_eq(list_total(&list), 100);
	list_move(&list, 1);
	settle_list();
	ck_assert_int_eq(selected(), 6);
	check_visible();
}
END_TEST

START_TEST(one_that_the_filter_hides_before_its_end_does_not)
{
	begin_holding();
	list.window.query.text = alloc_string("name:old");
	drop(4, 1);
	answer(false);
	settle_list();
	tell_held(5);
	ck_assert_int_eq(selected(), 6);
	ck_assert_int_eq(list_total(&list), 99);
	check_visible();
	list_move(&list, INT64_MAX);
	settle_list();
	drop(98, 1);
	answer(false);
	list_held_row(&list, NULL);
	ck_assert_int_eq(selected(), 99);
	check_visible();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view list");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, the_first_task_is_selected);
	tcase_add_test(tcase, a_row_that_ends_keeps_its_place_until_the_selection_leaves_it);
	tcase_add_test(tcase, so_does_one_that_goes_far_away);
	tcase_add_test(tcase, one_that_is_removed_does_not);
	tcase_add_test(tcase, nor_one_that_is_removed_after_its_end);
	tcase_add_test(tcase, nor_does_any_where_the_order_has_no_such_rule);
	tcase_add_test(tcase, one_that_the_filter_hides_at_its_end_keeps_its_place);
	tcase_add_test(tcase, so_does_the_last_one);
	tcase_add_test(tcase, what_the_filter_still_shows_is_counted_once);
	tcase_add_test(tcase, one_that_the_filter_hides_before_its_end_does_not);
	tcase_add_test(tcase, an_empty_list_selects_nothing_until_a_task_comes);
	tcase_add_test(tcase, moving_stops_at_the_ends);
	tcase_add_test(tcase, moving_a_little_asks_for_nothing);
	tcase_add_test(tcase, the_selection_stays_on_its_task_when_rows_above_go);
	tcase_add_test(tcase, the_selection_is_found_far_outside_of_the_window);
	tcase_add_test(tcase, when_the_selected_task_goes_the_next_one_is_selected);
	tcase_add_test(tcase, resizing_keeps_the_selection_visible);
	tcase_add_test(tcase, a_new_connection_begins_a_new_window_with_the_same_selection);
	tcase_add_test(tcase, a_click_selects_the_row_under_it);
	tcase_add_test(tcase, a_broken_window_is_asked_for_anew);
	tcase_add_test(tcase, a_task_is_selected_wherever_it_is);
	tcase_add_test(tcase, a_centred_selection_stands_in_the_middle_where_it_can);
	tcase_add_loop_test(tcase, random_walks, 0, 20);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
