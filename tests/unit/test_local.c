/*
 * The local executor: what it does for the core, and in which order it reports.  test_adopt.c tests what an
 * earlier server left.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/progress.h"
#include "engine/run/ledger.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

START_TEST(prepare_go_ended_forget)
{
	int64_t before = local_options.now();
	struct subject *a = subject_new("a", "read x <$0; exit 7");
	prepare(a);
	ck_assert_str_eq(a->trail, "prepared");
	ck_assert_int_eq(a->run.process.entry, 0);
	ck_assert_int_eq(a->run.process.pid, 0);
	ck_assert_int_eq(a->run.process.stop_signal, -1);
	ck_assert_int_eq(pid_of(a), 0);
	go(a);
	await(a, "prepared began");
	pid_t pid = a->began.process.pid;
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(a->began.process.entry, 0);
	ck_assert_uint_gt(a->began.process.pid_start, 0);
	ck_assert_int_ge(a->began.started_at, before);
	ck_assert_int_le(a->began.started_at, local_options.now());
	ck_assert_int_eq(pid_of(a), pid);
	open_gate();
	await(a, "prepared began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 7);
	ck_assert_int_eq(a->end.term_signal, 0);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_ptr_null(a->end.message);
	ck_assert_ptr_null(a->end.survivors);
	/* The status is kept until the end is durable. */
	ck_assert_int_eq(process_state(pid), 'Z');
	ck_assert_int_eq(seal(a), 0);
	ck_assert_int_eq(process_state(pid), 'Z');
	forget(a);
	ck_assert_int_eq(process_state(pid), 0);
	/* The entry is free again. */
	struct subject *b = subject_new("b", "true");
	prepare(b);
	ck_assert_int_eq(b->run.process.entry, 0);
	forget(b);
}
END_TEST

START_TEST(a_signal_that_ended_it_is_told)
{
	struct subject *a = start("a", "kill -9 $$");
	await(a, "prepared began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.term_signal, SIGKILL);
	ck_assert_int_eq(a->end.exit_code, -1);
	forget(a);
}
END_TEST

START_TEST(seal_and_forget_from_inside_the_report)
{
	struct subject *a = subject_new("a", "echo x");
	a->forgets = true;
	prepare(a);
	go(a);
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDOUT, "x\n");
}
END_TEST

START_TEST(what_never_began_is_forgotten)
{
	struct subject *a = subject_new("a", "true");
	scratch_write("log/slot-0.out", "another's", 0600);
	prepare(a);
	/* The files of the entry hold output of another task. */
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, NULL);
	send_signal(a, SIGKILL);
	forget(a);
	ck_assert_str_eq(a->trail, "prepared");
}
END_TEST

START_TEST(a_command_that_cannot_run_says_why)
{
	strings_add(&spec.command, "no-such-command");
	struct subject *a = subject_of("a");
	prepare(a);
	go(a);
	await(a, "prepared began ended");
	ck_assert_str_eq(a->end.message, MSG_SPAWN_EXEC " 'no-such-command': " MSG_COMMAND_NOT_FOUND);
	ck_assert_int_eq(a->end.exit_code, 127);
	forget(a);
	spec.cwd = strdup("/no/such");
	struct subject *b = start("b", "true");
	await(b, "prepared began ended");
	ck_assert_str_eq(b->end.message, MSG_SPAWN_DIRECTORY " '/no/such': No such file or directory");
	ck_assert_int_eq(b->end.exit_code, 126);
	forget(b);
}
END_TEST

