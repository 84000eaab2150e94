/*
 * The local executor: what it does for the core, and in which order it reports.  test_adopt.c tests what an
 * earlier server left.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/progress.h"
#include "engine/run/ledger.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

static char program[4096]; /* this program */

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

START_TEST(output_while_it_runs_and_after)
{
	struct executor_output output;
	struct subject *a = subject_new("a", "echo out; echo err >&2; read x <$0; cat");
	prepare(a);
	check_output(a, EXECUTOR_STDOUT, NULL);
	go(a);
	await(a, "prepared began");
	await_output(a, "out\n");
	ck_assert_int_eq(executor->verbs->output(executor, a->run.task, 1, EXECUTOR_STDERR, false, &output),
	                 0);
	ck_assert_int_eq(output.fd, -1);
	ck_assert_int_eq(access(output.path, R_OK), 0);
	open_gate();
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDERR, "err\n");
	ck_assert_int_eq(seal(a), 0);
	/* A second time, as after a failed commit. */
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	ck_assert_int_eq(executor->verbs->output(executor, a->run.task, 1, EXECUTOR_STDERR, false, &output),
	                 0);
	ck_assert_str_eq(output.path, "");
	forget(a);
	a->run.task->run = NULL;
	check_output(a, EXECUTOR_STDOUT, "out\n");
	check_output(a, EXECUTOR_STDERR, "err\n");
	executor->verbs->discard(executor, a->run.task->number, 1);
	while (access(scratch_path("log/1.err"), F_OK) == 0)
		turn();
	check_output(a, EXECUTOR_STDOUT, NULL);
	check_output(a, EXECUTOR_STDERR, NULL);
}
END_TEST

START_TEST(merged_output_is_in_one_file)
{
	spec.merge = true;
	struct subject *a = start("a", "echo out; echo err >&2");
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\nerr\n");
	check_output(a, EXECUTOR_STDERR, NULL);
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

START_TEST(progress_comes_through_the_pipe)
{
	struct subject *a = start(
		"a", "echo 40 of it >&3; echo nonsense >&3; read x <$0; echo 41.5% >&3; echo '77%'; exit 1");
	await(a, "prepared began progress");
	ck_assert_int_eq(a->percent, 40);
	ck_assert_str_eq(a->message, "of it");
	ck_assert_int_eq(a->source, EXECUTOR_PROGRESS_REPORTED);
	open_gate();
	/*
	 * The last progress comes before the end.  Output is not searched if the task reports progress
	 * itself.
	 */
	await(a, "prepared began progress progress ended");
	ck_assert_int_eq(a->percent, 41);
	ck_assert_str_eq(a->message, "");
	forget(a);
}
END_TEST

START_TEST(progress_is_seen_in_the_output_of_a_failure)
{
	struct subject *a = start("a", "echo 77% of it; exit 1");
	await(a, "prepared began progress ended");
	ck_assert_int_eq(a->percent, 77);
	ck_assert_str_eq(a->message, "of it");
	ck_assert_int_eq(a->source, EXECUTOR_PROGRESS_SEEN);
	struct subject *b = start("b", "echo 78% >&2; kill -9 $$");
	await(b, "prepared began progress ended");
	ck_assert_int_eq(b->percent, 78);
	struct subject *c = start("c", "echo 79%");
	/* so is the output of a successful task, which is its message */
	await(c, "prepared began progress ended");
	ck_assert_int_eq(c->percent, 79);
	forget(a);
	forget(b);
	forget(c);
}
END_TEST

/* The processes of a group end one after the other. */
static void await_empty(const struct subject *subject)
{
	while (!strstr(subject->trail, "ended") || subject->end.left > 0)
		turn();
}

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

/* This program as a task's command: it forks and exits for a long time, and ignores SIGTERM. */
static int flee(void)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	int left = 10000;
	signal(SIGTERM, SIG_IGN);
	puts("ready");
	fflush(stdout);
	while (left-- > 0 && fork() <= 0)
		nanosleep(&pause, NULL);
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

static blkcnt_t blocks_of(const char *name)
{
	struct stat status;
	ck_assert_int_eq(stat(scratch_path(name), &status), 0);
	return status.st_blocks;
}

START_TEST(output_is_capped_while_it_runs_and_at_the_end)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "head -c 1000000 /dev/zero; read x <$0; head -c 1000000 /dev/zero");
	/* The executor looks every half second. */
	struct stat status = { 0 };
	while (status.st_size < 1000000 || status.st_blocks > 400) {
		turn();
		ck_assert_int_eq(stat(scratch_path("log/slot-0.out"), &status), 0);
	}
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	ck_assert_int_lt(blocks_of("log/1.out"), 400);
	forget(a);
}
END_TEST

