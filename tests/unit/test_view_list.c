/*
 * The table as the user moves through it, against a small server in the test: a list of task numbers, a
 * window on it, and changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/list.h"

enum { HEIGHT = 10, TASKS_MAX = 4096 };

static struct list list;

static struct {
	int tasks[TASKS_MAX]; /* numbers, in order of creation */
	int count, next;
	int64_t offset, rows, sequence;
	int sent[TASKS_MAX], sent_count; /* the window that the client knows */
	int scrolls;
} server;

static void create(int count)
{
	while (count-- > 0)
		server.tasks[server.count++] = ++server.next;
}

static void drop(int position, int count)
{
	memmove(server.tasks + position, server.tasks + position + count,
	        (size_t)(server.count - position - count) * sizeof(int));
	server.count -= count;
}

static int position_of(int number)
{
	for (int i = 0; i < server.count; i++) {
		if (server.tasks[i] == number)
			return i;
	}
	return -1;
}

static json_t *row(int number)
{
	char id[16];

	snprintf(id, sizeof(id), "t%d", number);
	return json_pack("[i, s, s, s, s, s, n, i, b, n, n, n, i, n, n, n, s]", number, id, "Created", id,
	                 "name", "Created", 0, 0, 0, "true");
}

static int in_window(void)
{
	int64_t left = server.count - server.offset;

	return (int)(left < 0 ? 0 : left > server.rows ? server.rows : left);
}

/* Sends what a server sends: all rows, or only rows that differ from those sent before. */
static void answer(bool anew)
{
	int length = in_window();
	json_t *items = json_array(), *reply;

	for (int i = 0; i < length; i++) {
		int number = server.tasks[server.offset + i];

		if (anew)
			json_array_append_new(items, row(number));
		else if (i >= server.sent_count || server.sent[i] != number)
			json_array_append_new(items, json_pack("{s:i, s:o}", "index", i, "row", row(number)));
		server.sent[i] = number;
	}
	server.sent_count = length;
	reply = json_pack("{s:i, s:I, s:I, s:i, s:i, s:o}", "window", 1, "sequence",
	                  (json_int_t)++server.sequence, "offset", (json_int_t)server.offset, "total",
	                  server.count, "length", length, anew ? "rows" : "changes", items);
	ck_assert_int_ge(list_apply(&list, reply), 0);
	json_decref(reply);
}

static int64_t number_in(const json_t *call, const char *key)
{
	return json_integer_value(json_object_get(call, key));
}

static void take_window(const struct jsonw *params)
{
	json_t *call = json_loadb(params->data, params->length, 0, NULL);

	ck_assert_ptr_nonnull(call);
	server.offset = number_in(call, "offset");
	server.rows = number_in(call, "rows");
	json_decref(call);
	answer(true);
}

/* Does what the screen's loop does: asks for missing rows until none is missing. */
static void settle_core(void)
{
	for (int turns = 0;; turns++) {
		struct jsonw params = JSONW_INIT;
		bool scrolled = list_scroll(&list, &params);
		const char *lost = list_lost(&list);

		ck_assert_int_lt(turns, 5); /* it must come to an end */
		if (scrolled) {
			server.scrolls++;
			take_window(&params);
		}
		jsonw_release(&params);
		if (lost)
			list_found(&list, position_of((int)strtol(lost + 1, NULL, 10)));
		if (!scrolled && !lost)
			return;
	}
}

static void begin(int tasks)
{
	struct jsonw params = JSONW_INIT;

	memset(&server, 0, sizeof(server));
	create(tasks);
	list_init(&list, HEIGHT);
	list_request(&list, &params);
	take_window(&params);
	jsonw_release(&params);
	settle_core();
}

static void teardown(void)
{
	list_release(&list);
}

static int selected(void)
{
	const struct window_row *found = list_selected(&list);

	return found ? (int)found->number : 0;
}

static void check_visible(void)
{
	for (int line = 0; line < list.height && list.top + line < server.count; line++) {
		const struct window_row *found = window_row_at(&list.window, list.top + line);

		ck_assert_ptr_nonnull(found);
		ck_assert_uint_eq(found->number, server.tasks[list.top + line]);
	}
	ck_assert_int_ge(list.cursor, list.top);
	ck_assert(list.cursor < list.top + list.height);
	if (server.count)
		ck_assert_int_eq(selected(), server.tasks[list.cursor]);
}

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
	settle_core();
	ck_assert_int_eq(selected(), 1);
}
END_TEST

