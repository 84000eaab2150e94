/*
 * Rows of List read from text, and the table made of them.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/cli/table.h"

static struct text scratch;

static void teardown(void)
{
	text_release(&scratch);
}

/* Returns every value between <>, with one row on each line; "broken" where it is not JSON. */
static const char *shown(const char *json, size_t length)
{
	static char text[512];
	struct value values[4];
	struct rows rows;
	size_t used = 0, count;
	int result = rows_begin(&rows, json, length);

	text[0] = '\0';
	while (!result && (result = rows_next(&rows, values, 4, &count)) > 0) {
		for (size_t i = 0; i < count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "<%.*s>",
			                         (int)values[i].length, values[i].json);
		used += (size_t)snprintf(text + used, sizeof(text) - used, count ? "\n" : "null\n");
		result = 0;
	}
	return result < 0 ? "broken" : text;
}

static const struct {
	const char *json, *rows;
} replies[] = {
	{ "{\"offset\":0,\"total\":2,\"length\":2,\"rows\":[[\"1\",true],[\"2\",null]]}",
	  "<\"1\"><true>\n<\"2\"><null>\n" },
	{ "{\"rows\":[]}", "" },
	{ "{\"rows\":[null,[1]]}", "null\n<1>\n" },
	{ " { \"a\" : {\"rows\":[9],\"b\":\"]}\"} , \"rows\" : [ [ 1 , [2,\"],\"] ] , null ] } ",
	  "<1><[2,\"],\"]>\nnull\n" },
	{ "{\"rows\":[[\"a\\\"]\",\"\\\\\"]]}", "<\"a\\\"]\"><\"\\\\\">\n" },
	{ "{\"rows\":[[]]}", "null\n" },
	{ "", "broken" },
	{ "{}", "broken" },
	{ "[]", "broken" },
	{ "{\"rows\":7}", "broken" },
	{ "{\"rows\":[", "broken" },
	{ "{\"rows\":[[1", "broken" },
	{ "{\"rows\":[[1]", "broken" },
	{ "{\"rows\":[[\"1]]}", "broken" },
	{ "{\"rows\":[[1,2,3,4,5]]}", "broken" },
	{ "{\"rows\" [1]}", "broken" },
	{ "{\"a\":{\"rows\":[[1]]}}", "broken" },
};

START_TEST(rows_are_found)
{
	ck_assert_str_eq(shown(replies[_i].json, strlen(replies[_i].json)), replies[_i].rows);
}
END_TEST

START_TEST(a_reply_cut_anywhere_is_broken)
{
	static const char whole[] =
		"{\"total\":1,\"x\":[\"\\u0041\",{}],\"rows\":[[\"a\",[1,2],null,1.5],null]";

	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		char *cut = unit_exact(whole, length);

		ck_assert_str_eq(shown(cut, length), "broken");
		free(cut);
	}
	ck_assert_str_ne(shown(whole, sizeof(whole) - 1), "broken");
}
END_TEST