START_TEST(the_loop_makes_no_holes)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "head -c 1000000 /dev/zero; echo >&2; read x <$0");
	hold_workers();
	while (!local_of(executor)->capping)
		turn();
	struct stat status = { 0 };
	while (status.st_size == 0)
		ck_assert_int_eq(stat(scratch_path("log/slot-0.err"), &status), 0);
	ck_assert_int_gt(blocks_of("log/slot-0.out"), 400);
	release_workers();
	while (local_of(executor)->capping)
		turn();
	while (blocks_of("log/slot-0.out") > 400)
		turn();
	open_gate();
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

START_TEST(the_end_waits_for_the_last_cut_and_the_loop_does_not)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "read x <$0; head -c 1000000 /dev/zero");
	struct local_attempt *attempt = a->run.execution;
	hold_workers();
	open_gate();
	while (attempt->stage != LOCAL_LEFT)
		turn();
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "prepared began");
	ck_assert_int_gt(blocks_of("log/slot-0.out"), 400);
	release_workers();
	await(a, "prepared began ended");
	ck_assert_int_lt(blocks_of("log/slot-0.out"), 400);
	forget(a);
}
END_TEST

static bool is_seven(void *ctx, uint64_t number)
{
	(void)ctx;
	return number == 7;
}

START_TEST(the_loop_removes_no_output)
{
	scratch_write("log/7.out", "large", 0600);
	hold_workers();
	executor->verbs->discard(executor, 7, 1);
	executor->verbs->discard(executor, 8, 1);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(access(scratch_path("log/7.out"), F_OK), 0);
	release_workers();
	while (access(scratch_path("log/7.out"), F_OK) == 0)
		turn();
}
END_TEST

START_TEST(a_server_that_ends_leaves_removals_to_the_next)
{
	scratch_write("log/9.out", "large", 0600);
	hold_workers();
	executor->verbs->discard(executor, 9, 1);
	local_silence(executor);
	release_workers();
	scripted_close();
	ck_assert_int_eq(access(scratch_path("log/9.out"), F_OK), 0);
	scripted_open();
	local_sweep(executor, is_seven, NULL);
	while (access(scratch_path("log/9.out"), F_OK) == 0)
		turn();
}
END_TEST

/* Two tasks run, and others only have claims, so there are only two pairs of files. */
START_TEST(files_belong_to_what_runs)
{
	struct subject *waiting = subject_new("waiting", "echo waited");
	struct subject *b = subject_new("b", "read x <$0; echo b");
	/* Two readers of one gate would share a line. */
	struct subject *c = subject_new("c", "read x <$0.c; echo c");
	ck_assert_int_eq(mkfifo(scratch_path("gate.c"), 0600), 0);
	int gate_of_c = open(scratch_path("gate.c"), O_RDWR | O_CLOEXEC);
	prepare(waiting);
	prepare(b);
	prepare(c);
	go(b);
	await(b, "prepared began");
	go(c);
	await(c, "prepared began");
	ck_assert_int_eq(access(scratch_path("log/slot-1.err"), F_OK), 0);
	ck_assert_int_ne(access(scratch_path("log/slot-2.out"), F_OK), 0);
	open_gate();
	await(b, "prepared began ended");
	ck_assert_int_eq(seal(b), 0);
	/* The end of b is not durable yet. */
	go(waiting);
	await(waiting, "prepared began ended");
	ck_assert_int_ne(access(scratch_path("log/slot-2.out"), F_OK), 0);
	ck_assert_int_eq(seal(waiting), 0);
	ck_assert_int_eq(write(gate_of_c, "go\n", 3), 3);
	await(c, "prepared began ended");
	ck_assert_int_eq(seal(c), 0);
	check_output(waiting, EXECUTOR_STDOUT, "waited\n");
	check_output(b, EXECUTOR_STDOUT, "b\n");
	check_output(c, EXECUTOR_STDOUT, "c\n");
	forget(waiting);
	forget(b);
	forget(c);
	close(gate_of_c);
}
END_TEST

