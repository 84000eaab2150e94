#include "engine/run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "engine/task/messages.h"

/*
 * The child runs in the memory of this process, as this thread, until its exec.  So functions marked
 * CHILD may only make system calls, through syscall(): no sanitizer may take what the child does to its
 * descriptors and signals for something that this thread did.
 */
#ifdef __clang__
#define CHILD __attribute__((disable_sanitizer_instrumentation, no_sanitize("undefined")))
#else
#define CHILD __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

#if defined __has_feature
#if __has_feature(thread_sanitizer)
#define WITH_THREAD_SANITIZER 1
#endif
#endif
#if defined __SANITIZE_THREAD__
#define WITH_THREAD_SANITIZER 1
#endif

#ifdef WITH_THREAD_SANITIZER
/*
 * The thread sanitizer's own clone() treats every child as a copy of the memory, and would release its
 * locks twice.
 */
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...); /* NOLINT: glibc's name */
#define clone_child __clone
#else
#define clone_child clone
#endif

enum {
	STACK_SIZE = 32768,
	KERNEL_SIGSET_SIZE = 8,
	KERNEL_SIGNALS = 64,
};

enum step {
	STEP_NONE,
	STEP_MEMORY,
	STEP_CLONE,
	STEP_SETSID,
	STEP_DESCRIPTORS,
	STEP_LIMITS,
	STEP_DIRECTORY,
	STEP_EXEC,
	STEP_COUNT
};

/* What could not be done, and to which object. */
static const struct {
	const char *name;
	const char *sentence;
	enum { OBJECT_NONE, OBJECT_DIRECTORY, OBJECT_COMMAND } object;
} steps[STEP_COUNT] = {
	[STEP_NONE] = { "none", "", OBJECT_NONE },
	[STEP_MEMORY] = { "memory", MSG_SPAWN_MEMORY, OBJECT_NONE },
	[STEP_CLONE] = { "clone", MSG_SPAWN_CLONE, OBJECT_NONE },
	[STEP_SETSID] = { "setsid", MSG_SPAWN_SESSION, OBJECT_NONE },
	[STEP_DESCRIPTORS] = { "descriptors", MSG_SPAWN_DESCRIPTORS, OBJECT_NONE },
	[STEP_LIMITS] = { "limits", MSG_SPAWN_LIMITS, OBJECT_NONE },
	[STEP_DIRECTORY] = { "directory", MSG_SPAWN_DIRECTORY, OBJECT_DIRECTORY },
	[STEP_EXEC] = { "exec", MSG_SPAWN_EXEC, OBJECT_COMMAND },
};

/*
 * All that the child needs, made before it is; it writes only step and error, which its parent reads after
 * the exec or its end.
 */
struct plan {
	const struct spawn_request *request;
	const char *candidates; /* paths to try, each ended by a NUL, an empty one at the end */
	const char **
		script; /* what runs a candidate that is no program: a shell, room for its path, the arguments */
	volatile enum step step;
	volatile int error;
};

/* ---- The child ---- */

CHILD static bool child_failed(struct plan *plan, enum step step)
{
	plan->error = errno;
	plan->step = step;
	return false;
}

/*
 * A source may have the number of the target of another, so all are moved away before the first is put
 * in its place.
 */
CHILD static bool child_descriptors(struct plan *plan)
{
	const struct spawn_descriptor *list = plan->request->descriptors;
	size_t count = plan->request->descriptor_count;
	int moved[SPAWN_TARGETS];

	for (size_t i = 0; i < count; i++) {
		moved[i] = list[i].source;
		if (moved[i] >= SPAWN_TARGETS)
			continue;
		moved[i] = (int)syscall(SYS_fcntl, moved[i], F_DUPFD_CLOEXEC, SPAWN_TARGETS);
		if (moved[i] < 0)
			return child_failed(plan, STEP_DESCRIPTORS);
	}
	for (size_t i = 0; i < count; i++)
		if (syscall(SYS_dup3, moved[i], list[i].target, 0) < 0)
			return child_failed(plan, STEP_DESCRIPTORS);
	return true;
}

/*
 * The system call itself, since glibc refuses its two internal signals.  The fields after the handler
 * differ between machines, but all are zero.  It fails only for KILL and STOP.
 */
