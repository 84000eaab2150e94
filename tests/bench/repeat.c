/*
 * Prints the median wall time of COUNT runs of a command, in milliseconds.  Its output is thrown away.
 *
 *     repeat COUNT COMMAND [ARG]...
 */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

enum { COUNT_MAX = 100000 };

extern char **environ;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double once(char **argv)
{
	posix_spawn_file_actions_t actions;
	double start = now();
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) || waitpid(pid, &status, 0) < 0 ||
	    status) {
		fprintf(stderr, "repeat: %s failed\n", argv[0]);
		exit(2);
	}
	posix_spawn_file_actions_destroy(&actions);
	return now() - start;
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	if (count < 1 || count > COUNT_MAX) {
		fputs("usage: repeat COUNT COMMAND [ARG]...\n", stderr);
		return 2;
	}
	double *times = calloc((size_t)count, sizeof(*times));
	if (!times)
		return 2;
	for (long i = 0; i < count; i++)
		times[i] = once(argv + 2);
	qsort(times, (size_t)count, sizeof(*times), ascending);
	printf("%.3f\n", times[count / 2]);
	free(times);
	return 0;
}
