/* The form makes lines of the batch language, which give back the same words; errors stand beside their field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/batch/lexer.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"
#include "tui/view/form.h"
#include "tui/view/form_kept.h"
#include "tui/view/shell_line.h"

static struct form form;

static void setup(void)
{
	form_init(&form, FORM_NEW, NULL);
	form_find(&form, OPT_START)->on = false;
}

static void teardown(void)
{
	form_release(&form);
}

static void open_as(enum form_purpose purpose, const char *id)
{
	form_release(&form);
	form_init(&form, purpose, id);
}

static void fill(enum option_id option, const char *text)
{
	edit_set(&form_find(&form, option)->text, text);
}

static void type_command(const char *text)
{
	fill(OPTION_TOTAL, text);
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
	char *line = form_line(&form);

	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(words(line), wanted);
	free(line);
}

static void refuses(enum option_id option, const char *part)
{
	const struct form_field *field = form_find(&form, option);

	ck_assert_ptr_null(form_line(&form));
	ck_assert_ptr_nonnull(field->error);
	ck_assert_msg(strstr(field->error, part) != NULL, "%s", field->error);
	ck_assert_ptr_eq(&form.fields[form.current], field);
}

/* The same words as those of a shell line, joined by blanks. */
static void fill_words(const char *line)
{
	struct strings all = STRINGS_INIT;
	char *error = NULL;

	ck_assert_int_eq(shell_line_split(line, &all, &error), 0);
	form_fill(&form, &all);
	strings_release(&all);
}

START_TEST(only_what_was_typed_is_given)
{
	type_command("make -j4 all");
	gives("new|--|make|-j4|all");
	form_find(&form, OPT_START)->on = true;
	gives("new|--start|--|make|-j4|all");
}
END_TEST

START_TEST(every_option_of_new_has_its_field)
{
	bool cmdlet;
	size_t count;
	struct option_set set = command_options(command_find("new", NULL, &cmdlet, &count));

	option_set_leave(&set, &options_global);
	OPTION_SET_EACH(id, &set) {
		struct form_field *field = form_find(&form, (enum option_id)id);

		ck_assert_msg(field || !*option_table[id].name, "--%s", option_table[id].name);
		ck_assert(!field || (*field->label && *field->help));
	}
}
END_TEST

START_TEST(values_stand_in_quotes)
{
	type_command("true");
	fill(OPT_NAME, "it's a $name");
	fill(OPT_CWD, "/tmp/two words");
	fill(OPT_GROUP, "-g");
	fill(OPT_ENV, "A=1 'B=two words'");
	fill(OPT_AFTER, "7,8:any 9");
	char *line = form_line(&form);

	/* What is not quoted is an option. */
	ck_assert_ptr_nonnull(strstr(line, "--group '-g' --after '7,8:any'"));
	free(line);
	gives("new|--name|it's a $name|--cwd|/tmp/two words|--group|-g|--after|7,8:any|--after|9|--env|A=1|--env|"
	      "B=two words|--|true");
}
END_TEST

START_TEST(a_command_is_split_into_words)
{
	type_command("sh -c 'echo \"a  b\" | cat; $x' \"it's\" a\\ b ''");
	gives("new|--|sh|-c|echo \"a  b\" | cat; $x|it's|a b|");
}
END_TEST

START_TEST(what_only_a_shell_understands_is_given_to_it)
{
	static const char *const lines[] = {
		"ls | wc -l", "make > log 2>&1", "cd x && make",  "echo $HOME", "echo \"$HOME\"",
		"ls *.c",     "sleep 1 & wait",  "a; b",          "cat ~/x",    "echo `date`",
		"cat <in",    "A=1 printenv A",  "_b2='x y' make"
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct strings all = STRINGS_INIT;
		char *error, *again;

		ck_assert_msg(shell_line_needs(lines[i]) != NULL, "%s", lines[i]);
		ck_assert_int_eq(shell_line_words(lines[i], &all, &error), 0);
		ck_assert_uint_eq(strings_count(&all), 3);
		again = shell_line_of(&all);
		ck_assert_str_eq(again, lines[i]);
		free(again);
		strings_release(&all);
	}
	ck_assert_ptr_null(shell_line_needs("make -j4 'a | b' \"c > d\" e\\ \\$f"));
	ck_assert_ptr_null(shell_line_needs("make A=1 2=3"));
	ck_assert_ptr_null(shell_line_needs("2=3 make"));
	type_command("ls | wc");
	gives("new|--|sh|-c|ls | wc");
}
END_TEST

