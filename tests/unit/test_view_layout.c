/* Where everything stands, on terminals of any size: columns, header, dialog, pages. */
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/view/columns.h"
#include "tui/view/dialog.h"
#include "tui/view/header.h"
#include "tui/view/pager.h"

static void use_c_locale(void)
{
	setlocale(LC_ALL, "C");
}

/* What the server says about a task; 0 and NULL: nothing. */
struct facts {
	enum task_state state;
	const char *text; /* both the name and the command */
	const char *message, *group;
	int percent, exit_code, signal;
	double duration;
	int64_t started_ms;
};

static struct facts facts(void)
{
	return (struct facts){
		.state = TASK_RUNNING, .text = "make", .message = "linking", .percent = 50, .started_ms = 1000
	};
}

static json_t *number_or_null(int number)
{
	return number ? json_integer(number) : json_null();
}

/* Makes a row of the default fields, for row_free(). */
static struct window_row row_of(const struct facts *facts)
{
	json_t *array =
		json_pack("[s, s, s, n, i, b, s?, n, f, I, o, o, s?, s]", "7", facts->text,
	                  task_state_name(facts->state), facts->percent, facts->percent > 0, facts->message,
	                  facts->duration, (json_int_t)facts->started_ms, number_or_null(facts->exit_code),
	                  number_or_null(facts->signal), facts->group, facts->text);
	struct window_row row = { .number = 7, .state = facts->state };

	ck_assert_ptr_nonnull(array);
	row.values = values_copy(array, 0);
	json_decref(array);
	return row;
}

static void row_free(struct window_row *row)
{
	free(row->values);
}

static struct field_list fields;

static void use_default_fields(void)
{
	fields_default(&fields);
}

static void use_all_fields(void)
{
	fields.count = 0;
	for (const struct field *field = field_table; field->name; field++)
		ck_assert_int_eq(fields_add(&fields, field->name), 0);
}

static struct column_widths widths(void)
{
	struct column_widths widths = { 0 };
	struct facts usual = facts();
	struct window_row one = row_of(&usual);
	struct window window = { .rows = &one, .length = 1 };

	fields_default(&window.fields);
	columns_measure(&widths, &window);
	row_free(&one);
	return widths;
}

static bool has(const struct column_place *places, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].field == field_find(name))
			return true;
	}
	return false;
}

static void check_layout(const struct column_widths *seen, int width)
{
	struct column_place places[FIELD_MAX];
	size_t count = columns_layout(&fields, seen, width, places);
	int x = 0;

	for (size_t i = 0; i < count; i++) {
		ck_assert_int_gt(places[i].x, x - 1);
		ck_assert_int_ge(places[i].width, places[i].field->min);
		x = places[i].x + places[i].width;
		ck_assert_int_le(x, width);
	}
	if (width >= 20)
		ck_assert(has(places, count, "id") && has(places, count, "state"));
}

START_TEST(columns_never_overlap_and_never_leave_the_screen)
{
	struct column_widths seen = widths(), unseen = { 0 };
	struct column_place places[FIELD_MAX];

	use_default_fields();
	for (int width = 1; width <= 500; width++)
		check_layout(&seen, width);
	ck_assert_uint_eq(columns_layout(&fields, &seen, 80, places), fields.count);
	use_all_fields();
	for (int width = 1; width <= 500; width++)
		check_layout(&unseen, width);
	fields.count = 0;
	ck_assert_uint_eq(columns_layout(&fields, &unseen, 80, places), 0);
}
END_TEST

static void check_dropping(const struct column_widths *seen)
{
	struct column_place places[FIELD_MAX];
	size_t before = 0;

	for (int width = 1; width <= 300; width++) {
		size_t count = columns_layout(&fields, seen, width, places);
		int lowest = -1, dropped = INT_MAX;

		ck_assert_uint_ge(count, before);
		before = count;
		for (size_t i = 0; i < fields.count; i++) {
			int priority = fields.items[i]->priority;

			if (has(places, count, fields.items[i]->name))
				lowest = priority > lowest ? priority : lowest;
			else
				dropped = priority < dropped ? priority : dropped;
		}
		ck_assert_int_lt(lowest, dropped);
	}
}

