#include "engine/task/cpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool cpus_has(const struct cpus *cpus, unsigned cpu)
{
	return cpu < CPUS_MAX && cpus->bytes[cpu / 8] >> cpu % 8 & 1;
}

void cpus_add(struct cpus *cpus, unsigned cpu)
{
	cpus->bytes[cpu / 8] |= (unsigned char)(1U << cpu % 8);
}

size_t cpus_length(const struct cpus *cpus)
{
	size_t length = CPUS_BYTES;
	while (length > 0 && cpus->bytes[length - 1] == 0)
		length--;
	return length;
}

/* Returns the end of the number, or NULL. */
static const char *cpus_number(const char *text, unsigned *number)
{
	char *end;
	if (*text < '0' || *text > '9')
		return NULL;
	unsigned long value = strtoul(text, &end, 10);
	if (value >= CPUS_MAX)
		return NULL;
	*number = (unsigned)value;
	return end;
}

int cpus_parse(struct cpus *cpus, const char *text)
{
	struct cpus found = { { 0 } };
	for (;; text++) {
		unsigned first = 0, last, step = 1;
		text = cpus_number(text, &first);
		last = first;
		if (text && *text == '-')
			text = cpus_number(text + 1, &last);
		if (text && *text == ':' && last > first)
			text = cpus_number(text + 1, &step);
		if (!text || last < first || step == 0)
			return -EINVAL;
		for (unsigned cpu = first; cpu <= last; cpu += step)
			cpus_add(&found, cpu);
		if (*text != ',')
			break;
	}
	if (*text && *text != '\n')
		return -EINVAL;
	*cpus = found;
	return 0;
}

void cpus_format(const struct cpus *cpus, char text[CPUS_TEXT_SIZE])
{
	char *at = text;
	*at = '\0';
	for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++) {
		unsigned first = cpu;
		if (!cpus_has(cpus, cpu))
			continue;
		while (cpus_has(cpus, cpu + 1))
			cpu++;
		at += sprintf(at, at == text ? "%u" : ",%u",
		              first); /* NOLINT: each takes 5 bytes a CPU at most */
		if (cpu > first)
			at += sprintf(at, "-%u", cpu); /* NOLINT: the same */
	}
}
