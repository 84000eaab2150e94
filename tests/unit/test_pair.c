/* Progress that programs print as a part of a whole. */
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/fields/pair.h"

/* percent -1: there is no pair. */
static const struct {
	const char *text;
	int percent;
} samples[] = {
	{ "3/9 children", 33 },
	{ "[12/48] CC main.o", 25 },
	{ "12/48", 25 },
	{ "   Building [=====>   ] 45/100: serde, syn", 45 },
	{ "   ------- 12.5/50.0 MB 12.3 MB/s eta 0:01:00", 25 },
	{ "12/48 MB", 25 },
	{ "512 MiB / 2 GiB", 25 },
	{ "500kB/2MB", 25 },
	{ "layer: 1.5GB/3GB, next", 50 },
	{ "step 3 / 4.", 75 },
	{ "at 12 MB/s, 2/8", 25 },
	{ "1/1", 100 },
	{ "0/7 done", 0 },
	{ "", -1 },
	{ "50 out of 60", -1 },
	{ "9/3", -1 },
	{ "5/0", -1 },
	{ "12/31 10:15:00 started", -1 },
	{ "2026/11/26", -1 },
	{ "11/26/2026", -1 },
	{ "see src/1/2.c", -1 },
	{ "10.0.0.0/24", -1 },
	{ "v1/2", -1 },
	{ "-1/2", -1 },
	{ "1/2beta", -1 },
	{ "1/2-3", -1 },
	{ "3 MB/9", -1 },
	{ "12.3MB/s", -1 },
	{ "1/", -1 },
	{ "1", -1 },
	{ "1 ", -1 },
	{ "1.", -1 },
};

START_TEST(a_pair_is_found_where_it_is_one)
{
	struct pair pair = { .whole = 1 };
	bool found = pair_find(samples[_i].text, strlen(samples[_i].text), &pair);

	ck_assert_msg(found == (samples[_i].percent >= 0), "%s", samples[_i].text);
	if (found)
		ck_assert_int_eq((int)(pair.part * 100 / pair.whole), samples[_i].percent);
}
END_TEST

/* The text need not end with a NUL. */
START_TEST(nothing_is_read_behind_the_end)
{
	struct pair pair;

	ck_assert(pair_find("1/25", 3, &pair));
	ck_assert_int_eq((int)pair.whole, 2);
	ck_assert(!pair_find("1/25", 2, &pair));
	ck_assert(!pair_find(NULL, 0, &pair));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pair");
	TCase *tcase = tcase_create("pair");

	tcase_add_loop_test(tcase, a_pair_is_found_where_it_is_one, 0,
	                    (int)(sizeof(samples) / sizeof(*samples)));
	tcase_add_test(tcase, nothing_is_read_behind_the_end);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
