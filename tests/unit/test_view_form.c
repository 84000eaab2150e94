/* The form for a new task makes lines of the batch language, which give back the same words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/batch/lexer.h"
#include "tui/text/messages.h"
#include "tui/view/form.h"

static struct form form;

static void setup(void)
{
	form = (struct form){ 0 };
}

static void teardown(void)
{
	form_release(&form);
}

static void fill(enum form_field field, const char *text)
{
	edit_set(&form.texts[field], text);
}

/* Returns the line, split into words again and joined by bars. */
static char *words(const char *line)
{
	static char joined[1024];
	struct lexed lexed = LEXED_INIT;
	const char *error = NULL;
	unsigned column;
	size_t used = 0;

	*joined = '\0';
	ck_assert_int_eq(lexed_line(&lexed, line, strlen(line), 0, &error, &column), 0);
	for (size_t i = 0; i < lexed.token_count; i++) {
		ck_assert_uint_eq(lexed.tokens[i].count, 1);
		ck_assert(!lexed.pieces[lexed.tokens[i].first].variable);
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s", i ? "|" : "",
		                         lexed_text(&lexed, &lexed.pieces[lexed.tokens[i].first]));
		ck_assert_uint_lt(used, sizeof(joined));
	}
	lexed_release(&lexed);
	return joined;
}

static void gives(const char *wanted)
{
	char *error = NULL, *line = form_line(&form, &error);

	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_null(error);
	ck_assert_str_eq(words(line), wanted);
	free(line);
}

static void refuses(const char *part)
{
	char *error = NULL;

	ck_assert_ptr_null(form_line(&form, &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, part) != NULL, "%s", error);
	free(error);
}

START_TEST(only_what_was_typed_is_given)
{
	fill(FORM_COMMAND, "make -j4 all");
	gives("new|--|make|-j4|all");
	form.start = true;
	gives("new|--start|--|make|-j4|all");
}
END_TEST

START_TEST(every_field_has_its_option)
{
	fill(FORM_COMMAND, "true");
	fill(FORM_NAME, "it's a $name");
	fill(FORM_DIRECTORY, "/tmp/two words");
	fill(FORM_GROUP, "-g");
	gives("new|--name|it's a $name|--cwd|/tmp/two words|--group|-g|--|true");
}
END_TEST

START_TEST(the_command_is_cut_by_the_rules_of_the_batch)
{
	fill(FORM_COMMAND, "sh -c 'echo \"a  b\" | cat; $x' \"it's\" a\\ b ''");
	gives("new|--|sh|-c|echo \"a  b\" | cat; $x|it's|a b|");
}
END_TEST

START_TEST(what_would_mean_something_else_is_refused)
{
	refuses(MSG_MUST_NOT_BE_EMPTY);
	fill(FORM_COMMAND, "# nothing");
	refuses(MSG_MUST_NOT_BE_EMPTY);
	fill(FORM_COMMAND, "echo 'open");
	refuses("column 6");
	fill(FORM_COMMAND, "ls | wc");
	refuses("column 4");
	fill(FORM_COMMAND, "echo $HOME");
	refuses(MSG_FORM_VARIABLE);
	fill(FORM_COMMAND, "a && b");
	refuses("column 3");
	fill(FORM_COMMAND, "a\nb");
	refuses(MSG_LINE_ENDS);
	fill(FORM_COMMAND, "touch x-\xe9");
	refuses(unit_says(MSG_FORM_FIELD, "Command", unit_says(MSG_BYTE_IN_LINE, "e9", "9")));
	fill(FORM_COMMAND, "true");
	fill(FORM_NAME, "\xe9");
	refuses(unit_says(MSG_FORM_FIELD, "Name", unit_says(MSG_BYTE_IN_LINE, "e9", "1")));
}
END_TEST

START_TEST(lines_stand_in_quotes)
{
	fill(FORM_COMMAND, "sh -c 'one\ntwo' \"a\nb\"\n");
	fill(FORM_NAME, "n\n");
	gives("new|--name|n|--|sh|-c|one\ntwo|a\nb");
}
END_TEST

START_TEST(fields_go_round)
{
	form_move(&form, -1);
	ck_assert_int_eq(form.current, FORM_START);
	form_move(&form, 1);
	ck_assert_int_eq(form.current, FORM_COMMAND);
}
END_TEST

static void again(json_t *task, const char *wanted)
{
	char *line = form_again(task);

	if (wanted) {
		ck_assert_ptr_nonnull(line);
		ck_assert_str_eq(words(line), wanted);
	} else {
		ck_assert_ptr_null(line);
	}
	free(line);
	json_decref(task);
}

START_TEST(one_like_another)
{
	again(json_pack("{s:s, s:s, s:n, s:s, s:s, s:[s,s,s]}", "id", "7", "name", "Task 7", "description",
	                "group", "g", "cwd", "/w d", "command", "sh", "-c", "a\nb 'c'"),
	      "new|--group|g|--cwd|/w d|--|sh|-c|a\nb 'c'");
	again(json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "id", "7", "name", "build", "description", "all of it",
	                "cwd", "/", "command", "make"),
	      "new|--name|build|--description|all of it|--cwd|/|--|make");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_kept)
{
	again(json_pack("{s:s, s:s, s:[s,s], s:s, s:s, s:s}", "id", "7", "name", "x", "command", "cat",
	                "\xef\xbf\xbd", "commandBase64", "Y2F0AP8A", "cwd", "/\xef\xbf\xbd", "cwdBase64",
	                "L/4="),
	      "new|--name|x|--cwd|/\xfe|--|cat|\xff");
}
END_TEST

START_TEST(what_is_no_task_gives_none)
{
	again(json_object(), NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("form");
	TCase *lines = tcase_create("lines");

	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_add_test(lines, only_what_was_typed_is_given);
	tcase_add_test(lines, every_field_has_its_option);
	tcase_add_test(lines, the_command_is_cut_by_the_rules_of_the_batch);
	tcase_add_test(lines, what_would_mean_something_else_is_refused);
	tcase_add_test(lines, lines_stand_in_quotes);
	tcase_add_test(lines, fields_go_round);
	tcase_add_test(lines, one_like_another);
	tcase_add_test(lines, bytes_that_are_no_text_are_kept);
	tcase_add_test(lines, what_is_no_task_gives_none);
	suite_add_tcase(suite, lines);
	return unit_main(suite);
}
