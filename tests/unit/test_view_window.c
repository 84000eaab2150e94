/* The client's copy of a live window: what replies change, and that wrong replies change nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/server_status.h"
#include "tui/view/window.h"

static struct window window;

static void setup(void)
{
	window_init(&window);
}

static void teardown(void)
{
	window_release(&window);
}

/* A row as the server sends it: first the columns that every window asks for, then the fields. */
static json_t *row(int number, const char *state)
{
	const char *id = number % 2 ? "odd" : "even";

	return json_pack(
		"[i, s, s, s, f, s, s, s, n, i, b, s, n, n, n, n, n, f, I, i, b, f, I, s, n, n, n, s]",
		number, id, state, "the last line", 2.5, id, "name", state, 42, 1, "message", 0.3,
		(json_int_t)1000, 42, 1, 0.3, (json_int_t)1000, "message", "make all");
}

static struct field_look look;

/* Returns what the window shows in the field of this name. */
static const char *shown(const struct window_row *of, const char *name)
{
	static struct text scratch;
	static char text[64];
	const struct value *values = of->values;

	for (size_t i = 0; i < window.fields.count; i++) {
		const struct field *field = window.fields.items[i];

		if (field == field_find_on_screen(name)) {
			struct slice slice = field_text(field, values, &look, &scratch);

			snprintf(text, sizeof(text), "%.*s", (int)slice.length, slice.text);
			text_release(&scratch);
			return text;
		}
		values += field_width(field);
	}
	return "no such field";
}

static json_t *rows(int first, int count)
{
	json_t *array = json_array();

	for (int i = 0; i < count; i++)
		json_array_append_new(array, row(first + i, "Running"));
	return array;
}

static json_t *reply(int sequence, int offset, int total, int length)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i}", "window", 7, "sequence", sequence, "offset", offset,
	                 "total", total, "length", length);
}

static int apply(json_t *message)
{
	int result = window_apply(&window, message);

	json_decref(message);
	return result;
}

static int apply_rows(int sequence, int offset, int total, int first, int count)
{
	json_t *message = reply(sequence, offset, total, count);

	json_object_set_new(message, "rows", rows(first, count));
	return apply(message);
}

static int apply_text(int sequence, const char *rows_text, int count)
{
	json_t *message = reply(sequence, 0, count, count);

	json_object_set_new(message, "rows", json_loads(rows_text, 0, NULL));
	return apply(message);
}

static int apply_change(int sequence, int offset, int total, int length, int index, json_t *changed)
{
	json_t *message = reply(sequence, offset, total, length);

	json_object_set_new(message, "changes", json_pack("[{s:i, s:o}]", "index", index, "row", changed));
	return apply(message);
}

START_TEST(first_reply_fills_the_window)
{
	const struct window_row *first;

	ck_assert_int_eq(apply_rows(1, 10, 100, 11, 5), WINDOW_ROWS);
	ck_assert_int_eq(window.id, 7);
	ck_assert_int_eq(window.total, 100);
	ck_assert_uint_eq(window.length, 5);
	ck_assert_ptr_null(window_row_at(&window, 9));
	ck_assert_ptr_null(window_row_at(&window, 15));
	first = window_row_at(&window, 10);
	ck_assert_ptr_nonnull(first);
	ck_assert_uint_eq(first->number, 11);
	ck_assert_str_eq(first->id, "odd");
	ck_assert_int_eq(first->state, TASK_RUNNING);
	ck_assert_str_eq(shown(first, "name"), "name");
	ck_assert_str_eq(shown(first, "progress"), "42% message");
	ck_assert_str_eq(shown(first, "elapsed"), "0.3s");
	ck_assert_str_eq(shown(first, "exit"), "-");
	ck_assert_str_eq(shown(first, "group"), "-");
	ck_assert_str_eq(shown(first, "commandLine"), "make all");
	ck_assert_int_eq(window_find(&window, 13), 12);
	ck_assert_int_eq(window_find(&window, 99), -1);
}
END_TEST

START_TEST(a_row_has_the_time_at_which_it_came)
{
	window.now = 5000;
	apply_rows(1, 0, 3, 1, 3);
	window.now = 9000;
	apply_change(2, 0, 3, 3, 1, row(2, "Running"));
	ck_assert_int_eq(window_row_at(&window, 0)->received, 5000);
	ck_assert_int_eq(window_row_at(&window, 1)->received, 9000);
}
END_TEST

/* A row of a task that has come so far. */
static json_t *row_at(int number, int percent)
{
	json_t *array = row(number, "Running");

	json_array_set_new(array, 9, json_integer(percent));
	return array;
}

