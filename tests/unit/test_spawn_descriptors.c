/* Starting commands: which descriptors reach a child. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/spawn.h"
#include "tests/unit/scratch.h"
#include "tests/unit/spawned.h"
#include "tests/unit/unit.h"

START_TEST(no_other_descriptor_reaches_the_task)
{
	int before, reader, writer;

	before = scratch_descriptors();
	/* The last descriptor belongs to ls itself. */
	check_ran(ARGV("ls", "/proc/self/fd"), "0\n1\n2\n3\n");
	ck_assert_int_eq(spawn_progress_pipe(&reader, &writer), 0);
	run.progress = writer;
	check_ran(ARGV("ls", "/proc/self/fd"), "0\n1\n2\n3\n4\n");
	(void)close(reader);
	(void)close(writer);
	spawn_and_wait(ARGV("no-such-command"));
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

enum { OPEN_MANY = 3000 };

/* The size of the child's table depends on its highest descriptor so far. */
START_TEST(the_table_of_thousands_is_not_copied)
{
	const char *const *argv = ARGV("/bin/sed", "-n", "s/^FDSize:\t//p", "/proc/self/status");
	static int many[OPEN_MANY];
	int before = scratch_descriptors(), kept = null;
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < OPEN_MANY + 100)
		return;
	/* From here on, all new descriptors have high numbers. */
	for (int i = 0; i < OPEN_MANY; i++)
		many[i] = fcntl(kept, F_DUPFD_CLOEXEC, 0);
	null = many[OPEN_MANY - 1];
	for (int i = 0; i < 3; i++) {
		spawn_and_wait(argv);
		ck_assert_ptr_null(run.result.step);
		ck_assert_int_gt(strtol(run.output, NULL, 10), 0);
		ck_assert_int_le(strtol(run.output, NULL, 10), 256);
	}
	check_ran(ARGV("ls", "/proc/self/fd"), "0\n1\n2\n3\n");
	for (int i = 0; i < OPEN_MANY; i++)
		(void)close(many[i]);
	null = kept;
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

