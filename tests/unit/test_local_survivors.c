/* The local executor: signals to all processes of a task, and those that outlive its command. */
#include "config.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/exec/local/attempt.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

static char program[4096]; /* this program */

START_TEST(signals_reach_the_group)
{
	struct subject *a = start("a", "cat $0 & echo ready; exec cat $0");
	await_output(a, "ready\n");
	send_signal(a, 0);
	send_signal(a, SIGTERM);
	await_empty(a);
	ck_assert_int_eq(a->end.term_signal, SIGTERM);
	forget(a);
}
END_TEST

START_TEST(what_is_stopped_is_continued_to_take_a_signal)
{
	struct subject *a = start("a", "trap 'exit 6' TERM; kill -STOP $$; read x <$0");
	while (process_state(pid_of(a)) != 'T')
		event_base_loop(base, EVLOOP_NONBLOCK);
	send_signal(a, SIGSTOP);
	ck_assert_int_eq(process_state(pid_of(a)), 'T');
	send_signal(a, SIGTERM);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 6);
	forget(a);
}
END_TEST

/* Returns the PID in "left running: PID (NAME)". */
static pid_t survivor_of(const struct subject *subject)
{
	ck_assert_ptr_nonnull(subject->end.survivors);
	return (pid_t)strtol(strchr(subject->end.survivors, ':') + 1, NULL, 10);
}