START_TEST(columns_are_dropped_by_priority)
{
	struct column_widths seen = widths(), unseen = { 0 };

	use_default_fields();
	check_dropping(&seen);
	/* In another order too. */
	for (size_t i = 0; i < fields.count / 2; i++) {
		const struct field *field = fields.items[i];

		fields.items[i] = fields.items[fields.count - 1 - i];
		fields.items[fields.count - 1 - i] = field;
	}
	check_dropping(&unseen);
}
END_TEST

START_TEST(cells_fit_their_places)
{
	static char nasty[4096];
	struct facts wild = facts();
	struct window_row row;
	char text[COLUMN_CELL_SIZE];
	size_t first = 0;

	memset(nasty, '\033', sizeof(nasty) - 1);
	memcpy(nasty + 10, "\xe6\x97\xa5\xc2\x85\n", 6);
	wild.text = wild.message = wild.group = nasty;
	row = row_of(&wild);
	use_default_fields();
	for (size_t i = 0; i < fields.count; i++) {
		for (int width = fields.items[i]->min; width < 120; width++) {
			struct column_place place = { .field = fields.items[i],
				                      .first = first,
				                      .width = width };

			columns_cell(&place, &row, 1000, text, sizeof(text));
			ck_assert_uint_le(cells_width(text), width);
			ck_assert_ptr_null(strchr(text, '\033'));
			ck_assert_ptr_null(strchr(text, '\n'));
		}
		first += field_width(fields.items[i]);
	}
	row_free(&row);
}
END_TEST

static size_t tinted;

/* Returns the cell as it is 61 s after the row arrived. */
static const char *cell(const char *name, const struct facts *of, int width)
{
	static char text[COLUMN_CELL_SIZE];
	struct window_row row = row_of(of);
	struct column_place place = { .field = field_find(name), .width = width };

	use_default_fields();
	for (size_t i = 0; fields.items[i] != place.field; i++)
		place.first += field_width(fields.items[i]);
	row.received = 1000;
	tinted = columns_cell(&place, &row, 62000, text, sizeof(text));
	row_free(&row);
	return text;
}

START_TEST(cells_say_what_is)
{
	struct facts one = facts();

	ck_assert_str_eq(cell("state", &one, 9), "Running");
	ck_assert_uint_eq(tinted, 7);
	ck_assert_str_eq(cell("elapsed", &one, 8), "    1:01");
	ck_assert_uint_eq(tinted, 0);
	ck_assert_str_eq(cell("exit", &one, 4), "   -");
	ck_assert_str_eq(cell("group", &one, 5), "-");
	ck_assert_str_eq(cell("progress", &one, 30), "[█████     ]  50% linking");
	ck_assert_uint_eq(tinted, strlen("[█████     ]"));
	ck_assert_str_eq(cell("progress", &one, 14), "[███    ]  50%");
	one.duration = 3;
	one.started_ms = 99000; /* the server's clock differs from ours */
	ck_assert_str_eq(cell("elapsed", &one, 8), "    1:04");
	one.started_ms = 0;
	ck_assert_str_eq(cell("elapsed", &one, 8), "       -");
	one.percent = 0;
	ck_assert_str_eq(cell("progress", &one, 14), "linking");
	one.message = NULL;
	ck_assert_str_eq(cell("progress", &one, 14), "-");
	one.exit_code = 3;
	ck_assert_str_eq(cell("exit", &one, 4), "   3");
	one.signal = 15;
	ck_assert_str_eq(cell("exit", &one, 4), "TERM");
	use_c_locale();
	one.percent = 50;
	ck_assert_str_eq(cell("progress", &one, 14), "[###    ]  50%");
}
END_TEST

START_TEST(what_has_ended_stands_still)
{
	struct facts one = facts();

	one.state = TASK_COMPLETED;
	one.duration = 12.345;
	ck_assert_str_eq(cell("elapsed", &one, 8), "   12.3s");
}
END_TEST

