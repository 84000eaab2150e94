/*
 * The anchor: the process that the children of an earlier server belong to now.  It knows how they
 * ended, and keeps their statuses until it is told to reap them.  The caller provides the way to ask
 * it.
 */
#ifndef KRTASK_EXEC_LOCAL_ANCHOR_H
#define KRTASK_EXEC_LOCAL_ANCHOR_H

#include <sys/types.h>

#include "engine/task/usage.h"

enum local_ending { LOCAL_NOT_MINE, LOCAL_RUNS, LOCAL_EXITED, LOCAL_SIGNALED };

struct local_anchor {
	void *ctx;
	pid_t pid;
	/*
	 * Tells how a child of the anchor ended, and what it used; status is the exit status or the signal.
	 * 0, or -errno: no reply.
	 */
	int (*status)(void *ctx, pid_t pid, enum local_ending *ending, int *status, struct task_usage *usage);
	int (*reap)(void *ctx, pid_t pid);
};

#endif
