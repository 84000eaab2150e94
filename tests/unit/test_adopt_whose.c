/*
 * The local executor adopts what an earlier server left: whose the processes are, and what the anchor tells of them.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "tests/unit/earlier_server.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

static void know_without_a_start(bool anchored)
{
	struct subject *a = start("a", "echo ready; read x <$0");
	struct subject *b = start("b", "read x <$0");
	uint64_t start_time = a->began.process.pid_start;
	/* A process that began has the program's environment only after execve(2), so wait for its output. */
	await_output(a, "ready\n");
	scripted_close();
	rewrite_ledger(0, a->began.process.pid, 0);
	/* The second entry gives the process to another task, whose id does not match. */
	rewrite_ledger(1, a->began.process.pid, 0);
	/* The result is the same if the anchor says that the process is its child. */
	if (anchored)
		use_anchor(a->began.process.pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	ck_assert_uint_eq(a->began.process.pid_start, start_time);
	adopt(b, false);
	await(b, "ended");
	check_unseen(b);
	send_signal(b, SIGKILL);
	kill(b->began.process.pid, SIGKILL);
	fake.ending = LOCAL_EXITED;
	open_gate();
	await(a, "began ended");
	forget(a);
	forget(b);
}

START_TEST(a_start_that_was_not_written_down_is_known_by_session_and_id)
{
	know_without_a_start(false);
}
END_TEST

START_TEST(a_child_of_the_anchor_may_be_anothers)
{
	know_without_a_start(true);
}
END_TEST

enum leads { LEADS_NOTHING, LEADS_GROUP, LEADS_SESSION };

/* Starts a process that reads until its input ends, and leads that when this returns. */
static pid_t make_innocent(int *input, enum leads leads)
{
	int ends[2], ready[2];
	char byte;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t innocent = fork();
	ck_assert_int_ge(innocent, 0);
	if (innocent == 0) {
		signal(SIGTERM, SIG_DFL); /* Check hears it */
		if (leads == LEADS_SESSION)
			setsid();
		else if (leads == LEADS_GROUP)
			setpgid(0, 0);
		close(ends[1]);
		(void)!write(ready[1], "", 1);
		_exit(read(ends[0], &byte, 1) == 0 ? 5 : 6);
	}
	close(ends[0]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*input = ends[1];
	return innocent;
}

static void check_innocent(pid_t innocent, int input)
{
	siginfo_t info;
	close(input);
	ck_assert_int_eq(waitid(P_PID, (id_t)innocent, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_code, CLD_EXITED);
	ck_assert_int_eq(info.si_status, 5);
}

START_TEST(nothing_is_signalled_on_the_strength_of_a_pid)
{
	for (int i = 0; i < 3; i++) {
		int input;
		struct process_info info;
		struct subject *a = start((const char *[]){ "a", "b", "c" }[i], "read x <$0");
		uint64_t start_time = a->began.process.pid_start;
		end_unseen(a);
		pid_t innocent = make_innocent(&input, i > 0 ? LEADS_SESSION : LEADS_GROUP);
		ck_assert_int_eq(process_read(innocent, &info), 0);
		/*
		 * In turn: a process that leads no session, one that began at another time, and one without a
		 * start time.
		 */
		rewrite_ledger(0, innocent, i == 0 ? info.start : i == 1 ? start_time - 1 : 0);
		adopt_unseen(a, i < 2);
		ck_assert_uint_eq(a->end.left, 0);
		send_signal(a, SIGTERM);
		send_signal(a, SIGKILL);
		check_innocent(innocent, input);
		forget(a);
	}
}
END_TEST

/* A server that died recorded when it began, and the next one comes before it leads its session. */
static pid_t adopt_without_a_session(struct subject *subject, int *input)
{
	struct process_info info;
	end_unseen(subject);
	pid_t child = make_innocent(input, LEADS_NOTHING);
	ck_assert_int_eq(process_read(child, &info), 0);
	rewrite_ledger(0, child, info.start);
	use_anchor(child, LOCAL_RUNS, 0);
	scripted_open();
	adopt(subject, false);
	ck_assert_str_eq(subject->trail, "began");
	ck_assert_int_eq(subject->began.process.pid, child);
	return child;
}

START_TEST(a_child_of_the_anchor_that_leads_no_session_yet_is_the_tasks)
{
	int input;
	struct subject *a = start("a", "read x <$0");
	pid_t child = adopt_without_a_session(a, &input);
	fake.ending = LOCAL_EXITED;
	fake.status = 5;
	check_innocent(child, input);
	await(a, "began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 5);
	forget(a);
}
END_TEST

START_TEST(a_signal_reaches_who_leads_no_session_yet)
{
	int input;
	siginfo_t info;
	struct subject *a = start("a", "read x <$0");
	pid_t child = adopt_without_a_session(a, &input);
	send_signal(a, SIGTERM);
	fake.ending = LOCAL_SIGNALED;
	fake.status = SIGTERM;
	await(a, "began ended");
	ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, SIGTERM);
	close(input);
	forget(a);
}
END_TEST

START_TEST(a_session_whose_leader_is_gone_may_be_anothers)
{
	struct subject *a = start("a", "read x <$0");
	pid_t pid = end_unseen(a);
	char text[32];
	int member = -1;
	/* The leader has ended and left a member.  The task's pid becomes the number of that session. */
	/* NOLINTNEXTLINE(cert-env33-c): a command of this test */
	FILE *sessions = popen("setsid sh -c 'sleep 60 >/dev/null & echo $$ $!'", "r");
	ck_assert_ptr_nonnull(sessions);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), sessions));
	pclose(sessions);
	/* NOLINTNEXTLINE(cert-err34-c): two numbers of the shell's */
	ck_assert_int_eq(sscanf(text, "%d %d", &pid, &member), 2);
	rewrite_ledger(0, pid, 1);
	adopt_unseen(a, true);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_ptr_null(a->end.survivors);
	send_signal(a, SIGKILL);
	ck_assert_int_eq(kill(member, 0), 0);
	kill(member, SIGKILL);
	forget(a);
}
END_TEST