START_TEST(survivors_are_named_and_waited_for)
{
	char expected[64];
	struct subject *a = start("a", "(read x <$0; exit 0) & echo $!; exit 3");
	await(a, "prepared began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	ck_assert_uint_eq(a->end.left, 1);
	char pid[16] = "";
	struct executor_output output;
	ck_assert_int_eq(executor->verbs->output(executor, a->run.task, 1, EXECUTOR_STDOUT, true, &output),
	                 0);
	ck_assert_int_gt(read(output.fd, pid, sizeof(pid) - 1), 0);
	close(output.fd);
	snprintf(expected, sizeof(expected), MSG_LEFT_RUNNING "%d (sh)", (int)strtol(pid, NULL, 10));
	ck_assert_str_eq(a->end.survivors, expected);
	open_gate();
	await(a, "prepared began ended ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 3);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_ptr_null(a->end.survivors);
	forget(a);
}
END_TEST

START_TEST(survivors_are_reached_by_a_signal)
{
	struct subject *a = start("a", "cat $0 & echo ready; exec cat $0");
	await_output(a, "ready\n");
	kill(pid_of(a), SIGKILL);
	await(a, "prepared began ended");
	ck_assert_uint_eq(a->end.left, 1);
	send_signal(a, SIGTERM);
	await(a, "prepared began ended ended");
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_int_eq(a->end.term_signal, SIGKILL);
	forget(a);
}
END_TEST

START_TEST(survivors_of_what_is_forgotten_are_reaped_in_silence)
{
	struct subject *a = start("a", "(read x <$0) & exit 0");
	await(a, "prepared began ended");
	ck_assert_uint_eq(a->end.left, 1);
	pid_t survivor = survivor_of(a);
	ck_assert_int_eq(seal(a), 0);
	/* A process still has the empty files open, so another task must not get them. */
	ck_assert_int_ne(access(scratch_path("log/slot-0.out"), F_OK), 0);
	forget(a);
	open_gate();
	while (process_state(survivor))
		turn();
	ck_assert_str_eq(a->trail, "prepared began ended");
}
END_TEST

/* Waits until the output has this many pids, one on each line. */
static void await_pids(const struct subject *subject, pid_t *pids, unsigned count)
{
	unsigned lines;
	do {
		char text[4096] = "", *next = text;
		struct executor_output output;
		event_base_loop(base, EVLOOP_NONBLOCK);
		if (executor->verbs->output(executor, subject->run.task, 1, EXECUTOR_STDOUT, true, &output) ==
		    0) {
			ck_assert_int_ge(read(output.fd, text, sizeof(text) - 1), 0);
			close(output.fd);
		}
		for (lines = 0; lines < count && strchr(next, '\n'); lines++, next++)
			pids[lines] = (pid_t)strtol(next, &next, 10);
	} while (lines < count);
}

/* With few descriptors, some looks at processes succeed and others fail. */
START_TEST(who_is_left_is_not_told_before_it_can_be_seen)
{
	for (int count = 0; count < 4; count++) {
		struct subject *a = start((const char *[]){ "a", "b", "c", "d" }[count],
		                          "cat $0 & echo ready; exec cat $0");
		struct local_attempt *attempt = a->run.execution;
		await_output(a, "ready\n");
		leave_descriptors(count);
		kill(pid_of(a), SIGKILL);
		while (attempt->stage == LOCAL_RUNNING)
			turn();
		event_base_loop(base, EVLOOP_NONBLOCK);
		leave_descriptors(-1);
		executor->verbs->retry(executor);
		await(a, "prepared began ended");
		ck_assert_uint_eq(a->end.left, 1);
		send_signal(a, SIGTERM);
		await_empty(a);
		forget(a);
	}
}
END_TEST

START_TEST(who_left_the_session_hides_nobody_of_the_group)
{
	enum { LEFT = 70 };
	pid_t pids[LEFT + 1];
	char expected[64];
	struct subject *a =
		start("a", "sh -c 'echo $$; kill -STOP $$' & "
	                   "for i in 0 1 2 3 4 5 6; do for j in 0 1 2 3 4 5 6 7 8 9; do "
	                   "setsid sh -c 'echo $$; kill -STOP $$' & done; done; read x <$0; exit 3");
	await_pids(a, pids, LEFT + 1);
	open_gate();
	await(a, "prepared began ended");
	ck_assert_uint_eq(a->end.left, 1);
	ck_assert_ptr_nonnull(strstr(a->end.survivors, " and 63 more"));
	pid_t first = (pid_t)strtol(strchr(a->end.survivors, ':') + 1, NULL, 10);
	/* The first process named is the one that is waited for. */
	ck_assert_int_eq(getpgid(first), a->began.process.pid);
	snprintf(expected, sizeof(expected), "left running: %d (sh), ", first);
	ck_assert_int_eq(strncmp(a->end.survivors, expected, strlen(expected)), 0);
	for (unsigned i = 0; i <= LEFT; i++)
		kill(pids[i], SIGKILL);
	await(a, "prepared began ended ended");
	ck_assert_uint_eq(a->end.left, 0);
	forget(a);
}
END_TEST

START_TEST(a_child_of_who_left_the_session_is_waited_for)
{
	pid_t left;
	struct subject *a = start(
		"a", "(sh -c 'kill -STOP $$' & exec setsid sh -c 'echo $$; kill -STOP $$') & read x <$0");
	await_pids(a, &left, 1);
	open_gate();
	await(a, "prepared began ended");
	ck_assert_uint_eq(a->end.left, 1);
	send_signal(a, SIGKILL);
	await(a, "prepared began ended ended");
	ck_assert_uint_eq(a->end.left, 0);
	kill(left, SIGKILL);
	forget(a);
}
END_TEST

/* Waits for the end of the process that has made this one. */
static void await_parent(const int ends[2])
{
	char byte;
	close(ends[1]);
	(void)!read(ends[0], &byte, 1);
	close(ends[0]);
}

/* Lives as long as it takes to look at all processes, so that some looks see it, and others do not. */
static void live_for_a_look(void)
{
	struct process_info *infos = NULL;
	(void)process_all(&infos);
	free(infos);
}

/* This program as a task's command: it forks and exits for a long time, and ignores SIGTERM. */
static int flee(void)
{
	int ends[2];
	signal(SIGTERM, SIG_IGN);
	puts("ready");
	fflush(stdout);
	for (int left = 30000; left > 0 && pipe(ends) == 0 && fork() == 0; left--) {
		await_parent(ends);
		live_for_a_look();
	}
	return 0;
}

START_TEST(who_forks_and_exits_all_the_time_is_not_gone)
{
	char id[16];
	for (int i = 0; i < 12; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		strings_add(&spec.command, "sh");
		strings_add(&spec.command, "-c");
		strings_add(&spec.command, "\"$1\" flee & exec cat \"$0\"");
		strings_add(&spec.command, scratch_path("gate"));
		strings_add(&spec.command, program);
		struct subject *a = subject_of(id);
		prepare(a);
		go(a);
		await_output(a, "ready\n");
		send_signal(a, SIGTERM);
		await(a, "prepared began ended");
		ck_assert_uint_gt(a->end.left, 0);
		send_signal(a, SIGKILL);
		await(a, "prepared began ended ended");
		ck_assert_uint_eq(a->end.left, 0);
		forget(a);
	}
}
END_TEST

START_TEST(who_left_the_session_is_named_and_not_waited_for)
{
	struct subject *a = start("a", "setsid sh -c 'echo here; kill -STOP $$' & read y <$0");
	await_output(a, "here\n");
	open_gate();
	await(a, "prepared began ended");
	ck_assert_uint_eq(a->end.left, 0);
	pid_t left = survivor_of(a);
	ck_assert_int_eq(kill(left, SIGKILL), 0);
	forget(a);
}
END_TEST

/* The pid of its child, once that runs this command. */
static pid_t await_child(pid_t parent, const char *command)
{
	struct process_info info = { .pid = 0 };
	while (strcmp(info.name, command) != 0) {
		pid_t *pids = NULL;
		if (process_children(parent, &pids) > 0)
			(void)process_read(pids[0], &info);
		free(pids);
	}
	return info.pid;
}

START_TEST(whom_those_who_are_left_start_at_once_is_named_too)
{
	char expected[64];
	struct subject *a = start("a", "(read x <$0; cat $0.2 & read y <$0.2) & echo $!; exit 3");
	struct local_attempt *attempt = a->run.execution;
	ck_assert_int_eq(mkfifo(scratch_path("gate.2"), 0600), 0);
	while (!attempt->settling && strcmp(a->trail, "prepared began ended") != 0)
		event_base_loop(base, EVLOOP_ONCE);
	pid_t left;
	await_pids(a, &left, 1);
	ck_assert_str_eq(a->trail, "prepared began");
	open_gate();
	pid_t child = await_child(left, "cat");
	await(a, "prepared began ended");
	snprintf(expected, sizeof(expected), MSG_LEFT_RUNNING "%d (sh), %d (cat)", left, child);
	ck_assert_str_eq(a->end.survivors, expected);
	send_signal(a, SIGKILL);
	await(a, "prepared began ended ended");
	forget(a);
}
END_TEST

/* glibc's clone(): see engine/run/spawn.c. */
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...); /* NOLINT: glibc's name */

static int wait_for_a_byte(void *pipe)
{
	char byte;
	return read(*(int *)pipe, &byte, 1) == 1 ? 7 : 1;
}

/* The child has everything open that the server has open. */
START_TEST(who_has_not_executed_its_command_yet_is_nobodys)
{
	enum { STACK = 65536 };
	struct subject *a = start("a", "read x <\"$0\"");
	int pipe_ends[2], status, output = open(scratch_path("log/slot-0.out"), O_WRONLY | O_CLOEXEC);
	char *stack = malloc(STACK);
	ck_assert_int_ge(output, 0);
	ck_assert_ptr_nonnull(stack);
	ck_assert_int_eq(pipe(pipe_ends), 0);
	pid_t child = __clone(wait_for_a_byte, stack + STACK, CLONE_VM | SIGCHLD, &pipe_ends[0]);
	ck_assert_int_gt(child, 0);
	send_signal(a, SIGKILL);
	await_empty(a);
	ck_assert_int_eq(write(pipe_ends[1], "x", 1), 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	close(output);
	free(stack);
	forget(a);
}
END_TEST

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "flee") == 0)
		return flee();
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return EXIT_FAILURE;
	const TTest *const tests[] = {
		signals_reach_the_group,
		what_is_stopped_is_continued_to_take_a_signal,
		survivors_are_named_and_waited_for,
		survivors_are_reached_by_a_signal,
		survivors_of_what_is_forgotten_are_reaped_in_silence,
		who_is_left_is_not_told_before_it_can_be_seen,
		who_left_the_session_hides_nobody_of_the_group,
		a_child_of_who_left_the_session_is_waited_for,
		who_forks_and_exits_all_the_time_is_not_gone,
		who_left_the_session_is_named_and_not_waited_for,
		whom_those_who_are_left_start_at_once_is_named_too,
		who_has_not_executed_its_command_yet_is_nobodys,
	};
	Suite *suite = suite_create("local survivors");
	TCase *tcase = tcase_create("local survivors");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