START_TEST(variables_are_the_tasks_over_the_callers)
{
	struct environment *own = (struct environment *)local_options.own_environment;
	strings_add(&own->variables, "BOTH=caller");
	strings_add(&own->variables, "CALLER=1");
	strings_add(&own->variables, "KRTASK_ID=of the caller");
	strings_add(&own->variables, "KRTASK_PROGRESS_FD=9");
	strings_add(&own->variables, "KRTASK_ATTEMPT=9");
	strings_add(&own->variables, "KRTASK_OTHER=stays");
	strings_add(&own->variables, "KRTASK_RUN=of the caller");
	strings_add(&spec.variables, "BOTH=task");
	strings_add(&spec.variables, "KRTASK_RUN=of nobody");
	struct subject *a =
		start("a", "echo $BOTH $CALLER $KRTASK_ID $KRTASK_SERVER $KRTASK_PROGRESS_FD $KRTASK_OTHER "
	                   "$KRTASK_ATTEMPT; "
	                   "env | grep -c ^KRTASK_; echo $KRTASK_RUN >&2");
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDOUT, "task 1 a unix:/none 3 stays 1\n6\n");
	char token[64];
	snprintf(token, sizeof(token), "%" PRIu64 "-%" PRId64 "-%s\n", a->run.task->number,
	         a->run.task->created_at, identity);
	check_output(a, EXECUTOR_STDERR, token);
	forget(a);
}
END_TEST

START_TEST(standard_input_is_empty)
{
	struct subject *a = start("a", "readlink /proc/self/fd/0; cat");
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDOUT, "/dev/null\n");
	forget(a);
}
END_TEST

START_TEST(many_at_once)
{
	enum { MANY = 60 };
	struct subject *all[MANY];
	struct run *runs[MANY];
	subjects_new(all, runs, MANY);
	executor->verbs->prepare(executor, runs, MANY);
	executor->verbs->go(executor, runs, MANY);
	subjects_end(all, MANY);
	ck_assert_uint_eq(local_of(executor)->active, 0);
	ck_assert_uint_eq(local_of(executor)->pipes, 0);
	ck_assert_ptr_null(local_of(executor)->attempts);
}
END_TEST

START_TEST(a_short_command_is_told_with_its_end)
{
	scripted_close();
	local_options.linger_ms = 3600000;
	scripted_open();
	struct subject *a = subject_new("a", "echo 30 >&$KRTASK_PROGRESS_FD; exit 7");
	prepare(a);
	go(a);
	while (strcmp(a->trail, "prepared") == 0)
		turn();
	/* The worker has waited for its end: all of this is of one turn. */
	ck_assert_str_eq(a->trail, "prepared began progress ended");
	ck_assert_int_eq(a->end.exit_code, 7);
	forget(a);
}
END_TEST

START_TEST(who_asks_is_told_of_a_command_that_its_worker_still_looks_at)
{
	scripted_close();
	local_options.linger_ms = 3600000;
	scripted_open();
	struct subject *a = subject_new("a", "echo 30 >&$KRTASK_PROGRESS_FD; read x <$0; exit 7");
	prepare(a);
	go(a);
	while (strcmp(a->trail, "prepared") == 0)
		executor->verbs->look(executor, NULL);
	ck_assert_str_eq(a->trail, "prepared began");
	ck_assert_int_eq(pid_of(a), ledger_pid(local_of(executor)->ledger, 0));
	ck_assert_int_gt(a->began.started_at, 0);
	/* And of all that it has said. */
	while (strcmp(a->trail, "prepared began progress") != 0)
		executor->verbs->look(executor, &a->run);
	ck_assert_int_eq(a->percent, 30);
	open_gate();
	await(a, "prepared began progress ended");
	ck_assert_int_eq(a->end.exit_code, 7);
	forget(a);
}
END_TEST

/* Its process seems to be this one, a child of ours that executes nothing. */
static pid_t begin_stuck(struct subject *subject)
{
	pid_t *word = ledger_pid_word(local_of(executor)->ledger, 0), child;
	prepare(subject);
	hold_workers();
	go(subject);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	*word = child;
	return child;
}

static void end_stuck(struct subject *subject)
{
	*ledger_pid_word(local_of(executor)->ledger, 0) = 0;
	release_workers();
	await(subject, "prepared began ended");
	forget(subject);
}

