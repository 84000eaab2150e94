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
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/child.h"
#include "engine/run/process.h"
#include "engine/run/seats.h"
#include "engine/run/shortfall.h"
#include "engine/task/messages.h"

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
	KERNEL_SIGNALS = 64,
};

struct spawner {
	struct seats *seats;
	/* Values that a child inherits from this process: */
	uint64_t caught, ignored; /* signals: bit N - 1 for signal N */
	struct environment own;   /* limits and schedule */
};

/* The step that failed, and its object. */
static const struct {
	const char *name;
	const char *sentence;
	enum { OBJECT_NONE, OBJECT_DIRECTORY, OBJECT_COMMAND } object;
} steps[CHILD_STEPS] = {
	[CHILD_NONE] = { "none", "", OBJECT_NONE },
	[CHILD_MEMORY] = { "memory", MSG_SPAWN_MEMORY, OBJECT_NONE },
	[CHILD_CLONE] = { "clone", MSG_SPAWN_CLONE, OBJECT_NONE },
	[CHILD_SETSID] = { "setsid", MSG_SPAWN_SESSION, OBJECT_NONE },
	[CHILD_DESCRIPTORS] = { "descriptors", MSG_SPAWN_DESCRIPTORS, OBJECT_NONE },
	[CHILD_LIMITS] = { "limits", MSG_SPAWN_LIMITS, OBJECT_NONE },
	[CHILD_DIRECTORY] = { "directory", MSG_SPAWN_DIRECTORY, OBJECT_DIRECTORY },
	[CHILD_EXEC] = { "exec", MSG_SPAWN_EXEC, OBJECT_COMMAND },
};

/* ---- What is known and made before ---- */

static void spawner_read_signals(struct spawner *spawner)
{
	for (int i = 1; i <= KERNEL_SIGNALS; i++) {
		struct sigaction action;
		uint64_t bit = UINT64_C(1) << (i - 1);
		/* It fails for the signals that glibc reserves. */
		if (sigaction(i, NULL, &action) < 0)
			spawner->caught |= bit;
		else if (!(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN)
			spawner->ignored |= bit;
		else if ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL)
			spawner->caught |= bit;
	}
}

int spawner_new(struct spawner **result)
{
	struct spawner *spawner = calloc(1, sizeof(*spawner));
	if (!spawner)
		return -ENOMEM;
	int error = seats_new(&spawner->seats);
	if (error) {
		free(spawner);
		return error;
	}
	spawner_read_signals(spawner);
	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		(void)getrlimit((__rlimit_resource_t)i, &spawner->own.limits[i]);
	environment_capture_schedule(&spawner->own);
	*result = spawner;
	return 0;
}

bool spawner_shortfall(const struct spawner *spawner, const struct environment *environment, char *text,
                       size_t size)
{
	return shortfall_describe(&spawner->own, environment, text, size);
}

