/*
 * Batches without a server: sources, variables, checking, and lines that need no server.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "tui/batch/batch.h"
#include "tui/batch/source.h"
#include "tui/batch/variables.h"
#include "tui/text/messages.h"

static char path[64];

static void write_script(const char *text)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/krtask-test-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* Runs the script.  *errors is all of standard error, with F in place of the file's name. */
static int run(const char *script, bool check, char errors[4096])
{
	struct word item = { .text = path };
	const struct words file = { &item, 1, 1 };
	struct context context;
	char *said, *at;
	int status;

	write_script(script);
	unit_catch_errors();
	context_init(&context);
	context.defaults.check = check;
	status = context_finish(&context, batch_run(&context, &file));
	said = unit_caught_errors();
	snprintf(errors, 4096, "%s", said);
	free(said);
	unlink(path);
	while ((at = strstr(errors, path))) {
		*at = 'F';
		memmove(at + 1, at + strlen(path), strlen(at + strlen(path)) + 1);
	}
	return status;
}

#define START_NEAREST "--group, --json, --quiet; see krtask start --help"
#define GET_NEAREST   "--sort, --all, --json; see krtask get --help"
#define STATES        "Created, Queued, Running, Paused, Stopping, Completed, Failed, Stopped"
#define COLUMNS                                                                                                           \
	"id, name, description, state, createdAt, startedAt, completedAt, duration, progress, parentId, childrenId, "     \
	"exitCode, signal, pid, group, command, cwd, priority, weight, attempt, attempts, nice, ionice, cpuList, after, " \
	"reasons, cpuSeconds, maxRssBytes, beginAt, expireAt, timeLimit, killAfter, commandLine, percentComplete, statusMessage"

static const char *const good[] = {
	"",
	"# only this\n\n",
	"$id = new -- true\nstart $id\nwait $ID --timeout 3\n",
	"New-KrTask -ScriptBlock x -OutVariable o\nStart-KrTask -Id $o -Confirm:$false\n",
	"$t = 5\nwait 1 --timeout $t\nstop 1 --confirm-preference $t\n",
	"unix:/a | Stop-KrTask -Id 7\nget | Stop-KrTask\n$x = list\n",
	"\xef\xbb\xbfstate 7\r\nstate 8",
	"$t = get\n$u = $t\n$u | Stop-KrTask -Confirm:$false\nGet-KrTask -ov w\n$w | start -v\n",
	"get | Get-KrTaskState\nGet-KrTask -pv t | Set-KrTaskName -Description \"was $t\"\nget 7 | wait\n",
	"state 7\n$? | state 7\nnew -c \"echo $? $LastExitCode ${?}\"\n",
	"Start-KrTask 7 -ev e -wv +w -iv i -pv p\nstart $e $w $i\n",
};

START_TEST(a_check_of_a_good_script_says_nothing)
{
	char errors[4096];

	ck_assert_int_eq(run(good[_i], true, errors), 0);
	ck_assert_str_eq(errors, "");
}
END_TEST

