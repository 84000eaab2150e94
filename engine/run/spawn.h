/*
 * Starting one command in a session of its own.
 *
 *     spawner_new()  spawn_process() …  spawner_free()
 *
 * clone(CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID): as cheap as vfork(2), and the process id is in
 * *pid_word before the child executes its first instruction.  The child creates its session, sets up the
 * descriptors of the list, signal dispositions, umask, limits and working directory, searches the PATH of the
 * task, and calls execve(2).  A file that is not a program is run by /bin/sh, as execvp(3) does.  The table
 * of descriptors is not copied as a whole, so a start costs no more if thousands are open.
 *
 * spawn_process(): any thread, several at once; blocks until the exec.
 */
#ifndef KRTASK_RUN_SPAWN_H
#define KRTASK_RUN_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/environment.h"

/*
 * A descriptor that the command finds open as target: standard input, output and error are three of
 * these.  The command inherits no other, as long as all descriptors of this process are close-on-exec.  Others are
 * closed before anything that may take long, such as a directory that does not answer.
 */
struct spawn_descriptor {
	int source; /* stays the caller's; more than one may have the same */
	int target; /* below SPAWN_TARGETS; no two have the same */
	/*
	 * If not NULL, the child itself opens this file for appending, and source is the directory.  So no
	 * child that is created at the same moment gets the file too.  Two in a row with the same pointer are
	 * opened once.
	 */
	const char *path;
};

enum {
	SPAWN_PROGRESS_FD = 3, /* where a task finds the pipe of spawn_progress_pipe() */
	SPAWN_TARGETS = 10,
};

struct spawner;

struct spawn_request {
	const char *const *argv; /* ended by NULL */
	const char *const *envp; /* ended by NULL; whole */
	const char *cwd;
	const struct environment *environment; /* umask, limits, ignored signals, schedule */
	const struct spawn_descriptor *descriptors;
	size_t descriptor_count; /* SPAWN_TARGETS at most */
	pid_t *pid_word;         /* where the kernel writes the pid; in the ledger */
};

struct spawn_result {
	pid_t pid;      /* > 0: a child exists and must be waited for, even if step is not NULL */
	int pidfd;      /* the caller's, close-on-exec; -1: none */
	uint64_t start; /* as struct task_status.pid_start; 0: unknown */
	const char *
		step; /* NULL: the command runs. Else what failed, static: "clone", "setsid", "limits", "directory", "exec" … */
	int error; /* errno of that step */
};

/* Exit statuses of a child whose step failed (POSIX.1-2017 XCU 2.8.2). */
enum { SPAWN_EXIT_CANNOT = 126, SPAWN_EXIT_NOT_FOUND = 127 };

/*
 * Prepares everything that is needed only once.  Call it while few descriptors are open.  From then on, the
 * signal dispositions and limits of this process must not change.  0 or -errno.
 */
int spawner_new(struct spawner **spawner);
void spawner_free(struct spawner *spawner);

/* See shortfall_describe(). */
bool spawner_shortfall(const struct spawner *spawner, const struct environment *environment, char *text,
                       size_t size);

/*
 * 0, or -errno: no child could be created, or this process had too few descriptors for it (result->step says what failed).
 * -EINVAL: the list of descriptors is not valid.
 */
int spawn_process(struct spawner *spawner, const struct spawn_request *request, struct spawn_result *result);

/*
 * The failed step as a sentence for the status message: "cannot run 'nope': command not found", "cannot
 * change to directory '/x': No such file or directory".  malloc'ed.
 */
char *spawn_explain(const struct spawn_request *request, const struct spawn_result *result);

/*
 * A file in memory with this text, to be the standard input of a command.  Unlike a pipe it needs nobody who
 * writes.  A descriptor, close-on-exec, or -errno.
 */
int spawn_input(const char *text);

/*
 * The pipe of KRTASK_PROGRESS_FD.  *reader is for the loop, and non-blocking.  *writer is for the task;
 * it is open for reading too and non-blocking, so a dead server causes no SIGPIPE.  Both are
 * close-on-exec.  0 or -errno.
 */
int spawn_progress_pipe(int *reader, int *writer);
/*
 * Lets the next server get the pipe back: opens the reading end through /proc/PID/fd.  A descriptor or
 * -errno.
 */
int spawn_progress_reopen(pid_t pid);

#endif
