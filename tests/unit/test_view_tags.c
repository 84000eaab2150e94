/* Tags in the table, and the query of its requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/served_list.h"
#include "tests/unit/unit.h"
#include "tui/view/list.h"

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
	tags_hide(&list.tags, tags_ask(&list.tags));
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

START_TEST(an_answer_says_nothing_of_what_was_tagged_since)
{
	size_t earlier, later;

	begin(0);
	tags_toggle(&list.tags, 10, "a");
	earlier = tags_ask(&list.tags);
	tags_toggle(&list.tags, 20, "b");
	later = tags_ask(&list.tags);
	tags_toggle(&list.tags, 30, "c");
	tags_hide(&list.tags, earlier);
	ck_assert_uint_eq(tags_hidden(&list.tags), 1);
	tags_hide(&list.tags, later);
	ck_assert_uint_eq(tags_hidden(&list.tags), 2);
	tags_remove_hidden(&list.tags);
	ck_assert(tags_has(&list.tags, 30));
	tags_clear(&list.tags);
}
END_TEST

START_TEST(what_the_filter_leaves_out_stays_tagged)
{
	begin(3);
	list_tag(&list);
	list_select(&list, 1, "t1");
	list.lost = true;
	list.window.query.text = strdup("x");
	list_found(&list, list.selected, -1);
	ck_assert(tags_has(&list.tags, 1));
	list_select(&list, 1, "t1");
	list.lost = true;
	free(list.window.query.text);
	list.window.query.text = NULL;
	list_found(&list, list.selected, -1);
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
	struct window_query query = { .text = strdup("a \"b\""),
		                      .states = 1u << TASK_QUEUED | 1u << TASK_CLAIMED,
		                      .sort = "name",
		                      .reverse = true,
		                      .tree = true };
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
	ck_assert_uint_eq(json_array_size(json_object_get(call, "columns")),
	                  columns + 3); /* the depth, the last, and what is under it */
	json_decref(call);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view tags");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, space_tags_and_moves_down);
	tcase_add_test(tcase, tags_are_walked_in_order_of_creation);
	tcase_add_test(tcase, an_answer_says_nothing_of_what_was_tagged_since);
	tcase_add_test(tcase, what_the_filter_leaves_out_stays_tagged);
	tcase_add_test(tcase, requests_carry_the_query);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