START_TEST(words_of_any_command_come_back)
{
	fill_words("new --name x -- sh -c 'true'");
	ck_assert_str_eq(edit_text(&form.fields[FORM_COMMAND].text), "sh -c true");
	fill_words("new -- 'A=1' 'b'");
	gives("new|--name|x|--|A=1|b");
	fill_words("new -- printf '%s\\n' 'it'\\''s' '' 'a b'");
	gives("new|--name|x|--|printf|%s\\n|it's||a b");
}
END_TEST

START_TEST(what_is_wrong_stands_beside_its_field)
{
	refuses(OPTION_TOTAL, MSG_MUST_NOT_BE_EMPTY);
	type_command("# nothing");
	refuses(OPTION_TOTAL, MSG_MUST_NOT_BE_EMPTY);
	type_command("echo 'open");
	refuses(OPTION_TOTAL, "column 6");
	type_command("touch x-\xe9");
	refuses(OPTION_TOTAL, unit_says(MSG_BYTE_IN_LINE, "e9", "9"));
	type_command("true");
	fill(OPT_NAME, "\xe9");
	refuses(OPT_NAME, unit_says(MSG_BYTE_IN_LINE, "e9", "1"));
	fill(OPT_NAME, "good");
	fill(OPT_PRIORITY, "high");
	refuses(OPT_PRIORITY, MSG_MUST_BE_INTEGER);
	fill(OPT_PRIORITY, "3");
	fill(OPT_TIME_LIMIT, "5");
	refuses(OPT_TIME_LIMIT, "5");
	fill(OPT_TIME_LIMIT, "5m");
	gives("new|--name|good|--priority|3|--time-limit|5m|--|true");
	ck_assert_ptr_null(form_find(&form, OPT_TIME_LIMIT)->error);
}
END_TEST

static void blames(enum option_id option, const char *error, const char *shown)
{
	struct form_field *field = form_find(&form, option);

	form.current = 1;
	ck_assert_msg(form_blame(&form, error), "%s", error);
	ck_assert_msg(field->error != NULL, "%s", error);
	ck_assert_str_eq(field->error, shown);
	ck_assert_ptr_eq(&form.fields[form.current], field);
	free(field->error);
	field->error = NULL;
}

START_TEST(a_refusal_stands_beside_the_field_that_it_is_about)
{
	char *line;

	type_command("true");
	fill(OPT_GROUP, "gpu");
	fill(OPT_AFTER, "7 8:any");
	line = form_line(&form);
	ck_assert_ptr_nonnull(strstr(line, "'gpu'"));
	blames(OPT_GROUP, "new: group 'gpu' not found (nearest: cpu)",
	       "group 'gpu' not found (nearest: cpu)");
	blames(OPT_AFTER, "new: task '8' not found", "task '8' not found");
	blames(OPT_KILL_AFTER, "--kill-after needs --time", "--kill-after needs --time");
	blames(OPT_NAME, "new: name must not be blank", "name must not be blank");
	blames(OPT_NAME, "column 1: name must not be blank", "name must not be blank");
	char *error = NULL;
	ck_assert_int_gt(asprintf(&error, "column %d: so", (int)(strstr(line, "'gpu'") - line) + 1), 0);
	blames(OPT_GROUP, error, "so");
	free(error);
	ck_assert(!form_blame(&form, "the store is full"));
	free(line);
}
END_TEST

