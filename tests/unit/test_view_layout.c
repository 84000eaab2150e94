/* Where everything but the columns stands, on terminals of any size: header, dialog, pages. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/view/dialog.h"
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
	now.slots = 0;
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

/* Returns the whole dialog as one text, with blanks and line ends as one blank. */
static const char *dialog_text(const struct dialog_box *box)
{
	static char text[8192];

	*text = '\0';
	for (size_t i = 0; i < box->count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
		         box->items[i].text);
	return text;
}

static struct dialog dialog;
static struct dialog_box box;

/* Tasks that an operation is for. */
static struct target hit[40];
static char hit_ids[40][16];

static void open_list(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(hit_ids[i], sizeof(hit_ids[i]), "id-%zu", i + 1);
		hit[i] = (struct target){ .number = i + 1, .id = hit_ids[i], .state = TASK_RUNNING };
	}
	hit[0].name =
		(char *)"rsync of all media to the other house, every night, and back again in the morning";
	dialog_open(&dialog, OPERATION_CANCEL, hit[0].id, NULL);
	dialog.tasks = hit;
	dialog.count = count;
}

static void open_dialog(const char *id)
{
	dialog_open(&dialog, OPERATION_CANCEL, id, NULL);
}

START_TEST(the_dialog_asks_word_for_word)
{
	open_dialog("7");
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_str_eq(dialog_text(&box),
	                 "Confirm Are you sure you want to perform this action? "
	                 "Performing the operation \"Cancel\" on target \"Task 7\". "
	                 "[Y] Yes [A] Yes to All [N] No [L] No to All [S] Suspend [?] Help");
	ck_assert(box.border);
	/* The dialog is centred. */
	ck_assert_int_le(abs(box.x - (80 - box.x - box.width)), 1);
	ck_assert_int_le(abs(box.y - (24 - box.y - box.height)), 1);
	dialog.help = true;
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(
		strstr(dialog_text(&box), "Y - Continue with only the next step of the operation."));
	ck_assert_ptr_nonnull(strstr(dialog_text(&box),
	                             "return to the command prompt. Type \"exit\" to resume the pipeline."));
	dialog_release(&dialog);
}
END_TEST

START_TEST(the_dialog_fits_any_screen_with_all_choices)
{
	open_dialog("an-id-of-64-characters-0123456789-0123456789-0123456789-01234567");
	for (int help = 0; help < 2; help++) {
		dialog.help = help;
		for (int columns = 20; columns <= 500; columns += columns < 100 ? 1 : 50) {
			for (int lines = 5; lines <= 200; lines += lines < 30 ? 1 : 50) {
				int choices = 0, last = -1;

				dialog_layout(&dialog, columns, lines, &box);
				ck_assert(box.x >= 0 && box.x + box.width <= columns);
				ck_assert(box.y >= 0 && box.y + box.height <= lines);
				for (size_t i = 0; i < box.count; i++) {
					const struct dialog_item *item = &box.items[i];

					ck_assert(item->x >= box.x &&
					          item->x + item->width <= box.x + box.width);
					ck_assert(item->y >= box.y && item->y < box.y + box.height);
					choices += item->choice >= 0;
					if (item->choice < 0)
						ck_assert_int_gt(item->y, last);
					last = item->y;
				}
				ck_assert_int_eq(choices, CHOICE_COUNT);
			}
		}
	}
	dialog_release(&dialog);
}
END_TEST

START_TEST(the_dialog_lists_what_it_hits)
{
	open_list(1);
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Running    id-1  rsync of all media"));
	ck_assert_ptr_null(strstr(dialog_text(&box), unit_says(MSG_DIALOG_OTHERS, "0")));
	dialog_release(&dialog);

	open_list(3);
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), unit_says(MSG_DIALOG_OTHERS, "2")));
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Running    id-3"));
	dialog_release(&dialog);

	open_list(40);
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Running    id-2 "));
	ck_assert_ptr_null(strstr(dialog_text(&box), "id-40"));
	for (int pages = 0; pages < 10; pages++)
		dialog_scroll(&dialog, &box, 1);
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "id-40"));
	ck_assert_ptr_nonnull(
		strstr(dialog_text(&box), "Running    id-1 ")); /* the one that it asks about stays */
	dialog_scroll(&dialog, &box, -1);
	for (int pages = 0; pages < 10; pages++)
		dialog_scroll(&dialog, &box, -1);
	ck_assert_uint_eq(dialog.top, 0);
	dialog_layout(&dialog, 20, 5, &box);
	dialog_scroll(&dialog, &box, 1);
	dialog_layout(&dialog, 20, 5, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Running    id-3 "));
	dialog_release(&dialog);
}
END_TEST

START_TEST(the_list_fits_any_screen)
{
	open_list(40);
	dialog.note = strdup("2 tagged, 2 hidden by the filter.");
	for (int columns = 20; columns <= 500; columns += columns < 100 ? 3 : 50) {
		for (int lines = 5; lines <= 200; lines += lines < 30 ? 1 : 50) {
			int choices = 0;

			dialog.help = lines % 2;
			dialog_layout(&dialog, columns, lines, &box);
			ck_assert(box.y >= 0 && box.y + box.height <= lines);
			ck_assert_uint_lt(box.count, DIALOG_ITEMS_MAX);
			ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Yes to All, 39 more"));
			ck_assert_uint_gt(box.others, 0);
			for (size_t i = 0; i < box.count; i++) {
				ck_assert(box.items[i].x + box.items[i].width <= box.x + box.width);
				choices += box.items[i].choice >= 0;
			}
			ck_assert_int_eq(choices, CHOICE_COUNT);
		}
	}
	dialog_release(&dialog);
}
END_TEST

