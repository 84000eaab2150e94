#include "engine/run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Functions marked CHILD make system calls through syscall().  Otherwise a sanitizer would think that the
 * thread had done to its own descriptors and signals what the child does.
 */
#ifdef __clang__
#define CHILD __attribute__((disable_sanitizer_instrumentation, no_sanitize("undefined")))
#else
#define CHILD __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

enum {
	KERNEL_SIGSET_SIZE = 8,
	KERNEL_SIGNALS = 64,
};

CHILD static bool child_failed(struct child_plan *plan, enum child_step step)
{
	plan->error = errno;
	plan->step = step;
	return false;
}

/*
 * Until now the child shares the table of descriptors with its parent.  Copying the whole table would be the
 * most expensive step for a parent of thousands of commands.
 */
CHILD static bool child_own_table(struct child_plan *plan)
{
	if (plan->unneeded > 0 && syscall(SYS_close_range, plan->unneeded, ~0U, CLOSE_RANGE_UNSHARE) < 0)
		return child_failed(plan, CHILD_DESCRIPTORS);
	return true;
}

CHILD static int child_source(const struct spawn_descriptor *descriptor)
{
	const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;

	return descriptor->path ? (int)syscall(SYS_openat, descriptor->source, descriptor->path, flags)
	                        : descriptor->source;
}

/*
 * The source of one descriptor may be the target of another.  So all are moved away before the first is put
 * in its place.
 */
CHILD static bool child_descriptors(struct child_plan *plan)
{
	const struct spawn_descriptor *list = plan->descriptors;
	size_t count = plan->request->descriptor_count;
	int moved[SPAWN_TARGETS];

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && list[i].path && list[i].path == list[i - 1].path) {
			moved[i] = moved[i - 1];
			continue;
		}
		moved[i] = child_source(&list[i]);
		if (moved[i] < 0)
			return child_failed(plan, CHILD_DESCRIPTORS);
		if (moved[i] >= SPAWN_TARGETS)
			continue;
		moved[i] = (int)syscall(SYS_fcntl, moved[i], F_DUPFD_CLOEXEC, SPAWN_TARGETS);
		if (moved[i] < 0)
			return child_failed(plan, CHILD_DESCRIPTORS);
	}
	for (size_t i = 0; i < count; i++)
		if (syscall(SYS_dup3, moved[i], list[i].target, 0) < 0)
			return child_failed(plan, CHILD_DESCRIPTORS);
	return true;
}

/*
 * What it does not hand on: the exec would close that, too, but may be long in coming, since a network filesystem may
 * not answer.  If this process ended meanwhile, the child would keep the lock of the state directory.
 */
CHILD static void child_close_others(const struct child_plan *plan)
{
	unsigned targets = 0;
	int fd = 0;

	for (size_t i = 0; i < plan->request->descriptor_count; i++)
		targets |= 1U << plan->descriptors[i].target;
	for (; targets >> fd; fd++)
		if (!(targets >> fd & 1))
			(void)syscall(SYS_close, fd);
	(void)syscall(SYS_close_range, fd, ~0U, 0);
}

/*
 * The system call itself, since glibc refuses its two internal signals.  The fields after the handler
 * differ between machines, but all are zero.  It fails only for KILL and STOP.
 */
CHILD static void child_signals(const struct child_plan *plan)
{
	struct {
		void (*handler)(int);
		unsigned long rest[7];
	} action = { SIG_DFL, { 0 } };
	uint64_t ignored = plan->request->environment->ignored;
	int i;

	for (i = 1; i <= KERNEL_SIGNALS; i++) {
		if (!(plan->signals >> (i - 1) & 1))
			continue;
		action.handler = ignored >> (i - 1) & 1 ? SIG_IGN : SIG_DFL;
		(void)syscall(SYS_rt_sigaction, i, &action, NULL, KERNEL_SIGSET_SIZE);
	}
}

/* See proc(5).  Until its exec, this changes only the child and not its parent. */
CHILD static void child_oom_score(const struct child_plan *plan)
{
	size_t length = 0;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (plan->oom_score[length])
		length++;
	(void)syscall(SYS_write, fd, plan->oom_score, length);
	(void)syscall(SYS_close, fd);
}

/*
 * If this user or this machine cannot set a value, it stays as the server has it.  spawner_shortfall()
 * reports this.
 */
