/* The table of fields: every row has all that its users need, and the users agree about it. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/unit/unit.h"
#include "tui/fields/wire.h"

static const struct field_look plain;
static struct text scratch;

static void teardown(void)
{
	text_release(&scratch);
}

START_TEST(a_row_has_all_that_its_users_need)
{
	const struct field *field = &field_table[_i];

	ck_assert_ptr_nonnull(field->name);
	ck_assert_ptr_nonnull(field->heading);
	ck_assert_ptr_nonnull(field->sources[0]);
	ck_assert_ptr_nonnull(field->text);
	ck_assert_ptr_nonnull(field->json);
	/* A column must have room for its heading, and its limits must be in order. */
	ck_assert_int_ge(field->min, (int)strlen(field->heading));
	ck_assert(field->max == 0 || field->max >= field->min);
	ck_assert(!field->label || *field->label);
	ck_assert_uint_ge(field_width(field), 1);
	ck_assert_ptr_eq(field_find(field->name), field);
}
END_TEST

START_TEST(names_and_priorities_are_given_once)
{
	for (int i = 0; i < FIELD_TOTAL; i++) {
		for (int k = 0; k < i; k++) {
			ck_assert_int_ne(strcasecmp(field_table[i].name, field_table[k].name), 0);
			ck_assert_int_ne(field_table[i].priority, field_table[k].priority);
		}
		ck_assert_int_ge(field_table[i].priority, 0);
		ck_assert_int_lt(field_table[i].priority, FIELD_TOTAL);
	}
	ck_assert_ptr_null(field_table[FIELD_TOTAL].name);
}
END_TEST

START_TEST(headings_are_names_too)
{
	ck_assert_ptr_eq(field_find("elapsed"), field_find("duration"));
	ck_assert_ptr_eq(field_find("EXIT"), field_find("exitcode"));
	/* Two fields have the heading COMMAND, and the name decides. */
	ck_assert_str_eq(field_find("COMMAND")->name, "command");
	ck_assert_ptr_null(field_find("colour"));
	ck_assert_ptr_null(field_find(""));
}
END_TEST

