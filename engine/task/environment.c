#include "engine/task/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The packed form, numbers little-endian:
 *
 *     4 bytes   "KRE1", or "KRE2" with how it is scheduled
 *     4         umask
 *     8         ignored signals
 *     4         how many limits follow: 0 or RLIM_NLIMITS
 *     16 each   soft and hard limit
 *     of KRE2 only:
 *       4       niceness, two's complement
 *       4       I/O priority
 *       4       OOM score, two's complement
 *       4       how many bytes of CPUs follow, the last of them not 0
 *       1 each  CPUs
 *     the rest  the variables, each ended by a NUL
 *
 * Equal environments pack to equal bytes, since the hash of these names them.
 */
static const char magic[4] = { 'K', 'R', 'E', '1' };
static const char scheduled[4] = { 'K', 'R', 'E', '2' };

enum { HEADER_SIZE = 4 + 4 + 8 + 4, LIMIT_SIZE = 16, SCHEDULE_SIZE = 4 + 4 + 4 + 4 };

static char *put_number(char *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++, value >>= 8)
		*at++ = (char)(value & 0xff);
	return at;
}

static uint64_t get_number(const char *at, int bytes)
{
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

/* A file of /proc, whole and ended by a NUL; "" if there is none.  0, or -errno: it cannot be read now. */
static int read_proc(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : 0;
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	return error == EMFILE || error == ENFILE || error == ENOMEM ? -error : 0;
}

/* Returns the text behind the name and tabs, or NULL. */
static const char *status_field(const char *status, const char *name)
{
	const char *line = strstr(status, name);
	return line ? line + strlen(name) + strspn(line + strlen(name), " \t") : NULL;
}

/* Reads the umask, since umask(2) can only tell it by changing it, and the other values in the same file. */
struct status_text {
	char text[8192];
};

static mode_t status_umask(const struct status_text *status)
{
	const char *field = status_field(status->text, "\nUmask:");
	if (field)
		return (mode_t)strtoul(field, NULL, 8) & 0777;
	mode_t old = umask(077);
	umask(old);
	return old;
}

static uint64_t status_ignored(const struct status_text *status)
{
	uint64_t ignored = 0;
	const char *field = status_field(status->text, "\nSigIgn:");
	/* The C library reserves two signals, which nobody can ignore. */
	if (field)
		return strtoull(field, NULL, 16) & ~(UINT64_C(3) << (32 - 1));
	for (int number = 1; number <= 64; number++) {
		struct sigaction action;
		if (sigaction(number, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
		    action.sa_handler == SIG_IGN)
			ignored |= UINT64_C(1) << (number - 1);
	}
	return ignored;
}

static int capture_schedule(struct environment *env, const struct status_text *status)
{
	const char *cpus = status_field(status->text, "\nCpus_allowed_list:");
	const int of_this_thread = 1; /* IOPRIO_WHO_PROCESS of <linux/ioprio.h> */
	char score[32];
	env->has_schedule = true;
	env->niceness = getpriority(PRIO_PROCESS, 0);
	long priority = syscall(SYS_ioprio_get, of_this_thread, 0);
	env->io_priority = priority > 0 && priority <= IO_PRIORITY_MAX ? (int)priority : 0;
	int error = read_proc("/proc/self/oom_score_adj", score, sizeof(score));
	env->oom_score = (int)strtol(score, NULL, 10);
	memset(&env->cpus, 0, sizeof(env->cpus));
	if (cpus)
		(void)cpus_parse(&env->cpus, cpus);
	return error;
}

/* True if its numbers are in their ranges. */
static bool environment_schedule_valid(const struct environment *env)
{
	return env->niceness >= NICENESS_MIN && env->niceness <= NICENESS_MAX && env->io_priority >= 0 &&
	       env->io_priority <= IO_PRIORITY_MAX && env->oom_score >= -OOM_SCORE_MAX &&
	       env->oom_score <= OOM_SCORE_MAX;
}

void environment_capture_schedule(struct environment *env)
{
	struct status_text status;
	(void)read_proc("/proc/thread-self/status", status.text, sizeof(status.text));
	(void)capture_schedule(env, &status);
}

static int environment_limits(struct rlimit limits[RLIM_NLIMITS])
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (getrlimit((__rlimit_resource_t)i, &limits[i]) < 0)
			return -errno;
	return 0;
}

int environment_capture(struct environment *env)
{
	struct environment captured = { .variables = STRINGS_INIT, .has_limits = true };
	int rc = 0;

	for (char **variable = environ; variable && *variable && rc == 0; variable++) {
		/* only NAME=VALUE is a variable (POSIX.1-2017 XBD 8.1) */
		const char *equals = strchr(*variable, '=');
		if (equals && equals != *variable)
			rc = strings_add(&captured.variables, *variable);
	}
	struct status_text status = { "" };
	if (rc == 0)
		rc = environment_limits(captured.limits);
	/* A task must not run on other CPUs because these could not be read. */
	if (rc == 0)
		rc = read_proc("/proc/self/status", status.text, sizeof(status.text));
	if (rc == 0)
		rc = capture_schedule(&captured, &status);
	if (rc < 0) {
		environment_release(&captured);
		return rc;
	}
	captured.umask = status_umask(&status);
	captured.ignored = status_ignored(&status);
	*env = captured;
	return 0;
}

void environment_release(struct environment *env)
{
	strings_release(&env->variables);
	memset(env, 0, sizeof(*env));
}

static char *put_schedule(char *at, const struct environment *env, size_t cpus)
{
	at = put_number(at, (uint32_t)env->niceness, 4);
	at = put_number(at, (uint32_t)env->io_priority, 4);
	at = put_number(at, (uint32_t)env->oom_score, 4);
	at = put_number(at, cpus, 4);
	memcpy(at, env->cpus.bytes, cpus);
	return at + cpus;
}

int environment_pack(const struct environment *env, char **block, size_t *length)
{
	int count = env->has_limits ? RLIM_NLIMITS : 0;
	size_t cpus = cpus_length(&env->cpus);
	size_t fixed =
		HEADER_SIZE + (size_t)count * LIMIT_SIZE + (env->has_schedule ? SCHEDULE_SIZE + cpus : 0);
	char *packed = malloc(fixed + env->variables.length);

	if (!packed)
		return -ENOMEM;
	memcpy(packed, env->has_schedule ? scheduled : magic, sizeof(magic));
	char *at = packed + sizeof(magic);
	at = put_number(at, env->umask & 0777, 4);
	at = put_number(at, env->ignored, 8);
	at = put_number(at, (uint64_t)count, 4);
	for (int i = 0; i < count; i++) {
		at = put_number(at, env->limits[i].rlim_cur, 8);
		at = put_number(at, env->limits[i].rlim_max, 8);
	}
	if (env->has_schedule)
		at = put_schedule(at, env, cpus);
	if (env->variables.length)
		memcpy(at, env->variables.block, env->variables.length);
	*block = packed;
	*length = fixed + env->variables.length;
	return 0;
}

/* The bytes that it takes, or -EINVAL. */
static ssize_t get_schedule(struct environment *env, const char *at, size_t length)
{
	if (length < SCHEDULE_SIZE)
		return -EINVAL;
	env->has_schedule = true;
	env->niceness = (int32_t)get_number(at, 4);
	env->io_priority = (int32_t)get_number(at + 4, 4);
	env->oom_score = (int32_t)get_number(at + 8, 4);
	uint64_t cpus = get_number(at + 12, 4);
	if (cpus > CPUS_BYTES || length < SCHEDULE_SIZE + cpus)
		return -EINVAL;
	memcpy(env->cpus.bytes, at + SCHEDULE_SIZE, (size_t)cpus);
	if (cpus_length(&env->cpus) != cpus || !environment_schedule_valid(env))
		return -EINVAL;
	return (ssize_t)(SCHEDULE_SIZE + cpus);
}

int environment_unpack(struct environment *env, const char *block, size_t length)
{
	struct environment unpacked = { .variables = STRINGS_INIT };

	if (length < HEADER_SIZE)
		return -EINVAL;
	bool has_schedule = memcmp(block, scheduled, sizeof(scheduled)) == 0;
	if (!has_schedule && memcmp(block, magic, sizeof(magic)) != 0)
		return -EINVAL;
	uint64_t mask = get_number(block + 4, 4);
	uint64_t count = get_number(block + 16, 4);
	if (mask > 0777 || (count != 0 && count != RLIM_NLIMITS))
		return -EINVAL;
	size_t fixed = HEADER_SIZE + (size_t)count * LIMIT_SIZE;
	if (length < fixed)
		return -EINVAL;

	const char *at = block + HEADER_SIZE;
	for (size_t i = 0; i < count; i++, at += LIMIT_SIZE) {
		unpacked.limits[i].rlim_cur = get_number(at, 8);
		unpacked.limits[i].rlim_max = get_number(at + 8, 8);
	}
	ssize_t taken = has_schedule ? get_schedule(&unpacked, at, length - fixed) : 0;
	if (taken < 0)
		return (int)taken;
	fixed += (size_t)taken;
	int rc = strings_copy(&unpacked.variables, at + taken, length - fixed);
	if (rc < 0)
		return rc;
	unpacked.umask = (mode_t)mask;
	unpacked.ignored = get_number(block + 8, 8);
	unpacked.has_limits = count != 0;
	*env = unpacked;
	return 0;
}