START_TEST(a_task_keeps_its_speed_where_its_row_goes)
{
	window.now = 5000;
	apply_rows(1, 0, 2, 1, 2);
	window.now = 6000;
	apply_change(2, 0, 2, 2, 1, row_at(2, 50));
	window.now = 10000;
	apply_change(3, 0, 2, 2, 1, row_at(2, 58));
	ck_assert_double_eq_tol(window_row_at(&window, 1)->speed.rate, 0.08 / 4000, 1e-12);
	window.now = 11500;
	apply_change(4, 0, 2, 2, 0, row_at(2, 58));
	ck_assert_double_eq_tol(window_row_at(&window, 0)->speed.rate, 0.08 / 4000, 1e-12);
	ck_assert_double_eq(window_row_at(&window, 0)->speed.at, 10000);
	apply_rows(5, 0, 2, 1, 2);
	ck_assert_double_eq(window_row_at(&window, 0)->speed.rate, 0);
}
END_TEST

/* Where the program says no speed itself. */
START_TEST(how_fast_sizes_grow_is_shown)
{
	static const char *const messages[] = { "disk.img 100/400 MiB", "unit 100/400",
		                                "100/400 MiB 3 MB/s" };
	static const char *const cells[] = { "42% 2.0MB/s disk.img 100/400 MiB", "42% unit 100/400",
		                             "42% 3 MB/s" };

	for (int i = 0; i < 3; i++) {
		json_t *message = reply(1, 0, 1, 1), *one = row(1, "Running");

		json_array_set_new(one, 11, json_string(messages[i]));
		json_object_set_new(message, "rows", json_pack("[o]", one));
		ck_assert_int_eq(apply(message), WINDOW_ROWS);
		look.rate = 0;
		ck_assert_str_ne(shown(window_row_at(&window, 0), "progress"), cells[0]);
		look.rate = 0.005 / 1000;
		ck_assert_str_eq(shown(window_row_at(&window, 0), "progress"), cells[i]);
	}
	look.rate = 0;
}
END_TEST

START_TEST(the_time_left_is_that_at_the_latest_speed)
{
	apply_rows(1, 0, 1, 1, 1);
	look.rate = 0.58 / 10000; /* 42 % are done */
	ck_assert_str_eq(shown(window_row_at(&window, 0), "eta"), "10s");
	look.age_ms = 4000;
	ck_assert_str_eq(shown(window_row_at(&window, 0), "eta"), "6s");
	look.age_ms = 11000; /* it is slower now: as fast as since its start */
	ck_assert_str_eq(shown(window_row_at(&window, 0), "eta"), "16s");
	look = (struct field_look){ 0 };
}
END_TEST

START_TEST(a_change_replaces_one_row)
{
	apply_rows(1, 0, 3, 1, 3);
	ck_assert_int_eq(apply_change(2, 0, 3, 3, 1, row(2, "Completed")), WINDOW_CHANGES);
	ck_assert_int_eq(window_row_at(&window, 1)->state, TASK_COMPLETED);
	ck_assert_int_eq(window_row_at(&window, 0)->state, TASK_RUNNING);
}
END_TEST

START_TEST(the_window_grows_by_changes_and_shrinks_by_length)
{
	apply_rows(1, 0, 2, 1, 2);
	ck_assert_int_eq(apply_change(2, 0, 3, 3, 2, row(3, "Created")), WINDOW_CHANGES);
	ck_assert_uint_eq(window.length, 3);
	ck_assert_uint_eq(window_row_at(&window, 2)->number, 3);
	ck_assert_int_eq(apply(reply(3, 0, 1, 1)), WINDOW_CHANGES);
	ck_assert_uint_eq(window.length, 1);
	ck_assert_int_eq(window.total, 1);
}
END_TEST

START_TEST(rows_that_nobody_sent_are_not_made_up)
{
	apply_rows(1, 0, 2, 1, 2);
	ck_assert_int_eq(apply_change(2, 0, 4, 4, 3, row(4, "Created")), -EPROTO);
	ck_assert(window.broken);
	ck_assert_uint_eq(window.length, 2);
	ck_assert_int_eq(apply(reply(3, 0, 9, 9)), -EPROTO);
}
END_TEST

START_TEST(a_lost_reply_is_noticed_and_rows_anew_heal_it)
{
	apply_rows(1, 0, 3, 1, 3);
	ck_assert_int_eq(apply_change(3, 0, 3, 3, 0, row(1, "Failed")), -EPROTO);
	ck_assert(window.broken);
	/* The number is right, but the base of this change is not there. */
	ck_assert_int_eq(apply_change(2, 0, 3, 3, 0, row(1, "Failed")), -EPROTO);
	ck_assert_int_eq(window_row_at(&window, 0)->state, TASK_RUNNING);
	ck_assert_int_eq(apply_rows(5, 0, 3, 1, 3), WINDOW_ROWS);
	ck_assert(!window.broken);
	ck_assert_int_eq(apply_change(6, 0, 3, 3, 0, row(1, "Failed")), WINDOW_CHANGES);
}
END_TEST

