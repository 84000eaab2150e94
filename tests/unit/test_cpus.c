/* Sets of CPUs as text, and text as sets. */
#include <errno.h>
#include <string.h>

#include "engine/task/cpus.h"
#include "tests/unit/unit.h"

static void check_text(const char *text, const char *expected)
{
	struct cpus cpus;
	char written[CPUS_TEXT_SIZE];

	ck_assert_int_eq(cpus_parse(&cpus, text), 0);
	cpus_format(&cpus, written);
	ck_assert_str_eq(written, expected);
}

START_TEST(text_goes_both_ways)
{
	check_text("0", "0");
	check_text("0-3,8\n", "0-3,8");
	check_text("8,1,2,0", "0-2,8");
	check_text("3-3,5-6,1023", "3,5-6,1023");
	check_text("0-1023", "0-1023");
	check_text("0-7:2,9", "0,2,4,6,9");
}
END_TEST

START_TEST(every_other_text_is_refused)
{
	static const char *const texts[] = {
		"",     "\n",    ",",   "1,",   "-1",  "1-",     "3-1",
		"0 1",  "1024",  "a",   "0x1",  "1;2", "0-1024", "99999999999999999999",
		"0-3:", "0-3:0", "3:2", "0-3:a"
	};
	struct cpus cpus = { { 1 } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_int_eq(cpus_parse(&cpus, texts[i]), -EINVAL);
	ck_assert(cpus_has(&cpus, 0));
	ck_assert_uint_eq(cpus_length(&cpus), 1);
}
END_TEST

START_TEST(the_longest_text_has_room)
{
	struct cpus cpus = { { 0 } }, back;
	char text[CPUS_TEXT_SIZE];

	ck_assert_uint_eq(cpus_length(&cpus), 0);
	for (unsigned cpu = 0; cpu < CPUS_MAX; cpu += 2)
		cpus_add(&cpus, cpu);
	ck_assert_uint_eq(cpus_length(&cpus), CPUS_BYTES);
	cpus_format(&cpus, text);
	ck_assert_int_eq(cpus_parse(&back, text), 0);
	ck_assert_mem_eq(&back, &cpus, sizeof(cpus));
	ck_assert(!cpus_has(&cpus, 1) && cpus_has(&cpus, 1022) && !cpus_has(&cpus, 1024));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		text_goes_both_ways,
		every_other_text_is_refused,
		the_longest_text_has_room,
	};

	return unit_run("cpus", NULL, NULL, tests);
}
