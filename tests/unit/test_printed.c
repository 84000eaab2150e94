/* What a line of output looks like on a terminal.  No control bytes are left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/printed.h"

static struct printed printed;

static const char *shown(const char *bytes, size_t length)
{
	struct sgr sgr = SGR_INIT;
	size_t used;

	printed_line(&printed, &sgr, bytes, length);
	return printed_text(&printed, &used);
}

static const struct {
	const char *bytes, *shown;
} lines[] = {
	{ "plain", "plain" },
	{ "10%\r20%\r30%", "30%" },
	{ "longer\rshort", "shortr" }, /* as on a terminal: nothing clears the rest */
	{ "longer\r\033[Kshort", "short" },
	{ "longer\rshort\033[K", "short" },
	{ "longer\rshort\033[0K", "short" },
	{ "abcdef\033[3D\033[1K", "    ef" },
	{ "abc\033[2Kd", "   d" },
	{ "abc\033[7K", "abc^[[7K" },
	{ "dos\r", "dos" },
	{ "ab\bc", "ac" },
	{ "\b\bx", "x" },
	{ "a\tb", "a       b" },
	{ "1234567890\r\tb", "12345678b0" },
	{ "ab\033[2Cc", "ab  c" },
	{ "abc\033[2Dx", "axc" },
	{ "abc\033[99Dx", "xbc" },
	{ "abc\033[2Gx", "axc" },
	{ "abc\033[2`x", "axc" },
	{ "abcdef\r\033[2Px", "xdef" },
	{ "abcdef\r\033[2Xx", "x cdef" },
	{ "ab\0337cd\0338x", "abxd" },
	{ "ab\033[scd\033[ux", "abxd" },
	{ "\033]9;4;1;50\033\\x", "x" },
	{ "\033]9;4;0\ax", "x" },
	{ "\033]9;hello\ax", "^[]9;hello^Gx" },
	{ "\033]8;;http://x\033\\link\033]8;;\033\\", "link" },
	{ "\033]0;title\a", "^[]0;title^G" },
	{ "\033[?25lx\033[?25h", "x" },
	{ "\033[?1049hx", "^[[?1049hx" },
	{ "\033[2Jx", "^[[2Jx" },
	/* lines of progress, several of which are written again and again: docker pull and compose, ink, tqdm */
	{ "\033[1A\033[2Knew", "new" },
	{ "\033[2A\033[2K\rlayer: Extracting 1MB/3MB\033[2B", "layer: Extracting 1MB/3MB" },
	{ "\033[3A\033[0G Container db  Started\033[K", " Container db  Started" },
	{ "\033[2K\033[1A\033[2K\033[1A\033[2K\033[Gdone", "done" },
	{ "\rfirst: 10%\033[A\033[A\rother: 20%", "other: 20%" },
	{ "gone\033[1F\033[Kx", "x" },
	{ "gone\033[1E\033[Kx", "x" },
	{ "ab\0337\033[1Fcd\0338x", "abx" },
	{ "\033[31", "^[[31" },
	{ "\033", "^[" },
	{ "\033(B\033[mx", "x" },
	/* apt: a line at the bottom of the screen */
	{ "Unpacking\0337\033[24;0f\033[42mProgress: [ 33%]\033[49m [###..] \0338 foo", "Unpacking foo" },
	{ "\0337\033[0;23r\0338\033[1Afoo", "foo" },
	{ "bell\a", "bell^G" },
	{ "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe6\x97\xa5\xe6\x9c\xac\r\033[Cx",
	  " x\xe6\x9c\xac" }, /* half of a wide character is no character */
	{ "\xe6\x97\xa5\033[D\033[K", " " },
	{ "e\xcc\x81x", "e\xcc\x81x" },
	{ "\xcc\x81x", "x" },
	{ "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9x", "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9x" },
	{ "\xe2\x9d\xa4\xef\xb8\x8fx", "\xe2\x9d\xa4x" },
	{ "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbdx", "\xf0\x9f\x91\x8dx" },
};

START_TEST(a_line)
{
	ck_assert_str_eq(shown(lines[_i].bytes, strlen(lines[_i].bytes)), lines[_i].shown);
}
END_TEST

START_TEST(colours_go_with_the_cells)
{
	const char *bytes = "\033[31mred\r\033[32mg\033[0m";
	struct sgr sgr = SGR_INIT;

	printed_line(&printed, &sgr, bytes, strlen(bytes));
	ck_assert_int_eq(printed.cells[0].sgr.foreground, 2);
	ck_assert_int_eq(printed.cells[1].sgr.foreground, 1);
	ck_assert_int_eq(sgr.foreground, SGR_DEFAULT);
}
END_TEST