void spawner_free(struct spawner *spawner)
{
	if (!spawner)
		return;
	seats_free(spawner->seats);
	free(spawner);
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
static pid_t clone_plan(struct child_plan *plan)
{
	const int flags = CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD;
	char *stack = stack_top();
	sigset_t all, before;
	pid_t pid;

	if (!stack)
		return -errno;
	/* Signals are blocked, since a handler in the child would run in our memory. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone_child(child_main, stack, plan->unneeded > 0 ? flags | CLONE_FILES : flags, plan,
	                  plan->request->pid_word);
	if (pid < 0)
		pid = -errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static pid_t clone_seated(struct spawner *spawner, struct child_plan *plan)
{
	struct spawn_descriptor list[SPAWN_TARGETS];
	size_t count = plan->request->descriptor_count;

	memcpy(list, plan->request->descriptors, count * sizeof(*list));
	int seat = seats_take(spawner->seats, list, count);
	plan->descriptors = list;
	plan->unneeded = seats_first_unneeded(spawner->seats, list, count);
	pid_t pid = clone_plan(plan);
	seats_leave(spawner->seats, seat);
	plan->descriptors = NULL;
	return pid;
}

/* The kernel's sets are of longs. */
static void plan_cpus(struct child_plan *plan, const struct cpus *cpus)
{
	const unsigned bits = 8 * sizeof(*plan->cpus);

	for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
		if (cpus_has(cpus, cpu))
			plan->cpus[cpu / bits] |= 1UL << cpu % bits;
}

static void plan_schedule(const struct spawner *spawner, struct child_plan *plan)
{
	const struct environment *wanted = plan->request->environment, *own = &spawner->own;

	if (!wanted->has_schedule)
		return;
	if (wanted->niceness != own->niceness)
		plan->changes |= CHILD_NICENESS;
	if (wanted->io_priority != own->io_priority)
		plan->changes |= CHILD_IO_PRIORITY;
	if (wanted->oom_score != own->oom_score)
		plan->changes |= CHILD_OOM_SCORE;
	if (memcmp(&wanted->cpus, &own->cpus, sizeof(own->cpus)) != 0 && cpus_length(&wanted->cpus) > 0)
		plan->changes |= CHILD_CPUS;
	if (plan->changes & CHILD_OOM_SCORE)
		(void)snprintf(plan->oom_score, sizeof(plan->oom_score), "%d", wanted->oom_score);
	if (plan->changes & CHILD_CPUS)
		plan_cpus(plan, &wanted->cpus);
}

/* Finds the settings that differ from those that a child inherits. */
static void plan_changes(const struct spawner *spawner, struct child_plan *plan)
{
	const struct environment *environment = plan->request->environment;

	plan->signals = spawner->caught | (spawner->ignored ^ environment->ignored);
	for (int i = 0; environment->has_limits && i < (int)RLIM_NLIMITS; i++)
		if (environment->limits[i].rlim_cur != spawner->own.limits[i].rlim_cur ||
		    environment->limits[i].rlim_max != spawner->own.limits[i].rlim_max)
			plan->limits |= 1U << i;
}

static int spawn_fail(struct spawn_result *result, enum child_step step, int error)
{
	*result = (struct spawn_result){ .pidfd = -1, .step = steps[step].name, .error = error };
	return -error;
}

/*
 * Nobody has waited for the child yet, so the process id is still its own, even if it is a zombie.  The child
 * began between two readings of the clock.  If they are equal, that is its start.
 */
static void describe_child(struct spawn_result *result, pid_t pid, const struct child_plan *plan,
                           uint64_t earliest, uint64_t latest)
{
	struct process_info info;

	*result = (struct spawn_result){ .pid = pid };
	result->pidfd = process_pidfd(pid);
	if (result->pidfd < 0)
		result->pidfd = -1;
	if (earliest == latest)
		result->start = earliest;
	else if (process_read(pid, &info) == 0)
		result->start = info.start;
	if (plan->step != CHILD_NONE) {
		result->step = steps[plan->step].name;
		result->error = plan->error;
	}
}

/* As if there had been no child, which has said so itself. */
static int spawn_undo(const struct child_plan *plan, pid_t pid, struct spawn_result *result)
{
	while (waitid(P_PID, (id_t)pid, NULL, WEXITED) < 0 && errno == EINTR)
		;
	return spawn_fail(result, plan->step, plan->error);
}

/* If two had the same target, the command would lose one of them. */
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

int spawn_process(struct spawner *spawner, const struct spawn_request *request, struct spawn_result *result)
{
	struct child_plan plan = { .request = request, .step = CHILD_NONE };

	if (!descriptors_are_valid(request))
		return spawn_fail(result, CHILD_DESCRIPTORS, EINVAL);
	char *candidates = list_candidates(request->argv[0], request->envp);
	plan.candidates = candidates;
	plan.script = make_script(request->argv);
	plan_changes(spawner, &plan);
	plan_schedule(spawner, &plan);
	uint64_t earliest = process_ticks();
	pid_t pid = candidates && plan.script ? clone_seated(spawner, &plan) : -ENOMEM;
	uint64_t latest = process_ticks();
	enum child_step step = candidates && plan.script ? CHILD_CLONE : CHILD_MEMORY;
	free(plan.script);
	free(candidates);
	if (pid < 0)
		return spawn_fail(result, step, -pid);
	if (child_lacks_descriptors(&plan))
		return spawn_undo(&plan, pid, result);
	describe_child(result, pid, &plan, earliest, latest);
	return 0;
}

/* ---- What went wrong, in words ---- */

/* The path exists, so its interpreter (from the first line) or its loader is missing. */
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
	if (strchr(request->argv[0], '/'))
		return NULL;
	return !request->argv[1] && strpbrk(request->argv[0], " \t\n;|&") ? MSG_COMMAND_IS_CODE
	                                                                  : MSG_COMMAND_NOT_FOUND;
}

static enum child_step find_step(const char *name)
{
	int i;

	for (i = 1; i < (int)CHILD_STEPS; i++)
		if (name && strcmp(steps[i].name, name) == 0)
			return (enum child_step)i;
	return CHILD_NONE;
}

char *spawn_explain(const struct spawn_request *request, const struct spawn_result *result)
{
	enum child_step step = find_step(result->step);
	const char *reason = NULL, *object = NULL;
	char buffer[128], *text;
	int length;

	if (step == CHILD_EXEC)
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

int spawn_input(const char *text)
{
	size_t length = strlen(text);
	int fd = memfd_create("krtask-input", MFD_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pwrite(fd, text, length, 0);

	if (got == (ssize_t)length)
		return fd;
	/* Memory alone can be short of room. */
	got = got < 0 ? -errno : -ENOMEM;
	if (fd >= 0)
		(void)close(fd);
	return (int)got;
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
