/* What a task used, in 8 bytes. */
#include "engine/task/usage.h"

#include "tests/unit/unit.h"

static void check_packed(int64_t value, int bits, int64_t back)
{
	uint32_t packed = usage_pack(value, bits);

	ck_assert_uint_lt(packed, UINT32_C(1) << bits);
	ck_assert_int_eq(usage_unpack(packed, bits), back);
}

START_TEST(small_values_come_back_as_they_were)
{
	for (int64_t value = 0; value < 32768; value++)
		check_packed(value, USAGE_CPU_BITS, value);
	for (int64_t value = 0; value < 2048; value++)
		check_packed(value, USAGE_RSS_BITS, value);
}
END_TEST

START_TEST(great_values_are_rounded)
{
	check_packed(32769, USAGE_CPU_BITS, 32770);
	check_packed(65535, USAGE_CPU_BITS, 65536);
	check_packed(131070, USAGE_CPU_BITS, 131072);
	check_packed(2049, USAGE_RSS_BITS, 2050);
	check_packed(-1, USAGE_CPU_BITS, 0);
	check_packed(INT64_MAX / 2, USAGE_RSS_BITS, INT64_C(2047) << 31);
	/* By at most half of what the last digit stands for. */
	for (int64_t value = 1; value < INT64_C(1) << 40; value += value / 7 + 1) {
		int64_t back = usage_unpack(usage_pack(value, USAGE_RSS_BITS), USAGE_RSS_BITS);
		ck_assert_int_le(back > value ? back - value : value - back, value / 2048 + 1);
	}
}
END_TEST

START_TEST(user_and_system_time_are_one)
{
	const struct rusage used = { .ru_utime = { 2, 999600 }, .ru_stime = { 1, 900 }, .ru_maxrss = 7 };
	struct task_usage usage = usage_of(&used);

	ck_assert_int_eq(usage.cpu_ms, 4000);
	ck_assert_int_eq(usage.max_rss, 7168);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		small_values_come_back_as_they_were,
		great_values_are_rounded,
		user_and_system_time_are_one,
	};
	return unit_run("usage", NULL, NULL, tests);
}
