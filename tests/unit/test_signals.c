#include <signal.h>

#include "engine/task/signals.h"
#include "tests/unit/unit.h"

START_TEST(names_are_read_as_kill_reads_them)
{
	ck_assert_int_eq(signal_parse("TERM"), SIGTERM);
	ck_assert_int_eq(signal_parse("SIGTERM"), SIGTERM);
	ck_assert_int_eq(signal_parse("sigterm"), SIGTERM);
	ck_assert_int_eq(signal_parse("Usr1"), SIGUSR1);
	ck_assert_int_eq(signal_parse("15"), 15);
	ck_assert_int_eq(signal_parse("CLD"), SIGCHLD);
	ck_assert_int_eq(signal_parse("IOT"), SIGABRT);
	ck_assert_int_eq(signal_parse("RTMIN"), SIGRTMIN);
	ck_assert_int_eq(signal_parse("RTMIN+3"), SIGRTMIN + 3);
	ck_assert_int_eq(signal_parse("sigrtmax-1"), SIGRTMAX - 1);
	ck_assert_int_eq(signal_parse("RTMAX"), SIGRTMAX);
	ck_assert_int_eq(signal_parse("none"), 0);
	ck_assert_int_eq(signal_parse("None"), 0);
	ck_assert_int_eq(signal_parse("0"), 0);
}
END_TEST

static const char *const bad[] = { "",         "SIG",
	                           "FOO",      "SIGnone",
	                           "-1",       "-15",
	                           "15x",      " 15",
	                           "1 5",      "TERM ",
	                           "65",       "32",
	                           "33",       "999999999999999999999",
	                           "RTMIN+",   "RTMIN-1",
	                           "RTMIN+99", "RTMAX+1",
	                           "RTMAX-99", "+15",
	                           "SIG15",    "RTMIN+99999999999999",
	                           "RTMINx" };

START_TEST(anything_else_is_refused)
{
	ck_assert_msg(signal_parse(bad[_i]) == -1, "%s", bad[_i]);
}
END_TEST

START_TEST(every_number_comes_back_by_its_name)
{
	for (int number = 0; number <= SIGRTMAX; number++) {
		if (number > SIGSYS && number < SIGRTMIN)
			continue;
		ck_assert_msg(signal_parse(signal_name(number)) == number, "%d %s", number,
		              signal_name(number));
	}
	ck_assert_str_eq(signal_name(SIGTERM), "TERM");
	ck_assert_str_eq(signal_name(0), "none");
	ck_assert_str_eq(signal_name(SIGCHLD), "CHLD");
	ck_assert_str_eq(signal_name(SIGABRT), "ABRT");
	ck_assert_str_eq(signal_name(SIGRTMIN + 2), "RTMIN+2");
	ck_assert_str_eq(signal_name(1000), "1000");
	ck_assert_str_eq(signal_name(-5), "-5");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signals");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, names_are_read_as_kill_reads_them);
	tcase_add_loop_test(tcase, anything_else_is_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, every_number_comes_back_by_its_name);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
