/* Starting commands: which program runs, what it inherits, and how each failure is reported. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "engine/run/spawn.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/spawned.h"
#include "tests/unit/unit.h"

START_TEST(runs_a_command)
{
	check_ran(ARGV("sh", "-c", "echo out; echo err >&2"), "out\nerr\n");
	check_ran(ARGV("/bin/echo", "a b", "", "*"), "a b  *\n");
	spawn_and_wait(ARGV("sh", "-c", "exit 37"));
	ck_assert_int_eq(run.status, 37);
	spawn_and_wait(ARGV("sh", "-c", "kill -9 $$"));
	ck_assert_int_eq(run.status, 128 + SIGKILL);
}
END_TEST

START_TEST(standard_input_is_empty)
{
	check_ran(ARGV("sh", "-c", "readlink /proc/self/fd/0; cat"), "/dev/null\n");
}
END_TEST

START_TEST(bytes_pass_unchanged)
{
	const char *const envp[] = { "A=\xff\xfe=x", "EMPTY=", "odd", NULL };

	run.request.envp = envp;
	check_ran(ARGV("/usr/bin/printf", "%s|", "\xff\xc0\x80", "\xed\xa0\x80\n"),
	          "\xff\xc0\x80|\xed\xa0\x80\n|");
	check_ran(ARGV("/usr/bin/env"), "A=\xff\xfe=x\nEMPTY=\nodd\n");
}
END_TEST

START_TEST(names_a_missing_command)
{
	check_failed(ARGV("no-such-command"), "exec", ENOENT, 127,
	             MSG_SPAWN_EXEC " 'no-such-command': " MSG_COMMAND_NOT_FOUND);
	check_failed(ARGV("/no/such"), "exec", ENOENT, 127,
	             MSG_SPAWN_EXEC " '/no/such': No such file or directory");
	check_failed(ARGV("a; b"), "exec", ENOENT, 127, MSG_SPAWN_EXEC " 'a; b': " MSG_COMMAND_IS_CODE);
	check_failed(ARGV(""), "exec", ENOENT, 127, MSG_SPAWN_EXEC " '': " MSG_COMMAND_NOT_FOUND);
}
END_TEST

START_TEST(names_what_cannot_be_executed)
{
	run.request.cwd = scratch_path("");
	scratch_write("plain", "#!/bin/sh\n", 0644);
	scratch_write("lost", "#!/no/such/interpreter\n", 0755);
	check_failed(ARGV("./plain"), "exec", EACCES, 126, MSG_SPAWN_EXEC " './plain': Permission denied");
	check_failed(ARGV("./lost"), "exec", ENOENT, 127, MSG_SPAWN_EXEC " './lost': " MSG_NO_INTERPRETER);
	check_failed(ARGV("/etc/passwd/x"), "exec", ENOTDIR, 126,
	             MSG_SPAWN_EXEC " '/etc/passwd/x': Not a directory");
	check_failed(ARGV("/tmp"), "exec", EACCES, 126, MSG_SPAWN_EXEC " '/tmp': Permission denied");
}
END_TEST

START_TEST(a_file_that_is_no_program_is_run_by_the_shell)
{
	const char *const envp[] = { "PATH=/no/such:bin", "A=a", NULL };

	run.request.cwd = scratch_path("");
	run.request.envp = envp;
	ck_assert_int_eq(mkdir(scratch_path("bin"), 0755), 0);
	scratch_write("bare", "echo \"$0 $# $1 $A\"; exit $2\n", 0755);
	scratch_write("bin/tool", "echo \"$0\"\n", 0755);
	scratch_write("empty", "", 0755);
	check_ran(ARGV("./bare", "a  b", "0"), "./bare 2 a  b a\n");
	spawn_and_wait(ARGV("./bare", "", "37"));
	ck_assert_int_eq(run.status, 37);
	check_ran(ARGV("tool"), "bin/tool\n");
	check_ran(ARGV("./empty"), "");
}
END_TEST

START_TEST(names_a_missing_directory)
{
	run.request.cwd = "/no/such";
	check_failed(ARGV("/bin/true"), "directory", ENOENT, 126,
	             MSG_SPAWN_DIRECTORY " '/no/such': No such file or directory");
}
END_TEST

/* The task's directory has a tool of the same name in it and in its bin. */
static void make_tools(const char *const *envp)
{
	run.request.cwd = scratch_path("");
	run.request.envp = envp;
	ck_assert_int_eq(mkdir(scratch_path("bin"), 0755), 0);
	scratch_write("bin/tool", "#!/bin/sh\necho in bin\n", 0755);
	scratch_write("tool", "#!/bin/sh\necho here\n", 0755);
}

START_TEST(searches_path_in_the_directory_of_the_task)
{
	static const char *const paths[] = { "PATH=bin", "PATH=/no/such:bin", "PATH=/etc/passwd:bin",
		                             "PATH=bin:" };
	const char *envp[] = { NULL, NULL };
	size_t i;

	make_tools(envp);
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		envp[0] = paths[i];
		check_ran(ARGV("tool"), "in bin\n");
	}
	/* A name with a slash anywhere is not searched for. */
	check_ran(ARGV("./tool"), "here\n");
	check_ran(ARGV("bin/tool"), "in bin\n");
}
END_TEST

