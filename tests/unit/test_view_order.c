/* The order of rows of several servers: that in which each of them has its own. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/window.h"
#include "tui/view/window_order.h"

/* Values of the columns that the order follows from, of one row and of one that comes after it. */
static const struct {
	const char *sort, *first, *second;
} orders[] = {
	{ "name", "\"alpha\"", "\"Beta\"" },
	{ "name", "\"Beta\"", "\"gamma\"" },
	{ "name", "\"GAMMA\"", "\"gamma ray\"" },
	{ "name", "null", "\"\"" },
	{ "id", "\"9\"", "\"10\"" },
	{ "id", "\"10\"", "\"9a\"" },
	{ "id", "\"10\"", "\"01\"" },
	{ "id", "\"99999999999999999\"", "\"100000000000000000\"" }, /* equal as doubles */
	{ "id", "\"a\"", "\"B\"" },
	{ "id", "\"999999999999999999\"", "\"1000000000000000000\"" }, /* which is too long for a number */
	{ "parentId", "null", "\"7\"" },
	{ "description", "null", "\"a\"" },
	{ "group", "\"CPU\"", "\"gpu\"" },
	{ "startedAt", "0", "1000" },
	{ "completedAt", "999", "1000" },
	{ "duration", "null", "0" },
	{ "duration", "9.5", "10" },
	{ "progress", "false,0,\"z\"", "true,0,null" },
	{ "progress", "true,9,\"z\"", "true,10,\"a\"" },
	{ "progress", "true,10,null", "true,10,\"a\"" },
	{ "progress", "true,10,\"A\"", "true,10,\"b\"" },
	{ "childrenId", "[]", "[\"9\"]" },
	{ "childrenId", "[\"9\"]", "[\"1\",\"2\"]" },
	{ "childrenId", "[\"9\",\"1\"]", "[\"10\",\"1\"]" },
	{ "after", "[\"9\"]", "[\"1\",\"2\"]" },
	{ "exitCode", "null,null", "0,null" },
	{ "exitCode", "100,null", "null,1" },
	{ "exitCode", "null,1", "130,null" },
	{ "signal", "null", "9" },
	{ "pid", "99", "100" },
	{ "command", "[\"make\"]", "[\"Make\",\"all\"]" },
	{ "command", "[\"make\",\"a b\"]", "[\"make a\"]" },
	{ "commandLine", "[\"a\",\"b\"]", "[\"A\",\"c\"]" },
	{ "priority", "-5", "3" },
	{ "ionice", "\"be:7\"", "\"idle\"" },
	{ "attempts", "null", "2" },
	{ "beginAt", "null", "\"2026-01-01T00:00:00.000Z\"" },
	{ "timeLimit", "null", "90" },
};

enum { NOW = 61000 };

static struct window window;

static struct window_row row_of(const char *sort, const char *state, const char *values, const char *created)
{
	json_t *array;
	struct window_row row;
	char text[512];

	window.query.sort = sort;
	snprintf(text, sizeof(text), "[1,\"1\",\"%s\",null,null,\"%s\",0,0,0,%s]", state, created, values);
	array = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(array);
	ck_assert_int_eq(window_row_parse(&row, array, &window), 0);
	json_decref(array);
	return row;
}

static void setup(void)
{
	window_init(&window);
	window.fields.count = 0;
	window.query.merges = true;
	window.now = NOW;
}

static void clean(void)
{
	window_release(&window);
}

START_TEST(rows_compare_as_on_their_servers)
{
	struct window_row a = row_of(orders[_i].sort, "Completed", orders[_i].first, "2026-01-02T00:00:00Z");
	struct window_row b = row_of(orders[_i].sort, "Completed", orders[_i].second, "2026-01-01T00:00:00Z");
	struct window_row copy = window_row_copy(&a, &window.fields);

	ck_assert_msg(window_compare(&window, &a, &b) < 0, "%s: %s", orders[_i].sort, orders[_i].first);
	ck_assert_int_gt(window_compare(&window, &b, &a), 0);
	ck_assert_int_lt(window_compare(&window, &copy, &b), 0);
	ck_assert_int_eq(window_compare(&window, &copy, &a), 0);
	window.query.reverse = true;
	ck_assert_int_gt(window_compare(&window, &a, &b), 0);
	window_row_release(&a);
	window_row_release(&b);
	window_row_release(&copy);
}
END_TEST