START_TEST(many_at_once)
{
	enum { MANY = 60 };
	struct subject *all[MANY];
	struct run *runs[MANY];
	char id[16];
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		all[i] = subject_new(id, "echo $KRTASK_ID; exit 1");
		all[i]->forgets = i % 2;
		runs[i] = &all[i]->run;
	}
	executor->verbs->prepare(executor, runs, MANY);
	executor->verbs->go(executor, runs, MANY);
	for (int i = 0; i < MANY; i++) {
		await(all[i], "prepared began ended");
		ck_assert_int_eq(all[i]->end.exit_code, 1);
		snprintf(id, sizeof(id), "t%d\n", i);
		check_output(all[i], EXECUTOR_STDOUT, id);
		if (!all[i]->forgets)
			forget(all[i]);
	}
	ck_assert_uint_eq(local_of(executor)->active, 0);
	ck_assert_uint_eq(local_of(executor)->pipes, 0);
	ck_assert_ptr_null(local_of(executor)->attempts);
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

START_TEST(without_a_pidfd_its_end_is_seen_all_the_same)
{
	struct subject *a = start("a", "read x <$0; exit 4");
	struct local_attempt *attempt = a->run.execution;
	/* As if there had never been a pidfd. */
	event_del(&attempt->exit_event);
	close(attempt->pidfd);
	attempt->pidfd = -1;
	local_list_append(&local_of(executor)->unwatched, attempt);
	local_progress_close(attempt);
	leave_descriptors(0);
	executor->verbs->retry(executor);
	ck_assert_str_eq(a->trail, "prepared began");
	ck_assert_int_eq(attempt->pidfd, -1);
	open_gate();
	while (attempt->stage == LOCAL_RUNNING)
		turn();
	/* Nobody can see now which processes are left, so the end is not reported yet. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "prepared began");
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	ck_assert_str_eq(a->trail, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 4);
	forget(a);
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

START_TEST(output_of_nobody_is_swept)
{
	scratch_write("log/7.out", "known", 0600);
	scratch_write("log/77.out", "left", 0600);
	scratch_write("log/77.err", "left", 0600);
	scratch_write("log/77.txt", "not ours", 0600);
	scratch_write("log/slot-0.out", "", 0600);
	scratch_write("log/slot-900.out", "", 0600);
	local_sweep(executor, is_seven, NULL);
	ck_assert_int_eq(access(scratch_path("log/7.out"), F_OK), 0);
	while (access(scratch_path("log/77.out"), F_OK) == 0 || access(scratch_path("log/77.err"), F_OK) == 0)
		turn();
	ck_assert_int_ne(access(scratch_path("log/slot-900.out"), F_OK), 0);
	ck_assert_int_eq(access(scratch_path("log/77.txt"), F_OK), 0);
	ck_assert_int_eq(access(scratch_path("log/slot-0.out"), F_OK), 0);
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

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "flee") == 0)
		return flee();
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return EXIT_FAILURE;
	const TTest *const tests[] = {
		prepare_go_ended_forget,
		a_signal_that_ended_it_is_told,
		seal_and_forget_from_inside_the_report,
		what_never_began_is_forgotten,
		a_command_that_cannot_run_says_why,
		variables_are_the_tasks_over_the_callers,
		output_while_it_runs_and_after,
		merged_output_is_in_one_file,
		standard_input_is_empty,
		progress_comes_through_the_pipe,
		progress_is_seen_in_the_output_of_a_failure,
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
		output_is_capped_while_it_runs_and_at_the_end,
		the_loop_makes_no_holes,
		the_end_waits_for_the_last_cut_and_the_loop_does_not,
		the_loop_removes_no_output,
		a_server_that_ends_leaves_removals_to_the_next,
		files_belong_to_what_runs,
		many_at_once,
		room_is_what_descriptors_are_left_for,
		without_descriptors_to_spare_there_is_no_pipe,
		without_descriptors_it_is_postponed,
		without_a_pidfd_its_end_is_seen_all_the_same,
		a_pidfd_is_made_once_there_is_a_descriptor,
		a_full_ledger_refuses,
		what_is_starting_when_it_ends_is_in_the_ledger,
		output_of_nobody_is_swept,
		it_opens_or_says_why_not,
	};
	Suite *suite = suite_create("local");
	TCase *tcase = tcase_create("local");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