START_TEST(changes_of_another_offset_are_refused)
{
	apply_rows(1, 0, 30, 1, 3);
	ck_assert_int_eq(apply_change(2, 5, 30, 3, 0, row(6, "Failed")), -EPROTO);
	ck_assert_int_eq(window.offset, 0);
}
END_TEST

START_TEST(scroll_is_pending_until_rows_come)
{
	struct jsonw params = JSONW_INIT;

	apply_rows(1, 0, 100, 1, 3);
	window_scroll(&window, 50, 3, &params);
	ck_assert(window.pending);
	ck_assert_int_eq(params.length, strlen("{\"window\":7,\"offset\":50,\"rows\":3}"));
	ck_assert(!memcmp(params.data, "{\"window\":7,\"offset\":50,\"rows\":3}", params.length));
	/* A change for the old place was still on its way. */
	ck_assert_int_eq(apply_change(2, 0, 100, 3, 0, row(1, "Failed")), WINDOW_CHANGES);
	ck_assert(window.pending);
	ck_assert_int_eq(apply_rows(3, 50, 100, 51, 3), WINDOW_ROWS);
	ck_assert(!window.pending);
	jsonw_release(&params);
}
END_TEST

/* Each has one thing that a row or a reply must not have. */
static const char *const nonsense[] = {
	"{}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":1,\"rows\":[1]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":1,\"rows\":[[]]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":2,\"rows\":[]}",
	"{\"sequence\":2,\"offset\":-1,\"total\":3,\"length\":0,\"rows\":[]}",
	"{\"sequence\":2,\"offset\":0,\"total\":-3,\"length\":0,\"rows\":[]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":-1,\"changes\":[]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":999999999999,\"changes\":[]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[{\"index\":-1,\"row\":[]}]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[{\"index\":3,\"row\":[]}]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[{\"index\":\"0\",\"row\":[]}]}",
	"{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[7]}",
	("{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[{\"index\":0,"
	 "\"row\":[1,\"a\",\"Dancing\",\"a\",\"a\",\"Dancing\",null,0,false,null,null,null,0,null,null,null,\"x\"]}]}"),
	("{\"sequence\":2,\"offset\":0,\"total\":3,\"length\":3,\"changes\":[{\"index\":0,"
	 "\"row\":[1,null,\"Created\",\"a\",\"a\",\"Created\",null,0,false,null,null,null,0,null,null,null,\"x\"]}]}"),
};

START_TEST(nonsense_changes_nothing)
{
	json_t *message = json_loads(nonsense[_i], 0, NULL);

	ck_assert_ptr_nonnull(message);
	apply_rows(1, 0, 3, 1, 3);
	if (_i > 0)
		ck_assert_int_eq(apply(message), -EPROTO);
	else
		json_decref(message);
	ck_assert_uint_eq(window.length, 3);
	ck_assert_int_eq(window.total, 3);
	ck_assert_int_eq(window_row_at(&window, 0)->state, TASK_RUNNING);
}
END_TEST

START_TEST(an_odd_row_is_tamed)
{
	json_t *message = json_loads(
		"{\"sequence\":1,\"offset\":0,\"total\":1,\"length\":1,\"rows\":["
		"[1,\"a\",\"Created\",[],\"x\",null,{},7,{},900,true,[],null,null,null,[],{},\"\",5,"
		"{},null,\"y\",{},[],\"x\",[1],false,null]]}",
		0, NULL);

	ck_assert_int_eq(apply(message), WINDOW_ROWS);
	ck_assert_str_eq(window_row_at(&window, 0)->id, "a");
	ck_assert_str_eq(shown(window_row_at(&window, 0), "progress"), "100%");
	ck_assert_str_eq(shown(window_row_at(&window, 0), "elapsed"), "0.0s");
	ck_assert_str_eq(shown(window_row_at(&window, 0), "commandLine"), "-");
}
END_TEST

START_TEST(rows_of_a_tree_say_how_deep_they_are)
{
	window.query.tree = true;
	window.fields.count = 0;
	fields_add(&window.fields, "name");
	ck_assert_int_eq(
		apply_text(
			1,
			"[[1,\"a\",\"Running\",null,null,0,false,\"open\",\"A\"],[2,\"b\",\"Queued\",null,null,1,true,null,\"B\"]]",
			2),
		WINDOW_ROWS);
	ck_assert_int_eq(window_row_at(&window, 0)->depth, 0);
	ck_assert_int_eq(window_row_at(&window, 0)->branch, WINDOW_OPEN);
	ck_assert_int_eq(window_row_at(&window, 1)->depth, 1);
	ck_assert_int_eq(window_row_at(&window, 1)->branch, WINDOW_LEAF);
	ck_assert(window_row_at(&window, 1)->last && !window_row_at(&window, 0)->last);
	ck_assert_str_eq(shown(window_row_at(&window, 1), "name"), "B");
	/* Rows without a depth cannot be rows of a tree. */
	ck_assert_int_eq(apply_text(2, "[[1,\"a\",\"Running\",null,null,\"A\"]]", 1), -EPROTO);
}
END_TEST

