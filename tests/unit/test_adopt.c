/* The local executor: how it adopts what an earlier server left. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "engine/run/ledger.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

/* An anchor of one process, whose answers the test sets. */
static struct {
	struct local_anchor anchor;
	pid_t child;
	enum local_ending ending;
	int status;
	int error; /* of the line to it */
	unsigned asked;
	pid_t reaped[8];
	unsigned reaped_count;
} fake;

static int fake_status(void *ctx, pid_t pid, enum local_ending *ending, int *status, struct task_usage *usage)
{
	ck_assert_ptr_eq(ctx, &fake);
	fake.asked++;
	*ending = pid == fake.child ? fake.ending : LOCAL_NOT_MINE;
	*status = fake.status;
	*usage = (struct task_usage){ .cpu_ms = 1500, .max_rss = 1 << 20 };
	return fake.error;
}

static int fake_reap(void *ctx, pid_t pid)
{
	ck_assert_ptr_eq(ctx, &fake);
	if (fake.reaped_count < sizeof(fake.reaped) / sizeof(*fake.reaped))
		fake.reaped[fake.reaped_count++] = pid;
	return 0;
}

/* The anchor's children are children of this process, because a parent must not be init. */
static void use_anchor(pid_t child, enum local_ending ending, int status)
{
	memset(&fake, 0, sizeof(fake));
	fake.anchor = (struct local_anchor){
		.ctx = &fake, .pid = getpid(), .status = fake_status, .reap = fake_reap
	};
	fake.child = child;
	fake.ending = ending;
	fake.status = status;
	local_options.anchor = &fake.anchor;
}

/* The next server. */
static void reopen(void)
{
	scripted_close();
	scripted_open();
}

/* Changes the ledger while no server runs. */
static void rewrite_ledger(int entry, pid_t pid, uint64_t start)
{
	struct ledger *ledger;
	bool same_boot;
	char *error = NULL;
	ck_assert_int_eq(ledger_open(&ledger, scratch_path(""), local_options.boot_id, &same_boot, &error),
	                 0);
	ck_assert(same_boot);
	*ledger_pid_word(ledger, entry) = pid;
	ledger_set_start(ledger, entry, start);
	ledger_close(ledger);
}

/* As an older version wrote the ledger. */
static void forget_files(int entry)
{
	struct ledger *ledger;
	bool same_boot;
	char *error = NULL;
	ck_assert_int_eq(ledger_open(&ledger, scratch_path(""), local_options.boot_id, &same_boot, &error),
	                 0);
	ledger_set_files(ledger, entry, -1, 0);
	ledger_close(ledger);
}

static void await_zombie(pid_t pid)
{
	siginfo_t info;
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void check_unseen(const struct subject *subject)
{
	ck_assert(!subject->end.known);
	ck_assert_int_eq(subject->end.exit_code, -1);
	ck_assert_int_eq(subject->end.term_signal, 0);
	ck_assert_str_eq(subject->end.message, MSG_ENDED_UNSEEN);
}

static void check_restarted(const struct subject *subject)
{
	ck_assert_str_eq(subject->trail, "ended");
	ck_assert(!subject->end.known);
	ck_assert_uint_eq(subject->end.left, 0);
	ck_assert_str_eq(subject->end.message, MSG_ENDED_RESTARTED);
}

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
	scripted_close();
	open_gate();
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	scripted_open();
	adopt(a, false);
	await(a, "ended");
	check_unseen(a);
	ck_assert_int_eq(pid_of(a), pid);
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	forget(a);
}
END_TEST

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

/* Starts a process that reads until its input ends, and leads a session when this returns. */
static pid_t make_innocent(int *input, bool own_session)
{
	int ends[2], ready[2];
	char byte;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t innocent = fork();
	ck_assert_int_ge(innocent, 0);
	if (innocent == 0) {
		if (own_session)
			setsid();
		else
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
		pid_t pid = pid_of(a);
		uint64_t start_time = a->began.process.pid_start;
		scripted_close();
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
		pid_t innocent = make_innocent(&input, i > 0);
		ck_assert_int_eq(process_read(innocent, &info), 0);
		/*
		 * In turn: a process that leads no session, one that began at another time, and one without a
		 * start time.
		 */
		rewrite_ledger(0, innocent, i == 0 ? info.start : i == 1 ? start_time - 1 : 0);
		scripted_open();
		adopt(a, false);
		await(a, "ended");
		check_unseen(a);
		ck_assert_uint_eq(a->end.left, 0);
		send_signal(a, SIGTERM);
		send_signal(a, SIGKILL);
		check_innocent(innocent, input);
		forget(a);
	}
}
END_TEST