/* The place of the error, and the message with its values. */
static const struct {
	const char *script, *place;
	const char *says, *values[4];
} bad[] = {
	{ "state 7\nstate 'abc\n", "2:7: ", MSG_QUOTE_OPEN, { NULL } },
	{ "start $x\n", "1:7: ", MSG_VARIABLE_UNDEFINED, { "x" } },
	{ "start $x\n$x = new -- true\n", "1:7: ", MSG_VARIABLE_UNDEFINED, { "x" } },
	{ "start a-$x\n", "1:9: ", MSG_VARIABLE_UNDEFINED, { "x" } },
	{ "start 7 --bogus\n", "1:9: start: ", MSG_OPTION_UNKNOWN, { "bogus", START_NEAREST } },
	{ "list --state Odd\n", "1:14: list: ", MSG_STATE_UNKNOWN, { "Odd", STATES } },
	{ "$x | Stop-KrTask -Id 7\n", "1:1: ", MSG_VARIABLE_UNDEFINED, { "x" } },
	{ "a b | Stop-KrTask -Id 7\n", "1:1: ", MSG_PIPE_SOURCE_WORDS, { NULL } },
	{ "a | Stop-KrTask -Id 7 -Server b\n", "1:31: Stop-KrTask: ", MSG_SERVER_TWICE, { "a" } },
	{ "state 7 | Stop-KrTask\n", "1:1: ", MSG_PIPE_SOURCE, { "state" } },
	{ "list --sort id --columns ID,odd\n", "1:26: list: ", MSG_COLUMN_UNKNOWN, { "odd", COLUMNS } },
	{ "stop 7 --signal NOPE\n", "1:17: stop: ", MSG_SIGNAL_UNKNOWN, { "NOPE" } },
	{ "set 7\n", "1:1: set: ", MSG_NOTHING_TO_SET, { "7", MSG_SET_OPTIONS } },
	{ "Set-KrTaskName -Id 7 -Name ' '\n", "1:28: Set-KrTaskName: ", MSG_TEXT_BLANK, { "name" } },
	{ "new -c true make\n", "1:13: new: ", MSG_CODE_AND_COMMAND, { "make" } },
	{ "  new\n", "1:3: new: ", MSG_NOTHING_TO_RUN, { NULL } },
	{ "new --id 'a b' -- true\n", "1:1: new: ", MSG_VALUE_INVALID, { "id", "a b", "", MSG_MUST_BE_ID } },
	{ "state \xc3\xa9\xc3\xa9 8\n", "1:10: state: ", MSG_OPERAND_UNEXPECTED, { "8" } },
	{ "start\n", "1:1: start: ", MSG_OPERAND_MISSING, { "ID...", MSG_OPERAND_SELECTORS } },
	{ "$x = Start-KrTask\n", "1:6: Start-KrTask: ", MSG_PARAMETER_MISSING, { "Id" } },
	{ "Start-KrTask a b c\n", "1:18: Start-KrTask: ", MSG_POSITIONAL_TWO, { "c", "Server", "Id" } },
	{ "get | Stop-KrTask -Id 7\n", "1:7: Stop-KrTask: ", MSG_ID_TWICE_PIPED, { NULL } },
	{ "get | new -- true\n", "1:7: new: ", MSG_PIPE_NOT_TAKEN, { "new" } },
	{ "get --state Odd | stop\n", "1:13: get: ", MSG_STATE_UNKNOWN, { "Odd", STATES } },
	{ "get --state Odd | stop --help\n", "1:13: get: ", MSG_STATE_UNKNOWN, { "Odd", STATES } },
	{ "get --odd | stop\n", "1:5: get: ", MSG_OPTION_UNKNOWN, { "odd", GET_NEAREST } },
	{ "Get-KrTask -Limit x | stop\n",
	  "1:19: Get-KrTask: ",
	  MSG_PARAMETER_VALUE,
	  { "x", "Limit", MSG_MUST_BE_COUNT } },
	{ "$true = 5\n", "1:1: ", MSG_ASSIGN_CONSTANT, { "true" } },
	{ "$ConfirmPreference = 'Odd'\n",
	  "1:22: ",
	  MSG_PREFERENCE_VALUE,
	  { "ConfirmPreference", "Odd", MSG_MUST_BE_PREFERENCE } },
	{ "$ErrorActionPreference = Ignore\n",
	  "1:26: ",
	  MSG_PREFERENCE_VALUE,
	  { "ErrorActionPreference", "Ignore", MSG_MUST_NOT_BE_IGNORE } },
	{ "$WhatIfPreference = get\n",
	  "1:21: ",
	  MSG_PREFERENCE_VALUE,
	  { "WhatIfPreference", "get", MSG_MUST_BE_BOOL } },
	{ "$WhatIfPreference = new -- x\n", "1:21: ", MSG_PREFERENCE_COMMAND, { "WhatIfPreference" } },
	{ "Stop-KrTask -Id 1,2\n", "1:17: Stop-KrTask: ", MSG_ID_ARRAY, { "Id", "Stop-KrTask" } },
	{ "Stop-KrTask -Confirm False -Id 7\n",
	  "1:22: Stop-KrTask: ",
	  MSG_SWITCH_LOOSE,
	  { "False", "Confirm", "Confirm", "$false" } },
	{ "Stop-KrTask -Id ''\n", "1:17: Stop-KrTask: ", MSG_ID_EMPTY, { NULL } },
	{ "Stop-KrTask nobody -Id 7\n", "1:13: Stop-KrTask: ", MSG_ID_TWICE_POSITION, { "nobody" } },
	/* Wrong usage is reported in spite of -ErrorAction. */
	{ "Stop-KrTask 7 -ErrorAction Ignore -Kil\n",
	  "1:35: Stop-KrTask: ",
	  MSG_PARAMETER_AMBIGUOUS,
	  { "Kil", "-KillAfter, -Kill" } },
	{ "Stop-KrTask -Id 7 -Confirm:\n",
	  "1:19: Stop-KrTask: ",
	  MSG_PARAMETER_EMPTY,
	  { "Confirm", "Confirm" } },
};