START_TEST(an_empty_element_of_path_is_the_directory)
{
	static const char *const paths[] = { "PATH=", "PATH=:bin", "PATH=/no/such:", "PATH=/no::bin" };
	const char *envp[] = { NULL, NULL };
	size_t i;

	make_tools(envp);
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		envp[0] = paths[i];
		check_ran(ARGV("tool"), "here\n");
	}
}
END_TEST

START_TEST(without_path_the_usual_places_are_searched)
{
	const char *const envp[] = { "PATHOLOGY=/no", "XPATH=/no", NULL };

	run.request.envp = envp;
	check_ran(ARGV("echo", "found"), "found\n");
}
END_TEST

START_TEST(a_search_goes_on_after_what_is_denied)
{
	const char *const envp[] = { "PATH=denied:granted", NULL };

	run.request.cwd = scratch_path("");
	run.request.envp = envp;
	ck_assert_int_eq(mkdir(scratch_path("denied"), 0755), 0);
	ck_assert_int_eq(mkdir(scratch_path("granted"), 0755), 0);
	scratch_write("denied/tool", "#!/bin/sh\necho denied\n", 0644);
	check_failed(ARGV("tool"), "exec", EACCES, 126, MSG_SPAWN_EXEC " 'tool': Permission denied");
	scratch_write("granted/tool", "#!/bin/sh\necho granted\n", 0755);
	check_ran(ARGV("tool"), "granted\n");
}
END_TEST

START_TEST(umask_is_the_tasks)
{
	mode_t before = umask(077);

	run.environment.umask = 0123;
	check_ran(ARGV("sh", "-c", "umask"), "0123\n");
	ck_assert_uint_eq(umask(before), 077);
}
END_TEST

START_TEST(limits_are_the_tasks)
{
	struct rlimit before, after;
	char expected[64];
	int i;

	for (i = 0; i < (int)RLIM_NLIMITS; i++)
		ck_assert_int_eq(getrlimit((__rlimit_resource_t)i, &run.environment.limits[i]), 0);
	run.environment.has_limits = true;
	run.environment.limits[RLIMIT_CORE] = (struct rlimit){ 0, 0 };
	run.environment.limits[RLIMIT_NOFILE] = (struct rlimit){ 77, 99 };
	check_ran(ARGV("sh", "-c", "ulimit -c; ulimit -n; ulimit -Hn"), "0\n77\n99\n");

	/* No user can have this many, not even root, so the present limit is kept. */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	run.environment.limits[RLIMIT_NOFILE] = (struct rlimit){ 88, RLIM_INFINITY };
	(void)snprintf(expected, sizeof(expected), "88\n%llu\n", (unsigned long long)before.rlim_max);
	check_ran(ARGV("sh", "-c", "ulimit -n; ulimit -Hn"), expected);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &after), 0);
	ck_assert_uint_eq(before.rlim_cur, after.rlim_cur);
	ck_assert_uint_eq(before.rlim_max, after.rlim_max);

	run.environment.limits[RLIMIT_NOFILE] = (struct rlimit){ 99, 77 };
	check_failed(ARGV("true"), "limits", EINVAL, 126, MSG_SPAWN_LIMITS ": Invalid argument");

	run.environment.has_limits = false;
	(void)snprintf(expected, sizeof(expected), "%llu\n", (unsigned long long)before.rlim_max);
	check_ran(ARGV("sh", "-c", "ulimit -Hn"), expected);
}
END_TEST

START_TEST(the_schedule_is_the_tasks)
{
	static const char script[] =
		"nice; taskset -cp $$ | sed 's/.*: //'; ionice; cat /proc/$$/oom_score_adj";
	struct environment own = { 0 };

	environment_capture_schedule(&own);
	run.environment.has_schedule = true;
	run.environment.niceness = own.niceness > 16 ? 19 : own.niceness + 3;
	run.environment.io_priority = 2 << 13 | 6;
	run.environment.oom_score = 321;
	cpus_add(&run.environment.cpus, 0);
	spawn_and_wait(ARGV("sh", "-c", script));
	char expected[128];
	(void)snprintf(expected, sizeof(expected), "%d\n0\nbest-effort: prio 6\n321\n",
	               run.environment.niceness);
	ck_assert_str_eq(run.output, expected);
	/* Only the child's schedule changed. */
	struct environment after = { 0 };
	environment_capture_schedule(&after);
	ck_assert_mem_eq(&after, &own, sizeof(own));

	run.environment.has_schedule = false;
	(void)snprintf(expected, sizeof(expected), "%d\n", own.niceness);
	check_ran(ARGV("nice"), expected);
}
END_TEST

static void on_signal(int number)
{
	(void)number;
}

