/*
 * Batches without a server: sources, variables, checking, and lines that reach none.
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

/* Runs the script; *errors is all of standard error, with the file's name as F. */
static int run(const char *script, bool check, char errors[4096])
{
	struct context context;
	char *said, *at;
	int status;

	write_script(script);
	unit_catch_errors();
	context_init(&context);
	context.defaults.check = check;
	status = context_finish(&context, batch_run(&context, path));
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

static const struct {
	const char *script, *errors;
	int status;
} checks[] = {
	{ "", "", 0 },
	{ "# only this\n\n", "", 0 },
	{ "$id = new -- true\nstart $id\nwait $ID --timeout 3\n", "", 0 },
	{ "New-KrTask -ScriptBlock x -OutVariable o\nStart-KrTask -Id $o -Confirm:$false\n", "", 0 },
	{ "$t = 5\nwait 1 --timeout $t\nstop 1 --confirm-preference $t\n", "", 0 },
	{ "unix:/a | Stop-KrTask -Id 7\nget | Stop-KrTask\n$x = list\n", "", 0 },
	{ "\xef\xbb\xbfstate 7\r\nstate 8", "", 0 },
	{ "state 7\nstate 'abc\n", "krtask: F:2:7: this quote is not closed\n", 2 },
	{ "start $x\n", "krtask: F:1:7: variable '$x' is undefined: no line above sets it\n", 2 },
	{ "start $x\n$x = new -- true\n", "krtask: F:1:7: variable '$x' is undefined: no line above sets it\n", 2 },
	{ "start a-$x\n", "krtask: F:1:9: variable '$x' is undefined: no line above sets it\n", 2 },
	{ "start 7 --bogus\n", "krtask: F:1:9: start: unknown option '--bogus' (known: --server, --json, --no-headers, --no-start, --help, --version, "
	  "--what-if, --confirm, --confirm-preference, --verbose)\n", 2 },
	{ "list --state Odd\n",
	  "krtask: F:1:14: list: unknown state 'Odd' (known: Created, Queued, Running, Stopping, Completed, Failed, Stopped)\n", 2 },
	{ "$x | Stop-KrTask -Id 7\n", "krtask: F:1:1: variable '$x' is undefined: no line above sets it\n", 2 },
	{ "a b | Stop-KrTask -Id 7\n", "krtask: F:1:1: one address, or get, is wanted before '|'\n", 2 },
	{ "a | Stop-KrTask -Id 7 -Server b\n", "krtask: F:1:31: Stop-KrTask: a server is given twice, 'a' through the pipeline\n", 2 },
	{ "state 7 | Stop-KrTask\n", "krtask: F:1:1: 'state' can not stand before '|': an address, get, list or Get-KrTask is wanted\n", 2 },
	{ "$t = get\n$u = $t\n$u | Stop-KrTask -Confirm:$false\nGet-KrTask -ov w\n$w | start -v\n", "", 0 },
	{ "get | Get-KrTaskState\nGet-KrTask -pv t | Set-KrTaskName -Description \"was $t\"\nget 7 | wait\n", "", 0 },
	{ "state 7\n$? | state 7\nnew -c \"echo $? $LastExitCode ${?}\"\n", "", 0 },
	{ "Start-KrTask 7 -ev e -wv +w -iv i -pv p\nstart $e $w $i $p\n", "", 0 },
	{ "list --sort id --columns ID,odd\n", "krtask: F:1:26: list: unknown column 'odd' (known: id, name, description, state, createdAt, "
	  "startedAt, completedAt, duration, progress, parentId, childrenId, exitCode, signal, pid, group, command, cwd, commandLine, "
	  "percentComplete, statusMessage)\n", 2 },
	{ "stop 7 --signal NOPE\n", "krtask: F:1:17: stop: unknown signal 'NOPE' (a name such as TERM, a number, or none)\n", 2 },
	{ "set 7\n", "krtask: F:1:1: set: nothing to set for task '7': give --name or --description\n", 2 },
	{ "Set-KrTaskName -Id 7 -Name ' '\n", "krtask: F:1:28: Set-KrTaskName: name ' ' is blank\n", 2 },
	{ "new make\n", "krtask: F:1:5: new: unexpected operand 'make': a command goes after '--'\n", 2 },
	{ "  new\n", "krtask: F:1:3: new: nothing to run: give -- COMMAND, -c CODE or --file PATH\n", 2 },
	{ "new --id 'a b' -- true\n",
	  "krtask: F:1:1: new: id 'a b' is not 1 to 64 of A-Za-z0-9._- with a letter or digit first\n", 2 },
	{ "state \xc3\xa9\xc3\xa9 8\n", "krtask: F:1:10: state: unexpected operand '8'\n", 2 },
	{ "start\n", "krtask: F:1:1: start: ID... is missing\n", 2 },
	{ "$x = Start-KrTask\n", "krtask: F:1:6: Start-KrTask: parameter -Id is missing\n", 2 },
	{ "Start-KrTask a b c\n", "krtask: F:1:18: Start-KrTask: 'c' is one value too many: by position go Server and Id\n", 2 },
	{ "get | Stop-KrTask -Id 7\n", "krtask: F:1:7: Stop-KrTask: parameter -Id is given twice, once through the pipeline\n", 2 },
	{ "get | new -- true\n", "krtask: F:1:7: new: 'new' takes no tasks from '|'\n", 2 },
	{ "get --state Odd | stop\n", "krtask: F:1:13: get: unknown state 'Odd' (known: Created, Queued, Running, Stopping, Completed, "
	  "Failed, Stopped)\n", 2 },
	{ "get --odd | stop\n", "krtask: F:1:5: unknown option '--odd' (known: --server, --json, --no-headers, --no-start, --help, "
	  "--version, --group, --state, --sort, --reverse, --columns, --limit)\n", 2 },
	{ "$true = 5\n", "krtask: F:1:1: $true can not be set\n", 2 },
	{ "$ConfirmPreference = 'Odd'\n", "krtask: F:1:22: $ConfirmPreference 'Odd' is none of None, Low, Medium, High\n", 2 },
	/* wrong usage is said whatever -ErrorAction says */
	{ "Stop-KrTask 7 -ErrorAction Ignore -Kil\n", "krtask: F:1:35: Stop-KrTask: parameter '-Kil' is ambiguous: -KillAfter, -Kill\n", 2 },
	{ "Stop-KrTask -Id 7 -Confirm:\n",
	  "krtask: F:1:19: Stop-KrTask: -Confirm: has no value (in a shell, quote it: '-Confirm:$false')\n", 2 },
};

START_TEST(a_check_says_all_that_is_wrong)
{
	char errors[4096];

	ck_assert_int_eq(run(checks[_i].script, true, errors), checks[_i].status);
	ck_assert_str_eq(errors, checks[_i].errors);
}
END_TEST

START_TEST(a_file_is_checked_before_its_first_line_runs)
{
	char errors[4096];

	/* The first line would need a server; nothing but the second is said. */
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
	ck_assert_str_eq(errors, "krtask: F:1:22: $ConfirmPreference 'Sometimes' is none of None, Low, Medium, High\n");
	ck_assert_int_eq(run("$ConfirmPreference = 'low'\n$a = 5\n$b = \"$a$a\"\nnew -c x --language $b\n", false, errors), 2);
	ck_assert_int_eq(strncmp(errors, "krtask: F:4:21: new: unknown language '55'", 42), 0);
}
END_TEST

START_TEST(what_if_needs_no_server)
{
	char errors[4096];

	setenv("KRTASK_RUNTIME_DIR", "/nonexistent", 1);
	ck_assert_int_eq(run("stop 7 --what-if\nStart-KrTask -Id 8 -WhatIf -Server other\n", false, errors), 0);
	ck_assert_str_eq(errors, "");
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
	variables_set(&variables, "X", &(struct values){ "one\0two", 8, false }, 0);
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
	variables_set(&variables, "x", &(struct values){ NULL, 0, false }, 7);
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

	/* Lines 1 and 2 are on their way: the end of 1 is not what who reads now waits for. */
	variables_expect(&variables, "x", 1);
	variables_expect(&variables, "x", 2);
	variables_set(&variables, "x", &(struct values){ "one", 4, true }, 1);
	ck_assert_ptr_nonnull(variables_find(&variables, "x", &serial));
	ck_assert_uint_eq(serial, 2);
	variables_set(&variables, "x", &(struct values){ "two", 4, false }, 2);
	ck_assert_str_eq(first_value(&variables, "x"), "two");
	ck_assert(!variable_has_records(variables_find(&variables, "x", &serial)));
	ck_assert_uint_eq(serial, 0);

	/* Line 4 assigns at once, line 3 ends after it. */
	variables_expect(&variables, "x", 3);
	variables_set(&variables, "x", &(struct values){ "four", 5, false }, 4);
	variables_set(&variables, "x", &(struct values){ "three", 6, false }, 3);
	ck_assert_str_eq(first_value(&variables, "x"), "four");

	variables_append(&variables, "x", &(struct values){ "more", 5, false }, 5);
	ck_assert_str_eq(variable_next(variables_find(&variables, "x", &serial), first_value(&variables, "x")), "more");
	variables_append(&variables, "new", &(struct values){ "first", 6, false }, 6);
	ck_assert_str_eq(first_value(&variables, "new"), "first");
	variables_release(&variables);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("batch");
	TCase *tcase = tcase_create("without a server");

	tcase_add_loop_test(tcase, a_check_says_all_that_is_wrong, 0, sizeof(checks) / sizeof(*checks));
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