/* A directory may not answer for days. */
START_TEST(a_stop_reaches_a_process_that_does_not_get_to_its_command)
{
	static const struct {
		int signal, kill_after, ends_by;
	} cases[] = {
		{ SIGUSR1, 0, SIGUSR1 }, { SIGKILL, 0, SIGKILL }, { 0, 1, SIGKILL }, { SIGURG, 200, SIGKILL }
	};
	const size_t index = (size_t)_i;
	struct subject *a = subject_new("a", "exit 7");
	struct run *run = &a->run;
	siginfo_t info = { 0 };
	pid_t child = begin_stuck(a);
	/* A pause would keep its worker from others. */
	run->phase = RUN_STARTING_PAUSED;
	executor->verbs->withhold(executor, &run, 1);
	ck_assert(!event_pending(local_of(executor)->stuck_event, EV_TIMEOUT, NULL));
	run->phase = RUN_STARTING_STOPPED;
	run->stop.signal = cases[index].signal;
	run->stop.kill_at = cases[index].kill_after ? local_options.now() + cases[index].kill_after : 0;
	executor->verbs->withhold(executor, &run, 1);
	while (info.si_pid == 0) {
		turn();
		ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG), 0);
	}
	ck_assert_int_eq(info.si_status, cases[index].ends_by);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	run->phase = RUN_STARTING;
	end_stuck(a);
}
END_TEST

/* A signal would not find it yet. */
START_TEST(nobody_is_told_of_a_process_that_has_not_executed_its_command)
{
	struct subject *a = subject_new("a", "exit 7");
	pid_t child = begin_stuck(a);
	executor->verbs->look(executor, NULL);
	ck_assert_str_eq(a->trail, "prepared");
	ck_assert_ptr_null(executor->verbs->reason(executor, &a->run));
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	end_stuck(a);
}
END_TEST

START_TEST(room_is_what_descriptors_are_left_for)
{
	scripted_close();
	local_options.descriptors = 100;
	scripted_open();
	ck_assert_uint_eq(executor->verbs->room(executor), 50);
	struct subject *a = start("a", "read x <$0");
	/* A task needs descriptors for a process and a pipe. */
	ck_assert_uint_eq(executor->verbs->room(executor), 48);
	unsigned before = room_reports;
	open_gate();
	await(a, "prepared began ended");
	while (room_reports == before)
		turn();
	forget(a);
	ck_assert_uint_eq(executor->verbs->room(executor), 50);
	scripted_close();
	local_options.descriptors = 2000;
	scripted_open();
	ck_assert_uint_eq(executor->verbs->room(executor), 1400);
}
END_TEST

START_TEST(without_descriptors_to_spare_there_is_no_pipe)
{
	scripted_close();
	local_options.descriptors = 0;
	scripted_open();
	struct subject *a = start("a", "test -z \"$KRTASK_PROGRESS_FD\" && test ! -e /proc/self/fd/3");
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 0);
	forget(a);
}
END_TEST

START_TEST(without_descriptors_it_is_postponed)
{
	struct subject *a = subject_new("a", "exit 4");
	prepare(a);
	leave_descriptors(1);
	go(a);
	await(a, "prepared postponed");
	ck_assert_int_eq(a->error, -EMFILE);
	ck_assert_uint_eq(local_of(executor)->active, 0);
	ck_assert_uint_eq(local_of(executor)->pipes, 0);
	leave_descriptors(-1);
	go(a);
	await(a, "prepared postponed began ended");
	ck_assert_int_eq(a->end.exit_code, 4);
	forget(a);
}
END_TEST

/* As if there had never been a pidfd, and no descriptor for one. */
static struct subject *start_without_pidfd(const char *code)
{
	struct subject *a = start("a", code);
	struct local_attempt *attempt = a->run.execution;
	event_del(&attempt->exit_event);
	close(attempt->pidfd);
	attempt->pidfd = -1;
	local_list_append(&local_of(executor)->unwatched, attempt);
	local_progress_close(attempt);
	leave_descriptors(0);
	executor->verbs->retry(executor);
	ck_assert_str_eq(a->trail, "prepared began");
	ck_assert_int_eq(attempt->pidfd, -1);
	return a;
}