START_TEST(moving_stops_at_the_ends)
{
	begin(25);
	list_move(&list, -1);
	ck_assert_int_eq(list.cursor, 0);
	list_move(&list, INT64_MAX);
	settle_core();
	ck_assert_int_eq(list.cursor, 24);
	ck_assert_int_eq(list.top, 15);
	check_visible();
	list_move(&list, 1);
	ck_assert_int_eq(list.cursor, 24);
	list_move(&list, INT64_MIN);
	settle_core();
	check_visible();
	ck_assert_int_eq(selected(), 1);
}
END_TEST

START_TEST(moving_a_little_asks_for_nothing)
{
	begin(1000);
	list_move(&list, HEIGHT - 1);
	settle_core();
	list_move(&list, 2);
	settle_core();
	ck_assert_int_eq(server.scrolls, 0);
	check_visible();
	list_move(&list, 500);
	settle_core();
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
	settle_core();
	line = list.cursor - list.top;
	drop(3, 4);
	answer(false);
	settle_core();
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
	settle_core();
	drop(0, 500);
	answer(false);
	ck_assert_ptr_null(list_selected(&list)); /* no action hits another task meanwhile */
	settle_core();
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
	settle_core();
	ck_assert_int_eq(selected(), 6);
	ck_assert(!tags_has(&list.tags, 5));
	list_move(&list, INT64_MAX);
	drop(18, 1);
	answer(false);
	settle_core();
	ck_assert_int_eq(selected(), 19);
	drop(0, 18);
	answer(false);
	settle_core();
	ck_assert_ptr_null(list_selected(&list));
	check_visible();
}
END_TEST

START_TEST(resizing_keeps_the_selection_visible)
{
	static const int heights[] = { 1, 200, 3, 50, 1, 10 };

	begin(500);
	list_move(&list, 250);
	settle_core();
	for (size_t i = 0; i < sizeof(heights) / sizeof(*heights); i++) {
		list_resize(&list, heights[i]);
		settle_core();
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
	settle_core();
	window_reset(&list.window);
	drop(0, 10);
	list_request(&list, &params);
	take_window(&params);
	jsonw_release(&params);
	settle_core();
	ck_assert_int_eq(selected(), 251);
	check_visible();
}
END_TEST

START_TEST(space_tags_and_moves_down)
{
	begin(3);
	list_tag(&list);
	list_tag(&list);
	ck_assert_uint_eq(tags_count(&list.tags), 2);
	ck_assert_int_eq(selected(), 3);
	list_tag(&list);
	list_tag(&list); /* the last task: the cursor stays, so this removes the tag again */
	ck_assert_uint_eq(tags_count(&list.tags), 2);
	ck_assert(tags_has(&list.tags, 1) && tags_has(&list.tags, 2) && !tags_has(&list.tags, 3));
}
END_TEST

static void collect(void *ctx, uint64_t number, const char *id)
{
	char *text = ctx;

	snprintf(text + strlen(text), 64 - strlen(text), "%d:%s ", (int)number, id);
}

START_TEST(tags_are_walked_in_order_of_creation)
{
	char text[64] = "";

	begin(0);
	tags_toggle(&list.tags, 30, "c");
	tags_toggle(&list.tags, 10, "a");
	tags_toggle(&list.tags, 20, "b");
	tags_each(&list.tags, true, collect, text);
	ck_assert_str_eq(text, "10:a 20:b 30:c ");
	tags_hide(&list.tags);
	tags_show(&list.tags, 20);
	tags_show(&list.tags, 40);
	ck_assert_uint_eq(tags_hidden(&list.tags), 2);
	*text = '\0';
	tags_each(&list.tags, false, collect, text);
	ck_assert_str_eq(text, "20:b ");
	tags_remove_hidden(&list.tags);
	ck_assert_uint_eq(tags_count(&list.tags), 1);
	tags_clear(&list.tags);
	ck_assert_uint_eq(tags_count(&list.tags), 0);
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
	settle_core();
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
		settle_core();
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
	settle_core();
	ck_assert_int_eq(selected(), 3);
	list_select(&list, 400, "t400");
	ck_assert_str_eq(list_lost(&list), "t400");
	settle_core();
	ck_assert_int_eq(selected(), 400);
	check_visible();
}
END_TEST

START_TEST(what_the_filter_leaves_out_stays_tagged)
{
	begin(3);
	list_tag(&list);
	list_select(&list, 1, "t1");
	list.lost = true;
	list.window.query.text = strdup("x");
	list_found(&list, -1);
	ck_assert(tags_has(&list.tags, 1));
	list_select(&list, 1, "t1");
	list.lost = true;
	free(list.window.query.text);
	list.window.query.text = NULL;
	list_found(&list, -1);
	ck_assert(!tags_has(&list.tags, 1));
}
END_TEST

static json_t *request(void)
{
	struct jsonw params = JSONW_INIT;
	json_t *call;

	list_request(&list, &params);
	call = json_loadb(params.data, params.length, 0, NULL);
	jsonw_release(&params);
	return call;
}

START_TEST(requests_carry_the_query)
{
	struct window_query query = { strdup("a \"b\""), 1u << TASK_QUEUED | 1u << TASK_CLAIMED, "name", true,
		                      true };
	json_t *call;
	size_t columns;

	begin(1);
	call = request();
	columns = json_array_size(json_object_get(call, "columns"));
	ck_assert(!json_object_get(call, "filter") && !json_object_get(call, "tree"));
	json_decref(call);
	list.window.query = query;
	call = request();
	ck_assert_str_eq(json_string_value(json_object_get(call, "filter")), "a \"b\"");
	ck_assert_uint_eq(json_array_size(json_object_get(call, "states")), 1);
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(call, "states"), 0)), "Queued");
	ck_assert_str_eq(json_string_value(json_object_get(call, "sort")), "name");
	ck_assert(json_is_true(json_object_get(call, "reverse")));
	ck_assert(json_is_true(json_object_get(call, "tree")));
	ck_assert_uint_eq(json_array_size(json_object_get(call, "columns")), columns + 1); /* the depth */
	json_decref(call);
}
END_TEST

