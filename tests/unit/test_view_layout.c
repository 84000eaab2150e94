/* Where everything but the columns stands, on terminals of any size: header, pages. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/header.h"
#include "tui/view/pager.h"

static char server_name[] = "default", server_address[] = "unix:/run/user/1000/krtask/default.sock";

static struct server_status status(void)
{
	struct server_status status = {
		.name = server_name, .address = server_address, .started_ms = 1, .used = 2
	};

	status.tasks[TASK_RUNNING] = 2;
	status.tasks[TASK_FAILED] = 123456;
	return status;
}

static bool says(const struct header *header, const char *text)
{
	for (size_t i = 0; i < header->count; i++) {
		if (strstr(header->pieces[i].text, text))
			return true;
	}
	return false;
}

/* Pieces stand beside each other, and end before the width does. */
static void check_pieces(const struct header *header, int width)
{
	int x = 0;

	for (size_t i = 0; i < header->count; i++) {
		ck_assert_int_ge(header->pieces[i].x, x);
		x = header->pieces[i].x + (int)cells_width(header->pieces[i].text);
		ck_assert_int_le(x, width);
	}
}

START_TEST(the_header_fits)
{
	struct server_status now = status();
	const struct header_modes modes = { .what_if = true,
		                            .tagged = 3,
		                            .hidden = 1,
		                            .shown = SHOWN_FAILED,
		                            .filter = "漢字 a filter",
		                            .sort = "COMMAND",
		                            .reverse = true,
		                            .tree = true,
		                            .waiting = 2 };
	struct header header;

	for (int width = 1; width <= 300; width++) {
		header_line(&header, &now, 3600000, SHOWN_DONE, width);
		check_pieces(&header, width);
		header_modes(&header, &modes, 0, width);
		check_pieces(&header, width);
	}
}
END_TEST

/* The line as it is on the screen. */
static const char *line_of(const struct header *header)
{
	static char line[1024];
	size_t length = 0;

	*line = '\0';
	for (size_t i = 0; i < header->count; i++) {
		int gap = header->pieces[i].x - (int)cells_width(line);

		length += (size_t)snprintf(line + length, sizeof(line) - length, "%*s%s", gap > 0 ? gap : 0,
		                           "", header->pieces[i].text);
		ck_assert_uint_lt(length, sizeof(line));
	}
	return line;
}

static struct server_status busy_status(void)
{
	struct server_status now = { .name = server_name, .started_ms = 1, .used = 14, .slots = 40 };

	now.tasks[TASK_RUNNING] = 19;
	now.tasks[TASK_QUEUED] = now.tasks[TASK_PAUSED] = now.tasks[TASK_STOPPING] = 1;
	now.tasks[TASK_FAILED] = 14;
	now.tasks[TASK_COMPLETED] = 125;
	now.tasks[TASK_STOPPED] = 1;
	now.tasks[TASK_CREATED] = 27;
	return now;
}

START_TEST(the_header_says_what_matters)
{
	struct server_status now = busy_status();
	struct header header;

	header_line(&header, &now, 2 * 3600000 + 1, SHOWN_ALL, 160);
	ck_assert_str_eq(line_of(&header),
	                 "default  14/40 slots  up 2 h   [1]All 189 [2]Active 22 [3]Failed 14 [4]Done 126 "
	                 "[5]Created 27");
	header_line(&header, &now, 2 * 3600000 + 1, SHOWN_ALL, 80);
	ck_assert_str_eq(line_of(&header),
	                 "default 14/40 up 2h  [1]All 189 [2]Act 22 [3]Fail 14 [4]Done 126 [5]New 27");
	header_line(&header, &now, 1, SHOWN_ALL, 20);
	ck_assert(says(&header, "default") && says(&header, "14/40"));
	now.slots = 1;
	now.used = 0;
	header_line(&header, &now, 1, SHOWN_ALL, 160);
	ck_assert(says(&header, "0/1 slots"));
	now.slots = 0;
	now.used = 14;
	now.paused = true;
	header_line(&header, &now, 1, SHOWN_ALL, 160);
	ck_assert(says(&header, "14/∞ slots") && says(&header, MSG_SERVER_IS_PAUSED));
}
END_TEST

START_TEST(the_counts_are_filters)
{
	struct server_status now = busy_status();
	struct header header;
	int before = -1;

	header_line(&header, &now, 1, SHOWN_FAILED, 80);
	for (int x = 0; x < 80; x++) {
		int count = header_count_at(&header, x);

		ck_assert(count == before || count == -1 || before == -1);
		before = count;
	}
	for (size_t i = 0; i < header.count; i++) {
		const struct header_piece *piece = &header.pieces[i];

		ck_assert_int_eq(header_count_at(&header, piece->x), piece->count);
		ck_assert_int_eq(piece->style == STYLE_NOTICE, piece->count == SHOWN_FAILED);
	}
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		int counts = 0;

		for (int shown = SHOWN_ACTIVE; shown < SHOWN_COUNT; shown++)
			counts += header_shows((enum shown)shown, (enum task_state)state);
		ck_assert_int_eq(counts, 1);
		ck_assert(header_shows(SHOWN_ALL, (enum task_state)state));
	}
}
END_TEST