START_TEST(without_a_pidfd_its_end_is_seen_all_the_same)
{
	struct subject *a = start_without_pidfd("read x <$0; exit 4");
	open_gate();
	/* That nobody is left needs no descriptor. */
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 4);
	forget(a);
}
END_TEST

START_TEST(while_nobody_can_see_who_is_left_there_is_no_end)
{
	struct subject *a = start_without_pidfd("read x <$0; exit 4");
	const struct local_attempt *attempt = a->run.execution;
	pid_t child = fork();
	if (child == 0)
		pause();
	ck_assert_int_gt(child, 0);
	open_gate();
	while (attempt->stage == LOCAL_RUNNING)
		turn();
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "prepared began");
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 4);
	forget(a);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
}
END_TEST

START_TEST(a_pidfd_is_made_once_there_is_a_descriptor)
{
	struct subject *a = start("a", "read x <$0; exit 4");
	struct local_attempt *attempt = a->run.execution;
	event_del(&attempt->exit_event);
	close(attempt->pidfd);
	attempt->pidfd = -1;
	local_list_append(&local_of(executor)->unwatched, attempt);
	executor->verbs->retry(executor);
	ck_assert_int_ge(attempt->pidfd, 0);
	ck_assert_ptr_null(local_of(executor)->unwatched);
	open_gate();
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

START_TEST(a_full_ledger_refuses)
{
	struct ledger *ledger = local_of(executor)->ledger;
	while (ledger_take(ledger) >= 0)
		continue;
	struct subject *a = subject_new("a", "true");
	prepare(a);
	ck_assert_str_eq(a->trail, "refused");
	ck_assert_int_eq(a->error, -EAGAIN);
	ck_assert_ptr_null(a->run.execution);
}
END_TEST

START_TEST(what_is_starting_when_it_ends_is_in_the_ledger)
{
	struct subject *a = subject_new("a", "read x <$0");
	prepare(a);
	go(a);
	while (ledger_pid(local_of(executor)->ledger, 0) == 0)
		sched_yield();
	scripted_close();
	ck_assert_str_eq(a->trail, "prepared");
	scripted_open();
	adopt(a, false);
	ck_assert_str_eq(a->trail, "began");
	open_gate();
	await(a, "began ended");
	forget(a);
}
END_TEST

START_TEST(it_opens_or_says_why_not)
{
	struct executor *other = NULL;
	struct local_options options = local_options;
	char *error = NULL;
	options.directory = scratch_path("no/such");
	ck_assert_int_eq(local_open(&other, &options, &error), -ENOENT);
	free(error);
	ck_assert_int_eq(mkdir(scratch_path("full"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("full/ledger"), 0700), 0);
	options.directory = scratch_path("full");
	ck_assert_int_lt(local_open(&other, &options, &error), 0);
	ck_assert_ptr_nonnull(error);
	free(error);
	ck_assert_ptr_null(other);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		prepare_go_ended_forget,
		a_signal_that_ended_it_is_told,
		seal_and_forget_from_inside_the_report,
		what_never_began_is_forgotten,
		a_command_that_cannot_run_says_why,
		variables_are_the_tasks_over_the_callers,
		standard_input_is_empty,
		many_at_once,
		a_short_command_is_told_with_its_end,
		who_asks_is_told_of_a_command_that_its_worker_still_looks_at,
		nobody_is_told_of_a_process_that_has_not_executed_its_command,
		room_is_what_descriptors_are_left_for,
		without_descriptors_to_spare_there_is_no_pipe,
		without_descriptors_it_is_postponed,
		without_a_pidfd_its_end_is_seen_all_the_same,
		while_nobody_can_see_who_is_left_there_is_no_end,
		a_pidfd_is_made_once_there_is_a_descriptor,
		a_full_ledger_refuses,
		what_is_starting_when_it_ends_is_in_the_ledger,
		it_opens_or_says_why_not,
	};
	Suite *suite = suite_create("local");
	TCase *tcase = tcase_create("local");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, a_stop_reaches_a_process_that_does_not_get_to_its_command, 0, 4);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
