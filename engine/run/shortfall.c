#include "engine/run/shortfall.h"

#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/task/environment.h"
#include "engine/task/messages.h"

enum { CPUS_SHOWN = 64, LIMITS_SHOWN = RLIM_NLIMITS };

/* Names and units as in the shell's ulimit. */
static const char letters[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = 't',      [RLIMIT_FSIZE] = 'f', [RLIMIT_DATA] = 'd',   [RLIMIT_STACK] = 's',
	[RLIMIT_CORE] = 'c',     [RLIMIT_RSS] = 'm',   [RLIMIT_NPROC] = 'u',  [RLIMIT_NOFILE] = 'n',
	[RLIMIT_MEMLOCK] = 'l',  [RLIMIT_AS] = 'v',    [RLIMIT_LOCKS] = 'x',  [RLIMIT_SIGPENDING] = 'i',
	[RLIMIT_MSGQUEUE] = 'q', [RLIMIT_NICE] = 'e',  [RLIMIT_RTPRIO] = 'r', [RLIMIT_RTTIME] = 'R',
};

struct shortfall_text {
	char *at;
	size_t left;
	bool any;
};

static void shortfall_add(struct shortfall_text *text, const char *clause)
{
	int length = snprintf(text->at, text->left, "%s%s", text->any ? ", " : "", clause);
	size_t taken = length < 0 ? 0 : (size_t)length < text->left ? (size_t)length : text->left - 1;
	text->at += taken;
	text->left -= taken;
	text->any = true;
}

/* (The C library has no function for it.) */
static bool shortfall_capable(unsigned capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	return syscall(SYS_capget, &header, data) == 0 &&
	       data[capability / 32].effective >> capability % 32 & 1;
}

static void shortfall_of_niceness(struct shortfall_text *text, const struct environment *own, int wanted)
{
	char clause[64];
	/* setpriority(2): the limit is 20 less the lowest niceness. */
	rlim_t allowance = own->limits[RLIMIT_NICE].rlim_cur;
	if (wanted >= own->niceness || allowance == RLIM_INFINITY ||
	    (rlim_t)(NICENESS_MAX + 1 - wanted) <= allowance || shortfall_capable(CAP_SYS_NICE))
		return;
	(void)snprintf(clause, sizeof(clause), MSG_SHORTFALL_NICENESS, own->niceness, wanted);
	shortfall_add(text, clause);
}

static void shortfall_of_cpus(struct shortfall_text *text, const struct cpus *own, const struct cpus *wanted)
{
	char clause[3 * CPUS_SHOWN], has[CPUS_TEXT_SIZE], lacks[CPUS_TEXT_SIZE];
	struct cpus missing = *wanted;
	if (cpus_length(own) == 0)
		return;
	for (size_t i = 0; i < CPUS_BYTES; i++)
		missing.bytes[i] &= (unsigned char)~own->bytes[i];
	if (cpus_length(&missing) == 0)
		return;
	cpus_format(own, has);
	cpus_format(wanted, lacks);
	(void)snprintf(clause, sizeof(clause), MSG_SHORTFALL_CPUS, CPUS_SHOWN, has, CPUS_SHOWN, lacks);
	shortfall_add(text, clause);
}

static void shortfall_of_limits(struct shortfall_text *text, const struct rlimit *own,
                                const struct rlimit *wanted)
{
	char clause[64 + 2 * LIMITS_SHOWN], which[2 * LIMITS_SHOWN + 1], *at = which;
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		if (wanted[i].rlim_max <= own[i].rlim_max)
			continue;
		*at++ = ' ';
		*at++ = letters[i];
	}
	*at = '\0';
	if (at == which || shortfall_capable(CAP_SYS_RESOURCE))
		return;
	(void)snprintf(clause, sizeof(clause), MSG_SHORTFALL_LIMITS, which);
	shortfall_add(text, clause);
}

bool shortfall_describe(const struct environment *own, const struct environment *wanted, char *text,
                        size_t size)
{
	struct shortfall_text list = { .at = text, .left = size };
	if (wanted->has_schedule) {
		shortfall_of_niceness(&list, own, wanted->niceness);
		shortfall_of_cpus(&list, &own->cpus, &wanted->cpus);
	}
	if (wanted->has_limits)
		shortfall_of_limits(&list, own->limits, wanted->limits);
	return list.any;
}