static const struct {
	const char *json, *text;
} strings[] = {
	{ "\"\"", "" },
	{ "\"plain\"", "plain" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
	{ "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac" },
	{ "\"x\\ud83d\\ude00y\"", "x\xf0\x9f\x98\x80y" },
	{ "\"\\ud83d\"", "\xef\xbf\xbd" },
	{ "\"\\u0000\"", "\xef\xbf\xbd" },
	{ "7", NULL },
	{ "null", NULL },
};

START_TEST(strings_lose_their_escapes)
{
	struct value value = { .json = strings[_i].json, .length = strlen(strings[_i].json) };
	size_t length = 0;
	const char *text = value_string(&value, &scratch, &length);

	if (!strings[_i].text) {
		ck_assert_ptr_null(text);
		return;
	}
	ck_assert_uint_eq(length, strlen(strings[_i].text));
	ck_assert_mem_eq(text, strings[_i].text, length);
}
END_TEST

START_TEST(numbers)
{
	ck_assert_int_eq(value_integer(&(struct value){ .json = "-17", .length = 3 }), -17);
	ck_assert_int_eq(value_integer(&(struct value){ .json = "17,", .length = 2 }), 17);
	ck_assert_int_eq(value_integer(&(struct value){ .json = "null", .length = 4 }), 0);
	ck_assert_int_eq(value_milliseconds(&(struct value){ .json = "12.3456", .length = 7 }), 12345);
	ck_assert_int_eq(value_milliseconds(&(struct value){ .json = "12", .length = 2 }), 12000);
	ck_assert_int_eq(value_milliseconds(&(struct value){ .json = "0.05", .length = 4 }), 50);
}
END_TEST

/* Returns a table of these columns and rows, for a terminal of that width (0: no terminal). */
static char *table_of(const char *columns, const char *rows_json, size_t terminal)
{
	struct field_list list = { .count = 0 };
	struct value row[FIELD_VALUES];
	struct table table;
	struct rows rows;
	char *text = NULL, *copy = strdup(columns), *rest = copy, *name;
	size_t size, count;
	FILE *out = open_memstream(&text, &size);

	while ((name = strsep(&rest, ",")))
		ck_assert_int_eq(fields_add(&list, name), 0);
	table_init(&table, &list, terminal, true);
	ck_assert_int_eq(rows_begin(&rows, rows_json, strlen(rows_json)), 0);
	while (rows_next(&rows, row, FIELD_VALUES, &count) > 0)
		table_add(&table, row);
	ck_assert_int_eq(table_print(&table, out), 0);
	fclose(out);
	table_release(&table);
	free(copy);
	return text;
}

#define ROWS                                                                                                 \
	"{\"rows\":[[\"1\",\"first\",1.25,1000,0,null,\"make -j4 all\"],[\"22\",\"\\u001b[31m\",0,0,null,15,\"x\"]]}"
#define COLUMNS "ID,name,Elapsed,EXIT,commandline"

START_TEST(a_table_is_as_wide_as_it_must)
{
	char *text = table_of(COLUMNS, ROWS, 0);

	ck_assert_str_eq(text, "ID  NAME   ELAPSED  EXIT  COMMAND\n"
	                       "1   first     1.2s     0  make -j4 all\n"
	                       "22  ?[31m        -  TERM  x\n");
	free(text);
}
END_TEST

START_TEST(a_terminal_cuts_it)
{
	char *text = table_of(COLUMNS, ROWS, 33);

	ck_assert_str_eq(text, "ID  NAME   ELAPSED  EXIT  COMMAND\n"
	                       "1   first     1.2s     0  make -~\n"
	                       "22  ?[31m        -  TERM  x\n");
	free(text);
	for (size_t width = 1; width < 40; width++) {
		char *line, *rest;

		text = rest = table_of(COLUMNS, ROWS, width);
		while ((line = strsep(&rest, "\n")))
			ck_assert_uint_le(strlen(line), width);
		free(text);
	}
}
END_TEST

/* The length of a cell may need more than a byte, and need not be its columns. */
START_TEST(a_cell_has_any_length)
{
	char json[8192], wanted[8192], name[2048];
	const size_t lengths[] = { 1, 253, 254, 255, 256, 257, 511, 2000 };

	unit_utf8();
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		int width = lengths[i] > 4 ? (int)lengths[i] : 4;

		memset(name, 'n', lengths[i]);
		name[lengths[i]] = '\0';
		snprintf(json, sizeof(json),
		         "{\"rows\":[[\"%s\",\"1\"],[\"\u4efb\u52a1\",\"2\"],[\"x\",\"3\"]]}", name);
		snprintf(wanted, sizeof(wanted), "%-*s  ID\n%-*s  1\n\u4efb\u52a1%*s  2\n%-*s  3\n", width,
		         "NAME", width, name, width - 4, "", width, "x");
		char *text = table_of("name,ID", json, 0);

		ck_assert_str_eq(text, wanted);
		free(text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rows");
	TCase *tcase = tcase_create("text");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, rows_are_found, 0, sizeof(replies) / sizeof(*replies));
	tcase_add_test(tcase, a_reply_cut_anywhere_is_broken);
	tcase_add_loop_test(tcase, strings_lose_their_escapes, 0, sizeof(strings) / sizeof(*strings));
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, a_table_is_as_wide_as_it_must);
	tcase_add_test(tcase, a_terminal_cuts_it);
	tcase_add_test(tcase, a_cell_has_any_length);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