START_TEST(signals_are_the_tasks)
{
	const char *const *argv = ARGV("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status");
	sigset_t mask, after;
	int i;

	/* The settings of this process for signals must not matter. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGRTMAX, SIG_IGN);
	(void)signal(SIGUSR1, on_signal);
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGTERM);
	(void)sigaddset(&mask, SIGRTMIN);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &mask, NULL), 0);
	renew_spawner();
	check_ran(argv, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");

	run.environment.ignored =
		1U << (SIGINT - 1) | 1U << (SIGKILL - 1) | 1U << (SIGSTOP - 1) | UINT64_C(1) << 63;
	check_ran(argv, "SigBlk:\t0000000000000000\nSigIgn:\t8000000000000002\n");

	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	for (i = 1; i < SIGRTMAX; i++)
		ck_assert_int_eq(sigismember(&after, i), sigismember(&mask, i));
	ck_assert_ptr_eq(signal(SIGPIPE, SIG_DFL), SIG_IGN);
	ck_assert_ptr_eq(signal(SIGUSR1, SIG_DFL), on_signal);
}
END_TEST

START_TEST(is_a_session_of_its_own)
{
	struct process_info info;
	siginfo_t stopped;

	ck_assert_int_eq(spawn_to(ARGV("sh", "-c", "kill -STOP $$"), null, null), 0);
	ck_assert_ptr_null(run.result.step);
	ck_assert_int_eq(waitid(P_PID, (id_t)run.result.pid, &stopped, WSTOPPED), 0);
	ck_assert_int_eq(process_read(run.result.pid, &info), 0);
	ck_assert_int_eq(info.session, run.result.pid);
	ck_assert_int_eq(info.group, run.result.pid);
	ck_assert_int_eq(info.parent, getpid());
	ck_assert_uint_eq(info.start, run.result.start);
	ck_assert_int_eq(kill(run.result.pid, SIGKILL), 0);
	ck_assert_int_eq(await(run.result.pid), 128 + SIGKILL);
	(void)close(run.result.pidfd);
}
END_TEST

START_TEST(without_processes_no_child_is_made)
{
	struct rlimit before, none;
	uid_t uid = getuid();
	int error;

	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	/* The limit on processes does not apply to root. */
	if (uid == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
	error = spawn_to(ARGV("true"), 1, 1);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &before), 0);
	ck_assert_int_eq(setresuid(uid, uid, uid), 0);
	(void)prctl(PR_SET_DUMPABLE, 1); /* the leak sanitizer traces this process */
	ck_assert_int_eq(error, -EAGAIN);
	ck_assert_int_eq(run.result.pid, 0);
	ck_assert_int_eq(run.word, 0);
	ck_assert_str_eq(run.result.step, "clone");
	ck_assert_int_eq(run.result.error, EAGAIN);
}
END_TEST

enum { THREADS = 4, ROUNDS = 40 };

static void *spawn_many(void *argument)
{
	struct environment environment = { .umask = 022 };
	pid_t word = 0, *failures = argument;
	int i, expected, sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct spawn_descriptor descriptors[] = { { null, 0, NULL },
		                                        { sink, 1, NULL },
		                                        { sink, 2, NULL } };
	struct spawn_request request = {
		.envp = plain_envp,
		.cwd = "/",
		.environment = &environment,
		.descriptors = descriptors,
		.descriptor_count = 3,
		.pid_word = &word,
	};
	struct spawn_result result;
	siginfo_t info;

	for (i = 0; i < ROUNDS; i++) {
		expected = i % 4 == 3 ? 127 : i % 4;
		request.argv = expected == 127 ? ARGV("no-such-command")
		               : expected == 2 ? ARGV("sh", "-c", "exit 2")
		               : expected == 1 ? ARGV("false")
		                               : ARGV("true");
		word = 0;
		if (spawn_process(run.spawner, &request, &result) < 0 || word != result.pid ||
		    waitid(P_PIDFD, (id_t)result.pidfd, &info, WEXITED) < 0 || info.si_status != expected)
			(*failures)++;
		(void)close(result.pidfd);
	}
	(void)close(sink);
	return NULL;
}

START_TEST(many_threads_at_once)
{
	pid_t failures[THREADS] = { 0 };
	pthread_t threads[THREADS];
	int i, before = scratch_descriptors();

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, spawn_many, &failures[i]), 0);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_int_eq(failures[i], 0);
	}
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		runs_a_command,
		standard_input_is_empty,
		bytes_pass_unchanged,
		names_a_missing_command,
		names_what_cannot_be_executed,
		a_file_that_is_no_program_is_run_by_the_shell,
		names_a_missing_directory,
		searches_path_in_the_directory_of_the_task,
		an_empty_element_of_path_is_the_directory,
		without_path_the_usual_places_are_searched,
		a_search_goes_on_after_what_is_denied,
		umask_is_the_tasks,
		limits_are_the_tasks,
		the_schedule_is_the_tasks,
		signals_are_the_tasks,
		is_a_session_of_its_own,
		without_processes_no_child_is_made,
		many_threads_at_once,
	};

	unit_apart();
	return unit_run("spawn", setup, scratch_remove, tests);
}
