#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/task/task.h"
#include "engine/task/utf8.h"
#include "tests/unit/unit.h"

static void good_spec(struct task_spec *spec)
{
	*spec = (struct task_spec){
		.id = strdup("build.1_x-Y"),
		.name = strdup("build"),
		.description = strdup("all of it"),
		.group = strdup("nightly"),
		.cwd = strdup("/tmp/\xff"),
		.command = STRINGS_INIT,
		.variables = STRINGS_INIT,
		.environment = strdup("hash"),
		.parent = 7,
		.max_log = UINT64_MAX,
		.merge = true,
		.has_nonce = true,
		.nonce = { 1, 2, 3 },
	};
	strings_add(&spec->command, "make");
	strings_add(&spec->command, "");
	strings_add(&spec->variables, "K=V=W");
	strings_add(&spec->variables, "EMPTY=");
}

static void replace(char **field, const char *value)
{
	free(*field);
	*field = value ? strdup(value) : NULL;
}

static void assert_refused(const struct task_spec *spec, const char *expected)
{
	char *error = NULL;

	ck_assert_int_eq(task_spec_check(spec, &error), -EINVAL);
	ck_assert_str_eq(error, expected);
	free(error);
}

START_TEST(a_good_spec_passes)
{
	struct task_spec spec;
	char *error = NULL;

	good_spec(&spec);
	ck_assert_int_eq(task_spec_check(&spec, &error), 0);
	replace(&spec.id, NULL);
	replace(&spec.name, NULL);
	replace(&spec.description, NULL);
	replace(&spec.group, NULL);
	ck_assert_int_eq(task_spec_check(&spec, &error), 0);
	ck_assert_ptr_null(error);
	task_spec_release(&spec);
}
END_TEST

#define LONGEST "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *id;
	bool valid;
} ids[] = {
	{ "a", true },          { "7", true },         { "A.b_c-d", true }, { LONGEST, true },
	{ LONGEST "4", false }, { "", false },         { ".a", false },     { "-a", false },
	{ "_a", false },        { "a b", false },      { "a/b", false },    { "../x", false },
	{ "a*", false },        { "\xc3\xa4", false }, { "a\n", false },
};

START_TEST(ids_follow_the_rule)
{
	ck_assert_msg(task_id_valid(ids[_i].id) == ids[_i].valid, "'%s'", ids[_i].id);
}
END_TEST

START_TEST(every_bad_field_is_named)
{
	struct task_spec spec;

	good_spec(&spec);
	replace(&spec.id, "a b");
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "id", "a b", "", MSG_MUST_BE_ID));
	replace(&spec.id, "");
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "id", "", "", MSG_MUST_BE_ID));
	replace(&spec.id, "a");
	replace(&spec.group, "g\nh\xff");
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "group", "g h\xef\xbf\xbd", "", MSG_MUST_BE_ID));
	replace(&spec.group, NULL);
	replace(&spec.name, " \t\n");
	assert_refused(&spec, unit_says(MSG_TEXT_BLANK, "name"));
	replace(&spec.name, "\xff");
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "name", "\xef\xbf\xbd", "", MSG_MUST_BE_UTF8));
	replace(&spec.name, "n");
	replace(&spec.description, "");
	assert_refused(&spec, unit_says(MSG_TEXT_BLANK, "description"));
	replace(&spec.description, NULL);
	replace(&spec.cwd, "a/b");
	assert_refused(&spec,
	               unit_says(MSG_VALUE_INVALID, "working directory", "a/b", "", MSG_MUST_BE_ABSOLUTE));
	replace(&spec.cwd, NULL);
	assert_refused(&spec, MSG_DIRECTORY_MISSING);
	replace(&spec.cwd, "/");
	strings_add(&spec.variables, "=x");
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "variable", "=x", "", MSG_MUST_BE_ASSIGNMENT));
	strings_copy(&spec.variables, "NAME", 5);
	assert_refused(&spec, unit_says(MSG_VALUE_INVALID, "variable", "NAME", "", MSG_MUST_BE_ASSIGNMENT));
	strings_copy(&spec.command, "\0x", 3);
	assert_refused(&spec, MSG_COMMAND_EMPTY);
	strings_release(&spec.command);
	assert_refused(&spec, MSG_COMMAND_MISSING);
	task_spec_release(&spec);
}
END_TEST

START_TEST(lengths_are_exact)
{
	struct task_spec spec;
	char *error = NULL;
	char name[TASK_NAME_MAX + 2] = "";

	good_spec(&spec);
	memset(name, 'n', TASK_NAME_MAX);
	replace(&spec.name, name);
	ck_assert_int_eq(task_spec_check(&spec, &error), 0);
	memset(name, 'n', TASK_NAME_MAX + 1);
	replace(&spec.name, name);
	assert_refused(&spec, unit_says(MSG_TEXT_TOO_LONG, "name", "1024"));
	replace(&spec.name, NULL);

	free(spec.description);
	spec.description = calloc(1, TASK_DESCRIPTION_MAX + 2);
	memset(spec.description, 'd', TASK_DESCRIPTION_MAX);
	ck_assert_int_eq(task_spec_check(&spec, &error), 0);
	spec.description[TASK_DESCRIPTION_MAX] = 'd';
	assert_refused(&spec, unit_says(MSG_TEXT_TOO_LONG, "description", "65536"));
	task_spec_release(&spec);
}
END_TEST

