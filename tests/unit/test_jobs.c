/*
 * Lines of a batch that wait for answers, against a server without their methods.  Each error is printed in
 * the order of the lines, and no line waits for another before it is sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"
#include "tui/batch/line.h"
#include "tui/text/messages.h"

static struct fake fake;
static struct context context;
static struct runner runner;
static unsigned number;

static void setup(void)
{
	static char server[128];

	fake_init(&fake, NULL);
	fake_thread(&fake);
	snprintf(server, sizeof(server), "unix:%s", fake.path);
	context_init(&context);
	context.defaults.server = server;
	context.batch = true;
	context.source = "F";
	runner = (struct runner){ .context = &context };
	jobs_init(&runner.jobs, &context, &runner.variables);
	line_define_constants(&runner);
	number = 0;
	unit_catch_errors();
}

static void teardown(void)
{
	jobs_release(&runner.jobs);
	variables_release(&runner.variables);
	context_finish(&context, 0);
	fake_join(&fake);
	fake_release(&fake);
}

static void do_line(const char *line)
{
	line_do(&runner, ++number, line, strlen(line));
}

static void expect_said(const char *wanted)
{
	char *said = unit_caught_errors();

	ck_assert_str_eq(said, wanted);
	free(said);
}

static void say_nothing_more(void)
{
	free(unit_caught_errors());
}

static const char *value_of(const char *name)
{
	uint64_t serial = 1;
	const struct variable *variable = variables_find(&runner.variables, name, &serial);

	return variable && serial == 0 ? variable_next(variable, NULL) : NULL;
}

START_TEST(an_error_waits_for_its_turn_and_nothing_waits_for_it)
{
	do_line("state a");
	do_line("state 'b");
	ck_assert_uint_eq(runner.jobs.count, 2); /* no answer was taken for this message */
	do_line("set c");
	ck_assert_uint_eq(runner.jobs.count, 3);
	do_line("state d");
	jobs_settle(&runner.jobs);
	ck_assert_uint_eq(runner.jobs.count, 0);
	ck_assert_int_eq(runner.jobs.status, EXIT_USAGE);
	ck_assert_int_eq(runner.jobs.last, EXIT_FALSE);
	expect_said(unit_says("krtask: F:1: state: " MSG_METHOD_UNKNOWN "\n"
	                      "krtask: F:2:7: " MSG_QUOTE_OPEN "\n"
	                      "krtask: F:3:1: set: " MSG_NOTHING_TO_SET "\n"
	                      "krtask: F:4: state: " MSG_METHOD_UNKNOWN "\n",
	                      "io.krtask.List", "c", MSG_SET_OPTIONS, "io.krtask.List"));
}
END_TEST

START_TEST(with_nothing_to_wait_for_it_is_said_at_once)
{
	do_line("state 'b");
	ck_assert_uint_eq(runner.jobs.count, 0);
	expect_said("krtask: F:1:7: " MSG_QUOTE_OPEN "\n");
}
END_TEST

START_TEST(what_is_set_by_a_line_that_waits_is_waited_for)
{
	do_line("$x = 'old'");
	do_line("state a");
	do_line("$x = frob");
	ck_assert_uint_eq(runner.jobs.count, 2);
	do_line("$y = \"<$x>\"");
	ck_assert_uint_eq(runner.jobs.count, 0);
	ck_assert_str_eq(value_of("y"), "<>");
	say_nothing_more();
}
END_TEST

START_TEST(a_deferred_error_is_kept_for_its_variable)
{
	do_line("state a");
	do_line("Set-KrTaskName -Id c -ErrorVariable e");
	ck_assert_ptr_null(value_of("e"));
	do_line("state b -ev");
	jobs_settle(&runner.jobs);
	ck_assert_str_eq(value_of("e"), unit_says(MSG_NOTHING_TO_SET, "c", MSG_SET_PARAMETERS));
	say_nothing_more();
}
END_TEST

START_TEST(what_is_never_said_is_released)
{
	do_line("state a");
	do_line("state 'b");
	say_nothing_more();
}
END_TEST

START_TEST(a_thousand_lines_that_are_wrong_find_room)
{
	do_line("state a");
	for (int i = 0; i < 2 * JOBS_MAX; i++)
		do_line("state 'b");
	jobs_settle(&runner.jobs);
	ck_assert_uint_eq(runner.jobs.count, 0);
	say_nothing_more();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jobs");
	TCase *tcase = tcase_create("with a server");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_error_waits_for_its_turn_and_nothing_waits_for_it);
	tcase_add_test(tcase, with_nothing_to_wait_for_it_is_said_at_once);
	tcase_add_test(tcase, what_is_set_by_a_line_that_waits_is_waited_for);
	tcase_add_test(tcase, a_deferred_error_is_kept_for_its_variable);
	tcase_add_test(tcase, what_is_never_said_is_released);
	tcase_add_test(tcase, a_thousand_lines_that_are_wrong_find_room);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
