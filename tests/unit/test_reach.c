/* The local executor: which processes get signals, and which are named when a task has ended. */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/exec/local/attempt.h"
#include "engine/run/process.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

/* Returns the PID in "left running: PID (NAME)". */
static pid_t survivor_of(const struct subject *subject)
{
	ck_assert_ptr_nonnull(subject->end.survivors);
	return (pid_t)strtol(strchr(subject->end.survivors, ':') + 1, NULL, 10);
}

/* Returns the sorted names of survivors: "cat cat sh". */
static void check_survivors(const struct subject *subject, const char *names)
{
	char list[512] = "", *found[16];
	size_t count = 0;
	if (subject->end.survivors)
		snprintf(list, sizeof(list), "%s", subject->end.survivors);
	for (char *at = strchr(list, '('); at && count < 16; at = strchr(at, '(')) {
		found[count++] = ++at;
		at += strcspn(at, ")");
		*at++ = '\0';
	}
	char text[512] = "";
	/* A selection sort: each turn takes the first of the remaining names. */
	for (size_t i = 0; i < count; i++) {
		size_t first = i;
		for (size_t j = i + 1; j < count; j++)
			first = strcmp(found[j], found[first]) < 0 ? j : first;
		size_t used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%s%s", used > 0 ? " " : "", found[first]);
		found[first] = found[i];
	}
	ck_assert_str_eq(text, names);
}

/* Knows a descendant by the environment that it was started with. */
static bool is_descendant(const struct subject *subject, pid_t pid)
{
	char token[64], value[64];
	snprintf(token, sizeof(token), "%" PRIu64 "-%" PRId64 "-%s", subject->run.task->number,
	         subject->run.task->created_at, identity);
	return process_variable(pid, "KRTASK_RUN", value, sizeof(value)) == 0 && strcmp(value, token) == 0;
}

/* Counts the live processes of the task. */
static unsigned count_descendants(const struct subject *subject)
{
	struct process_info *infos;
	unsigned found = 0;
	int count = process_all(&infos);
	for (int i = 0; i < count; i++)
		found += is_descendant(subject, infos[i].pid);
	free(infos);
	return found;
}