START_TEST(a_check_says_all_that_is_wrong)
{
	char errors[4096], expected[8192];

	snprintf(expected, sizeof(expected), "krtask: F:%s%s\n", bad[_i].place,
	         unit_message(bad[_i].says, bad[_i].values));
	ck_assert_int_eq(run(bad[_i].script, true, errors), 2);
	ck_assert_str_eq(errors, expected);
}
END_TEST

START_TEST(a_file_is_checked_before_its_first_line_runs)
{
	char errors[4096];

	/* The first line would need a server, but only the error of the second is printed. */
	ck_assert_int_eq(run("state 7\nfrob\n", false, errors), 2);
	ck_assert_int_eq(strncmp(errors, "krtask: F:2:1: unknown command 'frob'", 37), 0);
	ck_assert_ptr_null(strstr(errors, "F:1"));
}
END_TEST

START_TEST(an_error_in_line_900_is_found_before_line_1_runs)
{
	char script[16384], errors[4096];
	size_t used = 0;

	for (int i = 1; i < 900; i++)
		used += (size_t)snprintf(script + used, sizeof(script) - used, "stop 7 --what-if\n");
	snprintf(script + used, sizeof(script) - used, "get --state Odd\n");
	ck_assert_int_eq(run(script, false, errors), 2);
	ck_assert_int_eq(strncmp(errors, "krtask: F:900:13: get: unknown state 'Odd'", 42), 0);
}
END_TEST

START_TEST(preferences_and_literals)
{
	char errors[4096];

	ck_assert_int_eq(run("$ConfirmPreference = 'Sometimes'\n", false, errors), 2);
	ck_assert_str_eq(errors,
	                 "krtask: F:1:22: $ConfirmPreference 'Sometimes' " MSG_MUST_BE_PREFERENCE "\n");
	ck_assert_int_eq(run("$ConfirmPreference = 'low'\n$a = 5\n$b = \"$a$a\"\nnew -c x --language $b\n",
	                     false, errors),
	                 2);
	ck_assert_int_eq(strncmp(errors, "krtask: F:4:21: new: unknown language '55'", 42), 0);
}
END_TEST

START_TEST(what_if_needs_no_server)
{
	char errors[4096];

	setenv("KRTASK_RUNTIME_DIR", "/nonexistent", 1);
	ck_assert_int_eq(run("stop 7 --what-if\nStart-KrTask -Id 8 -WhatIf -Server default\n", false, errors),
	                 0);
	ck_assert_str_eq(errors, "");
	/* An address must be one that answers, so that it is none that was mistyped. */
	ck_assert_int_eq(run("Start-KrTask -Id 8 -WhatIf -Server unix:/none\n", false, errors),
	                 EXIT_NO_SERVER);
}
END_TEST

START_TEST(lines_of_a_source)
{
	struct source source;
	const char *line;
	size_t length;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	source_open(&source, NULL);
	source.fd = fds[0];
	ck_assert(!source_next(&source, &line, &length));
	ck_assert_int_eq(write(fds[1], "one\ntw", 6), 6);
	ck_assert_int_eq(source_fill(&source), 0);
	ck_assert(source_next(&source, &line, &length));
	ck_assert_uint_eq(length, 3);
	ck_assert(!source_next(&source, &line, &length));
	ck_assert_int_eq(write(fds[1], "o\n\nend", 6), 6);
	close(fds[1]);
	ck_assert_int_eq(source_fill(&source), 0);
	ck_assert(source_next(&source, &line, &length));
	ck_assert_int_eq(strncmp(line, "two", length), 0);
	ck_assert(source_next(&source, &line, &length));
	ck_assert_uint_eq(length, 0);
	ck_assert(!source_next(&source, &line, &length));
	ck_assert_int_eq(source_fill(&source), 0);
	ck_assert(source.ended);
	ck_assert(source_next(&source, &line, &length));
	ck_assert_uint_eq(length, 3);
	ck_assert_uint_eq(source.line, 4);
	ck_assert(!source_next(&source, &line, &length));
	close(fds[0]);
	source_close(&source);
	ck_assert_int_eq(source_open(&source, "/nonexistent"), -ENOENT);
}
END_TEST