START_TEST(a_centred_selection_stands_in_the_middle_where_it_can)
{
	begin(100);
	list.centred = true;
	list_move(&list, 3);
	ck_assert_int_eq(list.top, 0);
	list_move(&list, 47);
	settle_core();
	ck_assert_int_eq(list.cursor, 50);
	ck_assert_int_eq(list.top, 50 - HEIGHT / 2);
	check_visible();
	list_move(&list, -1);
	ck_assert_int_eq(list.top, 49 - HEIGHT / 2);
	list_move(&list, INT64_MAX);
	settle_core();
	ck_assert_int_eq(list.top, 100 - HEIGHT);
	check_visible();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view list");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, the_first_task_is_selected);
	tcase_add_test(tcase, an_empty_list_selects_nothing_until_a_task_comes);
	tcase_add_test(tcase, moving_stops_at_the_ends);
	tcase_add_test(tcase, moving_a_little_asks_for_nothing);
	tcase_add_test(tcase, the_selection_stays_on_its_task_when_rows_above_go);
	tcase_add_test(tcase, the_selection_is_found_far_outside_of_the_window);
	tcase_add_test(tcase, when_the_selected_task_goes_the_next_one_is_selected);
	tcase_add_test(tcase, resizing_keeps_the_selection_visible);
	tcase_add_test(tcase, a_new_connection_begins_a_new_window_with_the_same_selection);
	tcase_add_test(tcase, space_tags_and_moves_down);
	tcase_add_test(tcase, tags_are_walked_in_order_of_creation);
	tcase_add_test(tcase, a_click_selects_the_row_under_it);
	tcase_add_test(tcase, a_broken_window_is_asked_for_anew);
	tcase_add_test(tcase, a_task_is_selected_wherever_it_is);
	tcase_add_test(tcase, what_the_filter_leaves_out_stays_tagged);
	tcase_add_test(tcase, requests_carry_the_query);
	tcase_add_test(tcase, a_centred_selection_stands_in_the_middle_where_it_can);
	tcase_add_loop_test(tcase, random_walks, 0, 20);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
