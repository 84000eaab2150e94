/*
 * The local executor adopts what an earlier server left: what the ledger tells, and what is known without it.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "engine/task/messages.h"
#include "tests/unit/earlier_server.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

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

START_TEST(when_it_began_is_the_same_for_each_server)
{
	struct subject *a = start("a", "read x <$0");
	const struct executor_began before = a->began;
	/* the kernel counts in ticks of ten milliseconds */
	for (int i = 0; i < 20; i++) {
		reopen();
		adopt(a, false);
		ck_assert_str_eq(a->trail, "began");
		ck_assert_int_eq(a->began.started_at, before.started_at);
	}
	open_gate();
	await(a, "began ended");
	forget(a);
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
		what_is_of_another_boot_is_lost,
		a_ledger_of_another_boot_tells_nothing,
		when_it_began_is_the_same_for_each_server,
		without_a_ledger_what_runs_is_found,
		number_and_devices_are_found_again,
		what_ran_when_the_machine_stopped_keeps_its_output,
		files_that_another_has_by_now_are_not_taken,
		files_of_a_task_of_an_older_version_are_its,
		what_runs_is_found_without_an_entry,
		an_entry_that_is_not_valid_loses_one_run_only,
	};
	Suite *suite = suite_create("adopt ledger");
	TCase *tcase = tcase_create("adopt ledger");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
