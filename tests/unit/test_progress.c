#include <stdlib.h>
#include <string.h>

#include "engine/task/progress.h"
#include "engine/task/utf8.h"
#include "tests/unit/unit.h"

/* -1: no percentage */
struct example {
	const char *text;
	int percent;
	const char *message; /* NULL: refused */
};

static const struct example lines[] = {
	{ "50 half", 50, "half" },
	{ "50", 50, "" },
	{ "0", 0, "" },
	{ "100 done", 100, "done" },
	{ "  7   spaced  ", 7, "spaced" },
	{ "50%", 50, "" },
	{ "50% half", 50, "half" },
	{ "50%half", 50, "half" },
	{ "99.9 nearly", 99, "nearly" },
	{ "99.9% nearly", 99, "nearly" },
	{ "12,5 Prozent", 12, "Prozent" },
	{ "250 too much", 100, "too much" },
	{ "99999999999999999999999 huge", 100, "huge" },
	{ "-3 below", 0, "below" },
	{ "+3 plus", 3, "plus" },
	{ "10\tturned\tround", 10, "turned round" },
	{ "10 \033[31mred\033[0m\a!", 10, "red!" },
	{ "10 bad \xff byte", 10, "bad \xef\xbf\xbd byte" },
	{ "10 \xe2\x82\xac", 10, "\xe2\x82\xac" },
	{ "10 a\xc2\x9b"
	  "b",
	  10, "ab" },
	{ "33 from DOS\r", 33, "from DOS" },
	{ "33\r", 33, "" },
	{ "5 5", 5, "5" },
	{ "5. step", -1, NULL },
	{ "", -1, NULL },
	{ "   ", -1, NULL },
	{ "half", -1, NULL },
	{ "%50", -1, NULL },
	{ "-", -1, NULL },
	{ "3rd step", -1, NULL },
	{ ".5", -1, NULL },
};

#define CURL_HEAD                                                                                            \
	"  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"                  \
	"                                 Dload  Upload   Total   Spent    Left  Speed\n\r"
#define OSC(text)    "\033]9;4;" text "\a"
#define OSC_ST(text) "\033]9;4;" text "\033\\"

