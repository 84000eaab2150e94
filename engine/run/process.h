/* Reads from /proc about processes (proc(5)).  Any thread. */
#ifndef KRTASK_RUN_PROCESS_H
#define KRTASK_RUN_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/usage.h"

struct process_info {
	pid_t pid, parent, group, session;
	char state; /* 'R', 'S', 'Z' … */
	uint32_t threads;
	uint64_t start; /* clock ticks since boot */
	uint64_t
		stack; /* address of its first one: two that have the same share their memory; 0: not to be seen */
	char name[32]; /* comm, control characters made '?' */
};

/* The error if it is temporary (no memory, no descriptors, another program is being executed).  Otherwise 0: a retry would fail again. */
int process_trouble(int error);

/* 0, -ESRCH: there is no such process, or -errno. */
int process_read(pid_t pid, struct process_info *info);

/* True if it still runs.  (The state is 'Z' also if only the first of several threads has ended.) */
bool process_is_live(const struct process_info *info);
/*
 * True if a child of the starter has executed its program.  Before, it may have no session of its own, in which a
 * signal would find it, and it shares the starter's memory.
 */
bool process_has_executed(const struct process_info *child, const struct process_info *starter);
/* Milliseconds since boot, including suspended time.  Nobody sets that clock. */
int64_t process_uptime(void);
/* The start that a process would have if it began now. */
uint64_t process_ticks(void);

/*
 * 36 characters.  0 or -errno.  The caller must not take an error for another boot, since it would give up
 * commands that run.
 */
int process_boot_id(char boot_id[37]);
/* An empty string if it cannot be read. */
void process_machine_id(char machine_id[33]);

/*
 * The children of the main thread of a process (/proc/PID/task/PID/children; if the kernel lacks it,
 * all of /proc is searched by parent).  For a subreaper whose main thread spawns nothing, these are the
 * orphans that it inherited.  *pids is malloc'ed.  The count or -errno.
 */
int process_children(pid_t parent, pid_t **pids);

/* True if it has one thread, which has no children.  False also if that cannot be seen. */
bool process_is_alone(pid_t pid);

/*
 * waitid(2) for one process, with what it used.  (The C library has no such function.  The usage is filled in with
 * WNOWAIT too.)  0 or -errno.
 */
int process_wait(pid_t pid, siginfo_t *info, int options, struct task_usage *usage);

/* Every live process, from all of /proc, in order of pid, *infos malloc'ed.  The count or -errno. */
int process_all(struct process_info **infos);

/*
 * The value of a variable in a process's initial environment, e.g. KRTASK_ID, into value; -ENOENT, -errno, or
 * 0.  -EAGAIN: it has none just now, for 20 ms already, since it executes another program.
 */
int process_variable(pid_t pid, const char *name, char *value, size_t size);

/*
 * Calls is_it() for each file that a process has open for writing, as /proc names it ("/path", "/path
 * (deleted)", "pipe:[12]"), until it returns true.  1: it did.  0: it returned true for none, or the files
 * cannot be seen by this user.  -errno: not possible now (process_trouble()).
 */
int process_writes(pid_t pid, bool (*is_it)(void *ctx, const char *target), void *ctx);

/* pidfd_open(2), close-on-exec, or -errno. */
int process_pidfd(pid_t pid);
/* The same for exactly that process.  -ESRCH: another process has its number now. */
int process_pidfd_of(const struct process_info *info);

/*
 * Tells how a process ended that is no child of this one.  It asks a pidfd that was opened while the process
 * lived (Linux 6.15), or reads /proc until its parent reaps it.  *status is as from waitpid(2).  0; -ENODATA; or
 * another -errno: not possible now.
 */
int process_status(int pidfd, const struct process_info *info, int *status);

/*
 * Send a signal to the process of a pidfd, dead or alive, and never to another one that has its number.  The
 * second signals at once the whole group that it leads; -EINVAL: the kernel cannot (before Linux 6.9).  0 or
 * -errno.
 */
int process_signal(int pidfd, int signal);
int process_signal_group(int pidfd, int signal);

#endif