CHILD static void child_schedule(const struct child_plan *plan)
{
	const struct environment *environment = plan->request->environment;
	const int of_this_thread = 1; /* IOPRIO_WHO_PROCESS of <linux/ioprio.h> */

	if (plan->changes & CHILD_CPUS)
		(void)syscall(SYS_sched_setaffinity, 0, sizeof(plan->cpus), plan->cpus);
	if (plan->changes & CHILD_NICENESS)
		(void)syscall(SYS_setpriority, PRIO_PROCESS, 0, environment->niceness);
	if (plan->changes & CHILD_IO_PRIORITY)
		(void)syscall(SYS_ioprio_set, of_this_thread, 0, environment->io_priority);
	if (plan->changes & CHILD_OOM_SCORE)
		child_oom_score(plan);
}

/*
 * A hard limit above that of the server can be set by root only; otherwise the limit of the server is
 * used.
 */
CHILD static bool child_limit(int resource, struct rlimit limit)
{
	struct rlimit current;

	if (syscall(SYS_prlimit64, 0, resource, &limit, NULL) == 0)
		return true;
	if (errno != EPERM || syscall(SYS_prlimit64, 0, resource, NULL, &current) < 0)
		return false;
	if (limit.rlim_max > current.rlim_max)
		limit.rlim_max = current.rlim_max;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return syscall(SYS_prlimit64, 0, resource, &limit, NULL) == 0;
}

CHILD static bool child_limits(struct child_plan *plan)
{
	int i;

	for (i = 0; i < (int)RLIM_NLIMITS; i++)
		if (plan->limits >> i & 1 && !child_limit(i, plan->request->environment->limits[i]))
			return child_failed(plan, CHILD_LIMITS);
	return true;
}

/* A file without a #! line is a shell script (POSIX.1-2017 XSH exec, as for execvp(3)). */
CHILD static void child_exec_script(struct child_plan *plan, const char *path)
{
	plan->script[1] = path;
	(void)syscall(SYS_execve, plan->script[0], plan->script, plan->request->envp);
}

/* The errors after which execvp(3) continues to search; EACCES is reported only if nothing else is found. */
CHILD static bool child_goes_on(int error)
{
	return error == EACCES || error == ENOENT || error == ENOTDIR || error == ESTALE || error == ENODEV ||
	       error == ETIMEDOUT;
}

CHILD static void child_exec(struct child_plan *plan)
{
	const char *path = plan->candidates;
	bool denied = false;

	errno = ENOENT;
	for (; *path; path++) {
		(void)syscall(SYS_execve, path, plan->request->argv, plan->request->envp);
		if (errno == ENOEXEC)
			child_exec_script(plan, path);
		if (!child_goes_on(errno))
			break;
		denied = denied || errno == EACCES;
		while (*path)
			path++;
	}
	if (!*path && denied)
		errno = EACCES;
	(void)child_failed(plan, CHILD_EXEC);
}

CHILD static void child_run(struct child_plan *plan)
{
	const uint64_t none = 0;

	if (!child_own_table(plan))
		return;
	if (syscall(SYS_setsid) < 0) {
		(void)child_failed(plan, CHILD_SETSID);
		return;
	}
	if (!child_descriptors(plan))
		return;
	child_close_others(plan);
	child_signals(plan);
	/* No handler is left that could run in the memory of the parent. */
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET_SIZE);
	(void)syscall(SYS_umask, plan->request->environment->umask);
	child_schedule(plan);
	if (!child_limits(plan))
		return;
	if (syscall(SYS_chdir, plan->request->cwd) < 0) {
		(void)child_failed(plan, CHILD_DIRECTORY);
		return;
	}
	child_exec(plan);
}

CHILD bool child_lacks_descriptors(const struct child_plan *plan)
{
	return plan->step == CHILD_DESCRIPTORS &&
	       (plan->error == EMFILE || plan->error == ENFILE || plan->error == ENOMEM);
}

/* If its parent dies before it can try again, the next server must not take this for the command's end. */
CHILD int child_main(void *argument)
{
	struct child_plan *plan = argument;
	int status = SPAWN_EXIT_CANNOT;

	child_run(plan);
	if (child_lacks_descriptors(plan))
		__atomic_store_n(plan->request->pid_word, 0, __ATOMIC_SEQ_CST);
	if (plan->step == CHILD_EXEC && plan->error == ENOENT)
		status = SPAWN_EXIT_NOT_FOUND;
	(void)syscall(SYS_exit_group, status);
	return status;
}
