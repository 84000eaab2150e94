#include "engine/task/environment.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The packed form, numbers little-endian:
 *
 *     4 bytes   "KRE1"
 *     4         umask
 *     8         ignored signals
 *     4         how many limits follow: 0 or RLIM_NLIMITS
 *     16 each   soft and hard limit
 *     the rest  the variables, each ended by a NUL
 *
 * Equal environments pack to equal bytes, since the hash of these names them.
 */
static const char magic[4] = { 'K', 'R', 'E', '1' };

enum { HEADER_SIZE = 4 + 4 + 8 + 4, LIMIT_SIZE = 16 };

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

/*
 * The mask can only be read by changing it (umask(2)), and another thread could make a
 * file just then; Linux shows it in /proc/self/status.
 */
static mode_t read_umask(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	unsigned mask = 0;
	bool found = false;

	if (status) {
		char line[256];
		while (!found && fgets(line, sizeof(line), status)) {
			if (strncmp(line, "Umask:", 6) != 0)
				continue;
			mask = (unsigned)strtoul(line + 6, NULL, 8);
			found = true;
		}
		fclose(status);
	}
	if (found)
		return mask & 0777;
	mode_t old = umask(077);
	umask(old);
	return old;
}

static uint64_t environment_ignored(void)
{
	uint64_t ignored = 0;

	for (int number = 1; number <= 64; number++) {
		struct sigaction action;
		if (sigaction(number, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
		    action.sa_handler == SIG_IGN)
			ignored |= UINT64_C(1) << (number - 1);
	}
	return ignored;
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
		/* anything but NAME=VALUE is not a variable (POSIX.1-2017 XBD 8.1) */
		const char *equals = strchr(*variable, '=');
		if (equals && equals != *variable)
			rc = strings_add(&captured.variables, *variable);
	}
	if (rc == 0)
		rc = environment_limits(captured.limits);
	if (rc < 0) {
		environment_release(&captured);
		return rc;
	}
	captured.umask = read_umask();
	captured.ignored = environment_ignored();
	*env = captured;
	return 0;
}

void environment_release(struct environment *env)
{
	strings_release(&env->variables);
	memset(env, 0, sizeof(*env));
}

int environment_pack(const struct environment *env, char **block, size_t *length)
{
	int count = env->has_limits ? RLIM_NLIMITS : 0;
	size_t fixed = HEADER_SIZE + (size_t)count * LIMIT_SIZE;
	char *packed = malloc(fixed + env->variables.length);

	if (!packed)
		return -ENOMEM;
	memcpy(packed, magic, sizeof(magic));
	char *at = packed + sizeof(magic);
	at = put_number(at, env->umask & 0777, 4);
	at = put_number(at, env->ignored, 8);
	at = put_number(at, (uint64_t)count, 4);
	for (int i = 0; i < count; i++) {
		at = put_number(at, env->limits[i].rlim_cur, 8);
		at = put_number(at, env->limits[i].rlim_max, 8);
	}
	if (env->variables.length)
		memcpy(at, env->variables.block, env->variables.length);
	*block = packed;
	*length = fixed + env->variables.length;
	return 0;
}

int environment_unpack(struct environment *env, const char *block, size_t length)
{
	struct environment unpacked = { .variables = STRINGS_INIT };

	if (length < HEADER_SIZE || memcmp(block, magic, sizeof(magic)) != 0)
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
	int rc = strings_copy(&unpacked.variables, at, length - fixed);
	if (rc < 0)
		return rc;
	unpacked.umask = (mode_t)mask;
	unpacked.ignored = get_number(block + 8, 8);
	unpacked.has_limits = count != 0;
	*env = unpacked;
	return 0;
}