/* The trunks of each row of a tree, of their depths; a negative one is that of the last sibling. */
static const char *trunks_of(int sequence, const int *depths, int count)
{
	static char text[64];
	json_t *array = json_array(), *tree = reply(sequence, 0, count, count);
	size_t used = 0;

	for (int i = 0; i < count; i++)
		json_array_append_new(array, json_pack("[i, s, s, n, n, i, b, n, s]", i + 1, "a", "Running",
		                                       abs(depths[i]), depths[i] < 0, "A"));
	json_object_set_new(tree, "rows", array);
	ck_assert_int_eq(window_apply(&window, tree), WINDOW_ROWS);
	json_decref(tree);
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u ",
		                         (unsigned)window_row_at(&window, i)->trunks);
	return text;
}

START_TEST(lines_of_a_tree_pass_by)
{
	window.query.tree = true;
	window.fields.count = 0;
	fields_add(&window.fields, "name");
	ck_assert_str_eq(trunks_of(1, (const int[]){ 0, 1, -2, -1, -2, 0 }, 6), "0 0 2 0 0 0 ");
	/* Above the window: a sibling of the first ancestor follows, but none of the others. */
	ck_assert_str_eq(trunks_of(2, (const int[]){ -4, -4, -1 }, 3), "2 2 0 ");
	/* It is not known if one does. */
	ck_assert_str_eq(trunks_of(3, (const int[]){ -2, -99 }, 2), "2 2 ");
}
END_TEST

START_TEST(what_a_server_says_of_itself)
{
	struct server_status status = { 0 };
	json_t *said = json_pack("{s:s, s:s, s:s, s:n, s:i, s:i, s:{s:i, s:i, s:i}}", "name", "default",
	                         "address", "unix:/x", "startedAt", "1970-01-02T00:00:01.250Z", "slots",
	                         "running", 3, "used", 7, "tasks", "Running", 3, "Failed", 2, "Unheard", 9);

	ck_assert_int_eq(server_status_parse(&status, said), 0);
	ck_assert_int_eq(server_status_parse(&status, NULL), -EPROTO);
	ck_assert_str_eq(status.name, "default");
	ck_assert_int_eq(status.slots, 0);
	ck_assert_int_eq(status.used, 7);
	ck_assert_int_eq(status.tasks[TASK_FAILED], 2);
	ck_assert_int_eq(status.started_ms, 86401250);
	json_decref(said);
	server_status_release(&status);
}
END_TEST

START_TEST(rows_stay_readable_after_a_reset)
{
	apply_rows(1, 0, 3, 1, 3);
	window_reset(&window);
	ck_assert_int_eq(window.id, -1);
	ck_assert_ptr_nonnull(window_row_at(&window, 2));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view window");
	TCase *tcase = tcase_create("window");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, first_reply_fills_the_window);
	tcase_add_test(tcase, a_row_has_the_time_at_which_it_came);
	tcase_add_test(tcase, a_task_keeps_its_speed_where_its_row_goes);
	tcase_add_test(tcase, how_fast_sizes_grow_is_shown);
	tcase_add_test(tcase, the_time_left_is_that_at_the_latest_speed);
	tcase_add_test(tcase, a_change_replaces_one_row);
	tcase_add_test(tcase, the_window_grows_by_changes_and_shrinks_by_length);
	tcase_add_test(tcase, rows_that_nobody_sent_are_not_made_up);
	tcase_add_test(tcase, a_lost_reply_is_noticed_and_rows_anew_heal_it);
	tcase_add_test(tcase, changes_of_another_offset_are_refused);
	tcase_add_test(tcase, scroll_is_pending_until_rows_come);
	tcase_add_loop_test(tcase, nonsense_changes_nothing, 0, sizeof(nonsense) / sizeof(*nonsense));
	tcase_add_test(tcase, an_odd_row_is_tamed);
	tcase_add_test(tcase, rows_of_a_tree_say_how_deep_they_are);
	tcase_add_test(tcase, lines_of_a_tree_pass_by);
	tcase_add_test(tcase, what_a_server_says_of_itself);
	tcase_add_test(tcase, rows_stay_readable_after_a_reset);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
