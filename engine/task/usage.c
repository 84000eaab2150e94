#include "engine/task/usage.h"

enum { ZERO_BITS = 5, ZEROS_MAX = (1 << ZERO_BITS) - 1 };

static int64_t usage_ms(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

/* The two times are rounded together, not each. */
struct task_usage usage_of(const struct rusage *usage)
{
	struct timeval both = { .tv_sec = usage->ru_utime.tv_sec + usage->ru_stime.tv_sec,
		                .tv_usec = usage->ru_utime.tv_usec + usage->ru_stime.tv_usec };

	return (struct task_usage){ .cpu_ms = usage_ms(both), .max_rss = (int64_t)usage->ru_maxrss * 1024 };
}

uint32_t usage_pack(int64_t value, int bits)
{
	const int64_t end = INT64_C(1) << (bits - ZERO_BITS);
	uint32_t zeros = 0;

	if (value < 0)
		return 0;
	/* The last one that is dropped is rounded, once. */
	while (zeros < ZEROS_MAX && value + (zeros ? INT64_C(1) << (zeros - 1) : 0) >= end << zeros)
		zeros++;
	value = (value + (zeros ? INT64_C(1) << (zeros - 1) : 0)) >> zeros;
	return zeros << (bits - ZERO_BITS) | (uint32_t)(value < end ? value : end - 1);
}

int64_t usage_unpack(uint32_t packed, int bits)
{
	const uint32_t end = UINT32_C(1) << (bits - ZERO_BITS);

	return (int64_t)(packed & (end - 1)) << (packed / end);
}