CHILD static void child_signals(const struct plan *plan)
{
	struct {
		void (*handler)(int);
		unsigned long rest[7];
	} action = { SIG_DFL, { 0 } };
	uint64_t ignored = plan->request->environment->ignored;
	int i;

	for (i = 1; i <= KERNEL_SIGNALS; i++) {
		action.handler = ignored >> (i - 1) & 1 ? SIG_IGN : SIG_DFL;
		(void)syscall(SYS_rt_sigaction, i, &action, NULL, KERNEL_SIGSET_SIZE);
	}
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

CHILD static bool child_limits(struct plan *plan)
{
	const struct environment *environment = plan->request->environment;
	int i;

	for (i = 0; environment->has_limits && i < (int)RLIM_NLIMITS; i++)
		if (!child_limit(i, environment->limits[i]))
			return child_failed(plan, STEP_LIMITS);
	return true;
}

/* What has no #! line is a script of the shell's (POSIX.1-2017 XSH exec, as execvp(3) has it). */
CHILD static void child_exec_script(struct plan *plan, const char *path)
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

CHILD static void child_exec(struct plan *plan)
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
	(void)child_failed(plan, STEP_EXEC);
}

CHILD static void child_run(struct plan *plan)
{
	const uint64_t none = 0;

	if (syscall(SYS_setsid) < 0) {
		(void)child_failed(plan, STEP_SETSID);
		return;
	}
	if (!child_descriptors(plan))
		return;
	child_signals(plan);
	(void)syscall(SYS_umask, plan->request->environment->umask);
	if (!child_limits(plan))
		return;
	if (syscall(SYS_chdir, plan->request->cwd) < 0) {
		(void)child_failed(plan, STEP_DIRECTORY);
		return;
	}
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET_SIZE);
	child_exec(plan);
}

CHILD static int child_main(void *argument)
{
	struct plan *plan = argument;
	int status = SPAWN_EXIT_CANNOT;

	child_run(plan);
	if (plan->step == STEP_EXEC && plan->error == ENOENT)
		status = SPAWN_EXIT_NOT_FOUND;
	(void)syscall(SYS_exit_group, status);
	return status;
}

/* ---- The child's stack: one a thread, with a page below it that nothing may touch ---- */

static pthread_once_t stack_once = PTHREAD_ONCE_INIT;
static pthread_key_t stack_key;
static bool stack_key_made;

static size_t guard_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static void stack_unmap(void *stack)
{
	(void)munmap(stack, guard_size() + STACK_SIZE);
}

static void stack_make_key(void)
{
	stack_key_made = pthread_key_create(&stack_key, stack_unmap) == 0;
}

