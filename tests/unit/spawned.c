#include "tests/unit/spawned.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/spawn.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

const char *const plain_envp[] = { "PATH=/bin:/usr/bin", NULL };

struct run run;
int null;

void setup(void)
{
	scratch_make();
	/* Check leaves its own descriptors open in its children. */
	ck_assert_int_eq(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(null, 0);
	memset(&run, 0, sizeof(run));
	ck_assert_int_eq(spawner_new(&run.spawner), 0);
	run.environment.umask = 022;
	run.progress = -1;
	run.request = (struct spawn_request){
		.envp = plain_envp,
		.cwd = "/",
		.environment = &run.environment,
		.pid_word = &run.word,
	};
}

void renew_spawner(void)
{
	spawner_free(run.spawner);
	ck_assert_int_eq(spawner_new(&run.spawner), 0);
}

void give(int source, int target)
{
	run.descriptors[run.request.descriptor_count++] = (struct spawn_descriptor){ source, target, NULL };
}

void read_all(int fd, char *buffer, size_t size)
{
	size_t used = 0;
	ssize_t count;

	while ((count = read(fd, buffer + used, size - used - 1)) > 0)
		used += (size_t)count;
	ck_assert_int_eq(count, 0);
	buffer[used] = '\0';
}

int await(pid_t pid)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/* There is always a child, even if its command did not run, unless spawn_process() says otherwise. */
static void check_child(void)
{
	ck_assert_int_gt(run.result.pid, 0);
	ck_assert_int_eq(run.word, run.result.pid);
	ck_assert_int_ge(run.result.pidfd, 0);
	ck_assert_int_eq(fcntl(run.result.pidfd, F_GETFD), FD_CLOEXEC);
	ck_assert_uint_gt(run.result.start, 0);
}

int spawn_to(const char *const *argv, int output, int error)
{
	int code;

	run.request.argv = argv;
	run.request.descriptors = run.descriptors;
	run.request.descriptor_count = 0;
	/* The order of the list must not matter to the command. */
	if (run.progress >= 0)
		give(run.progress, SPAWN_PROGRESS_FD);
	give(error, STDERR_FILENO);
	give(null, STDIN_FILENO);
	give(output, STDOUT_FILENO);
	code = spawn_process(run.spawner, &run.request, &run.result);
	run.request.argv = NULL; /* the caller's memory may be gone later */
	return code;
}

void spawn_and_wait(const char *const *argv)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(spawn_to(argv, ends[1], ends[1]), 0);
	check_child();
	(void)close(ends[1]);
	read_all(ends[0], run.output, sizeof(run.output));
	(void)close(ends[0]);
	run.status = await(run.result.pid);
	(void)close(run.result.pidfd);
}

void check_ran(const char *const *argv, const char *output)
{
	spawn_and_wait(argv);
	ck_assert_ptr_null(run.result.step);
	ck_assert_str_eq(run.output, output);
	ck_assert_int_eq(run.status, 0);
}

void check_failed(const char *const *argv, const char *step, int error, int status, const char *sentence)
{
	char *text;

	spawn_and_wait(argv);
	ck_assert_ptr_nonnull(run.result.step);
	ck_assert_str_eq(run.result.step, step);
	ck_assert_int_eq(run.result.error, error);
	ck_assert_int_eq(run.status, status);
	ck_assert_str_eq(run.output, "");
	run.request.argv = argv;
	text = spawn_explain(&run.request, &run.result);
	run.request.argv = NULL;
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, sentence);
	free(text);
}
