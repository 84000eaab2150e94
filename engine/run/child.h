/*
 * The steps of a child between clone(2) and execve(2).
 *
 * Until its exec it runs in the memory of its parent, as the thread that cloned it.  So it can only make
 * system calls, and everything that it needs is prepared before.
 */
#ifndef KRTASK_RUN_CHILD_H
#define KRTASK_RUN_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/run/spawn.h"

enum child_step {
	CHILD_NONE,
	CHILD_MEMORY,
	CHILD_CLONE,
	CHILD_SETSID,
	CHILD_DESCRIPTORS,
	CHILD_LIMITS,
	CHILD_DIRECTORY,
	CHILD_EXEC,
	CHILD_STEPS
};

/* The settings that differ from the parent's and must be set. */
enum child_change {
	CHILD_NICENESS = 1 << 0,
	CHILD_IO_PRIORITY = 1 << 1,
	CHILD_OOM_SCORE = 1 << 2,
	CHILD_CPUS = 1 << 3,
};

/* It writes only step and error, which its parent reads after the exec or its end, and the word for its pid, if it never was. */
struct child_plan {
	const struct spawn_request *request;
	const struct spawn_descriptor *descriptors; /* of the request, with the sources that are to be used */
	unsigned unneeded; /* it needs no descriptor from this one on; 0: its table is its own already */
	uint64_t signals;  /* bit N - 1: the disposition of signal N is to be set */
	uint32_t limits;   /* bit N: limit N is to be set */
	unsigned changes;  /* of enum child_change */
	unsigned long cpus[CPUS_BYTES / sizeof(unsigned long)];
	char oom_score[8];
	const char *candidates; /* paths to try, each ended by a NUL, an empty one at the end */
	const char **script;    /* what runs a candidate that is no program: a shell, room for its path, the
	                           arguments */
	volatile enum child_step step;
	volatile int error;
};

/* For clone(2). */
int child_main(void *plan);
/* It is its parent that had not enough of them for it, which the command need not suffer for. */
bool child_lacks_descriptors(const struct child_plan *plan);

#endif
