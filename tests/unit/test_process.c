/* What /proc tells about processes that this test makes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "tests/unit/children.h"
#include "tests/unit/unit.h"

START_TEST(reads_a_process)
{
	struct process_info own, child;
	siginfo_t status;
	pid_t pid;

	ck_assert_int_eq(process_read(getpid(), &own), 0);
	ck_assert_int_eq(own.pid, getpid());
	ck_assert_int_eq(own.parent, getppid());
	ck_assert_int_eq(own.group, getpgrp());
	ck_assert_int_eq(own.session, getsid(0));
	ck_assert_int_eq(own.state, 'R');
	pid = make_child();
	ck_assert_int_eq(process_read(pid, &child), 0);
	ck_assert_int_eq(child.parent, getpid());
	ck_assert_uint_ge(child.start, own.start);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(process_read(pid, &child), 0);
	ck_assert_int_eq(child.state, 'Z');
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED), 0);
	ck_assert_int_eq(process_read(pid, &child), -ESRCH);
	ck_assert_int_eq(process_read(0, &child), -ESRCH);
	ck_assert_int_eq(process_read(-1, &child), -ESRCH);
}
END_TEST

/* Until it executes its program, it shares the memory of who has started it. */
START_TEST(a_child_has_executed_in_a_session_and_a_memory_of_its_own)
{
	static const struct process_info starter = { .pid = 5, .session = 1, .stack = 1000 };
	static const struct {
		struct process_info child;
		bool has;
	} cases[] = {
		{ { .pid = 7, .session = 1, .stack = 1000 }, false },
		{ { .pid = 7, .session = 7, .stack = 1000 }, false },
		{ { .pid = 7, .session = 1, .stack = 2000 }, false },
		{ { .pid = 7, .session = 7, .stack = 2000 }, true },
		{ { .pid = 7, .session = 7, .stack = 0 }, true }, /* another user's */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_int_eq(process_has_executed(&cases[i].child, &starter), cases[i].has);
}
END_TEST

START_TEST(a_name_cannot_mislead)
{
	struct process_info info;

	ck_assert_int_eq(prctl(PR_SET_NAME, ") Z 1 1 (\n\033["), 0);
	ck_assert_int_eq(process_read(getpid(), &info), 0);
	ck_assert_str_eq(info.name, ") Z 1 1 (??[");
	ck_assert_int_eq(info.parent, getppid());
	ck_assert_int_eq(info.state, 'R');
	ck_assert_int_eq(prctl(PR_SET_NAME, ""), 0);
	ck_assert_int_eq(process_read(getpid(), &info), 0);
	ck_assert_str_eq(info.name, "");
}
END_TEST

START_TEST(names_the_boot_and_the_machine)
{
	char boot[37], again[37], machine[33];

	ck_assert_int_eq(process_boot_id(boot), 0);
	ck_assert_int_eq(process_boot_id(again), 0);
	ck_assert_uint_eq(strlen(boot), 36);
	ck_assert_str_eq(boot, again);
	process_machine_id(machine);
	ck_assert(strlen(machine) == 32 || strlen(machine) == 0);
}
END_TEST

static bool is_any(void *ctx, const char *target)
{
	(void)ctx, (void)target;
	return true;
}

/*
 * A server that took the first for another boot would give up all running tasks; the others, for no file, no variable and no
 * status, would lose output, processes and statuses.
 */
START_TEST(what_cannot_be_read_is_an_error)
{
	struct rlimit limit, none;
	struct process_info own;
	char boot[37], value[8];
	int status;

	ck_assert_int_eq(process_read(getpid(), &own), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(process_boot_id(boot), -EMFILE);
	ck_assert_int_eq(process_writes(getpid(), is_any, NULL), -EMFILE);
	ck_assert_int_eq(process_variable(getpid(), "PATH", value, sizeof(value)), -EMFILE);
	ck_assert_int_eq(process_status(-1, &own, &status), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

START_TEST(ticks_are_those_of_starts)
{
	struct process_info info;
	siginfo_t status;
	uint64_t before = process_ticks();
	pid_t pid = make_child();
	uint64_t after = process_ticks();

	ck_assert_int_eq(process_read(pid, &info), 0);
	ck_assert_uint_le(before, info.start);
	ck_assert_uint_le(info.start, after);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED), 0);
}
END_TEST

struct sought {
	const char *path;
	unsigned asked;
};

static bool is_sought(void *ctx, const char *target)
{
	struct sought *sought = ctx;

	sought->asked++;
	return strcmp(target, sought->path) == 0;
}

START_TEST(tells_what_is_written_to)
{
	char path[] = "/tmp/test_process.XXXXXX", gone[64];
	struct sought sought = { .path = path };
	int fd = mkostemp(path, O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert(process_writes(getpid(), is_sought, &sought));
	ck_assert_int_eq(unlink(path), 0);
	(void)snprintf(gone, sizeof(gone), "%s (deleted)", path);
	sought.path = gone;
	ck_assert(process_writes(getpid(), is_sought, &sought));
	(void)close(fd);
	ck_assert(!process_writes(getpid(), is_sought, &sought));
	/* A process that only reads the file does not count. */
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	sought.path = "/dev/zero";
	ck_assert(!process_writes(getpid(), is_sought, &sought));
	(void)close(fd);
	sought.asked = 0;
	ck_assert(!process_writes(0, is_sought, &sought));
	ck_assert_uint_eq(sought.asked, 0);
}
END_TEST

START_TEST(a_pidfd_is_of_just_that_process)
{
	struct process_info info, other;
	siginfo_t status;
	pid_t pid = make_child();
	int fd;

	ck_assert_int_eq(process_read(pid, &info), 0);
	fd = process_pidfd_of(&info);
	ck_assert_int_ge(fd, 0);
	other = info;
	other.start--;
	ck_assert_int_eq(process_pidfd_of(&other), -ESRCH);
	ck_assert_int_eq(process_signal(fd, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED), 0);
	ck_assert_int_eq(process_pidfd_of(&info), -ESRCH);
	/* The kernel can have given the number to another process. */
	ck_assert_int_eq(process_signal(fd, SIGKILL), -ESRCH);
	(void)close(fd);
}
END_TEST

START_TEST(a_group_gets_a_signal_at_once)
{
	int ends[2], fd;
	siginfo_t info;
	pid_t leader;
	char byte;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1L), 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	leader = make_session(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	fd = process_pidfd(leader);
	int error = process_signal_group(fd, SIGKILL);
	(void)close(fd);
	/* Linux before 6.9 cannot do this. */
	if (error == -EINVAL)
		error = kill(-leader, SIGKILL);
	ck_assert_int_eq(error, 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED), 0);
}
END_TEST

/* The new program has its environment when it answers, so wait until it writes back what it reads. */
static pid_t make_cat(char **envp, int *input)
{
	char *argv[] = { (char[]){ "cat" }, NULL };
	int in[2], out[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)execve("/bin/cat", argv, envp);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	ck_assert_int_eq(write(in[1], "x", 1), 1);
	ck_assert_int_eq(read(out[0], &byte, 1), 1);
	(void)close(out[0]);
	*input = in[1];
	return pid;
}

START_TEST(reads_a_variable)
{
	static char large[20000];
	char *envp[] = { large,
		         (char[]){ "XKRTASK_ID=no" },
		         (char[]){ "KRTASK_ID=17" },
		         (char[]){ "EMPTY=" },
		         (char[]){ "BYTES=\xff\x01" },
		         NULL };
	char value[8], *all = unit_room(sizeof(large));
	int input;
	pid_t pid;

	memset(large, 'A', sizeof(large) - 1);
	large[5] = '=';
	pid = make_cat(envp, &input);
	ck_assert_int_eq(process_variable(pid, "KRTASK_ID", value, sizeof(value)), 0);
	ck_assert_str_eq(value, "17");
	ck_assert_int_eq(process_variable(pid, "EMPTY", value, sizeof(value)), 0);
	ck_assert_str_eq(value, "");
	ck_assert_int_eq(process_variable(pid, "BYTES", value, 3), 0);
	ck_assert_str_eq(value, "\xff\x01");
	ck_assert_int_eq(process_variable(pid, "BYTES", value, 2), -ENAMETOOLONG);
	ck_assert_int_eq(process_variable(pid, "KRTASK", value, sizeof(value)), -ENOENT);
	ck_assert_int_eq(process_variable(pid, "AAAAA", value, sizeof(value)), -ENAMETOOLONG);
	ck_assert_int_eq(process_variable(pid, "AAAAA", all, sizeof(large)), 0);
	ck_assert_uint_eq(strlen(all), sizeof(large) - 7);
	free(all);
	(void)close(input);
	end_child(pid);
	ck_assert_int_eq(process_variable(pid, "KRTASK_ID", value, sizeof(value)), -ESRCH);
}
END_TEST

/* There is no environment for a moment, or for longer on a busy machine. */
START_TEST(reads_a_variable_of_one_that_executes)
{
	static char script[] = "exec sh -c \"$0\" \"$0\"";
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, script, NULL };
	char *envp[] = { (char[]){ "KRTASK_ID=17" }, (char[]){ "PATH=/usr/bin:/bin" }, NULL };
	char value[8];
	pid_t pid;

	ck_assert_int_eq(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, envp), 0);
	while (process_variable(pid, "KRTASK_ID", value, sizeof(value)) != 0)
		;
	for (int read = 0; read < 5000;) {
		int error = process_variable(pid, "KRTASK_ID", value, sizeof(value));
		ck_assert(error == 0 || error == -EAGAIN);
		read += error == 0;
	}
	end_child(pid);
}
END_TEST