/* The top of this thread's, or NULL with errno. */
static char *stack_top(void)
{
	char *stack;

	(void)pthread_once(&stack_once, stack_make_key);
	stack = stack_key_made ? pthread_getspecific(stack_key) : NULL;
	if (!stack) {
		stack = mmap(NULL, guard_size() + STACK_SIZE, PROT_READ | PROT_WRITE,
		             MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
		if (stack == MAP_FAILED)
			return NULL;
		if (mprotect(stack, guard_size(), PROT_NONE) < 0 || !stack_key_made ||
		    pthread_setspecific(stack_key, stack) != 0) {
			stack_unmap(stack);
			errno = ENOMEM;
			return NULL;
		}
	}
	return stack + guard_size() + STACK_SIZE;
}

/* ---- The parent ---- */

static const char *search_path(const char *const *envp)
{
	for (; *envp; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "/bin:/usr/bin";
}

/*
 * POSIX.1-2017 XBD 8.3: an empty element is the current directory.  The list ends with an empty string.
 * NULL: out of memory.
 */
static char *list_candidates(const char *command, const char *const *envp)
{
	size_t name = strlen(command), length, count = 1;
	const char *path, *element;
	char *list, *next;

	path = strchr(command, '/') || !*command ? "" : search_path(envp);
	for (element = path; *element; element++)
		count += *element == ':';
	list = next = malloc(strlen(path) + count * (name + 3) + 1);
	if (!list)
		return NULL;
	for (element = path; *command; element += length + 1) {
		length = strcspn(element, ":");
		next = stpcpy(mempcpy(next, element, length), length > 0 ? "/" : "");
		next = stpcpy(next, command) + 1;
		if (!element[length])
			break;
	}
	*next = '\0';
	return list;
}

/* The vector of child_exec_script(), malloc'ed; NULL: out of memory. */
static const char **make_script(const char *const *argv)
{
	size_t count = 0;

	while (argv[count])
		count++;
	const char **script = malloc((count + 2) * sizeof(*script));
	if (!script)
		return NULL;
	script[0] = "/bin/sh";
	memcpy(script + 2, argv + 1, count * sizeof(*script));
	return script;
}

/* Runs the child until its exec or its end.  Its pid or -errno. */
static pid_t clone_plan(struct plan *plan)
{
	const int flags = CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD;
	char *stack = stack_top();
	sigset_t all, before;
	pid_t pid;

	if (!stack)
		return -errno;
	/* A signal handler that ran in the child would run in our memory. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone_child(child_main, stack, flags, plan, plan->request->pid_word);
	if (pid < 0)
		pid = -errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static int spawn_fail(struct spawn_result *result, enum step step, int error)
{
	*result = (struct spawn_result){ .pidfd = -1, .step = steps[step].name, .error = error };
	return -error;
}

/* Nobody has waited for the child yet, so the process id is still its own, even if it is a zombie. */
static void describe_child(struct spawn_result *result, pid_t pid, const struct plan *plan)
{
	struct process_info info;

	*result = (struct spawn_result){ .pid = pid };
	result->pidfd = process_pidfd(pid);
	if (result->pidfd < 0)
		result->pidfd = -1;
	if (process_read(pid, &info) == 0)
		result->start = info.start;
	if (plan->step != STEP_NONE) {
		result->step = steps[plan->step].name;
		result->error = plan->error;
	}
}

/* If two had the same target, the command would lack one. */
static bool descriptors_are_valid(const struct spawn_request *request)
{
	unsigned taken = 0;

	if (request->descriptor_count > SPAWN_TARGETS)
		return false;
	for (size_t i = 0; i < request->descriptor_count; i++) {
		const struct spawn_descriptor *one = &request->descriptors[i];
		if (one->source < 0 || one->target < 0 || one->target >= SPAWN_TARGETS ||
		    taken >> one->target & 1)
			return false;
		taken |= 1U << one->target;
	}
	return true;
}

int spawn_process(const struct spawn_request *request, struct spawn_result *result)
{
	struct plan plan = { .request = request, .step = STEP_NONE };

	if (!descriptors_are_valid(request))
		return spawn_fail(result, STEP_DESCRIPTORS, EINVAL);
	char *candidates = list_candidates(request->argv[0], request->envp);
	plan.candidates = candidates;
	plan.script = make_script(request->argv);
	pid_t pid = candidates && plan.script ? clone_plan(&plan) : -ENOMEM;
	enum step step = candidates && plan.script ? STEP_CLONE : STEP_MEMORY;
	free(plan.script);
	free(candidates);
	if (pid < 0)
		return spawn_fail(result, step, -pid);
	describe_child(result, pid, &plan);
	return 0;
}

/* ---- What went wrong, in words ---- */

/* The path exists, so what is missing is the interpreter in its first line, or its loader. */
static bool is_there(const struct spawn_request *request)
{
	int directory, missing;

	if (!strchr(request->argv[0], '/'))
		return false;
	directory = open(request->cwd, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return false;
	missing = faccessat(directory, request->argv[0], F_OK, 0);
	(void)close(directory);
	return missing == 0;
}

static const char *exec_reason(const struct spawn_request *request, int error)
{
	if (error != ENOENT)
		return NULL;
	if (is_there(request))
		return MSG_NO_INTERPRETER;
	return strchr(request->argv[0], '/') ? NULL : MSG_COMMAND_NOT_FOUND;
}

static enum step find_step(const char *name)
{
	int i;

	for (i = 1; i < STEP_COUNT; i++)
		if (name && strcmp(steps[i].name, name) == 0)
			return (enum step)i;
	return STEP_NONE;
}

char *spawn_explain(const struct spawn_request *request, const struct spawn_result *result)
{
	enum step step = find_step(result->step);
	const char *reason = NULL, *object = NULL;
	char buffer[128], *text;
	int length;

	if (step == STEP_EXEC)
		reason = exec_reason(request, result->error);
	if (!reason)
		reason = strerror_r(result->error, buffer, sizeof(buffer));
	if (steps[step].object == OBJECT_DIRECTORY)
		object = request->cwd;
	else if (steps[step].object == OBJECT_COMMAND)
		object = request->argv[0];
	if (object)
		length = asprintf(&text, "%s '%s': %s", steps[step].sentence, object, reason);
	else
		length = asprintf(&text, "%s: %s", steps[step].sentence, reason);
	return length < 0 ? NULL : text;
}

/* ---- The pipe of progress ---- */

int spawn_progress_pipe(int *reader, int *writer)
{
	char path[40];
	int ends[2], both, error = 0;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
	both = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (both < 0)
		error = -errno;
	(void)close(ends[1]);
	if (error) {
		(void)close(ends[0]);
		return error;
	}
	*reader = ends[0];
	*writer = both;
	return 0;
}

/*
 * The task may have opened something else with that number.  Only our pipe is open for reading and
 * writing; reading a pipe of the task itself would steal its data.
 */
int spawn_progress_reopen(pid_t pid)
{
	const mode_t both = S_IRUSR | S_IWUSR;
	struct stat link, file;
	char path[48];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, SPAWN_PROGRESS_FD);
	if (lstat(path, &link) < 0 || stat(path, &file) < 0)
		return -errno;
	if (!S_ISFIFO(file.st_mode) || (link.st_mode & both) != both)
		return -ENOENT;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