/* It gives its environment to nobody: `env -i` executes another program that has none. */
START_TEST(one_without_an_environment_is_known_by_its_output)
{
	struct subject *a = start("a", "exec env -i sh -c 'echo ready; read x <$0; exit 3' \"$0\"");
	pid_t pid = pid_of(a);
	await_output(a, "ready\n");
	scripted_close();
	rewrite_ledger(0, pid, 0);
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	open_gate();
	await(a, "began ended");
	forget(a);
}
END_TEST

/* A child of a worker, which is another process once it hears of it. */
static pid_t make_unexecuted(int *input, int *told)
{
	int ends[2], ready[2];
	char byte;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(ends[1]);
		prctl(PR_SET_NAME, POOL_THREAD_NAME);
		(void)!write(ready[1], "", 1);
		(void)!read(ends[0], &byte, 1);
		prctl(PR_SET_NAME, "another");
		(void)!write(ready[1], "", 1);
		_exit((int)read(ends[0], &byte, 1));
	}
	close(ends[0]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	*input = ends[1];
	*told = ready[0];
	return child;
}

/* Its command would run after it was said to be over.  Its start may be known, from a server that had an anchor. */
START_TEST(one_that_has_not_executed_its_command_is_not_over)
{
	for (int i = 0; i < 2; i++) {
		struct subject *a = start(i > 0 ? "b" : "a", "read x <$0");
		struct process_info info;
		int input, told;
		char byte;
		end_unseen(a);
		pid_t child = make_unexecuted(&input, &told);
		ck_assert_int_eq(process_read(child, &info), 0);
		rewrite_ledger(0, child, i > 0 ? info.start : 0);
		scripted_open();
		adopt(a, false);
		executor->verbs->retry(executor);
		ck_assert_str_eq(a->trail, "");
		ck_assert_ptr_nonnull(local_of(executor)->unadopted);
		ck_assert_int_eq(write(input, "", 1), 1);
		ck_assert_int_eq(read(told, &byte, 1), 1);
		executor->verbs->retry(executor);
		await(a, i > 0 ? "began ended" : "ended");
		check_unseen(a);
		close(input);
		close(told);
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
		forget(a);
	}
}
END_TEST

START_TEST(an_anchor_that_cannot_be_asked_is_asked_again)
{
	struct subject *a = start("a", "read x <$0; exit 1");
	pid_t pid = pid_of(a);
	scripted_close();
	use_anchor(pid, LOCAL_RUNS, 0);
	fake.error = -EPIPE;
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "");
	fake.error = 0;
	executor->verbs->retry(executor);
	ck_assert_str_eq(a->trail, "began");
	fake.ending = LOCAL_EXITED;
	fake.status = 3;
	open_gate();
	await(a, "began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	forget(a);
}
END_TEST

