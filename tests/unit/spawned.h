/*
 * Commands that are spawned one at a time, and what is known of the last one.
 */
#ifndef KRTASK_TESTS_SPAWNED_H
#define KRTASK_TESTS_SPAWNED_H

#include "engine/run/spawn.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

extern const char *const plain_envp[];

/* The result of a child: its output to both streams, and how it ended. */
struct run {
	struct spawner *spawner;
	struct environment environment;
	struct spawn_descriptor descriptors[4];
	int progress; /* becomes SPAWN_PROGRESS_FD; -1: none */
	struct spawn_request request;
	struct spawn_result result;
	pid_t word;
	char output[65536];
	int status; /* exit status, or 128 + the signal */
};

extern struct run run;
extern int null; /* /dev/null, opened for reading and writing */

void setup(void);
/* The new spawner knows the present signals and limits of this process. */
void renew_spawner(void);
void give(int source, int target);
void read_all(int fd, char *buffer, size_t size);
int await(pid_t pid);
/* Spawns without waiting, with these descriptors as output. */
int spawn_to(const char *const *argv, int output, int error);
void spawn_and_wait(const char *const *argv);
void check_ran(const char *const *argv, const char *output);
void check_failed(const char *const *argv, const char *step, int error, int status, const char *sentence);

#endif
