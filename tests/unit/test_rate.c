/* How fast a program says that it goes, and for how long; and how fast it does go. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/fields/rate.h"
#include "tui/fields/speed.h"

/* speed NULL: there is none. */
static const struct {
	const char *text, *speed, *left;
} samples[] = {
	{ "    186,869,083  46%   12.34MB/s    0:35:31  ", "12.34MB/s", "0:35:31" }, /* rsync */
	/* behind a file, what it took so far */
	{ "    186,869,083  46%   12.34MB/s    0:35:31 (xfr#46, to-chk=154/200)", "12.34MB/s", "" },
	{ "    186,869,083  46%   12.34MB/s    0:35:31 (xfer#46, to-check=154/200)", "12.34MB/s", "" },
	{ "    186,869,083  46%   12.34MB/s    0:35:31 (xf", "12.34MB/s", "0:35:31" },
	{ "file.iso   45%[====>    ] 350.00M  12.3MB/s    eta 35s", "12.3MB/s", "35s" }, /* wget */
	{ "/dev/null   6%[>        ]   3.64M   300KB/s    eta 3m 4s  ", "300KB/s", "3m 4s" },
	{ "/dev/null   6%[>        ]   3.64M   300KB/s    eta 3m 4 or so", "300KB/s", "3m" },
	{ "/dev/null   6%[>        ]   3.64M   300KB/s    eta 3m 4step", "300KB/s", "3m" },
	{ "   ------- 12.5/50.0 MB 12.3 MB/s eta 0:01:00", "12.3 MB/s", "0:01:00" }, /* pip */
	{ " 45%|####5     | 45/100 [04:41<05:44,  6.26s/it]", "6.26s/it", "05:44" }, /* tqdm */
	{ " 45%|####5     | 45/100 [00:41<00:44, 1.26it/s]", "1.26it/s", "00:44" },
	{ "45% [Working]   12.3 MB/s 1h2m", "12.3 MB/s", "1h2m" }, /* apt */
	{ "ETA: 1:02 at 5 files/sec", "5 files/sec", "1:02" },
	{ "12MB/s", "12MB/s", "" },
	{ "3/s", "3/s", "" },
	{ "12 kB/s, beta 3:00", "12 kB/s", "" },
	{ "12 kB/s eta unknown", "12 kB/s", "" },
	{ "12 kB/s 12:", "12 kB/s", "" },
	{ "1/2 3/9", NULL, NULL },
	{ "see 12/s/3", NULL, NULL },
	{ "v1.2MB/s", NULL, NULL },
	{ "/3/s", NULL, NULL },
	{ "12MB/step", NULL, NULL },
	{ "12 megabytesper/s", NULL, NULL },
	{ "12MB/", NULL, NULL },
	{ "12", NULL, NULL },
	{ "", NULL, NULL },
};

START_TEST(a_speed_is_found_where_it_is_one)
{
	const char *text = samples[_i].text;
	struct rate rate = { 0 };
	bool found = rate_find(text, strlen(text), &rate);

	ck_assert_msg(found == (samples[_i].speed != NULL), "%s", text);
	if (!found)
		return;
	ck_assert_uint_eq(rate.speed_length, strlen(samples[_i].speed));
	ck_assert_mem_eq(rate.speed, samples[_i].speed, rate.speed_length);
	ck_assert_uint_eq(rate.left_length, strlen(samples[_i].left));
	if (rate.left_length > 0)
		ck_assert_mem_eq(rate.left, samples[_i].left, rate.left_length);
}
END_TEST

static const struct {
	const char *text;
	int seconds; /* -1: it does not say that */
} lefts[] = {
	{ "    186,869,083  46%   12.34MB/s    0:35:31  ", 35 * 60 + 31 },
	{ "    186,869,083  46%   12.34MB/s    0:35:31 (xfr#46, to-chk=154/200)", -1 },
	{ "file.iso   45%[====>    ] 350.00M  12.3MB/s    eta 3m 4s", 184 },
	{ " 45%|####5     | 45/100 [04:41<05:44,  6.26s/it]", 344 },
	{ "3650K 1.25MB/s eta 1h2m", 3720 },
	{ "3650K 1.25MB/s in 1h2m", -1 },
	{ "16.4M/28.6M 9.9MB/s 1d 02h", 26 * 3600 },
	{ "[0:12] 45.00%  1000 files 12 GiB, total 2000 files, ETA 1:00:35", 3635 },
	{ "[#2089b0 400.0KiB/33.2MiB(1%) CN:1 DL:115.7KiB ETA:4m51s]", 291 },
	{ "3 < 0:35, and beta 0:35", -1 },
	{ "12MB/s eta 99999999999d", 1000000000 },
	{ "12MB/s eta 999999999:0:0", 1000000000 },
	{ "12MB/s", -1 },
	{ "", -1 },
};

START_TEST(what_is_left_is_read_as_a_time)
{
	const char *text = lefts[_i].text;
	int64_t left = rate_left(text, strlen(text));

	ck_assert_msg(left == (lefts[_i].seconds < 0 ? -1 : lefts[_i].seconds * INT64_C(1000)), "%s: %lld",
	              text, (long long)left);
}
END_TEST

static double rate_a_second(const struct speed *speed)
{
	return speed->rate * 1000;
}

START_TEST(a_speed_is_measured_where_none_is_said)
{
	struct speed speed = { 0 };

	speed_note(&speed, 0.5, 1000);
	ck_assert_double_eq(speed.rate, 0);
	speed_note(&speed, 0.5, 4000);
	speed_note(&speed, 0.5, 5900);
	speed_note(&speed, 0.52, 6000); /* nobody knows when it had come as far as 0.5 */
	ck_assert_double_eq(speed.rate, 0);
	speed_note(&speed, 0.53, 6500); /* too soon to be judged */
	ck_assert_double_eq(speed.rate, 0);
	speed_note(&speed, 0.62, 11000);
	ck_assert_double_eq_tol(rate_a_second(&speed), 0.02, 1e-9);
	speed_note(&speed, 0.66, 12000); /* twice as fast, for a second */
	ck_assert_double_gt(rate_a_second(&speed), 0.0201);
	ck_assert_double_lt(rate_a_second(&speed), 0.025);
	speed_note(&speed, 0.1, 13000); /* another part of the work */
	ck_assert_double_eq(speed.rate, 0);
	speed_note(&speed, 0.15, 14000);
	ck_assert_double_eq(speed.rate, 0);
	speed_note(&speed, 0.25, 16000);
	ck_assert_double_eq_tol(rate_a_second(&speed), 0.05, 1e-9);
	speed_note(&speed, -1, 17000);
	ck_assert_double_eq(speed.rate, 0);
}
END_TEST

/* The text need not end with a NUL. */
START_TEST(nothing_is_read_behind_the_end)
{
	struct rate rate;

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		for (size_t length = strlen(samples[i].text); length > 0; length--) {
			char *bytes = malloc(length);

			ck_assert_ptr_nonnull(bytes);
			memcpy(bytes, samples[i].text, length);
			rate_find(bytes, length, &rate);
			free(bytes);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rate");
	TCase *tcase = tcase_create("rate");

	tcase_add_loop_test(tcase, a_speed_is_found_where_it_is_one, 0,
	                    (int)(sizeof(samples) / sizeof(*samples)));
	tcase_add_loop_test(tcase, what_is_left_is_read_as_a_time, 0, (int)(sizeof(lefts) / sizeof(*lefts)));
	tcase_add_test(tcase, a_speed_is_measured_where_none_is_said);
	tcase_add_test(tcase, nothing_is_read_behind_the_end);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