START_TEST(a_session_whose_leader_is_gone_may_be_anothers)
{
	struct subject *a = start("a", "read x <$0");
	pid_t pid = pid_of(a);
	char text[32];
	int member = -1;
	scripted_close();
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	/* The leader has ended and left a member.  The task's pid becomes the number of that session. */
	/* NOLINTNEXTLINE(cert-env33-c): a command of this test */
	FILE *sessions = popen("setsid sh -c 'sleep 60 >/dev/null & echo $$ $!'", "r");
	ck_assert_ptr_nonnull(sessions);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), sessions));
	pclose(sessions);
	/* NOLINTNEXTLINE(cert-err34-c): two numbers of the shell's */
	ck_assert_int_eq(sscanf(text, "%d %d", &pid, &member), 2);
	rewrite_ledger(0, pid, 1);
	scripted_open();
	adopt(a, false);
	await(a, "ended");
	check_unseen(a);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_ptr_null(a->end.survivors);
	send_signal(a, SIGKILL);
	ck_assert_int_eq(kill(member, 0), 0);
	kill(member, SIGKILL);
	forget(a);
}
END_TEST

START_TEST(survivors_of_what_ended_unseen_are_waited_for)
{
	struct subject *a = start("a", "cat $0 & echo ready; exec cat $0");
	await_output(a, "ready\n");
	pid_t pid = pid_of(a);
	scripted_close();
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	scripted_open();
	adopt(a, false);
	await(a, "ended");
	check_unseen(a);
	ck_assert_uint_eq(a->end.left, 1);
	ck_assert_ptr_nonnull(a->end.survivors);
	send_signal(a, SIGTERM);
	await(a, "ended ended");
	check_unseen(a);
	ck_assert_uint_eq(a->end.left, 0);
	forget(a);
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

START_TEST(what_is_of_another_boot_is_lost)
{
	struct subject *a = start("a", "echo out; read x <$0");
	struct subject *b = subject_new("b", "true");
	prepare(b);
	await_output(a, "out\n");
	pid_t pid = pid_of(a);
	reopen();
	adopt(a, true);
	adopt(b, true);
	check_restarted(a);
	check_restarted(b);
	ck_assert_int_eq(pid_of(a), 0);
	send_signal(a, SIGKILL);
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	forget(a);
	forget(b);
	open_gate();
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
}
END_TEST

START_TEST(a_ledger_of_another_boot_tells_nothing)
{
	struct subject *a = start("a", "read x <$0; exit 5");
	pid_t pid = pid_of(a);
	siginfo_t info;
	scripted_close();
	local_options.boot_id = "11111111-2222-3333-4444-555555555556";
	scripted_open();
	adopt(a, true);
	check_restarted(a);
	send_signal(a, SIGKILL);
	forget(a);
	open_gate();
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, 5);
	/* From now on the ledger is of this boot. */
	struct subject *b = subject_new("b", "true");
	prepare(b);
	reopen();
	adopt(b, false);
	ck_assert_str_eq(b->trail, "never_began");
	forget(b);
}
END_TEST

