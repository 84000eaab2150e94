/* The log view: lines, carriage returns and colours.  No control bytes reach the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/tail.h"

static struct tail tail;

static void setup(void)
{
	unit_utf8();
	tail_init(&tail);
}

static void teardown(void)
{
	tail_release(&tail);
}

static void feed(const char *text)
{
	tail_feed(&tail, text, strlen(text));
}

/* Returns the drawn text, with a mark at each change of colours. */
struct drawn {
	char text[TAIL_LINE_MAX * 4];
	struct sgr sgr;
	int columns;
};

static void put(void *ctx, const struct sgr *sgr, const char *text, int columns)
{
	struct drawn *drawn = ctx;
	size_t used = strlen(drawn->text);

	if (!sgr_equal(sgr, &drawn->sgr))
		used += (size_t)snprintf(drawn->text + used, sizeof(drawn->text) - used, "{%u,%d,%d}",
		                         sgr->attributes, sgr->foreground, sgr->background);
	snprintf(drawn->text + used, sizeof(drawn->text) - used, "%s", text);
	drawn->sgr = *sgr;
	drawn->columns += columns;
}

static const char *line_part(int64_t number, int first, int width)
{
	static struct drawn drawn;

	drawn = (struct drawn){ .sgr = SGR_INIT };
	tail_draw(&tail, number, first, width, put, &drawn);
	ck_assert_int_le(drawn.columns, width);
	return drawn.text;
}

static const char *line(int64_t number)
{
	return line_part(number, 0, 10000);
}

/* The output of a task, and how its first line is shown. */
static const struct {
	const char *printed, *shown;
} lines[] = {
	{ "plain\n", "plain" },
	{ "not ended", "not ended" },
	{ "dos\r\nnext", "dos" },
	{ "10%\r20%\r30%", "30%" },
	{ "10%\r20%\r30%\r", "30%" },
	{ "10%\r\r\n", "10%" },
	{ "a\tb", "a       b" },
	{ "1234567\tb", "1234567 b" },
	{ "12345678\tb", "12345678        b" },
	{ "bell\a", "bell^G" },
	{ "del\x7f", "del^?" },
	{ "\033[2Jclear", "^[[2Jclear" },
	{ "\033]0;title\a", "^[]0;title^G" },
	{ "\033", "^[" },
	{ "\033[", "^[[" },
	{ "\033[31", "^[[31" },
	{ "\xc2\x9b"
	  "31m",
	  "\xef\xbf\xbd"
	  "31m" }, /* CSI as one C1 control */
	{ "\x9b"
	  "31m",
	  "\xef\xbf\xbd"
	  "31m" },
	{ "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe6\x97", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe6\x97\xa5", "\xe6\x97\xa5" },
	{ "\033[31mred\033[0m", "{0,1,-1}red" },
	{ "\033[1;4;32mbold\033[mnot", "{9,2,-1}bold{0,-1,-1}not" },
	{ "\033[38;5;208mx\033[48;5;17my", "{0,208,-1}x{0,208,17}y" },
	{ "\033[38;2;255;0;0mx", "{0,196,-1}x" },
	{ "\033[38:5:99mx", "{0,99,-1}x" },
	{ "\033[38:2:255:0:0mx", "{0,196,-1}x" },
	{ "\033[1;38:2::255:0:0;48:2:0:0:0:255mx", "{1,196,21}x" },
	{ "\033[4:3mx\033[4:0my", "{8,-1,-1}x{0,-1,-1}y" },
	{ "\033[31;58;5;9mx\033[58;2;1;4;7;32my", "{0,1,-1}x{0,2,-1}y" }, /* the colour of underlines */
	{ "\033[31;58:2::1:4:7mx\033[59my", "{0,1,-1}xy" },
	{ "\033[31;1:0mx\033[38:5mx\033[38:2:1:2mx", "{0,1,-1}xxx" },
	{ "\033[91;107mx\033[39;49my", "{0,9,15}x{0,-1,-1}y" },
	{ "\033[38mx", "x" },
	{ "\033[38;5mx", "x" },
	{ "\033[99999999999999999999mx", "x" },
	{ "\033[31mred\rblue", "{0,1,-1}blue" }, /* a colour stays active */
};

START_TEST(first_line)
{
	feed(lines[_i].printed);
	ck_assert_str_eq(line(0), lines[_i].shown);
}
END_TEST

/* The same byte by byte: the size of the pieces does not matter to sequences. */
START_TEST(first_line_in_bytes)
{
	for (const char *byte = lines[_i].printed; *byte; byte++)
		tail_feed(&tail, byte, 1);
	ck_assert_str_eq(line(0), lines[_i].shown);
}
END_TEST

START_TEST(nul_is_shown)
{
	tail_feed(&tail, "a\0b\n", 4);
	ck_assert_str_eq(line(0), "a^@b");
}
END_TEST

START_TEST(colours_go_on_in_the_next_line)
{
	feed("\033[31mone\ntwo\033[0m\nthree\n");
	ck_assert_str_eq(line(1), "{0,1,-1}two");
	ck_assert_str_eq(line(2), "three");
}
END_TEST

START_TEST(any_bytes_are_safe)
{
	unsigned random = 1;
	char bytes[4096];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		random = random * 1103515245U + 12345U;
		bytes[i] = (char)(random >> 16);
	}
	tail_feed(&tail, bytes, sizeof(bytes));
	for (int64_t number = 0; number < tail_end(&tail); number++) {
		for (const char *c = line(number); *c; c++)
			ck_assert((unsigned char)*c >= ' ' && *c != 0x7f);
	}
}
END_TEST

