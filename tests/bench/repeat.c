/*
 * Runs commands in turn, COUNT times each, so that what else the machine does meets all of them alike.  Prints a line for
 * each: the median wall time in milliseconds, and the mean CPU time of its process in microseconds.  Their output is
 * thrown away.
 *
 *     repeat COUNT COMMAND [ARG]... [:: COMMAND [ARG]...]...
 */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { COUNT_MAX = 100000, COMMANDS_MAX = 8 };

struct command {
	char **argv;
	double *times; /* ms */
	double cpu;    /* us, of all runs */
};

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

static double microseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

static void once(struct command *command, long i)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	double start = now();
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, command->argv[0], &actions, NULL, command->argv, environ) ||
	    wait4(pid, &status, 0, &usage) < 0 || status) {
		fprintf(stderr, "repeat: %s failed\n", command->argv[0]);
		exit(2);
	}
	posix_spawn_file_actions_destroy(&actions);
	command->times[i] = now() - start;
	command->cpu += microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

/* Divides the arguments at each "::".  Returns how many commands there are. */
static size_t read_commands(char **argv, struct command *commands, long count)
{
	size_t commands_count = 0;

	for (bool begins = true; *argv; argv++) {
		if (strcmp(*argv, "::") == 0) {
			*argv = NULL;
			begins = true;
		} else if (begins) {
			struct command *command = &commands[commands_count++];
			command->argv = argv;
			command->times = calloc((size_t)count, sizeof(double));
			if (!command->times || commands_count == COMMANDS_MAX)
				exit(2);
			begins = false;
		}
	}
	return commands_count;
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	struct command commands[COMMANDS_MAX] = { 0 };

	if (count < 1 || count > COUNT_MAX) {
		fputs("usage: repeat COUNT COMMAND [ARG]... [:: COMMAND [ARG]...]...\n", stderr);
		return 2;
	}
	size_t commands_count = read_commands(argv + 2, commands, count);
	for (long i = 0; i < count; i++)
		for (size_t k = 0; k < commands_count; k++)
			once(&commands[k], i);
	for (size_t k = 0; k < commands_count; k++) {
		struct command *command = &commands[k];
		qsort(command->times, (size_t)count, sizeof(*command->times), ascending);
		printf("%.3f %.0f\n", command->times[count / 2], command->cpu / (double)count);
		free(command->times);
	}
	return 0;
}