START_TEST(without_a_ledger_what_runs_is_found)
{
	/* A process that left the session has the same token. */
	static const char code[] = "setsid sleep 1000 & echo $! >&2; echo out; read x <$0; kill $!; exit 3";
	struct subject *gone = subject_new("gone", "true");
	prepare(gone);
	struct subject *a = start("a", code), *b = start("b", "echo b; read x <$0; exit 4");
	const struct executor_began before = a->began;
	pid_t of_b = pid_of(b);
	await_output(a, "out\n");
	await_output(b, "b\n");
	scripted_close();
	ck_assert_int_eq(unlink(scratch_path("ledger")), 0);
	use_anchor(before.process.pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(gone, false);
	adopt(b, false);
	adopt(a, false);
	ck_assert_str_eq(gone->trail, "ended");
	ck_assert_str_eq(gone->end.message, MSG_ENDED_LEDGER_LOST);
	ck_assert_str_eq(a->trail, "began");
	ck_assert_int_eq(a->began.process.pid, before.process.pid);
	ck_assert_uint_eq(a->began.process.pid_start, before.process.pid_start);
	ck_assert_int_eq(b->began.process.pid, of_b);
	await_output(b, "b\n");
	await_output(a, "out\n");
	forget(gone);
	/* The next server reads it in the ledger again. */
	reopen();
	adopt(a, false);
	adopt(b, false);
	ck_assert_int_eq(a->began.process.pid, before.process.pid);
	send_signal(b, SIGTERM);
	await(b, "began ended");
	fake.ending = LOCAL_EXITED;
	fake.status = 3;
	open_gate();
	await(a, "began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	ck_assert_int_eq(a->end.usage.cpu_ms, 1500);
	ck_assert_int_eq(a->end.usage.max_rss, 1 << 20);
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	forget(a);
	forget(b);
}
END_TEST

/* A group with devices, and the standing of a task in it. */
static struct task_group group = { .settings.devices = (char[]){ "GPU=a,b,c,b" } };
static struct standing standing = { .group = &group };

/* Starts a task that says what it has. */
static struct subject *start_with_devices(const char *id)
{
	struct subject *a = subject_new(id, "echo $KRTASK_SLOT $GPU; read x <$0");
	a->run.task->standing = &standing;
	a->run.holding = (struct run_holding){ .slot = 7 };
	device_set_add(&a->run.holding.devices, 1);
	device_set_add(&a->run.holding.devices, 2);
	prepare(a);
	go(a);
	await(a, "prepared began");
	await_output(a, "7 b,c\n");
	return a;
}

static void check_holding(const struct subject *a)
{
	ck_assert_int_eq(a->run.holding.slot, 7);
	ck_assert_uint_eq(a->run.holding.devices.words[0], 6);
}

START_TEST(number_and_devices_are_found_again)
{
	strings_add(&spec.variables, "GPU=of the task");
	strings_add(&spec.variables, "KRTASK_SLOT=of the task");
	struct subject *a = start_with_devices("a");
	a->run.holding = (struct run_holding){ .slot = -1 };
	reopen();
	adopt(a, false);
	check_holding(a);
	/* Without a ledger, the environment of the process tells them. */
	a->run.holding = (struct run_holding){ .slot = -1 };
	scripted_close();
	ck_assert_int_eq(unlink(scratch_path("ledger")), 0);
	scripted_open();
	adopt(a, false);
	check_holding(a);
	/* From then on the ledger does. */
	a->run.holding = (struct run_holding){ .slot = -1 };
	reopen();
	adopt(a, false);
	check_holding(a);
	send_signal(a, SIGKILL);
	await(a, "began ended");
	a->run.task->standing = NULL;
	forget(a);
}
END_TEST

START_TEST(what_ran_when_the_machine_stopped_keeps_its_output)
{
	struct subject *a = start("a", "echo a; read x <$0");
	struct subject *b = start("b", "echo b; read x <$0");
	await_output(a, "a\n");
	await_output(b, "b\n");
	pid_t pids[] = { pid_of(a), pid_of(b) };
	scripted_close();
	local_options.boot_id = "11111111-2222-3333-4444-555555555556";
	scripted_open();
	adopt(b, true);
	adopt(a, true);
	ck_assert_int_eq(seal(a), 0);
	ck_assert_int_eq(seal(b), 0);
	check_output(a, EXECUTOR_STDOUT, "a\n");
	check_output(b, EXECUTOR_STDOUT, "b\n");
	forget(a);
	forget(b);
	for (int i = 0; i < 2; i++) {
		kill(pids[i], SIGKILL);
		ck_assert_int_eq(waitid(P_PID, (id_t)pids[i], NULL, WEXITED), 0);
	}
}
END_TEST

/* The end of task a was not durable yet, and another task already had its files. */
START_TEST(files_that_another_has_by_now_are_not_taken)
{
	struct subject *a = start("a", "echo a");
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	struct subject *b = start("b", "echo b; read x <$0");
	await_output(b, "b\n");
	reopen();
	adopt(a, false);
	adopt(b, false);
	await(a, "began ended");
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "a\n");
	check_output(b, EXECUTOR_STDOUT, "b\n");
	open_gate();
	await(b, "began ended");
	ck_assert_int_eq(seal(b), 0);
	check_output(b, EXECUTOR_STDOUT, "b\n");
	forget(a);
	forget(b);
}
END_TEST

/* The files had the number of the entry, and the ledger did not mention them. */
START_TEST(files_of_a_task_of_an_older_version_are_its)
{
	struct subject *first = subject_new("first", "true");
	prepare(first);
	struct subject *a = start("a", "echo a; read x <$0");
	await_output(a, "a\n");
	ck_assert_int_eq(a->run.process.entry, 1);
	scripted_close();
	forget_files(1);
	ck_assert_int_eq(rename(scratch_path("log/slot-0.out"), scratch_path("log/slot-1.out")), 0);
	ck_assert_int_eq(rename(scratch_path("log/slot-0.err"), scratch_path("log/slot-1.err")), 0);
	use_anchor(a->began.process.pid, LOCAL_RUNS, 0);
	scripted_open();
	adopt(a, false);
	check_output(a, EXECUTOR_STDOUT, "a\n");
	/* No other task gets these files. */
	struct subject *b = start("b", "echo b"), *c = start("c", "echo c");
	await(b, "prepared began ended");
	await(c, "prepared began ended");
	ck_assert_int_eq(access(scratch_path("log/slot-1.out"), F_OK), 0);
	kill(pid_of(a), SIGKILL);
	await_zombie(pid_of(a));
	use_anchor(pid_of(a), LOCAL_EXITED, 0);
	await(a, "began ended");
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "a\n");
	forget(a);
	forget(b);
	forget(c);
}
END_TEST