/* The values of a field's sources, and what they look like. */
static const struct {
	const char *name, *values, *text, *json;
} samples[] = {
	{ "id", "[\"7\"]", "7", "\"7\"" },
	{ "name", "[\"a \\\"b\\\"\"]", "a \"b\"", "\"a \\\"b\\\"\"" },
	{ "description", "[null]", "-", "null" },
	{ "description", "[\"\"]", "-", "\"\"" },
	{ "state", "[\"Running\",null]", "Running", "\"Running\"" },
	{ "state", "[\"Running\",\"2/6\"]", "Running 2/6", "\"Running\"" },
	{ "createdAt", "[\"2026-01-02T03:04:05.678Z\"]", "2026-01-01 22:04:05",
	  "\"2026-01-02T03:04:05.678Z\"" },
	{ "startedAt", "[null]", "-", "null" },
	{ "completedAt", "[null]", "-", "null" },
	{ "duration", "[61.25,1000]", "1:01", "61.25" },
	{ "duration", "[null,0]", "-", "null" },
	{ "progress", "[42,true,\"linking\",null,null,null,2,1]", "42% linking",
	  "{\"percentComplete\":42,\"statusMessage\":\"linking\"}" },
	{ "progress", "[42,true,null,null,null,null,2,1]", "42%",
	  "{\"percentComplete\":42,\"statusMessage\":null}" },
	{ "progress", "[99,true,\"11.2M 11.2MB/s eta 1m\",null,null,null,2,1]", "99% 11.2MB/s 1m left",
	  "{\"percentComplete\":99,\"statusMessage\":\"11.2M 11.2MB/s eta 1m\"}" },
	{ "progress", "[99,true,\"11.2M 11.2MB/s eta 1m\",null,1,null,2,1]", "99% 11.2M 11.2MB/s eta 1m",
	  "{\"percentComplete\":99,\"statusMessage\":\"11.2M 11.2MB/s eta 1m\"}" },
	{ "progress", "[99,true,\"11.2M 11.2MB/s eta 1m\",null,null,15,2,1]", "99% 11.2M 11.2MB/s eta 1m",
	  "{\"percentComplete\":99,\"statusMessage\":\"11.2M 11.2MB/s eta 1m\"}" },
	{ "progress", "[0,false,\"linking\",null,null,null,2,1]", "linking",
	  "{\"percentComplete\":0,\"statusMessage\":\"linking\"}" },
	{ "progress", "[0,false,null,null,null,null,2,1]", "-",
	  "{\"percentComplete\":0,\"statusMessage\":null}" },
	{ "progress", "[0,false,null,\"held\",null,null,2,1]", "held",
	  "{\"percentComplete\":0,\"statusMessage\":null}" },
	{ "progress", "[0,false,\"linking\",\"held\",null,null,2,1]", "held",
	  "{\"percentComplete\":0,\"statusMessage\":\"linking\"}" },
	{ "percentComplete", "[42,true]", "42", "42" },
	{ "percentComplete", "[0,true]", "0", "0" },
	{ "percentComplete", "[0,false]", "-", "0" }, /* nobody has reported any */
	{ "parentId", "[\"mother\"]", "mother", "\"mother\"" },
	{ "childrenId", "[[\"a\",\"b\"]]", "a b", "[\"a\",\"b\"]" },
	{ "childrenId", "[[]]", "-", "[]" },
	{ "exitCode", "[3,null]", "3", "3" },
	{ "exitCode", "[null,15]", "TERM", "null" },
	{ "exitCode", "[null,null]", "-", "null" },
	{ "signal", "[15]", "TERM", "15" },
	{ "signal", "[null]", "-", "null" },
	{ "pid", "[4711]", "4711", "4711" },
	{ "group", "[\"g\"]", "g", "\"g\"" },
	{ "command", "[[\"make\",\"two words\"]]", "make two words", "[\"make\",\"two words\"]" },
	{ "cwd", "[\"/tmp\"]", "/tmp", "\"/tmp\"" },
	{ "priority", "[-5]", "-5", "-5" },
	{ "weight", "[2]", "2", "2" },
	{ "nice", "[-5]", "-5", "-5" },
	{ "nice", "[null]", "-", "null" },
	{ "ionice", "[\"be:4\"]", "be:4", "\"be:4\"" },
	{ "cpuList", "[\"0-3\"]", "0-3", "\"0-3\"" },
	{ "reasons", "[[{\"message\":\"held\"},{\"message\":\"slots\"}]]", "held; slots",
	  "[{\"message\":\"held\"},{\"message\":\"slots\"}]" },
	{ "reasons", "[[]]", "-", "[]" },
	{ "after", "[[\"7\",\"8:any\"]]", "7 8:any", "[\"7\",\"8:any\"]" },
	{ "cpuSeconds", "[61.25]", "1:01", "61.25" },
	{ "cpuSeconds", "[null]", "-", "null" },
	{ "maxRssBytes", "[3571712]", "3.4M", "3571712" },
	{ "maxRssBytes", "[null]", "-", "null" },
	{ "attempt", "[2]", "2", "2" },
	{ "attempt", "[null]", "-", "null" },
	{ "attempts", "[[],null]", "-", "[]" },
	{ "attempts", "[[1],\"1: killed\"]", "1: killed", "[1]" },
	{ "beginAt", "[null]", "-", "null" },
	{ "beginAt", "[\"2026-11-26T01:12:33.000Z\"]", "2026-11-25 20:12:33",
	  "\"2026-11-26T01:12:33.000Z\"" },
	{ "expireAt", "[null]", "-", "null" },
	{ "timeLimit", "[7200.0]", "2h", "7200.0" },
	{ "timeLimit", "[null]", "-", "null" },
	{ "killAfter", "[0.5]", "0.5s", "0.5" },
	{ "killAfter", "[null]", "-", "null" },
	{ "commandLine", "[\"make 'two words'\"]", "make 'two words'", "\"make 'two words'\"" },
	{ "statusMessage", "[\"exit status 3\"]", "exit status 3", "\"exit status 3\"" },
};

static struct value *values_of(const char *json)
{
	json_t *array = json_loads(json, 0, NULL);
	struct value *values = values_copy(array, 0);

	ck_assert_ptr_nonnull(array);
	json_decref(array);
	return values;
}

START_TEST(text_and_json_say_the_same)
{
	const struct field *field = field_find(samples[_i].name);
	struct value *values = values_of(samples[_i].values);
	struct slice slice = field_text(field, values, &plain, &scratch);
	struct jsonw w = JSONW_INIT;

	ck_assert_uint_eq(slice.length, strlen(samples[_i].text));
	ck_assert_mem_eq(slice.text, samples[_i].text, slice.length);
	jsonw_array(&w);
	field->json(&w, values);
	jsonw_end_array(&w);
	ck_assert_uint_eq(w.length, strlen(samples[_i].json) + 2);
	ck_assert_mem_eq(w.data + 1, samples[_i].json, w.length - 2);
	jsonw_release(&w);
	free(values);
}
END_TEST

