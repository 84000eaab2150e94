/*
 * A set of CPUs, as text as taskset(1) and /proc have it: "0-3,8", "0-7:2".  Pure; any thread.
 */
#ifndef KRTASK_TASK_CPUS_H
#define KRTASK_TASK_CPUS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	CPUS_MAX = 1024,
	CPUS_BYTES = CPUS_MAX / 8,
	CPUS_TEXT_SIZE = 5 * CPUS_MAX, /* of the longest text */
};

/* Bit N % 8 of byte N / 8: CPU N.  So sched_setaffinity(2) takes it, on little-endian machines as it is. */
struct cpus {
	unsigned char bytes[CPUS_BYTES];
};

bool cpus_has(const struct cpus *cpus, unsigned cpu);
void cpus_add(struct cpus *cpus, unsigned cpu);
/* How many bytes there are up to the last one that is not 0; 0: no CPU. */
size_t cpus_length(const struct cpus *cpus);
/* The text ends at a NUL or a newline.  0, or -EINVAL: it is not such a text, or has no CPU. */
int cpus_parse(struct cpus *cpus, const char *text);
void cpus_format(const struct cpus *cpus, char text[CPUS_TEXT_SIZE]);

#endif