START_TEST(a_pidfd_tells_the_end)
{
	pid_t pid = make_child();
	int fd = process_pidfd(pid);
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	siginfo_t info;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(poll(&poller, 1, 0), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(poll(&poller, 1, -1), 1);
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, SIGKILL);
	(void)close(fd);
	ck_assert_int_eq(process_pidfd(pid), -ESRCH);
}
END_TEST

/* Only its parent can wait for it: it is a grandchild, and its parent reaps it on request. */
START_TEST(a_status_is_told_to_others_than_its_parent)
{
	static const int wanted[] = { 7 << 8, SIGKILL, 0 };
	for (int i = 0; i < 3; i++) {
		int told[2], gate[2], status = -1, error;
		struct process_info info;
		pid_t pid;
		ck_assert_int_eq(pipe(told), 0);
		ck_assert_int_eq(pipe(gate), 0);
		pid_t parent = fork();
		if (parent == 0) {
			char byte;
			pid = fork();
			if (pid == 0) {
				(void)!read(gate[0], &byte, 1);
				if (wanted[i] == SIGKILL)
					(void)raise(SIGKILL);
				_exit(wanted[i] >> 8);
			}
			(void)!write(told[1], &pid, sizeof(pid));
			(void)waitid(P_PID, (id_t)pid, (siginfo_t[1]){ 0 }, WEXITED | WNOWAIT);
			(void)!write(told[1], "z", 1);
			(void)!read(gate[0], &byte, 1);
			(void)waitpid(pid, NULL, 0);
			_exit(0);
		}
		char byte;
		ck_assert_int_eq(read(told[0], &pid, sizeof(pid)), sizeof(pid));
		ck_assert_int_eq(process_read(pid, &info), 0);
		int fd = process_pidfd_of(&info);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(process_status(fd, &info, &status), -ENODATA);
		/* It is a zombie.  The kernel decides whether this process can look at it. */
		ck_assert_int_eq(write(gate[1], "x", 1), 1);
		ck_assert_int_eq(read(told[0], &byte, 1), 1);
		ck_assert_int_eq(process_status(-1, &info, &status), 0);
		ck_assert_int_eq(status, wanted[i]);
		/* The start time of another process. */
		info.start++;
		ck_assert_int_eq(process_status(-1, &info, &status), -ENODATA);
		info.start--;
		/* It is gone.  Now only a descriptor from before can tell, if the kernel supports that. */
		ck_assert_int_eq(write(gate[1], "x", 1), 1);
		ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
		ck_assert_int_eq(process_status(-1, &info, &status), -ENODATA);
		status = -1;
		error = process_status(fd, &info, &status);
		ck_assert(error == -ENODATA || (error == 0 && status == wanted[i]));
		(void)close(fd);
		for (int j = 0; j < 2; j++) {
			(void)close(told[j]);
			(void)close(gate[j]);
		}
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		reads_a_process,
		a_child_has_executed_in_a_session_and_a_memory_of_its_own,
		a_name_cannot_mislead,
		names_the_boot_and_the_machine,
		what_cannot_be_read_is_an_error,
		ticks_are_those_of_starts,
		tells_what_is_written_to,
		a_pidfd_is_of_just_that_process,
		a_group_gets_a_signal_at_once,
		reads_a_variable,
		reads_a_variable_of_one_that_executes,
		a_pidfd_tells_the_end,
		a_status_is_told_to_others_than_its_parent,
	};

	return unit_run("process", NULL, NULL, tests);
}
