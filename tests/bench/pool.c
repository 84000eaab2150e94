/*
 * The least that any task runner does: a pool of two threads runs COUNT commands, /bin/true if none is given.
 * For each, it opens two output files, makes a session, runs the command, and waits for its pidfd.  Prints the
 * seconds it took.
 *
 *     pool COUNT DIRECTORY [COMMAND ARGUMENT...]
 *     pool --leave COUNT DIRECTORY COMMAND [ARGUMENT...]
 *
 * With --leave it waits for none of them, and all run beside each other.  They are killed when the time was taken.
 *
 * Each thread opens the same two files again and again, as the server does: to create and delete files makes
 * ext4 slower with each run, and so would make krtask look better.
 *
 * posix_spawn(3) is as fast as clone(CLONE_VM | CLONE_VFORK), because glibc uses that.
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 2 };

extern char **environ;

static atomic_long left;
static pid_t *pids; /* with --leave, by what was left */
static const char *directory;
static char **command;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void run_one(int thread, long place)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char out[4096], err[4096];
	siginfo_t info;
	pid_t pid;

	snprintf(out, sizeof(out), "%s/%d.out", directory, thread);
	snprintf(err, sizeof(err), "%s/%d.err", directory, thread);
	int out_fd = open(out, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int err_fd = open(err, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out_fd < 0 || err_fd < 0)
		fail("open");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (posix_spawn(&pid, command[0], &actions, &attributes, command, environ))
		fail("posix_spawn");
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(out_fd);
	close(err_fd);

	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	if (pids && ended.fd >= 0) {
		pids[place] = pid;
		return;
	}
	if (ended.fd < 0 || poll(&ended, 1, -1) < 0 || waitid(P_PID, (id_t)pid, &info, WEXITED))
		fail("wait");
	close(ended.fd);
}

static void *run_some(void *thread)
{
	long place;

	while ((place = atomic_fetch_sub(&left, 1)) > 0)
		run_one(*(const int *)thread, place - 1);
	return NULL;
}

/* Each that is left costs a descriptor. */
static void prepare_to_leave(long count)
{
	struct rlimit limit;

	pids = calloc((size_t)count, sizeof(*pids));
	if (!pids || getrlimit(RLIMIT_NOFILE, &limit))
		fail("--leave");
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void end_all(long count)
{
	for (long i = 0; pids && i < count; i++)
		(void)kill(pids[i], SIGKILL);
	for (long i = 0; pids && i < count; i++)
		(void)waitpid(pids[i], NULL, 0);
	free(pids);
}

int main(int argc, char **argv)
{
	static char *usual[] = { "/bin/true", NULL };
	pthread_t threads[THREADS];
	int numbers[THREADS];
	struct timespec start, end;
	bool leaves = argc > 4 && strcmp(argv[1], "--leave") == 0;

	argv += leaves;
	argc -= leaves;
	if (argc < 3) {
		fputs("usage: pool [--leave] COUNT DIRECTORY [COMMAND ARGUMENT...]\n", stderr);
		return 2;
	}
	long count = strtol(argv[1], NULL, 10);
	if (leaves)
		prepare_to_leave(count);
	atomic_store(&left, count);
	directory = argv[2];
	command = argc > 3 ? argv + 3 : usual;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, run_some, &numbers[i]))
			fail("pthread_create");
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	end_all(count);
	return 0;
}