/* Its row was damaged, not the ledger. */
START_TEST(what_runs_is_found_without_an_entry)
{
	struct subject *a = start("a", "echo a; exec cat $0");
	pid_t pid = pid_of(a);
	await_output(a, "a\n");
	reopen();
	a->run.process.entry = -1;
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	ck_assert_int_eq(a->began.process.pid, pid);
	ck_assert_int_ge(a->began.process.entry, 0);
	check_output(a, EXECUTOR_STDOUT, "a\n");
	send_signal(a, SIGTERM);
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(an_entry_that_is_not_valid_loses_one_run_only)
{
	static const char text[] = MSG_ENDED_NO_ENTRY;
	struct subject *a = subject_new("a", "true");
	struct subject *b = subject_new("b", "true");
	struct subject *c = subject_new("c", "true");
	prepare(a);
	reopen();
	b->run.process.entry = 0; /* the entry of a */
	c->run.process.entry = -1;
	adopt(a, false);
	adopt(b, false);
	adopt(c, false);
	ck_assert_str_eq(a->trail, "never_began");
	ck_assert_str_eq(b->trail, "ended");
	ck_assert(!b->end.known);
	ck_assert_str_eq(b->end.message, text);
	ck_assert_str_eq(c->end.message, text);
	ck_assert_int_eq(seal(b), 0);
	forget(b);
	forget(c);
	/* The entry still belongs to a. */
	struct subject *d = subject_new("d", "true");
	prepare(d);
	ck_assert_int_eq(d->run.process.entry, 1);
	forget(a);
	forget(d);
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
		a_start_that_was_not_written_down_is_known_by_session_and_id,
		a_child_of_the_anchor_may_be_anothers,
		nothing_is_signalled_on_the_strength_of_a_pid,
		a_session_whose_leader_is_gone_may_be_anothers,
		survivors_of_what_ended_unseen_are_waited_for,
		an_anchor_that_cannot_be_asked_is_asked_again,
		the_anchor_tells_how_it_ended,
		the_anchor_tells_of_what_ended_meanwhile,
		an_anchor_that_lost_it_cannot_tell,
		an_end_that_is_not_confirmed_costs_no_busy_loop,
		strays_of_the_anchor_are_reaped,
		what_cannot_be_found_out_now_is_found_out_later,
		what_is_of_another_boot_is_lost,
		a_ledger_of_another_boot_tells_nothing,
		without_a_ledger_what_runs_is_found,
		number_and_devices_are_found_again,
		what_ran_when_the_machine_stopped_keeps_its_output,
		files_that_another_has_by_now_are_not_taken,
		files_of_a_task_of_an_older_version_are_its,
		what_runs_is_found_without_an_entry,
		an_entry_that_is_not_valid_loses_one_run_only,
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