START_TEST(variables_hold_lists)
{
	struct variables variables = VARIABLES_INIT;
	const struct variable *variable;
	const char *value;
	uint64_t serial = 9;

	ck_assert_ptr_null(variables_find(&variables, "x", &serial));
	variables_set(&variables, "X", &(struct values){ "one\0two", 8, false, NULL }, 0);
	variable = variables_find(&variables, "x", &serial);
	ck_assert_uint_eq(serial, 0);
	value = variable_next(variable, NULL);
	ck_assert_str_eq(value, "one");
	value = variable_next(variable, value);
	ck_assert_str_eq(value, "two");
	ck_assert_ptr_null(variable_next(variable, value));
	variables_expect(&variables, "x", 7);
	variables_find(&variables, "x", &serial);
	ck_assert_uint_eq(serial, 7);
	variables_set(&variables, "x", &(struct values){ NULL, 0, false, NULL }, 7);
	variable = variables_find(&variables, "x", &serial);
	ck_assert_uint_eq(serial, 0);
	ck_assert_ptr_null(variable_next(variable, NULL));
	variables_release(&variables);
}
END_TEST

static const char *first_value(const struct variables *variables, const char *name)
{
	uint64_t serial;
	const struct variable *variable = variables_find(variables, name, &serial);

	return variable ? variable_next(variable, NULL) : NULL;
}

START_TEST(variables_are_set_in_the_order_of_their_lines)
{
	struct variables variables = VARIABLES_INIT;
	uint64_t serial;

	/*
	 * Lines 1 and 2 are still running.  A reader now waits for line 2, so the end of line 1 does not
	 * matter.
	 */
	variables_expect(&variables, "x", 1);
	variables_expect(&variables, "x", 2);
	variables_set(&variables, "x", &(struct values){ "one", 4, true, NULL }, 1);
	ck_assert_ptr_nonnull(variables_find(&variables, "x", &serial));
	ck_assert_uint_eq(serial, 2);
	variables_set(&variables, "x", &(struct values){ "two", 4, false, NULL }, 2);
	ck_assert_str_eq(first_value(&variables, "x"), "two");
	ck_assert(!variable_has_records(variables_find(&variables, "x", &serial)));
	ck_assert_uint_eq(serial, 0);

	/* Line 4 assigns at once, and line 3 ends after it.  The later line wins. */
	variables_expect(&variables, "x", 3);
	variables_set(&variables, "x", &(struct values){ "four", 5, false, NULL }, 4);
	variables_set(&variables, "x", &(struct values){ "three", 6, false, NULL }, 3);
	ck_assert_str_eq(first_value(&variables, "x"), "four");

	variables_append(&variables, "x", &(struct values){ "more", 5, false, NULL }, 5);
	ck_assert_str_eq(
		variable_next(variables_find(&variables, "x", &serial), first_value(&variables, "x")),
		"more");
	variables_append(&variables, "new", &(struct values){ "first", 6, false, NULL }, 6);
	ck_assert_str_eq(first_value(&variables, "new"), "first");
	variables_release(&variables);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("batch");
	TCase *tcase = tcase_create("without a server");

	tcase_add_loop_test(tcase, a_check_of_a_good_script_says_nothing, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(tcase, a_check_says_all_that_is_wrong, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(tcase, a_file_is_checked_before_its_first_line_runs);
	tcase_add_test(tcase, an_error_in_line_900_is_found_before_line_1_runs);
	tcase_add_test(tcase, variables_are_set_in_the_order_of_their_lines);
	tcase_add_test(tcase, preferences_and_literals);
	tcase_add_test(tcase, what_if_needs_no_server);
	tcase_add_test(tcase, lines_of_a_source);
	tcase_add_test(tcase, variables_hold_lists);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