START_TEST(every_field_has_a_sample_that_fits_its_sources)
{
	for (const struct field *field = field_table; field->name; field++) {
		bool found = false;

		for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
			json_t *array = json_loads(samples[i].values, 0, NULL);

			if (field_find(samples[i].name) == field) {
				found = true;
				ck_assert_uint_eq(json_array_size(array), field_width(field));
			}
			json_decref(array);
		}
		ck_assert_msg(found, "%s", field->name);
	}
}
END_TEST

static const char *progress_in(size_t width, size_t *tinted)
{
	static char text[64];
	struct value *values = values_of("[50,true,\"linking\",null,null,null,2,1]");
	const struct field_look look = { .width = width };
	struct slice slice = field_find("progress")->text(values, &look, &scratch);

	snprintf(text, sizeof(text), "%.*s", (int)slice.length, slice.text);
	*tinted = slice.tinted;
	free(values);
	return text;
}

START_TEST(progress_has_a_bar_where_there_is_room)
{
	size_t tinted;

	ck_assert_str_eq(progress_in(0, &tinted), "50% linking");
	ck_assert_uint_eq(tinted, 0);
	ck_assert_str_eq(progress_in(4, &tinted), " 50%");
	ck_assert_str_eq(progress_in(10, &tinted), "##   50%");
	ck_assert_uint_eq(tinted, 4);
	ck_assert_str_eq(progress_in(40, &tinted), "#####      50% linking");
	ck_assert_uint_eq(tinted, 10);
}
END_TEST

/* In 60 columns. */
static const char *progress_of(const char *text_of_values, const char *said, int64_t silent_ms)
{
	static char text[128];
	struct value *values = values_of(text_of_values);
	const struct field_look look = { .width = 60,
		                         .said = { said, said ? strlen(said) : 0, 0 },
		                         .silent_ms = silent_ms };
	struct slice slice = field_find("progress")->text(values, &look, &scratch);

	snprintf(text, sizeof(text), "%.*s", (int)slice.length, slice.text);
	free(values);
	return text;
}

START_TEST(what_runs_is_as_far_as_its_children)
{
	static const char some[] = "[0,false,null,null,null,null,9,3]";
	static const char one[] = "[0,false,null,null,null,null,1,1]";
	static const char knows[] = "[50,true,null,null,null,null,9,3]";

	ck_assert_str_eq(progress_of(some, NULL, 0), "3/9 children");
	ck_assert_str_eq(progress_of(some, "compiling a.c", 0), "3/9 children: compiling a.c");
	ck_assert_str_eq(progress_of(some, NULL, INT64_C(7200000)), "3/9 children: silent 2 h");
	ck_assert_str_eq(progress_of(one, NULL, 0), "1/1 child");
	ck_assert_str_eq(progress_of(knows, NULL, 0), "#####      50%");
}
END_TEST

START_TEST(a_speed_stands_beside_the_bar)
{
	static const char half[] = "[50,true,null,null,null,null,0,0]";
	static const char unknown[] = "[0,false,null,null,null,null,0,0]";

	ck_assert_str_eq(progress_of(half, "  186,869,083  46%   12.34MB/s    0:35:31  ", 0),
	                 "#####      50% 12.34MB/s 0:35:31 left");
	ck_assert_str_eq(progress_of(half, "  186,869,083  46%   12.34MB/s    0:35:31 (xfr#46)", 0),
	                 "#####      50% 12.34MB/s");
	ck_assert_str_eq(progress_of(half, "file.iso: 12MB/s", 0), "#####      50% 12MB/s");
	ck_assert_str_eq(progress_of(unknown, "file.iso: 12MB/s", 0), "file.iso: 12MB/s");
}
END_TEST

START_TEST(no_time_is_left_that_nobody_knows)
{
	struct value *values = values_of("[0,false,60,10000,\"building\"]");
	struct field_look look = { .age_ms = -900 };

	ck_assert_uint_eq(field_eta.text(values, &look, &scratch).length, 0);
	free(values);
}
END_TEST

START_TEST(no_time_that_is_left_is_too_long_for_a_number)
{
	static const char said[] = "1/99999999999999999999999999";
	struct value *values = values_of("[0,false,60,10000,null]");
	struct field_look look = { .said = { .text = said, .length = sizeof(said) - 1 } };
	struct slice slice = field_eta.text(values, &look, &scratch);

	ck_assert_uint_eq(slice.length, strlen("11574d01:46:40"));
	ck_assert_mem_eq(slice.text, "11574d01:46:40", slice.length);
	free(values);
}
END_TEST

