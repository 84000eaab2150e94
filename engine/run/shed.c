#include "engine/run/shed.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	DESCRIPTORS_WANTED = 65536,
	DESCRIPTORS_MAX = 1 << 30,
	STACK_WANTED = 8 << 20, /* what is usual */
	CPUS_IN_SET = 8192,     /* more than any kernel has */
};

/* The limits that end a process, or make its calls fail, after a certain amount of work. */
static const __rlimit_resource_t limits[] = { RLIMIT_CPU,   RLIMIT_FSIZE, RLIMIT_DATA,  RLIMIT_RSS,
	                                      RLIMIT_NPROC, RLIMIT_AS,    RLIMIT_LOCKS, RLIMIT_NOFILE };

static void shed_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t written = write(fd, "0", 1);
	(void)written;
	close(fd);
}

/* All CPUs.  The kernel leaves out those that the control group does not allow. */
static void shed_cpus(void)
{
	unsigned long set[CPUS_IN_SET / 8 / sizeof(unsigned long)];
	memset(set, 0xff, sizeof(set));
	(void)syscall(SYS_sched_setaffinity, 0, sizeof(set), set);
}

static void shed_hard_limit(__rlimit_resource_t resource)
{
	const rlim_t wanted = resource == RLIMIT_NOFILE ? DESCRIPTORS_WANTED : RLIM_INFINITY;
	struct rlimit limit;
	if (getrlimit(resource, &limit) || limit.rlim_max >= wanted)
		return;
	limit.rlim_max = wanted;
	(void)setrlimit(resource, &limit);
}

void shed_inheritance(void)
{
	const int of_this_thread = 1; /* IOPRIO_WHO_PROCESS of <linux/ioprio.h> */
	(void)setpriority(PRIO_PROCESS, 0, 0);
	(void)syscall(SYS_ioprio_set, of_this_thread, 0, 0);
	shed_oom_score();
	shed_cpus();
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		shed_hard_limit(limits[i]);
}

/* An unlimited stack would change where the kernel puts everything else. */
static void shed_stack_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur >= STACK_WANTED)
		return;
	limit.rlim_cur = limit.rlim_max < STACK_WANTED ? limit.rlim_max : STACK_WANTED;
	(void)setrlimit(RLIMIT_STACK, &limit);
}

unsigned shed_limits(void)
{
	struct rlimit limit = { .rlim_cur = 1024 };
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		if (getrlimit(limits[i], &limit))
			continue;
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(limits[i], &limit);
	}
	shed_stack_limit();
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur < DESCRIPTORS_MAX ? (unsigned)limit.rlim_cur : DESCRIPTORS_MAX;
}

void shed_note_limits(struct shed_noted *noted)
{
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
		(void)getrlimit((__rlimit_resource_t)i, &limit);
		noted->soft[i] = limit.rlim_cur;
	}
}

void shed_restore_limits(const struct shed_noted *noted)
{
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		struct rlimit limit;
		if (getrlimit((__rlimit_resource_t)i, &limit))
			continue;
		limit.rlim_cur = noted->soft[i];
		(void)setrlimit((__rlimit_resource_t)i, &limit);
	}
}
