/* The local executor adopts what an earlier server left: what runs, and what ended. */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "tests/unit/earlier_server.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

START_TEST(a_claim_without_a_process_never_began)
{
	struct subject *a = subject_new("a", "exit 3");
	struct subject *b = subject_new("b", "exit 4");
	prepare(a);
	prepare(b);
	reopen();
	adopt(a, false);
	adopt(b, false);
	ck_assert_str_eq(a->trail, "never_began");
	ck_assert_str_eq(b->trail, "never_began");
	forget(b);
	/* The claim is still valid. */
	go(a);
	await(a, "never_began began ended");
	ck_assert_int_eq(a->end.exit_code, 3);
	forget(a);
}
END_TEST

START_TEST(an_adopted_entry_is_taken)
{
	struct subject *a = subject_new("a", "true");
	struct subject *b = subject_new("b", "true");
	prepare(a);
	reopen();
	adopt(a, false);
	prepare(b);
	ck_assert_int_eq(a->run.process.entry, 0);
	ck_assert_int_eq(b->run.process.entry, 1);
	forget(a);
	forget(b);
}
END_TEST

START_TEST(what_runs_goes_on)
{
	struct subject *a = start("a", "echo 10 >&3; read x <$0; echo 20 >&3; echo out; read x <$0; exit 3");
	const struct executor_began before = a->began;
	await(a, "prepared began progress");
	reopen();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	ck_assert_int_eq(a->began.process.pid, before.process.pid);
	ck_assert_uint_eq(a->began.process.pid_start, before.process.pid_start);
	/* The time comes from clock ticks, so it is not exact to the millisecond. */
	ck_assert_int_le(llabs((long long)(a->began.started_at - before.started_at)), 100);
	ck_assert_int_eq(pid_of(a), before.process.pid);
	open_gate();
	await(a, "began progress");
	ck_assert_int_eq(a->percent, 20);
	await_output(a, "out\n");
	open_gate();
	await(a, "began progress ended");
	/* There is no anchor, but the kernel tells the status. */
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_int_eq(seal(a), 0);
	forget(a);
	a->run.task->run = NULL;
	check_output(a, EXECUTOR_STDOUT, "out\n");
}
END_TEST

START_TEST(what_runs_takes_signals)
{
	struct subject *a = start("a", "echo ready; exec cat $0");
	await_output(a, "ready\n");
	reopen();
	adopt(a, false);
	send_signal(a, SIGTERM);
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(what_runs_is_not_taken_for_gone_where_it_cannot_be_watched)
{
	struct subject *a = start("a", "read x <$0");
	local_options.descriptors = 0; /* no descriptor for the progress pipe */
	reopen();
	leave_descriptors(1);
	adopt(a, false);
	struct local_attempt *attempt = a->run.execution;
	/* The pidfd took the last descriptor. */
	ck_assert_int_ge(attempt->pidfd, 0);
	event_del(&attempt->exit_event);
	close(attempt->pidfd);
	attempt->pidfd = -1;
	local_list_append(&local_of(executor)->unwatched, attempt);
	leave_descriptors(0);
	executor->verbs->retry(executor);
	ck_assert_int_eq(attempt->stage, LOCAL_RUNNING);
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	ck_assert_int_ge(attempt->pidfd, 0);
	open_gate();
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(a_signal_is_sent_once_it_is_known_whose_the_pid_is)
{
	struct subject *a = start("a", "echo ready; exec cat $0");
	await_output(a, "ready\n");
	reopen();
	adopt(a, false);
	leave_descriptors(0);
	send_signal(a, SIGTERM);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "began");
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(what_ended_unseen_says_so)
{
	struct subject *a = start("a", "read x <$0; echo out");
	pid_t pid = pid_of(a);
	int64_t started_at = a->began.started_at;
	scripted_close();
	open_gate();
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	scripted_open();
	a->began.started_at = 0;
	adopt(a, false);
	/* By the clock of the kernel, whose ticks are coarse, and which may have been set since. */
	ck_assert_str_eq(a->trail, "began");
	ck_assert_int_lt(llabs(a->began.started_at - started_at), 1000);
	await(a, "began ended");
	check_unseen(a);
	ck_assert_int_eq(pid_of(a), pid);
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	forget(a);
}
END_TEST

START_TEST(survivors_of_what_ended_unseen_are_waited_for)
{
	struct subject *a = start("a", "cat $0 & echo ready; exec cat $0");
	await_output(a, "ready\n");
	end_unseen(a);
	adopt_unseen(a, true);
	ck_assert_uint_eq(a->end.left, 1);
	ck_assert_ptr_nonnull(a->end.survivors);
	send_signal(a, SIGTERM);
	await(a, "began ended ended");
	check_unseen(a);
	ck_assert_uint_eq(a->end.left, 0);
	forget(a);
}
END_TEST

START_TEST(what_cannot_be_found_out_now_is_found_out_later)
{
	struct subject *a = start("a", "read x <$0; exit 3");
	pid_t pid = pid_of(a);
	scripted_close();
	use_anchor(pid, LOCAL_RUNS, 0);
	scripted_open();
	leave_descriptors(0);
	adopt(a, false);
	executor->verbs->retry(executor);
	leave_descriptors(-1);
	ck_assert_str_eq(a->trail, "");
	/* The anchor keeps the status until the executor knows whose it is. */
	local_sweep(executor, NULL, NULL);
	ck_assert_uint_eq(fake.reaped_count, 0);
	executor->verbs->retry(executor);
	ck_assert_str_eq(a->trail, "began");
	fake.ending = LOCAL_EXITED;
	open_gate();
	await(a, "began ended");
	forget(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_claim_without_a_process_never_began,
		an_adopted_entry_is_taken,
		what_runs_goes_on,
		what_runs_takes_signals,
		what_runs_is_not_taken_for_gone_where_it_cannot_be_watched,
		a_signal_is_sent_once_it_is_known_whose_the_pid_is,
		what_ended_unseen_says_so,
		survivors_of_what_ended_unseen_are_waited_for,
		what_cannot_be_found_out_now_is_found_out_later,
	};
	Suite *suite = suite_create("adopt");
	TCase *tcase = tcase_create("adopt");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
