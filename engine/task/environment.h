/*
 * The execution environment of a caller, which a new task inherits (POSIX.1-2017, XCU 2.12): variables, file
 * creation mask, resource limits and ignored signals, and how it is scheduled.  A task has its own working
 * directory.
 *
 * It is sent once per connection and stored once.  Its name is the SHA-256 of its serialized form, which
 * environment_pack() makes.  Pure except for environment_capture(); any thread.
 */
#ifndef KRTASK_TASK_ENVIRONMENT_H
#define KRTASK_TASK_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "engine/task/cpus.h"
#include "engine/task/strings.h"

enum { ENVIRONMENT_HASH_SIZE = 65 }; /* 64 hexadecimal digits and a NUL */

struct environment {
	struct strings variables; /* NAME=VALUE */
	mode_t umask;
	bool has_limits;
	struct rlimit limits[RLIM_NLIMITS]; /* by RLIMIT_…, where has_limits */
	uint64_t ignored;                   /* bit N - 1: signal N is ignored */
	bool has_schedule;                  /* the following are known */
	int niceness;                       /* -20 to 19 */
	int io_priority;                    /* of ioprio_get(2): class << 13 | level; 0: from niceness */
	int oom_score;                      /* oom_score_adj of proc(5), -1000 to 1000 */
	struct cpus cpus;                   /* CPUs that it can use; none: unknown */
};

enum { NICENESS_MIN = -20, NICENESS_MAX = 19, IO_PRIORITY_MAX = 0xffff, OOM_SCORE_MAX = 1000 };

/*
 * Captures the environment of this process, from environ and the system.  0 or -errno.  KRTASK_ID,
 * KRTASK_SERVER and KRTASK_PROGRESS_FD remain in it: the parent is found by them, and spawn replaces them.
 */
int environment_capture(struct environment *env);
void environment_release(struct environment *env);

/* Captures only how this thread is scheduled.  What cannot be read gets its default. */
void environment_capture_schedule(struct environment *env);

/* *block is malloc'ed, *length its bytes.  0 or -ENOMEM. */
int environment_pack(const struct environment *env, char **block, size_t *length);
/* 0, -EINVAL for bytes that environment_pack did not make, -ENOMEM. */
int environment_unpack(struct environment *env, const char *block, size_t length);

#endif