/* The number of each source is the target of another source. */
START_TEST(sources_in_each_others_places)
{
	static const char script[] = "echo out; echo err >&2; echo progress >&3; cat; exec ls /proc/self/fd";
	char err[16], progress[16];
	int outs[2], errs[2], others[2], i;

	spawner_free(run.spawner);
	ck_assert_int_eq(pipe2(outs, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(errs, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(others, O_CLOEXEC), 0);
	for (i = 0; i < 2; i++) {
		outs[i] = fcntl(outs[i], F_DUPFD_CLOEXEC, 20);
		errs[i] = fcntl(errs[i], F_DUPFD_CLOEXEC, 20);
		others[i] = fcntl(others[i], F_DUPFD_CLOEXEC, 20);
	}
	ck_assert_int_eq(close_range(3, 19, 0), 0);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(null, 3);
	ck_assert_int_eq(spawner_new(&run.spawner), 0);
	ck_assert_int_eq(dup3(outs[1], 2, O_CLOEXEC), 2);
	ck_assert_int_eq(dup3(errs[1], 0, O_CLOEXEC), 0);
	ck_assert_int_eq(dup3(others[1], 1, O_CLOEXEC), 1);
	run.progress = 1;
	ck_assert_int_eq(spawn_to(ARGV("sh", "-c", script), 2, 0), 0);
	ck_assert_ptr_null(run.result.step);
	for (i = 0; i < 3; i++)
		(void)close(i);
	(void)close(outs[1]);
	(void)close(errs[1]);
	(void)close(others[1]);
	read_all(outs[0], run.output, sizeof(run.output));
	ck_assert_str_eq(run.output, "out\n0\n1\n2\n3\n4\n");
	read_all(errs[0], err, sizeof(err));
	ck_assert_str_eq(err, "err\n");
	read_all(others[0], progress, sizeof(progress));
	ck_assert_str_eq(progress, "progress\n");
	ck_assert_int_eq(await(run.result.pid), 0);
}
END_TEST

/* So another child that is made meanwhile does not have them, and neither does this process. */
START_TEST(files_are_opened_by_the_child)
{
	static const char both[] = "both", missing[] = "missing";
	int fd, directory = open(scratch_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char text[32];

	scratch_write(both, "before\n", 0600);
	fd = open(scratch_path(both), O_RDWR | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	run.descriptors[0] = (struct spawn_descriptor){ null, 0, NULL };
	run.descriptors[1] = (struct spawn_descriptor){ directory, 1, both };
	run.descriptors[2] = (struct spawn_descriptor){ directory, 2, both };
	run.request.descriptor_count = 3;
	run.request.descriptors = run.descriptors;
	run.request.argv = ARGV("sh", "-c", "echo out; echo err >&2; kill -STOP $$");
	ck_assert_int_eq(spawn_process(run.spawner, &run.request, &run.result), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)run.result.pid, NULL, WSTOPPED), 0);
	read_all(fd, text, sizeof(text));
	ck_assert_str_eq(text, "before\nout\nerr\n");
	/* Only the child has the file open.  After its end, this process is the only one. */
	ck_assert_int_lt(fcntl(fd, F_SETLEASE, F_WRLCK), 0);
	ck_assert_int_eq(kill(run.result.pid, SIGKILL), 0);
	ck_assert_int_eq(await(run.result.pid), 128 + SIGKILL);
	ck_assert_int_eq(fcntl(fd, F_SETLEASE, F_WRLCK), 0);
	(void)close(fd);
	(void)close(run.result.pidfd);
	run.descriptors[2].path = missing;
	ck_assert_int_eq(spawn_process(run.spawner, &run.request, &run.result), 0);
	ck_assert_str_eq(run.result.step, "descriptors");
	ck_assert_int_eq(run.result.error, ENOENT);
	ck_assert_int_eq(await(run.result.pid), SPAWN_EXIT_CANNOT);
	(void)close(run.result.pidfd);
	(void)close(directory);
	run.request.argv = NULL;
}
END_TEST

START_TEST(without_descriptors_the_command_does_not_run)
{
	enum { HIGH = 50 };
	struct rlimit limit, before;
	int highest;

	/* It copies the table up to what it needs. */
	highest = fcntl(1, F_DUPFD_CLOEXEC, HIGH);
	ck_assert_int_eq(highest, HIGH);
	while (dup(0) < highest)
		;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){ HIGH + 1, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	/* The child has no free descriptor to move its own to.  It is as if there had been none. */
	ck_assert_int_eq(spawn_to(ARGV("true"), highest, highest), -EMFILE);
	ck_assert_str_eq(run.result.step, "descriptors");
	ck_assert_int_eq(run.result.pidfd, -1);
	ck_assert_int_eq(run.word, 0);
	ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

START_TEST(a_list_that_is_not_valid_makes_no_child)
{
	const struct spawn_descriptor lists[][2] = {
		{ { null, 0, NULL }, { 1, 0, NULL } },
		{ { null, 0, NULL }, { -1, 1, NULL } },
		{ { null, 0, NULL }, { 1, -1, NULL } },
		{ { null, 0, NULL }, { 1, SPAWN_TARGETS, NULL } },
	};

	run.request.argv = ARGV("true");
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		run.request.descriptors = lists[i];
		run.request.descriptor_count = 2;
		ck_assert_int_eq(spawn_process(run.spawner, &run.request, &run.result), -EINVAL);
		ck_assert_str_eq(run.result.step, "descriptors");
		ck_assert_int_eq(run.word, 0);
	}
	run.request.argv = NULL;
}
END_TEST

static void await_readable(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	ck_assert_int_eq(poll(&poller, 1, -1), 1);
}

START_TEST(progress_reaches_this_server_and_the_next)
{
	int reader, writer;
	char line[64];
	siginfo_t info;

	ck_assert_int_eq(spawn_progress_pipe(&reader, &writer), 0);
	ck_assert_int_eq(fcntl(reader, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(writer, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(writer, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(read(reader, line, sizeof(line)), -1);
	ck_assert_int_eq(errno, EAGAIN);

	run.progress = writer;
	ck_assert_int_eq(
		spawn_to(ARGV("sh", "-c", "echo 42 half >&3; kill -STOP $$; echo 43 more >&3; kill -STOP $$"),
	                 null, null),
		0);
	(void)close(writer);
	await_readable(reader);
	ck_assert_int_eq(read(reader, line, sizeof(line)), 8);
	ck_assert_mem_eq(line, "42 half\n", 8);
	ck_assert_int_eq(waitid(P_PID, (id_t)run.result.pid, &info, WSTOPPED), 0);

	/* Nobody reads.  SIGPIPE must not kill the task, and the next server must find what it writes. */
	(void)close(reader);
	ck_assert_int_eq(kill(run.result.pid, SIGCONT), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)run.result.pid, &info, WSTOPPED | WEXITED), 0);
	ck_assert_int_eq(info.si_code, CLD_STOPPED);
	reader = spawn_progress_reopen(run.result.pid);
	ck_assert_int_ge(reader, 0);
	ck_assert_int_eq(fcntl(reader, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(read(reader, line, sizeof(line)), 8);
	ck_assert_mem_eq(line, "43 more\n", 8);
	ck_assert_int_eq(kill(run.result.pid, SIGCONT), 0);
	ck_assert_int_eq(await(run.result.pid), 0);
	ck_assert_int_eq(read(reader, line, sizeof(line)), 0);
	ck_assert_int_lt(spawn_progress_reopen(run.result.pid), 0);
}
END_TEST

START_TEST(what_is_not_the_pipe_of_progress_is_left_alone)
{
	static const char *const scripts[] = {
		"exec 3</dev/null; kill -STOP $$",
		"echo x | { exec 3<&0; kill -STOP $$; cat; }",
		"exec 3>&-; kill -STOP $$",
	};
	siginfo_t info;
	size_t i;

	for (i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		ck_assert_int_eq(spawn_to(ARGV("sh", "-c", scripts[i]), null, null), 0);
		ck_assert_int_eq(waitid(P_PID, (id_t)run.result.pid, &info, WSTOPPED), 0);
		ck_assert_int_eq(spawn_progress_reopen(run.result.pid), -ENOENT);
		ck_assert_int_eq(kill(-run.result.pid, SIGKILL), 0);
		(void)await(run.result.pid);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		no_other_descriptor_reaches_the_task,
		the_table_of_thousands_is_not_copied,
		sources_in_each_others_places,
		files_are_opened_by_the_child,
		without_descriptors_the_command_does_not_run,
		a_list_that_is_not_valid_makes_no_child,
		progress_reaches_this_server_and_the_next,
		what_is_not_the_pipe_of_progress_is_left_alone,
	};

	unit_apart();
	return unit_run("spawn descriptors", setup, scratch_remove, tests);
}