static const struct example outputs[] = {
	{ "45%", 45, "" },
	{ "  45% [====>    ]\r", 45, "[====>    ]" },
	{ "one 10%\ntwo 20%\n", 20, "two 20%" },
	{ "10%\r20%\r30%", 30, "" },
	/* recorded of curl 7.88: downloads, what is no progress yet, a whole that is not known, uploads */
	{ CURL_HEAD "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
	            "\r 33 28.6M   33 9928k    0     0  48.2M      0 --:--:-- --:--:-- --:--:-- 48.2M",
	  33, "9928k/28.6M 48.2MB/s" },
	{ "\r 33 28.6M   33 9928k    0     0  48.2M      0 --:--:-- --:--:-- --:--:-- 48.2M"
	  "\r 57 28.6M   57 16.4M    0     0   9.9M      0  0:00:02  0:00:01  0:00:01  9.9M",
	  57, "16.4M/28.6M 9.9MB/s 0:00:01" },
	{ "\r100 28.6M  100 28.6M    0     0  10.8M      0  0:00:02  0:00:02 --:--:-- 10.8M\n", 100,
	  "28.6M/28.6M 10.8MB/s" },
	{ "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0", -1,
	  "0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0" },
	{ "\r100 18.0M    0 18.0M    0     0  9605k      0 --:--:--  0:00:01 --:--:-- 9601k", -1,
	  "100 18.0M    0 18.0M    0     0  9605k      0 --:--:--  0:00:01 --:--:-- 9601k" },
	{ "\r 74 28.6M    0     0   74 21.2M      0  9215k  0:00:03  0:00:02  0:00:01 9212k", 74,
	  "21.2M/28.6M 9212kB/s 0:00:01" },
	{ "\r  0 28.6M    0     0    0 65536      0  32734  0:15:16  0:00:02  0:15:14 32735", 0,
	  "65536/28.6M 32735B/s 0:15:14" },
	/* as it writes days; and what only looks so */
	{ " 11 9312G   11 1024G    0     0  9.9M      0 11d 02h  1d 06h  9d 20h  9.9M", 11,
	  "1024G/9312G 9.9MB/s" },
	{ "57 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01 0:00:01", -1,
	  "57 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01 0:00:01" },
	{ "57 28.6M 57 16.4M 0 0 9.9M 0 one two three 9.9M", -1,
	  "57 28.6M 57 16.4M 0 0 9.9M 0 one two three 9.9M" },
	{ "570 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01 0:00:01 9.9M", -1,
	  "570 28.6M 57 16.4M 0 0 9.9M 0 0:00:02 0:00:01 0:00:01 9.9M" },
	/* recorded of wget 1.21 */
	{ "  3600K .......... .......... .......... .......... ..........  6%  299K 3m4s\n"
	  "  3650K .......... .......... .....",
	  6, "3600K 299KB/s eta 3m4s" },
	{ "  3650K .......... .......... .......... .......... ..........  6% 1.25M 3m4s\n", 6,
	  "3650K 1.25MB/s eta 3m4s" },
	{ " 58550K .......... .......... .......... ...                  100%  300K=3m15s\n\n", 100,
	  "58550K 300KB/s in 3m15s" },
	{ "     0K .......... .......", -1, "0K .......... ......." },
	{ "Saving to: x\n\n     0K .......... .......", -1, "Saving to: x" },
	{ "50% a\nb\n  3650K .......... .......... .....", 50, "b" },
	{ "     0K ,,,,,,,,,, ,,,,,,,...  6%  299K 3m4s\n", 6, "0K 299KB/s eta 3m4s" },
	/* and what only looks so */
	{ "50% a\n3650K", 50, "3650K" },
	{ "50% a\n3650K x...", 50, "3650K x..." },
	{ "3650 .......... 6%  299K 3m4s", 6, "3650 .......... 6%  299K 3m4s" },
	{ "3650K .......... 6%  299K_3m4s", 6, "3650K .......... 6%  299K_3m4s" },
	{ "3650K .......... 6%  299K 3m4s and more", 6, "3650K .......... 6%  299K 3m4s and more" },
	{ "3650K .......... 6%  299K", 6, "3650K .......... 6%  299K" },
	{ "10%\r\n\r\n  \t\n", 10, "" },
	{ "[ 7%] Building C object\n", 7, "[ 7%] Building C object" },
	{ "a 10% b 90% c", 90, "a 10% b 90% c" },
	{ "load 120% is 30%", 30, "load 120% is 30%" },
	{ "is 30% load 120%", 30, "is 30% load 120%" },
	{ "99.9% done", 99, "done" },
	{ "0.5%", 0, "" },
	{ "100.0%", 100, "" },
	{ "\033[2K\033[1G\033[32m 42%\033[0m |##", 42, "|##" },
	{ "4\033[1m2\033[0m%", 42, "" },
	{ "cut \033[3", -1, "cut" },
	{ "\033]0;title 80%\a 15%", 15, "" },
	{ "\033]0;title 80%\033\\x", -1, "x" },
	{ "9%\b\b10%", 10, "10%" },
	{ "10%\nplain last line\n", 10, "plain last line" },
	{ "10% a\r50% b\rdone\nnow\n\n", 50, "now" },
	{ "10% a\r50% b\r100% 61MB/s\n", 100, "61MB/s" },
	{ "no number\nat all\n", -1, "at all" },
	{ "-5%", -1, "-5%" },
	{ "1.2.3%", -1, "1.2.3%" },
	{ "x%", -1, "x%" },
	{ "50 %", -1, "50 %" },
	{ "101%", -1, "101%" },
	{ "12345678901234567890%", -1, "12345678901234567890%" },
	{ "", -1, NULL },
	{ "\n\r\n", -1, NULL },
	{ "\xff\xfe 33%\xff", 33, "\xef\xbf\xbd\xef\xbf\xbd 33%\xef\xbf\xbd" },
	{ "caf\xc3\xa9 61%", 61, "caf\xc3\xa9 61%" },
	/* the terminal sequence wins over the output */
	{ OSC("1;40") "80%", 40, "" },
	{ OSC_ST("1;40") "80%\n", 40, "" },
	{ OSC("1;10") OSC("1;20") "text", 20, "text" },
	{ "words\n" OSC("1;40"), 40, "words" },
	{ OSC("2;30"), 30, "" },
	{ OSC("4;35"), 35, "" },
	{ OSC("1;400"), 100, "" },
	{ OSC("1;40") OSC("0;0") "80%", 80, "" },
	{ OSC("1;40") OSC("0") "none", -1, "none" },
	{ OSC("1;40") OSC("3") "80%", 80, "" },
	/* a state without a percentage keeps the last one */
	{ OSC("1;40") OSC("2"), 40, "" },
	{ OSC("1;40") OSC("4;"), 40, "" },
	/* an incomplete sequence, or another one */
	{ OSC("1;40") "\033]9;4;1;5", 40, "" },
	{ "\033]9;4;1;50", -1, NULL },
	{ "\033]9;4;1;50\033", -1, NULL },
	{ "\033]9;4;", -1, NULL },
	{ OSC("9;50"), -1, NULL },
	{ OSC(";50"), -1, NULL },
	{ OSC("1;5x"), -1, NULL },
	{ "\033]9;3;1;50\a", -1, NULL },
};

