/*
 * The process whose children those of an earlier server became: it knows how they ended, and keeps that until
 * it is told to reap. How it is asked is the caller's business.
 */
#ifndef KRTASK_EXEC_LOCAL_ANCHOR_H
#define KRTASK_EXEC_LOCAL_ANCHOR_H

#include <sys/types.h>

enum local_ending { LOCAL_NOT_MINE, LOCAL_RUNS, LOCAL_EXITED, LOCAL_SIGNALED };

struct local_anchor {
	void *ctx;
	pid_t pid;
	/*
	 * What became of a child of it; status is the exit status or the signal.  0, or -errno: it does not
	 * answer.
	 */
	int (*status)(void *ctx, pid_t pid, enum local_ending *ending, int *status);
	int (*reap)(void *ctx, pid_t pid);
};

#endif