START_TEST(a_copy_is_given_what_was_changed)
{
	open_as(FORM_AGAIN, "7");
	fill_words(
		"new --id 7 --name build --description d --group gpu --priority 3 --merge --env A=1 -- make 'a b'");
	gives("again|7|--start");
	fill(OPT_NAME, "other");
	fill(OPT_GROUP, "");
	fill(OPT_DESCRIPTION, "");
	fill(OPT_PRIORITY, "");
	form_find(&form, OPT_MERGE)->on = false;
	form_find(&form, OPT_START)->on = false;
	type_command("make c");
	gives("again|7|--name|other|--group|default|--start=no|--priority|none|--description||--merge=no|--|make|c");
	fill(OPT_NAME, "");
	refuses(OPT_NAME, MSG_FORM_STAYS);
}
END_TEST

START_TEST(an_edit_has_all_words)
{
	struct strings all = STRINGS_INIT;

	open_as(FORM_EDIT, "7");
	ck_assert_ptr_null(form_find(&form, OPT_ID));
	ck_assert_ptr_null(form_find(&form, OPT_START));
	fill_words("new --id 7 --name build --priority 3 -- make \"a b\"");
	fill(OPT_PRIORITY, "4");
	ck_assert(form_words(&form, &all));
	ck_assert_uint_eq(strings_count(&all), 10);
	strings_release(&all);
	gives("new|--id|7|--name|build|--priority|4|--|make|a b");
}
END_TEST

START_TEST(a_time_that_is_over_is_given_only_anew)
{
	open_as(FORM_EDIT, "7");
	fill_words("new --id 7 --at 2020-01-01T00:00:00Z --expire 2020-01-02T00:00:00Z -- make");
	gives("new|--id|7|--|make");
	fill(OPT_AT, "2020-01-03T00:00:00Z");
	gives("new|--id|7|--at|2020-01-03T00:00:00Z|--|make");
	open_as(FORM_EDIT, "7");
	fill_words("new --id 7 --at 2999-01-01T00:00:00Z -- make");
	gives("new|--id|7|--at|2999-01-01T00:00:00Z|--|make");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_kept)
{
	open_as(FORM_AGAIN, "7");
	fill_words("new -- cat '\xff'");
	gives("again|7|--start");
}
END_TEST

START_TEST(lines_stand_in_quotes)
{
	type_command("printf 'one\ntwo' \"a\nb\"\n");
	fill(OPT_NAME, "n\n");
	gives("new|--name|n|--|printf|one\ntwo|a\nb");
}
END_TEST

START_TEST(fields_stand_in_sections)
{
	static const char *const heads[] = { MSG_FORM_QUEUE, MSG_FORM_CODE, MSG_FORM_TIMES,
		                             MSG_FORM_RETRY, MSG_FORM_ENDS, MSG_FORM_MORE };
	static const enum form_purpose purposes[] = { FORM_NEW, FORM_EDIT };

	for (size_t i = 0; i < 2; i++) {
		size_t head = 0;

		open_as(purposes[i], purposes[i] == FORM_EDIT ? "7" : NULL);
		for (size_t k = 0; k < form.count; k++) {
			if (form.fields[k].head)
				ck_assert_str_eq(form.fields[k].head, heads[head++]);
		}
		ck_assert_uint_eq(head, 6);
		ck_assert_str_eq(form_find(&form, OPT_GROUP)->head, MSG_FORM_QUEUE);
	}
}
END_TEST

START_TEST(fields_go_round)
{
	form_move(&form, -1);
	ck_assert_uint_eq(form.current, form.count - 1);
	form_move(&form, 1);
	ck_assert_uint_eq(form.current, FORM_COMMAND);
}
END_TEST

START_TEST(a_path_may_begin_at_home)
{
	static const char *const paths[][2] = {
		{ "~/x", "/home/me/x" }, { "~", "~" }, { "~me/x", "~me/x" }, { "x/~/y", "x/~/y" }, { "", "" },
	};
	char *path;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		path = shell_line_path(paths[i][0], "/home/me");
		ck_assert_str_eq(path, paths[i][1]);
		free(path);
	}
	path = shell_line_path("~/x", NULL);
	ck_assert_str_eq(path, "~/x");
	free(path);
}
END_TEST

static struct form_kept kept;