START_TEST(states_are_in_the_order_of_their_life)
{
	static const char *const names[] = { "Created",  "Queued",    "Running", "Paused",
		                             "Stopping", "Completed", "Failed",  "Stopped" };

	for (size_t i = 1; i < sizeof(names) / sizeof(*names); i++) {
		struct window_row a = row_of("state", names[i - 1], "null", "2026-01-02T00:00:00Z");
		struct window_row b = row_of("state", names[i], "null", "2026-01-01T00:00:00Z");

		ck_assert_int_lt(window_compare(&window, &a, &b), 0);
		window_row_release(&a);
		window_row_release(&b);
	}
}
END_TEST

START_TEST(equal_rows_are_in_order_of_creation)
{
	struct window_row a = row_of("name", "Created", "\"one\"", "2026-01-01T00:00:00Z");
	struct window_row b = row_of("name", "Created", "\"ONE\"", "2026-01-02T00:00:00Z");

	ck_assert_int_lt(window_compare(&window, &a, &b), 0);
	window.query.sort = "id"; /* of which they know nothing yet */
	ck_assert_int_lt(window_compare(&window, &a, &b), 0);
	window_row_release(&a);
	window_row_release(&b);
}
END_TEST

START_TEST(what_runs_gets_older)
{
	struct window_row a = row_of("duration", "Completed", "30", "2026-01-01T00:00:00Z");
	struct window_row b = row_of("duration", "Running", "1", "2026-01-02T00:00:00Z");

	b.received = NOW - 28000;
	ck_assert_int_gt(window_compare(&window, &a, &b), 0);
	b.received = NOW - 30000;
	ck_assert_int_lt(window_compare(&window, &a, &b), 0);
	window_row_release(&a);
	window_row_release(&b);
}
END_TEST

/* Those of which the server has no order are in that of creation there, too. */
START_TEST(every_field_has_an_order)
{
	const char *const *columns;

	for (const struct field *field = field_table; field->name; field++) {
		bool none = strcmp(field->name, "createdAt") == 0 || strcmp(field->name, "reasons") == 0;

		ck_assert_msg(!window_order_columns(field->name, &columns) == none, "%s", field->name);
	}
	ck_assert_uint_eq(window_order_columns("activity", &columns), 0);
	ck_assert_uint_eq(window_order_columns(NULL, &columns), 0);
}
END_TEST

/* The text has no NUL. */
static bool asks_for(const struct jsonw *params, const char *text)
{
	return memmem(params->data, params->length, text, strlen(text)) != NULL;
}

START_TEST(columns_are_asked_for_where_rows_are_compared)
{
	struct jsonw params = JSONW_INIT;

	window.query.sort = "commandLine";
	window_request(&window, 0, 10, &params);
	ck_assert(asks_for(&params, "\"priority\",\"command\"]"));
	jsonw_release(&params);
	params = (struct jsonw)JSONW_INIT;
	window.query.merges = false;
	window_request(&window, 0, 10, &params);
	ck_assert(!asks_for(&params, "\"command\""));
	jsonw_release(&params);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order");
	TCase *tcase = tcase_create("order");

	tcase_add_checked_fixture(tcase, setup, clean);
	tcase_add_loop_test(tcase, rows_compare_as_on_their_servers, 0,
	                    (int)(sizeof(orders) / sizeof(*orders)));
	tcase_add_test(tcase, states_are_in_the_order_of_their_life);
	tcase_add_test(tcase, equal_rows_are_in_order_of_creation);
	tcase_add_test(tcase, what_runs_gets_older);
	tcase_add_test(tcase, every_field_has_an_order);
	tcase_add_test(tcase, columns_are_asked_for_where_rows_are_compared);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