START_TEST(a_long_bad_value_is_shown_cut)
{
	struct task_spec spec;
	char *error = NULL;
	char id[5001] = "";

	good_spec(&spec);
	memset(id, 'i', sizeof(id) - 1);
	replace(&spec.id, id);
	ck_assert_int_eq(task_spec_check(&spec, &error), -EINVAL);
	ck_assert_uint_lt(strlen(error), 400);
	ck_assert_ptr_nonnull(strstr(error, "iii...' " MSG_MUST_BE_ID));
	free(error);
	task_spec_release(&spec);
}
END_TEST

START_TEST(a_spec_is_copied_deeply)
{
	struct task_spec spec, copy;

	good_spec(&spec);
	ck_assert_int_eq(task_spec_copy(&copy, &spec), 0);
	task_spec_release(&spec);
	ck_assert_ptr_null(spec.id);
	ck_assert_str_eq(copy.id, "build.1_x-Y");
	ck_assert_str_eq(copy.name, "build");
	ck_assert_str_eq(copy.description, "all of it");
	ck_assert_str_eq(copy.group, "nightly");
	ck_assert_str_eq(copy.cwd, "/tmp/\xff");
	ck_assert_str_eq(copy.environment, "hash");
	ck_assert_uint_eq(strings_count(&copy.command), 2);
	ck_assert_uint_eq(strings_count(&copy.variables), 2);
	ck_assert_uint_eq(copy.parent, 7);
	ck_assert(copy.max_log == UINT64_MAX && copy.merge && copy.has_nonce);
	ck_assert_int_eq(copy.nonce[2], 3);
	task_spec_release(&copy);
	task_spec_release(&copy);
}
END_TEST

START_TEST(a_status_is_copied_deeply)
{
	struct task_status status = TASK_STATUS_INIT;
	struct task_status copy;

	status.state = TASK_RUNNING;
	status.percent = 40;
	ck_assert_int_eq(task_status_set_message(&status, "half"), 0);
	ck_assert_int_eq(task_status_copy(&copy, &status), 0);
	task_status_release(&status);
	ck_assert_int_eq(status.exit_code, -1);
	ck_assert_ptr_null(status.message);
	ck_assert_str_eq(copy.message, "half");
	ck_assert_int_eq(copy.state, TASK_RUNNING);
	ck_assert_int_eq(copy.percent, 40);
	task_status_release(&copy);
}
END_TEST

START_TEST(a_message_is_one_clean_line)
{
	struct task_status status = TASK_STATUS_INIT;

	task_status_set_message(&status, "a\nb\033[1m\x7f\xff\xc2\x9b"
	                                 "c");
	ck_assert_str_eq(status.message, "a b [1m \xef\xbf\xbd  c");
	task_status_set_message(&status, NULL);
	ck_assert_ptr_null(status.message);
}
END_TEST

START_TEST(a_long_message_is_cut_at_a_character)
{
	struct task_status status = TASK_STATUS_INIT;
	char text[2 * TASK_MESSAGE_MAX];

	/* _i bytes, then characters of three bytes, then bytes that must not be read */
	memset(text, 'a', sizeof(text));
	for (size_t i = (size_t)_i; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(task_status_set_message(&status, text), 0);
	size_t length = strlen(status.message);
	ck_assert_uint_le(length, TASK_MESSAGE_MAX);
	ck_assert_uint_gt(length, TASK_MESSAGE_MAX - 3);
	ck_assert(utf8_valid(status.message, length));
	ck_assert_ptr_null(strstr(status.message, "\xef\xbf\xbd"));

	/* text that gets longer when it is repaired */
	memset(text, 0xff, sizeof(text) - 1);
	ck_assert_int_eq(task_status_set_message(&status, text), 0);
	ck_assert_uint_eq(strlen(status.message), TASK_MESSAGE_MAX - TASK_MESSAGE_MAX % 3);
	task_status_release(&status);
}
END_TEST

START_TEST(duration_grows_then_stays)
{
	struct task_status status = TASK_STATUS_INIT;

	ck_assert_int_eq(task_duration(&status, 1000), 0);
	status.started_at = 1000;
	ck_assert_int_eq(task_duration(&status, 3500), 2500);
	ck_assert_int_eq(task_duration(&status, 500), 0);
	status.ended_at = 4000;
	ck_assert_int_eq(task_duration(&status, 99999), 3000);
	/* stopped before it started */
	status.started_at = 0;
	ck_assert_int_eq(task_duration(&status, 99999), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("task");
	TCase *spec = tcase_create("spec");
	TCase *status = tcase_create("status");

	tcase_add_test(spec, a_good_spec_passes);
	tcase_add_loop_test(spec, ids_follow_the_rule, 0, sizeof(ids) / sizeof(ids[0]));
	tcase_add_test(spec, every_bad_field_is_named);
	tcase_add_test(spec, lengths_are_exact);
	tcase_add_test(spec, a_long_bad_value_is_shown_cut);
	tcase_add_test(spec, a_spec_is_copied_deeply);
	suite_add_tcase(suite, spec);
	tcase_add_test(status, a_status_is_copied_deeply);
	tcase_add_test(status, a_message_is_one_clean_line);
	tcase_add_loop_test(status, a_long_message_is_cut_at_a_character, 0, 3);
	tcase_add_test(status, duration_grows_then_stays);
	suite_add_tcase(suite, status);
	return unit_main(suite);
}