/* Every cell is as wide as it says, so that no row is ever longer than its cells. */
START_TEST(any_bytes_are_safe)
{
	static const char pieces[] =
		"\033[]0123456789;?KGCDPXsu78\r\b\t\a(B9;4AHfmhl\xe6\x97\xa5\xcc\x81\xf0\x9f\x91\xa8";
	unsigned random = 7;
	char bytes[2048];

	for (int round = 0; round < 500; round++) {
		size_t count = 0, length;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			random = random * 1103515245U + 12345U;
			bytes[i] = pieces[(random >> 16) % (sizeof(pieces) - 1)];
		}
		for (const char *c = shown(bytes, sizeof(bytes)); *c; c++)
			ck_assert((unsigned char)*c >= ' ' && *c != 0x7f);
		for (size_t i = 0; i < printed.count; i += printed.cells[i].columns) {
			ck_assert_uint_ge(printed.cells[i].columns, 1);
			count += printed.cells[i].columns;
		}
		ck_assert_uint_eq(count, printed.count);
		(void)printed_text(&printed, &length);
		ck_assert_uint_le(printed.count, PRINTED_COLUMNS_MAX);
	}
}
END_TEST

START_TEST(rows_are_broken_between_characters)
{
	shown("ab\xe6\x97\xa5"
	      "cd",
	      7);
	ck_assert_uint_eq(printed_break(&printed, 0, 3), 2);
	ck_assert_uint_eq(printed_break(&printed, 2, 3), 5);
	ck_assert_uint_eq(printed_break(&printed, 5, 3), 6);
	ck_assert_uint_eq(printed_break(&printed, 2, 1), 3);
}
END_TEST

/*
 * What real programs sent to a terminal of 80 columns, recorded by script(1), and lines that were to be seen there in
 * the end.  They are in tests/unit/recorded: wget --progress=bar:force, curl and curl -#, which each fetched 3,000,000
 * bytes; rsync --info=progress2; apt-get -o Dpkg::Progress-Fancy=1 install --reinstall; pip download; cargo build; a
 * loop of tqdm; ffmpeg -f lavfi -i testsrc.
 */
static const struct {
	const char *program, *shown;
} recorded[] = {
	{ "wget", "/dev/null           100%[===================>]   2.86M  1.55MB/s    in 1.8s" },
	{ "curl", "100 2929k  100 2929k    0     0   156M      0 --:--:-- --:--:-- --:--:--  150M" },
	{ "curl-bar", "######################################################################### 100.0%" },
	{ "rsync", "      5,000,000 100%    3.92MB/s    0:00:01 (xfr#2, to-chk=0/3)" },
	{ "apt", "(Reading database ... 133851 files and directories currently installed.)" },
	{ "apt", "Unpacking libpopt0:amd64 (1.19+dfsg-1) over (1.19+dfsg-1) ..." },
	{ "apt", "Setting up libpopt0:amd64 (1.19+dfsg-1) ..." },
	{ "pip", "     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 6.0/6.0 MB 113.5 MB/s eta 0:00:00" },
	{ "cargo", "   Compiling ws v0.1.0 (/home/user/ws)" },
	{ "cargo", "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 2.50s" },
	{ "tqdm", "files: 100%|███████████████████████████████| 200/200 [00:00<00:00, 226.93file/s]" },
	{ "ffmpeg",
	  "frame=  150 fps= 58 q=-1.0 Lsize=      36kB time=00:00:05.88 bitrate=  49.5kbits/s speed=2.26x" },
};

static bool is_line(const char *bytes, size_t length, const char *wanted)
{
	const char *text = shown(bytes, length);
	size_t used = strlen(text);

	while (used > 0 && text[used - 1] == ' ')
		used--;
	return used == strlen(wanted) && memcmp(text, wanted, used) == 0;
}

START_TEST(real_progress_reads_as_on_a_terminal)
{
	const char *top = getenv("top_srcdir");
	char path[4096], bytes[8192];
	bool seen = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/unit/recorded/%s", top ? top : ".", recorded[_i].program);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(bytes, sizeof(bytes), file))
		seen = seen || is_line(bytes, strcspn(bytes, "\n"), recorded[_i].shown);
	fclose(file);
	ck_assert(seen);
}
END_TEST

/* What moves the cursor of a terminal does not show. */
START_TEST(nothing_else_is_seen_of_real_programs)
{
	const char *top = getenv("top_srcdir");
	char path[4096], bytes[8192];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/unit/recorded/%s", top ? top : ".", recorded[_i].program);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(bytes, sizeof(bytes), file))
		ck_assert_ptr_null(strstr(shown(bytes, strcspn(bytes, "\n")), "^["));
	fclose(file);
}
END_TEST

static void setup(void)
{
	unit_utf8();
}

static void teardown(void)
{
	printed_release(&printed);
}

int main(void)
{
	Suite *suite = suite_create("printed");
	TCase *tcase = tcase_create("printed");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_line, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_loop_test(tcase, real_progress_reads_as_on_a_terminal, 0,
	                    sizeof(recorded) / sizeof(*recorded));
	tcase_add_loop_test(tcase, nothing_else_is_seen_of_real_programs, 0,
	                    sizeof(recorded) / sizeof(*recorded));
	tcase_add_test(tcase, colours_go_with_the_cells);
	tcase_add_test(tcase, any_bytes_are_safe);
	tcase_add_test(tcase, rows_are_broken_between_characters);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