static void check(const struct example *example, bool (*parse)(const char *, size_t, struct progress *))
{
	size_t length = strlen(example->text);
	char *exact = unit_exact(example->text, length);
	struct progress progress = { .percent = -7, .message = "untouched" };

	bool found = parse(exact, length, &progress);
	free(exact);
	ck_assert_msg(found == !!example->message, "'%s'", example->text);
	ck_assert_int_eq(progress.percent, found ? example->percent : -7);
	ck_assert_str_eq(progress.message, found ? example->message : "untouched");
}

START_TEST(a_line_is_read)
{
	check(&lines[_i], progress_parse_line);
}
END_TEST

START_TEST(output_is_scanned)
{
	check(&outputs[_i], progress_scan_output);
}
END_TEST

START_TEST(a_long_message_is_cut_at_a_character)
{
	struct progress progress;
	char line[2000];

	memset(line, 'x', sizeof(line));
	memcpy(line, "50 ", 3);
	for (size_t i = 3 + (size_t)_i; i + 3 <= sizeof(line); i += 3)
		memcpy(line + i, "\xe2\x82\xac", 3);
	ck_assert(progress_parse_line(line, sizeof(line), &progress));
	size_t length = strlen(progress.message);
	ck_assert_uint_gt(length, 255 - 3);
	ck_assert_uint_le(length, 255);
	ck_assert(utf8_valid(progress.message, length));
}
END_TEST

START_TEST(a_percent_far_into_a_long_segment_is_found)
{
	struct progress progress;
	size_t length = 100000;
	char *bytes = unit_room(length);

	memset(bytes, '#', length);
	memcpy(bytes + length - 3, "77%", 3);
	ck_assert(progress_scan_output(bytes, length, &progress));
	ck_assert_int_eq(progress.percent, 77);
	ck_assert_uint_eq(strlen(progress.message), 255);
	free(bytes);
}
END_TEST

START_TEST(nuls_are_only_bytes)
{
	struct progress progress;

	ck_assert(progress_scan_output("a\0 5\0%\0", 7, &progress));
	ck_assert_int_eq(progress.percent, 5);
	ck_assert_str_eq(progress.message, "a 5%");
}
END_TEST

/* Any bytes cause no crash and give well-formed text.  Every run uses the same bytes. */
START_TEST(any_bytes_are_safe)
{
	static const char alphabet[] = "\033\033]]9;4;1;0%%\a\\\r\n5 [P^_X\xe2\x82\xac\xff.,-m";
	unsigned seed = (unsigned)_i * 7919u + 1;

	for (int round = 0; round < 2000; round++) {
		size_t length = (size_t)rand_r(&seed) % 60;
		char *bytes = unit_room(length);
		for (size_t i = 0; i < length; i++)
			bytes[i] = alphabet[(size_t)rand_r(&seed) % (sizeof(alphabet) - 1)];
		struct progress progress = { .percent = 0, .message = "" };
		progress_parse_line(bytes, length, &progress);
		ck_assert_int_ge(progress.percent, 0);
		progress_scan_output(bytes, length, &progress);
		ck_assert(progress.percent >= -1 && progress.percent <= 100);
		ck_assert(utf8_valid(progress.message, strlen(progress.message)));
		for (const char *c = progress.message; *c; c++)
			ck_assert((unsigned char)*c >= 0x20 && *c != 0x7f);
		free(bytes);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("progress");

	tcase_add_loop_test(tcase, a_line_is_read, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_loop_test(tcase, output_is_scanned, 0, sizeof(outputs) / sizeof(outputs[0]));
	tcase_add_loop_test(tcase, a_long_message_is_cut_at_a_character, 0, 3);
	tcase_add_test(tcase, a_percent_far_into_a_long_segment_is_found);
	tcase_add_test(tcase, nuls_are_only_bytes);
	tcase_add_loop_test(tcase, any_bytes_are_safe, 0, 10);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