START_TEST(a_plain_question_takes_yes_and_no)
{
	dialog_open_plain(&dialog, "Do it?");
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Do it? [Y] Yes [N] No"));
	ck_assert(dialog_offers(&dialog, CHOICE_NO) && !dialog_offers(&dialog, CHOICE_YES_ALL) &&
	          !dialog_offers(&dialog, CHOICE_UNKNOWN));
	dialog_move(&dialog, 1);
	ck_assert_int_eq(dialog.selected, CHOICE_NO);
	dialog_move(&dialog, 1);
	ck_assert_int_eq(dialog.selected, CHOICE_YES);
	const struct target task = { .id = "7", .state = TASK_QUEUED };
	dialog.tasks = &task;
	dialog.count = 1;
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), "Queued     7"));
	dialog_release(&dialog);
}
END_TEST

START_TEST(what_will_happen_is_never_cut)
{
	const char *id = "an-id-of-64-characters-0123456789-0123456789-0123456789-01234567";

	dialog_open(&dialog, OPERATION_CANCEL, "7", MSG_KILL_NOTICE);
	dialog_layout(&dialog, 20, 5, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), unit_says(MSG_DIALOG_BRIEF, "Kill", "7")));
	dialog_release(&dialog);
	for (int operation = 0; operation < OPERATION_COUNT; operation++) {
		size_t length = 0;

		dialog_open(&dialog, (enum confirm_operation)operation, id, NULL);
		dialog_layout(&dialog, 20, 5, &box);
		for (size_t i = 0; i < box.count; i++)
			length += box.items[i].choice < 0 ? strlen(box.items[i].text) : 0;
		ck_assert_uint_eq(length, strlen(dialog.briefest));
		dialog_release(&dialog);
	}
}
END_TEST

START_TEST(a_note_stands_where_it_has_room)
{
	open_dialog("7");
	dialog.note = strdup("2 tagged, 2 hidden by the filter.");
	dialog_layout(&dialog, 80, 24, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), dialog.note));
	dialog_release(&dialog);
}
END_TEST

START_TEST(a_small_dialog_still_names_the_target)
{
	open_dialog("7");
	dialog_layout(&dialog, 20, 5, &box);
	ck_assert_str_eq(dialog_text(&box), "Performing the operation \"Cancel\" on target \"Task 7\". "
	                                    "[Y] [A] [N] [L] [S] [?]");
	dialog_release(&dialog);
}
END_TEST

START_TEST(choices_are_reached_by_letter_arrow_and_mouse)
{
	open_dialog("7");
	ck_assert_int_eq(dialog_letter('y'), CHOICE_YES);
	ck_assert_int_eq(dialog_letter('L'), CHOICE_NO_ALL);
	ck_assert_int_eq(dialog_letter('?'), CHOICE_HELP);
	ck_assert_int_eq(dialog_letter('x'), CHOICE_UNKNOWN);
	ck_assert_int_eq(dialog_letter(0x110000), CHOICE_UNKNOWN);
	dialog_move(&dialog, -1);
	ck_assert_int_eq(dialog.selected, CHOICE_HELP);
	dialog_move(&dialog, 1);
	dialog_move(&dialog, 1);
	ck_assert_int_eq(dialog.selected, CHOICE_YES_ALL);
	dialog_layout(&dialog, 80, 24, &box);
	for (size_t i = 0; i < box.count; i++) {
		const struct dialog_item *item = &box.items[i];

		if (item->choice < 0)
			continue;
		ck_assert_int_eq(dialog_at(&box, item->x, item->y), item->choice);
		ck_assert_int_eq(dialog_at(&box, item->x + item->width - 1, item->y), item->choice);
		ck_assert_int_eq(dialog_at(&box, item->x, item->y + 1), CHOICE_UNKNOWN);
		ck_assert_int_eq(item->style == STYLE_SELECTED, item->choice == (int)dialog.selected);
	}
	dialog_release(&dialog);
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
	tcase_add_test(tcase, a_wide_header_has_what_changes_keys);
	tcase_add_test(tcase, uptime_is_coarse);
	tcase_add_test(tcase, the_dialog_asks_word_for_word);
	tcase_add_test(tcase, the_dialog_fits_any_screen_with_all_choices);
	tcase_add_test(tcase, the_dialog_lists_what_it_hits);
	tcase_add_test(tcase, the_list_fits_any_screen);
	tcase_add_test(tcase, a_plain_question_takes_yes_and_no);
	tcase_add_test(tcase, what_will_happen_is_never_cut);
	tcase_add_test(tcase, a_note_stands_where_it_has_room);
	tcase_add_test(tcase, a_small_dialog_still_names_the_target);
	tcase_add_test(tcase, choices_are_reached_by_letter_arrow_and_mouse);
	tcase_add_test(tcase, a_page_scrolls_between_its_ends);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