/* Waits until a process of the task has become that program. */
static void await_program(const struct subject *subject, const char *name)
{
	for (bool found = false; !found;) {
		struct process_info *infos;
		int count = process_all(&infos);
		for (int i = 0; i < count && !found; i++)
			found = strcmp(infos[i].name, name) == 0 && is_descendant(subject, infos[i].pid);
		free(infos);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

static void await_descendants(const struct subject *subject, unsigned count)
{
	while (count_descendants(subject) != count)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Returns the pid that a task wrote into $0.pid. */
static pid_t written_pid(void)
{
	char text[16] = "";
	int fd = open(scratch_path("gate.pid"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return (pid_t)strtol(text, NULL, 10);
}

START_TEST(all_who_left_are_named)
{
	/* One process is the child of another, whose own parent is gone. */
	struct subject *a = start("a", "(setsid sleep 97 & exec tail -f /dev/null) & read x <$0; exit 3");
	await_descendants(a, 3);
	await_program(a, "sleep");
	await_program(a, "tail");
	open_gate();
	await(a, "prepared began ended");
	check_survivors(a, "sleep tail");
	ck_assert_uint_eq(a->end.left, 1);
	send_signal(a, SIGKILL);
	await(a, "prepared began ended ended");
	ck_assert_ptr_null(a->end.survivors);
	await_descendants(a, 0);
	forget(a);
}
END_TEST

START_TEST(a_signal_reaches_every_group_of_the_session)
{
	struct subject *a = start("a", "timeout 100 sh -c 'echo ready; exec cat $0' $0; echo done");
	await_output(a, "ready\n");
	send_signal(a, SIGTERM);
	await_empty(a);
	ck_assert_int_eq(a->end.term_signal, SIGTERM);
	ck_assert_ptr_null(a->end.survivors);
	check_output(a, EXECUTOR_STDOUT, "ready\n");
	await_descendants(a, 0);
	forget(a);
}
END_TEST

START_TEST(who_is_alone_gets_a_signal_at_once)
{
	struct subject *a = start("a", "read x <$0");
	struct pollfd ended = { .fd = local_attempt_of(&a->run)->pidfd, .events = POLLIN };
	send_signal(a, SIGTERM);
	ck_assert_int_eq(poll(&ended, 1, -1), 1);
	ck_assert_ptr_null(local_of(executor)->signalled);
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

START_TEST(a_signal_comes_once)
{
	struct subject *a =
		start("a", "set -m; n='trap \"echo x\" USR1; echo r; while :; do read x <$0; done'; "
	                   "sh -c \"$n\" $0 & sh -c \"$n\" $0 & eval \"$n\"");
	await_output(a, "r\nr\nr\n");
	send_signal(a, SIGUSR1);
	await_output(a, "r\nr\nr\nx\nx\nx\n");
	/* If a signal had been sent twice, its output would be there before that of this one. */
	send_signal(a, SIGKILL);
	await_empty(a);
	check_output(a, EXECUTOR_STDOUT, "r\nr\nr\nx\nx\nx\n");
	forget(a);
}
END_TEST

START_TEST(who_is_started_after_a_signal_does_not_get_it)
{
	struct subject *a = start("a", "trap 'timeout 100 sh -c \"read x <$0; echo cleaned\"; exit 4' TERM; "
	                               "echo ready; while :; do sleep 0.01; done");
	await_output(a, "ready\n");
	send_signal(a, SIGTERM);
	open_gate();
	await_empty(a);
	ck_assert_int_eq(a->end.exit_code, 4);
	check_output(a, EXECUTOR_STDOUT, "ready\ncleaned\n");
	forget(a);
}
END_TEST

static void await_state(pid_t pid, char state)
{
	while (process_state(pid) != state)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

START_TEST(a_pause_reaches_who_left_the_session)
{
	struct subject *a =
		start("a", "setsid sh -c 'echo $$ >$0.pid; echo here; exec tail -f /dev/null' $0 & "
	                   "exec cat $0");
	await_output(a, "here\n");
	await_program(a, "tail");
	pid_t pid = written_pid();
	send_signal(a, SIGSTOP);
	await_state(pid, 'T');
	send_signal(a, SIGCONT);
	await_state(pid, 'S');
	send_signal(a, SIGSTOP);
	await_state(pid, 'T');
	/* The stop signal does not go to it, but no process stays paused. */
	send_signal(a, SIGTERM);
	await_empty(a);
	check_survivors(a, "tail");
	await_state(pid, 'S');
	send_signal(a, SIGKILL);
	await_descendants(a, 0);
	forget(a);
}
END_TEST

START_TEST(who_left_the_session_gets_only_sigkill)
{
	struct subject *a = start("a", "setsid sh -c 'echo here; exec tail -f /dev/null' & exec cat $0");
	await_output(a, "here\n");
	await_program(a, "tail");
	send_signal(a, SIGTERM);
	await_empty(a);
	check_survivors(a, "tail");
	forget(a);
	ck_assert_uint_eq(count_descendants(a), 1);
	struct subject *b = start("b", "setsid sh -c 'echo here; exec tail -f /dev/null' & exec cat $0");
	await_output(b, "here\n");
	await_program(b, "tail");
	send_signal(b, SIGKILL);
	await_empty(b);
	ck_assert_ptr_null(b->end.survivors);
	await_descendants(b, 0);
	/* The survivor of another task does not count. */
	ck_assert_uint_eq(count_descendants(a), 1);
	forget(b);
	kill(survivor_of(a), SIGKILL);
}
END_TEST

/* Two servers may each have a task with the same number, created in the same millisecond. */
START_TEST(who_is_of_another_server_is_left_alone)
{
	struct subject *a =
		start("a", "(KRTASK_RUN=${KRTASK_RUN%-*}-0 setsid sh -c 'echo $$ >$0.pid; echo here; exec "
	                   "tail -f /dev/null >/dev/null 2>&1' $0 &); exec cat $0");
	await_output(a, "here\n");
	pid_t pid = written_pid();
	struct process_info info = { .name = "" };
	while (strcmp(info.name, "tail") != 0)
		ck_assert_int_eq(process_read(pid, &info), 0);
	send_signal(a, SIGKILL);
	await_empty(a);
	ck_assert_ptr_null(a->end.survivors);
	ck_assert_int_ne(process_state(pid), 0);
	forget(a);
	kill(pid, SIGKILL);
	while (process_state(pid))
		turn();
}
END_TEST

/* Each process has lost its starter, its session and its environment, and more than one run is there. */
START_TEST(who_hides_is_named)
{
	static const char *const hidden[] = {
		"setsid env -i /bin/sh -c 'echo here; exec cat $0' $0 & ",
		"setsid env -i /bin/sh -c 'echo here >&2; exec cat $0' $0 >/dev/null & ",
		"setsid env -i /bin/sh -c 'echo here; exec >/dev/null 2>&1; exec cat $0' $0 & ",
	};
	struct subject *other = start("other", "read x <$0");
	for (unsigned i = 0; i < 3; i++) {
		char code[256];
		snprintf(code, sizeof(code), "%s echo $! >$0.pid; kill -STOP $$", hidden[i]);
		struct subject *a = start((const char *[]){ "a", "b", "c" }[i], code);
		while (process_state(pid_of(a)) != 'T')
			event_base_loop(base, EVLOOP_NONBLOCK);
		pid_t pid = written_pid();
		struct process_info info = { .name = "" };
		while (strcmp(info.name, "cat") != 0)
			ck_assert_int_eq(process_read(pid, &info), 0);
		kill(pid_of(a), SIGKILL);
		await(a, "prepared began ended");
		check_survivors(a, "cat");
		ck_assert_int_eq(survivor_of(a), pid);
		forget(a);
		kill(pid, SIGKILL);
		while (process_state(pid))
			turn();
	}
	open_gate();
	await(other, "prepared began ended");
	ck_assert_ptr_null(other->end.survivors);
	forget(other);
}
END_TEST

START_TEST(who_hides_wholly_is_named_where_only_one_can_have_left_it)
{
	static const char code[] = "setsid env -i /bin/sh -c 'exec >/dev/null 2>&1 3>&-; exec sleep 97' & "
				   "while ! grep -q sleep /proc/$!/comm; do :; done; read x <$0";
	/* A process that started in the same clock tick could be older than the server. */
	uint64_t opened = process_ticks();
	while (process_ticks() == opened)
		sched_yield();
	struct subject *a = start("a", code);
	open_gate();
	await(a, "prepared began ended");
	check_survivors(a, "sleep");
	pid_t pid = survivor_of(a);
	/* It is named, but it must get no signal. */
	send_signal(a, SIGSTOP);
	send_signal(a, SIGKILL);
	while (local_of(executor)->signalled || local_of(executor)->census)
		turn();
	/* It has the name of its program a moment before it sleeps. */
	while (process_state(pid) == 'R')
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(process_state(pid), 'S');
	forget(a);
	/* The executor knows it now. */
	struct subject *b = start("b", "true");
	await(b, "prepared began ended");
	ck_assert_ptr_null(b->end.survivors);
	forget(b);
	kill(pid, SIGKILL);
	while (process_state(pid))
		turn();
}
END_TEST

START_TEST(what_is_killed_gets_away_by_no_fork)
{
	struct subject *a =
		start("a", "i=0; while test $i -lt 300; do i=$((i + 1)); setsid sleep 100 & done; wait");
	while (count_descendants(a) < 20)
		event_base_loop(base, EVLOOP_NONBLOCK);
	send_signal(a, SIGKILL);
	await_empty(a);
	ck_assert_ptr_null(a->end.survivors);
	await_descendants(a, 0);
	forget(a);
}
END_TEST

START_TEST(what_is_forgotten_while_it_is_looked_at_is_released_later)
{
	struct subject *a = start("a", "read x <$0; exit 3");
	pid_t pid = pid_of(a);
	open_gate();
	await(a, "prepared began ended");
	send_signal(a, SIGTERM);
	while (!local_of(executor)->census)
		turn();
	forget(a);
	ck_assert_int_eq(process_state(pid), 'Z');
	while (local_of(executor)->attempts)
		turn();
	ck_assert_int_eq(process_state(pid), 0);
}
END_TEST

START_TEST(a_server_that_ends_waits_for_no_look)
{
	struct subject *a = start("a", "sh -c 'read x <$0' $0; exit");
	await_descendants(a, 2);
	send_signal(a, SIGUSR2);
	while (!local_of(executor)->census)
		turn();
	scripted_close();
	ck_assert_str_eq(a->trail, "prepared began");
}
END_TEST

START_TEST(without_descriptors_a_signal_reaches_the_group)
{
	struct subject *a = start("a", "read x <$0");
	leave_descriptors(0);
	send_signal(a, SIGTERM);
	while (process_state(pid_of(a)) != 'Z' && process_state(pid_of(a)) != 0)
		turn();
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.term_signal, SIGTERM);
	forget(a);
}
END_TEST

/* Traces the process, without waiting for it, until its own standard input ends. */
static pid_t trace(pid_t pid, int *input)
{
	int ends[2], ready[2];
	char byte;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t tracer = fork();
	ck_assert_int_ge(tracer, 0);
	if (tracer == 0) {
		/* A process with the output of a task open is taken for a process of the task. */
		int end = fcntl(ends[0], F_DUPFD, 1000), write_end = fcntl(ready[1], F_DUPFD, 1000);
		close_range(3, 999, 0);
		long result = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
		(void)!write(write_end, result == 0 ? "y" : "n", 1);
		(void)!read(end, &byte, 1);
		_exit(0);
	}
	close(ends[0]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	ck_assert_int_eq(byte, 'y');
	*input = ends[1];
	return tracer;
}

START_TEST(while_a_tracer_holds_it_nothing_polls)
{
	int input;
	struct subject *a = start("a", "read x <$0");
	pid_t tracer = trace(pid_of(a), &input);
	send_signal(a, SIGKILL);
	struct local_attempt *attempt = a->run.execution;
	while (attempt->pidfd >= 0 || local_of(executor)->census)
		turn();
	for (int i = 0; i < 10; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(event_base_get_num_events(base, EVENT_BASE_COUNT_ACTIVE), 0);
	ck_assert(!event_pending(local_of(executor)->retry_event, EV_TIMEOUT, NULL));
	ck_assert_str_eq(a->trail, "prepared began");
	close(input);
	ck_assert_int_eq(waitid(P_PID, (id_t)tracer, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.term_signal, SIGKILL);
	forget(a);
}
END_TEST

START_TEST(a_dead_process_that_a_tracer_holds_is_not_waited_for)
{
	int input;
	struct subject *a = start("a", "tail -f /dev/null & echo $! >$0.pid; echo here; wait");
	await_output(a, "here\n");
	await_program(a, "tail");
	pid_t pid = written_pid(), tracer = trace(pid, &input);
	send_signal(a, SIGKILL);
	await(a, "prepared began ended");
	ck_assert_int_eq(process_state(pid), 'Z');
	ck_assert_uint_eq(a->end.left, 0);
	check_survivors(a, "");
	close(input);
	ck_assert_int_eq(waitid(P_PID, (id_t)tracer, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	while (process_state(pid) != 0)
		turn();
	forget(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		all_who_left_are_named,
		a_signal_reaches_every_group_of_the_session,
		who_is_alone_gets_a_signal_at_once,
		a_signal_comes_once,
		who_is_started_after_a_signal_does_not_get_it,
		a_pause_reaches_who_left_the_session,
		who_left_the_session_gets_only_sigkill,
		who_is_of_another_server_is_left_alone,
		who_hides_is_named,
		who_hides_wholly_is_named_where_only_one_can_have_left_it,
		what_is_killed_gets_away_by_no_fork,
		what_is_forgotten_while_it_is_looked_at_is_released_later,
		a_server_that_ends_waits_for_no_look,
		without_descriptors_a_signal_reaches_the_group,
		while_a_tracer_holds_it_nothing_polls,
		a_dead_process_that_a_tracer_holds_is_not_waited_for,
	};
	/* What a test leaves behind is anybody's child, so no process would be alone in the next one. */
	unit_apart();

	Suite *suite = suite_create("reach");
	TCase *tcase = tcase_create("reach");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
