/*
 * What the processes of a task used: as getrusage(2) counts it, those of its first process and of all for which that
 * has waited.  Pure; any thread.
 */
#ifndef KRTASK_TASK_USAGE_H
#define KRTASK_TASK_USAGE_H

#include <stdint.h>
#include <sys/resource.h>

/* All zero: unknown. */
struct task_usage {
	int64_t cpu_ms;  /* processor time */
	int64_t max_rss; /* bytes; the most memory that one of them had at once */
};

struct task_usage usage_of(const struct rusage *usage);
/*
 * Every task has it, so it is kept in few bits: a value as the digits that fit into them, and 5 bits for how many
 * binary zeros follow.  So small values come back as they were, and great ones rounded.
 */
enum { USAGE_CPU_BITS = 20, USAGE_RSS_BITS = 16 };
uint32_t usage_pack(int64_t value, int bits);
int64_t usage_unpack(uint32_t packed, int bits);

#endif
