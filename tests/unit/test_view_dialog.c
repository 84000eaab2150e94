/* Where the parts of a question stand, and what answers it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/dialog.h"

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
	dialog_open(&dialog, OPERATION_CANCEL, hit[0].id, NULL, NULL);
	dialog.tasks = hit;
	dialog.count = count;
}

static void open_dialog(const char *id)
{
	dialog_open(&dialog, OPERATION_CANCEL, id, NULL, NULL);
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

	dialog_open(&dialog, OPERATION_CANCEL, "7", MSG_KILL_BRIEF, MSG_KILL_NOTICE);
	dialog_layout(&dialog, 20, 5, &box);
	ck_assert_ptr_nonnull(strstr(dialog_text(&box), unit_says(MSG_DIALOG_BRIEF, MSG_KILL_BRIEF, "7")));
	dialog_release(&dialog);
	for (int operation = 0; operation < OPERATION_COUNT; operation++) {
		size_t length = 0;

		dialog_open(&dialog, (enum confirm_operation)operation, id, NULL, NULL);
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

int main(void)
{
	Suite *suite = suite_create("view dialog");
	TCase *tcase = tcase_create("dialog");

	tcase_add_checked_fixture(tcase, unit_utf8, NULL);
	tcase_add_test(tcase, the_dialog_asks_word_for_word);
	tcase_add_test(tcase, the_dialog_fits_any_screen_with_all_choices);
	tcase_add_test(tcase, the_dialog_lists_what_it_hits);
	tcase_add_test(tcase, the_list_fits_any_screen);
	tcase_add_test(tcase, a_plain_question_takes_yes_and_no);
	tcase_add_test(tcase, what_will_happen_is_never_cut);
	tcase_add_test(tcase, a_note_stands_where_it_has_room);
	tcase_add_test(tcase, a_small_dialog_still_names_the_target);
	tcase_add_test(tcase, choices_are_reached_by_letter_arrow_and_mouse);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