static void keeps(size_t host)
{
	ck_assert(form_kept_put(&kept, &form, host));
}

static void has(enum option_id option, const char *text)
{
	ck_assert_str_eq(edit_text(&form_find(&form, option)->text), text);
}

START_TEST(what_was_typed_before_is_put_back)
{
	type_command("make -j4");
	fill(OPT_ENV, "A=1");
	form_find(&form, OPT_RETRY_LOST)->on = true;
	keeps(0);
	open_as(FORM_NEW, NULL);
	ck_assert(form_kept_fits(&kept, &form, 1));
	type_command("true");
	form_find(&form, OPT_NAME)->error = strdup("wrong");
	form_kept_exchange(&kept, &form);
	has(OPTION_TOTAL, "make -j4");
	has(OPT_ENV, "A=1");
	has(OPT_NAME, "");
	ck_assert(form_find(&form, OPT_RETRY_LOST)->on);
	ck_assert(!form_find(&form, OPT_START)->on);
	ck_assert_ptr_null(form_find(&form, OPT_NAME)->error);
	form_kept_exchange(&kept, &form);
	has(OPTION_TOTAL, "true");
	has(OPT_ENV, "");
	ck_assert(form_find(&form, OPT_START)->on);
	form_kept_exchange(&kept, &form);
	has(OPTION_TOTAL, "make -j4");
	form_kept_release(&kept);
	ck_assert(!form_kept_fits(&kept, &form, 0));
}
END_TEST

START_TEST(nothing_typed_is_not_kept)
{
	open_as(FORM_NEW, NULL);
	ck_assert(!form_kept_put(&kept, &form, 0));
	ck_assert(!form_kept_fits(&kept, &form, 0));
	form_find(&form, OPT_START)->on = false;
	keeps(0);
	open_as(FORM_NEW, NULL);
	ck_assert(!form_kept_put(&kept, &form, 0));
	ck_assert(form_kept_fits(&kept, &form, 0)); /* what was kept before is */
	form_kept_release(&kept);
	open_as(FORM_EDIT, "7");
	fill_words("new --id 7 --name x -- make");
	ck_assert(!form_kept_put(&kept, &form, 0));
	fill(OPT_NAME, "y");
	keeps(0);
	form_kept_release(&kept);
}
END_TEST

START_TEST(what_was_typed_for_a_task_is_for_no_other)
{
	open_as(FORM_AGAIN, "7");
	type_command("make");
	keeps(2);
	ck_assert(form_kept_fits(&kept, &form, 2));
	ck_assert(!form_kept_fits(&kept, &form, 1));
	open_as(FORM_AGAIN, "8");
	ck_assert(!form_kept_fits(&kept, &form, 2));
	open_as(FORM_EDIT, "7");
	ck_assert(!form_kept_fits(&kept, &form, 2));
	open_as(FORM_NEW, "7");
	ck_assert(!form_kept_fits(&kept, &form, 2));
	type_command("make");
	keeps(2);
	open_as(FORM_NEW, NULL);
	ck_assert(!form_kept_fits(&kept, &form, 2));
	form_kept_release(&kept);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { only_what_was_typed_is_given,
		                       every_option_of_new_has_its_field,
		                       values_stand_in_quotes,
		                       a_command_is_split_into_words,
		                       what_only_a_shell_understands_is_given_to_it,
		                       words_of_any_command_come_back,
		                       what_is_wrong_stands_beside_its_field,
		                       a_refusal_stands_beside_the_field_that_it_is_about,
		                       a_copy_is_given_what_was_changed,
		                       an_edit_has_all_words,
		                       a_time_that_is_over_is_given_only_anew,
		                       bytes_that_are_no_text_are_kept,
		                       lines_stand_in_quotes,
		                       fields_stand_in_sections,
		                       fields_go_round,
		                       a_path_may_begin_at_home,
		                       what_was_typed_before_is_put_back,
		                       nothing_typed_is_not_kept,
		                       what_was_typed_for_a_task_is_for_no_other };

	return unit_run("form", setup, teardown, tests);
}