START_TEST(only_what_runs_ticks)
{
	struct window_row one = { .number = 7 };

	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		one.state = (enum task_state)state;
		ck_assert(columns_tick(&one) ==
		          (state == TASK_RUNNING || state == TASK_PAUSED || state == TASK_STOPPING));
	}
}
END_TEST

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

START_TEST(the_header_fits)
{
	struct server_status now = status();
	const struct header_modes modes = { true, 3, 1, "漢字 a filter", "COMMAND", true, false };
	struct header header;

	for (int width = 1; width <= 300; width++) {
		for (int counts = 0; counts < 2; counts++) {
			int x = 0;

			if (counts)
				header_counts(&header, &now, width);
			else
				header_server(&header, &now, 3600000, &modes, width);
			for (size_t i = 0; i < header.count; i++) {
				ck_assert_int_ge(header.pieces[i].x, x);
				x = header.pieces[i].x + (int)cells_width(header.pieces[i].text);
				ck_assert_int_le(x, width);
			}
		}
	}
}
END_TEST

START_TEST(the_header_says_what_matters)
{
	struct server_status now = status();
	struct header_modes modes = { 0 };
	struct header header;

	header_server(&header, &now, 3 * 3600000, &modes, 80);
	ck_assert(says(&header, "default") && says(&header, "2/∞ slots") && says(&header, "up 2 h 59 min"));
	ck_assert(!says(&header, "WHAT-IF") && !says(&header, "tagged"));
	now.slots = 4;
	modes = (struct header_modes){ .what_if = true, .tagged = 3 };
	header_server(&header, &now, 1, &modes, 80);
	ck_assert(says(&header, "2/4 slots") && says(&header, "WHAT-IF") && says(&header, "3 tagged"));
	header_server(&header, &now, 1, &modes, 20);
	ck_assert(says(&header, "WHAT-IF"));
	modes = (struct header_modes){ .filter = "make", .sort = "NAME", .reverse = true };
	header_server(&header, &now, 1, &modes, 80);
	ck_assert(says(&header, "filter: make") && says(&header, "by NAME, reversed"));
	modes = (struct header_modes){ .reverse = true };
	header_server(&header, &now, 1, &modes, 80);
	ck_assert(says(&header, "by creation, reversed") && !says(&header, "filter"));
	modes = (struct header_modes){ .active_first = true };
	header_server(&header, &now, 1, &modes, 80);
	ck_assert(!says(&header, "by "));
	header_counts(&header, &now, 80);
	ck_assert(says(&header, "Running 2") && says(&header, "Failed 123456") && says(&header, "Created 0"));
	now.tasks[TASK_PAUSED] = now.tasks[TASK_STOPPED] = 1;
	header_counts(&header, &now, 80);
	ck_assert(says(&header, "Paused 1") && says(&header, "Stopped 1") && !says(&header, "Completed"));
	now.tasks[TASK_PAUSED] = now.tasks[TASK_STOPPED] = 0;
	header_counts(&header, &now, 30);
	ck_assert(says(&header, "Running 2") && says(&header, "Failed 123456") && !says(&header, "Created"));
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
	tcase_add_test(tcase, columns_never_overlap_and_never_leave_the_screen);
	tcase_add_test(tcase, columns_are_dropped_by_priority);
	tcase_add_test(tcase, cells_fit_their_places);
	tcase_add_test(tcase, cells_say_what_is);
	tcase_add_test(tcase, what_has_ended_stands_still);
	tcase_add_test(tcase, only_what_runs_ticks);
	tcase_add_test(tcase, the_header_fits);
	tcase_add_test(tcase, the_header_says_what_matters);
	tcase_add_test(tcase, uptime_is_coarse);
	tcase_add_test(tcase, the_dialog_asks_word_for_word);
	tcase_add_test(tcase, the_dialog_fits_any_screen_with_all_choices);
	tcase_add_test(tcase, what_will_happen_is_never_cut);
	tcase_add_test(tcase, a_note_stands_where_it_has_room);
	tcase_add_test(tcase, a_small_dialog_still_names_the_target);
	tcase_add_test(tcase, choices_are_reached_by_letter_arrow_and_mouse);
	tcase_add_test(tcase, a_page_scrolls_between_its_ends);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