START_TEST(what_runs_goes_on_whatever_our_clock_says)
{
	struct value *values = values_of("[1,10000]");
	struct field_look look = { .age_ms = 64000 };
	struct slice slice = field_find("duration")->text(values, &look, &scratch);

	ck_assert_uint_eq(slice.length, 4);
	ck_assert_mem_eq(slice.text, "1:05", 4);
	look.age_ms = -2000;
	slice = field_find("duration")->text(values, &look, &scratch);
	ck_assert_mem_eq(slice.text, "0.0s", slice.length);
	free(values);
}
END_TEST

START_TEST(values_survive_the_document_they_came_in)
{
	struct value *values = values_of("[1,\"\\u001b\\\"\",[\"a\",null],0.3,true]");
	size_t length = 0;
	const char *string = value_string(&values[1], &scratch, &length);

	ck_assert_int_eq(value_integer(&values[0]), 1);
	ck_assert_uint_eq(length, 2);
	ck_assert_mem_eq(string, "\033\"", 2);
	ck_assert_int_eq(value_milliseconds(&values[3]), 300);
	ck_assert(value_is_true(&values[4]));
	free(values);
}
END_TEST

START_TEST(lists_are_of_the_table)
{
	struct field_list list;

	fields_default(&list);
	ck_assert_uint_eq(list.count, 8);
	ck_assert_ptr_eq(list.items[0], field_find("id"));
	fields_of_json(&list);
	ck_assert_uint_eq(list.count, 33);
	for (size_t i = 0; i < list.count; i++)
		ck_assert(list.items[i]->in_json && list.items[i]->json);
	fields_of_details(&list);
	for (size_t i = 0; i < list.count; i++)
		ck_assert_ptr_nonnull(list.items[i]->label);
	ck_assert_uint_ge(list.count, 15);
}
END_TEST

START_TEST(a_list_takes_what_there_is_and_no_more)
{
	struct field_list list = { .count = 0 };

	ck_assert_int_eq(fields_add(&list, "colour"), -EINVAL);
	for (size_t i = 0; i < FIELD_MAX; i++)
		ck_assert_int_eq(fields_add(&list, "id"), 0);
	ck_assert_int_eq(fields_add(&list, "id"), -E2BIG);
	ck_assert_uint_eq(list.count, FIELD_MAX);
}
END_TEST

/* Each column is asked for once, and each field gets the values of its own columns, also of a row that is cut off. */
START_TEST(a_column_is_asked_for_once)
{
	struct field_list all;
	struct value came[FIELD_VALUES], values[FIELD_VALUES];
	struct field_wire wire;

	fields_of_json(&all);
	all.items[all.count++] = all.items[0];
	fields_plan(&all, &wire);
	ck_assert_uint_eq(wire.width, fields_width(&all));
	ck_assert_uint_lt(wire.count, wire.width);
	for (size_t i = 0; i < wire.count; i++) {
		came[i] = (struct value){ .json = wire.columns[i], .length = strlen(wire.columns[i]) };
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(wire.columns[k], wire.columns[i]);
	}
	for (size_t count = 1; count <= wire.count; count++) {
		const struct value *value = values;

		fields_spread(&wire, came, count, values);
		for (size_t i = 0; i < all.count; i++) {
			for (size_t k = 0; k < field_width(all.items[i]); k++, value++) {
				bool here = value->json == wire.columns[wire.places[value - values]];

				ck_assert(here ? wire.places[value - values] < count : value_is_null(value));
				if (here)
					ck_assert_str_eq(value->json, all.items[i]->sources[k]);
			}
		}
	}
}
END_TEST

int main(void)
{
	(void)setenv("TZ", "EST5", 1);
	Suite *suite = suite_create("fields");
	TCase *tcase = tcase_create("table");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, a_row_has_all_that_its_users_need, 0, FIELD_TOTAL);
	tcase_add_test(tcase, names_and_priorities_are_given_once);
	tcase_add_test(tcase, headings_are_names_too);
	tcase_add_loop_test(tcase, text_and_json_say_the_same, 0, sizeof(samples) / sizeof(*samples));
	tcase_add_test(tcase, every_field_has_a_sample_that_fits_its_sources);
	tcase_add_test(tcase, progress_has_a_bar_where_there_is_room);
	tcase_add_test(tcase, what_runs_is_as_far_as_its_children);
	tcase_add_test(tcase, a_speed_stands_beside_the_bar);
	tcase_add_test(tcase, no_time_is_left_that_nobody_knows);
	tcase_add_test(tcase, no_time_that_is_left_is_too_long_for_a_number);
	tcase_add_test(tcase, what_runs_goes_on_whatever_our_clock_says);
	tcase_add_test(tcase, values_survive_the_document_they_came_in);
	tcase_add_test(tcase, lists_are_of_the_table);
	tcase_add_test(tcase, a_list_takes_what_there_is_and_no_more);
	tcase_add_test(tcase, a_column_is_asked_for_once);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