START_TEST(the_anchor_tells_how_it_ended)
{
	struct subject *a = start("a", "read x <$0; exit 1");
	pid_t pid = pid_of(a);
	scripted_close();
	use_anchor(pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	fake.ending = LOCAL_EXITED;
	fake.status = 3;
	open_gate();
	await(a, "began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	ck_assert_ptr_null(a->end.message);
	ck_assert_uint_eq(fake.reaped_count, 0);
	forget(a);
	ck_assert_uint_eq(fake.reaped_count, 1);
	ck_assert_int_eq(fake.reaped[0], pid);
}
END_TEST

START_TEST(the_anchor_tells_of_what_ended_meanwhile)
{
	struct subject *a = start("a", "read x <$0; echo out");
	pid_t pid = pid_of(a);
	scripted_close();
	open_gate();
	await_zombie(pid);
	use_anchor(pid, LOCAL_SIGNALED, SIGTERM);
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	await(a, "began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, -1);
	ck_assert_int_eq(a->end.term_signal, SIGTERM);
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	forget(a);
	ck_assert_int_eq(fake.reaped[0], pid);
}
END_TEST

START_TEST(an_anchor_that_lost_it_cannot_tell)
{
	struct subject *a = start("a", "read x <$0; exit 1");
	scripted_close();
	use_anchor(a->began.process.pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	fake.ending = LOCAL_NOT_MINE;
	open_gate();
	await(a, "began ended");
	check_unseen(a);
	forget(a);
	ck_assert_uint_eq(fake.reaped_count, 0);
}
END_TEST

/* The kernel says that it is gone, but its parent does not say so yet.  This happens while it is traced. */
START_TEST(an_end_that_is_not_confirmed_costs_no_busy_loop)
{
	struct subject *a = start("a", "read x <$0; exit 1");
	pid_t pid = pid_of(a);
	scripted_close();
	use_anchor(pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	struct local_attempt *attempt = a->run.execution;
	unsigned asked = fake.asked;
	open_gate();
	while (attempt->pidfd >= 0)
		turn();
	ck_assert_uint_gt(fake.asked, asked);
	asked = fake.asked;
	for (int i = 0; i < 100; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_uint_le(fake.asked, asked + 2);
	ck_assert_str_eq(a->trail, "began");
	fake.ending = LOCAL_EXITED;
	executor->verbs->retry(executor);
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(strays_of_the_anchor_are_reaped)
{
	struct subject *a = start("a", "read x <$0");
	pid_t pid = pid_of(a);
	scripted_close();
	pid_t stray = fork();
	ck_assert_int_ge(stray, 0);
	if (stray == 0)
		_exit(0);
	await_zombie(stray);
	/* It is the anchor's, so this process must not reap it. */
	sigset_t children;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	ck_assert_int_eq(sigwaitinfo(&children, NULL), SIGCHLD);
	use_anchor(pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	local_sweep(executor, NULL, NULL);
	ck_assert_uint_eq(fake.reaped_count, 1);
	ck_assert_int_eq(fake.reaped[0], stray);
	/* The executor also reaps when the anchor tells that a child changed. */
	fake.reaped_count = 0;
	local_anchor_child(executor);
	local_anchor_child(executor);
	while (event_pending(local_of(executor)->strays_event, EV_TIMEOUT, NULL))
		turn();
	ck_assert_uint_eq(fake.reaped_count, 1);
	ck_assert_int_eq(fake.reaped[0], stray);
	fake.ending = LOCAL_EXITED;
	open_gate();
	await(a, "began ended");
	forget(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_start_that_was_not_written_down_is_known_by_session_and_id,
		a_child_of_the_anchor_may_be_anothers,
		nothing_is_signalled_on_the_strength_of_a_pid,
		a_child_of_the_anchor_that_leads_no_session_yet_is_the_tasks,
		a_signal_reaches_who_leads_no_session_yet,
		a_session_whose_leader_is_gone_may_be_anothers,
		one_without_an_environment_is_known_by_its_output,
		one_that_has_not_executed_its_command_is_not_over,
		an_anchor_that_cannot_be_asked_is_asked_again,
		the_anchor_tells_how_it_ended,
		the_anchor_tells_of_what_ended_meanwhile,
		an_anchor_that_lost_it_cannot_tell,
		an_end_that_is_not_confirmed_costs_no_busy_loop,
		strays_of_the_anchor_are_reaped,
	};
	Suite *suite = suite_create("adopt whose");
	TCase *tcase = tcase_create("adopt whose");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
