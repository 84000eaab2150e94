/* Ctrl-C while something is waited for. */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "tests/unit/unit.h"
#include "tui/cli/interrupt.h"

enum { LONG_MS = 60000 };

static struct interrupt before;

START_TEST(one_that_came_before_the_call_is_not_lost)
{
	interrupt_catch(&before);
	ck_assert(!interrupt_came);
	raise(SIGINT);
	ck_assert(interrupt_came);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(poll(NULL, 0, LONG_MS), -1);
		ck_assert_int_eq(errno, EINTR);
	}
	interrupt_release(&before);
	ck_assert_int_eq(poll(NULL, 0, 100), 0);
}
END_TEST

START_TEST(then_all_is_as_before)
{
	struct sigaction action;

	signal(SIGINT, SIG_DFL);
	signal(SIGALRM, SIG_IGN);
	interrupt_catch(&before);
	interrupt_release(&before);
	sigaction(SIGINT, NULL, &action);
	ck_assert_ptr_eq(action.sa_handler, SIG_DFL);
	sigaction(SIGALRM, NULL, &action);
	ck_assert_ptr_eq(action.sa_handler, SIG_IGN);
}
END_TEST

START_TEST(who_ignores_it_goes_on_to)
{
	signal(SIGINT, SIG_IGN);
	interrupt_catch(&before);
	raise(SIGINT);
	ck_assert(!interrupt_came);
	interrupt_release(&before);
	raise(SIGINT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		one_that_came_before_the_call_is_not_lost,
		then_all_is_as_before,
		who_ignores_it_goes_on_to,
	};
	return unit_run("interrupt", NULL, NULL, tests);
}