START_TEST(no_mode_is_silent)
{
	struct header_modes modes = { .active_first = true };
	struct header header;

	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "");
	modes = (struct header_modes){
		.what_if = true, .tagged = 2, .hidden = 2, .filter = "state:failed gpu", .active_first = true
	};
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "WHAT-IF  2 tagged, 2 hidden  filter: state:failed gpu");
	header_modes(&header, &modes, 0, 20);
	ck_assert(says(&header, "WHAT-IF"));
	modes.waiting = 3;
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header),
	                 "waiting for the server… 3 s  WHAT-IF  2 tagged, 2 hidden  filter: state:failed …");
	modes = (struct header_modes){ .waiting = 12, .active_first = true };
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "waiting 12 s");
	modes.awaited = "far";
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "waiting for far… 12 s");
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "waiting 12 s");
	modes = (struct header_modes){ .shown = SHOWN_FAILED, .sort = "NAME", .reverse = true };
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "filter: Failed only  by NAME, reversed");
	modes = (struct header_modes){ .tagged = 3, .shown = SHOWN_DONE, .filter = "gpu" };
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "3 tagged  filter: Done only gpu  by creation");
	modes = (struct header_modes){ .filter = "gpu", .tree = true, .sort = "NAME" };
	header_modes(&header, &modes, 0, 80);
	ck_assert_str_eq(line_of(&header), "filter: gpu  tree  by NAME");
	modes = (struct header_modes){ .active_first = true, .says_none = true };
	header_modes(&header, &modes, 5, 80);
	ck_assert_str_eq(line_of(&header), "       filter: -");
}
END_TEST

/* On the narrowest terminal they are said in brief, and the last ones are counted. */
START_TEST(no_mode_is_silent_where_there_is_little_room)
{
	struct header_modes modes = { .what_if = true, .tagged = 1, .filter = "state:failed unit" };
	struct header header;

	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "WHAT-IF 1* f:sta… +1");
	modes.tree = true;
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "WHAT-IF 1* f:sta… +2");
	header_modes(&header, &modes, 0, 40);
	ck_assert_str_eq(line_of(&header), "WHAT-IF 1* f:state:fai… tree by creation");
	header_modes(&header, &modes, 0, 60);
	ck_assert_str_eq(line_of(&header), "WHAT-IF  1 tagged  filter: state:failed …  tree  by creation");
	modes = (struct header_modes){
		.tagged = 12, .hidden = 3, .shown = SHOWN_FAILED, .active_first = true
	};
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "12* 3 hid f:Fail");
	modes = (struct header_modes){ .filter = "gpu", .sort = "NAME", .reverse = true };
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "f:gpu by -NAME");
	modes = (struct header_modes){ .waiting = 3, .awaited = "far", .what_if = true, .tagged = 2 };
	header_modes(&header, &modes, 0, 20);
	ck_assert_str_eq(line_of(&header), "waiting 3 s 2* +2");
	modes = (struct header_modes){ .filter = "gpu" };
	header_modes(&header, &modes, 0, 2); /* nothing has room, not even that */
	ck_assert_str_eq(line_of(&header), "+2");
}
END_TEST

START_TEST(a_wide_header_has_what_changes_keys)
{
	struct server_status now = busy_status();
	const struct header_modes modes = { .what_if = true, .tagged = 2 };
	struct header header;

	header_line(&header, &now, 2 * 3600000 + 1, SHOWN_ALL, 118);
	ck_assert(header_marks(&header, &modes, 118));
	ck_assert_str_eq(line_of(&header),
	                 "default  14/40 slots  up 2 h   [1]All 189 [2]Active 22 [3]Failed 14 [4]Done 126 "
	                 "[5]Created 27        2 tagged  WHAT-IF");
	header_line(&header, &now, 2 * 3600000 + 1, SHOWN_ALL, 100);
	ck_assert(!header_marks(&header, &modes, 100));
}
END_TEST

START_TEST(uptime_is_coarse)
{
	char text[32];

	header_uptime(-5, text, sizeof(text));
	ck_assert_str_eq(text, "0 min");
	header_uptime(59 * 60000 + 59999, text, sizeof(text));
	ck_assert_str_eq(text, "59 min");
	header_uptime(125 * 60000, text, sizeof(text));
	ck_assert_str_eq(text, "2 h 05 min");
	header_uptime(99LL * 3600000, text, sizeof(text));
	ck_assert_str_eq(text, "4 d 3 h");
}
END_TEST

START_TEST(a_page_scrolls_between_its_ends)
{
	struct pager pager = PAGER_INIT;

	for (int i = 0; i < 30; i++)
		pager_add(&pager, STYLE_KEY, "label", STYLE_NORMAL, i ? "text" : "long\ttext\033 with words");
	pager_layout(&pager, 18, 10);
	ck_assert_uint_eq(pager.length, 31);
	ck_assert_str_eq(pager.lines[0].label, "label");
	ck_assert_str_eq(pager.lines[0].text, "long?text?");
	ck_assert_int_eq(pager.lines[0].indent, 7);
	ck_assert_str_eq(pager.lines[1].label, "");
	ck_assert_str_eq(pager.lines[1].text, "with words");
	pager_scroll(&pager, INT64_MAX);
	ck_assert_uint_eq(pager.top, 21);
	pager_layout(&pager, 100, 25); /* fewer but longer lines: it does not go beyond the end */
	ck_assert_uint_eq(pager.top, 5);
	pager_scroll(&pager, INT64_MIN);
	ck_assert_uint_eq(pager.top, 0);
	pager_layout(&pager, 5, 100); /* label above the text */
	ck_assert_uint_gt(pager.length, 60);
	pager_release(&pager);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view layout");
	TCase *tcase = tcase_create("layout");

	tcase_add_checked_fixture(tcase, unit_utf8, NULL);
	tcase_add_test(tcase, the_header_fits);
	tcase_add_test(tcase, the_header_says_what_matters);
	tcase_add_test(tcase, the_counts_are_filters);
	tcase_add_test(tcase, no_mode_is_silent);
	tcase_add_test(tcase, no_mode_is_silent_where_there_is_little_room);
	tcase_add_test(tcase, a_wide_header_has_what_changes_keys);
	tcase_add_test(tcase, uptime_is_coarse);
	tcase_add_test(tcase, a_page_scrolls_between_its_ends);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