START_TEST(lines_are_cut_at_both_sides)
{
	feed("0123456789");
	ck_assert_str_eq(line_part(0, 3, 4), "3456");
	ck_assert_str_eq(line_part(0, 9, 4), "9");
	ck_assert_str_eq(line_part(0, 90, 4), "");
	feed("\n\xe6\x97\xa5\xe6\x9c\xac");
	ck_assert_str_eq(line_part(1, 0, 3), "\xe6\x97\xa5");  /* only half of a wide character would fit */
	ck_assert_str_eq(line_part(1, 1, 3), " \xe6\x9c\xac"); /* what follows half of one keeps its column */
}
END_TEST

START_TEST(the_oldest_lines_go)
{
	for (int i = 0; i < TAIL_LINES_MAX + 5; i++) {
		char text[32];

		snprintf(text, sizeof(text), "line %d\n", i);
		feed(text);
	}
	ck_assert_int_eq(tail.first, 5);
	ck_assert_str_eq(line(4), "");
	ck_assert_str_eq(line(5), "line 5");
	ck_assert_str_eq(line(TAIL_LINES_MAX + 4), "line 10004");
}
END_TEST

START_TEST(memory_is_bounded)
{
	static char block[1 << 16];

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 1024; i++)
		tail_feed(&tail, block, sizeof(block));
	ck_assert_uint_le(tail.kept, TAIL_BYTES_MAX);
	ck_assert_int_gt(tail_end(&tail), tail.first);
	memset(block, '\n', sizeof(block));
	tail_feed(&tail, block, sizeof(block));
	ck_assert_int_le(tail.end - tail.first, TAIL_LINES_MAX);
}
END_TEST

static void feed_lines(int count)
{
	while (count-- > 0)
		feed("x\n");
}

START_TEST(following_shows_the_end)
{
	tail_resize(&tail, 10);
	feed_lines(5);
	ck_assert_int_eq(tail.top, 0);
	feed_lines(20);
	ck_assert_int_eq(tail.top, 15);
	feed("begun");
	ck_assert_int_eq(tail.top, 16);
}
END_TEST

START_TEST(scrolling_up_stays_and_back_at_the_end_follows)
{
	tail_resize(&tail, 10);
	feed_lines(100);
	tail_scroll(&tail, -10);
	ck_assert_int_eq(tail.top, 80);
	feed_lines(5);
	ck_assert_int_eq(tail.top, 80);
	tail_scroll(&tail, 1);
	ck_assert(!tail.follow);
	tail_scroll(&tail, INT64_MAX);
	ck_assert(tail.follow);
	feed_lines(1);
	ck_assert_int_eq(tail.top, 96);
	tail_scroll(&tail, INT64_MIN);
	ck_assert_int_eq(tail.top, 0);
	tail_follow(&tail, true);
	ck_assert_int_eq(tail.top, 96);
}
END_TEST

START_TEST(what_is_looked_at_may_go)
{
	tail_resize(&tail, 10);
	feed_lines(100);
	tail_scroll(&tail, INT64_MIN);
	feed_lines(TAIL_LINES_MAX);
	ck_assert_int_eq(tail.top, tail.first);
}
END_TEST

START_TEST(resizing_keeps_the_end_in_place)
{
	tail_resize(&tail, 10);
	feed_lines(100);
	tail_resize(&tail, 50);
	ck_assert_int_eq(tail.top, 50);
	tail_scroll(&tail, -50);
	tail_resize(&tail, 200);
	ck_assert_int_eq(tail.top, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view tail");
	TCase *tcase = tcase_create("tail");
	int count = sizeof(lines) / sizeof(*lines);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, first_line, 0, count);
	tcase_add_loop_test(tcase, first_line_in_bytes, 0, count);
	tcase_add_test(tcase, nul_is_shown);
	tcase_add_test(tcase, colours_go_on_in_the_next_line);
	tcase_add_test(tcase, any_bytes_are_safe);
	tcase_add_test(tcase, lines_are_cut_at_both_sides);
	tcase_add_test(tcase, the_oldest_lines_go);
	tcase_add_test(tcase, memory_is_bounded);
	tcase_add_test(tcase, following_shows_the_end);
	tcase_add_test(tcase, scrolling_up_stays_and_back_at_the_end_follows);
	tcase_add_test(tcase, what_is_looked_at_may_go);
	tcase_add_test(tcase, resizing_keeps_the_end_in_place);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
