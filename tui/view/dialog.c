#include "tui/view/dialog.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/wrap.h"

/* All the choices in one line. */
enum { CHOICES_WIDTH = 74, BORDER = 2 };

/* The most and the least lines of a list of several tasks, with its head; columns of a state in it. */
enum { LIST_MAX = 20, LIST_LEAST = 2, STATE_WIDTH = 9 };

void dialog_open(struct dialog *dialog, enum confirm_operation operation, const char *id, const char *brief,
                 const char *extra)
{
	const char *name = brief ? brief : confirm_operation_name(operation);

	*dialog = (struct dialog){
		.brief = alloc_format(MSG_DIALOG_BRIEF, name, id),
		.briefest = alloc_format(MSG_DIALOG_BRIEFEST, name, id),
		.performing = alloc_checked(confirm_performing(operation, id)),
		.extra = extra,
		.selected = CHOICE_YES,
	};
}

void dialog_open_plain(struct dialog *dialog, const char *text)
{
	*dialog = (struct dialog){
		.brief = alloc_string(text),
		.briefest = alloc_string(text),
		.performing = alloc_string(text),
		.selected = CHOICE_YES,
		.plain = true,
	};
}

bool dialog_offers(const struct dialog *dialog, enum confirm_choice choice)
{
	return choice < CHOICE_COUNT && (!dialog->plain || choice == CHOICE_YES || choice == CHOICE_NO);
}

void dialog_release(struct dialog *dialog)
{
	free(dialog->performing);
	free(dialog->brief);
	free(dialog->briefest);
	free(dialog->note);
	*dialog = (struct dialog){ 0 };
}

static struct dialog_item *dialog_add(struct dialog_box *box, int x, int y, enum style style, int choice,
                                      const char *text)
{
	struct dialog_item *item = &box->items[box->count];

	if (box->count == DIALOG_ITEMS_MAX)
		return NULL;
	box->count++;
	*item = (struct dialog_item){ .x = x, .y = y, .style = style, .choice = choice };
	item->width = (int)cells_fit(text, SIZE_MAX, item->text, sizeof(item->text));
	return item;
}

/* Adds the text, beginning at line y, with at most `lines` lines.  Returns the line after it. */
static int dialog_add_text(struct dialog_box *box, int y, int lines, int width, enum style style,
                           const char *text)
{
	char safe[1024], line[DIALOG_TEXT_SIZE];
	const char *rest = safe;

	cells_fit(text, SIZE_MAX, safe, sizeof(safe));
	for (int end = y + lines; rest && y < end; y++) {
		rest = wrap_line(rest, width, line, sizeof(line));
		dialog_add(box, 0, y, style, -1, line);
	}
	return y;
}

/* brief: only the letters, if there is no room for the labels. */
static int dialog_add_choices(const struct dialog *dialog, struct dialog_box *box, int y, int width,
                              bool brief)
{
	int x = 0;

	for (int choice = 0; choice < CHOICE_COUNT; choice++) {
		const struct confirm_choice_info *info = &confirm_choices[choice];
		enum style style = choice == (int)dialog->selected ? STYLE_SELECTED : STYLE_NORMAL;
		char text[64];
		int length;

		if (!dialog_offers(dialog, (enum confirm_choice)choice))
			continue;
		if (brief)
			snprintf(text, sizeof(text), "[%c]", info->letter);
		else
			snprintf(text, sizeof(text), "[%c] %s", info->letter, info->label);
		length = (int)strlen(text);
		if (x > 0 && x + length > width) {
			x = 0;
			y++;
		}
		dialog_add(box, x, y, style, choice, text);
		x += length + (brief ? 0 : 1);
	}
	return y + 1;
}

static int dialog_choices_height(const struct dialog *dialog, int width, bool brief)
{
	struct dialog_box scratch = { 0 };

	return dialog_add_choices(dialog, &scratch, 0, width, brief);
}

static int dialog_text_height(int width, const char *text)
{
	struct dialog_box scratch = { 0 };

	return dialog_add_text(&scratch, 0, DIALOG_ITEMS_MAX, width, STYLE_NORMAL, text);
}

static int dialog_add_help(struct dialog_box *box, int y, int lines, int width)
{
	for (int choice = 0; choice < CHOICE_COUNT; choice++) {
		const struct confirm_choice_info *info = &confirm_choices[choice];
		char text[DIALOG_TEXT_SIZE];

		if (!info->help)
			continue;
		snprintf(text, sizeof(text), "%c - %s", info->letter, info->help);
		y = dialog_add_text(box, y, lines - y, width, STYLE_NORMAL, text);
	}
	return y;
}

/* A line about a task.  The state and the id are never cut, as far as there is any room. */
static void dialog_add_task(struct dialog_box *box, int y, int width, enum style style,
                            const struct target *task)
{
	const char *state = task->state < 0 ? "" : task_state_name((enum task_state)task->state);
	char text[DIALOG_TEXT_SIZE], *line;

	line = alloc_format("%-*s  %s  %s", STATE_WIDTH, state, task->id, task->name ? task->name : "");
	cells_fit(line, (size_t)width, text, sizeof(text));
	dialog_add(box, 0, y, style, -1, text);
	free(line);
}

/* The tasks of the list, without one that stands before it; the plain Yes is for all. */
static size_t dialog_others(const struct dialog *dialog)
{
	return dialog->plain || dialog->count == 0 ? dialog->count : dialog->count - 1;
}

/* The lines that the list of others must have. */
static int dialog_list_least(const struct dialog *dialog)
{
	return dialog_others(dialog) ? LIST_LEAST : 0;
}

/* The head of the list.  On a narrow screen it does not say which of them are shown. */
static void dialog_add_head(const struct dialog *dialog, struct dialog_box *box, int y, int width, size_t top,
                            size_t shown)
{
	size_t others = dialog_others(dialog);
	char *brief = alloc_format(dialog->plain ? MSG_DIALOG_TASKS : MSG_DIALOG_OTHERS, others);
	char *page = alloc_format(dialog->plain ? MSG_DIALOG_TASKS_PAGE : MSG_DIALOG_OTHERS_PAGE, others,
	                          top + 1, top + shown);
	char text[DIALOG_TEXT_SIZE];

	cells_fit(shown && shown < others && strlen(page) <= (size_t)width ? page : brief, (size_t)width,
	          text, sizeof(text));
	dialog_add(box, 0, y, STYLE_DIM, -1, text);
	free(brief);
	free(page);
}

/* What "Yes to All", or the plain Yes, is for. */
static void dialog_add_others(const struct dialog *dialog, struct dialog_box *box, int y, int lines,
                              int width)
{
	size_t others = dialog_others(dialog),
	       shown = (size_t)lines - 1 < others ? (size_t)lines - 1 : others;
	size_t top = dialog->top > others - shown ? others - shown : dialog->top;
	const struct target *tasks = dialog->tasks + (dialog->count - others) + top;

	dialog_add_head(dialog, box, y, width, top, shown);
	for (size_t i = 0; i < shown; i++)
		dialog_add_task(box, y + 1 + (int)i, width, STYLE_NORMAL, &tasks[i]);
	box->others = shown;
}

/*
 * Adds the list of tasks, in no more lines than that.  Returns the line after it.  The task that is asked about is
 * named above, so that the others go before its line.
 */
static int dialog_add_tasks(const struct dialog *dialog, struct dialog_box *box, int y, int lines, int width)
{
	size_t others = dialog_others(dialog);
	int need = others == 0 ? 0 : others < LIST_MAX ? (int)others + 1 : LIST_MAX;

	box->others = 0;
	if (!dialog->count || lines < 1)
		return y;
	if (lines > need + 1) { /* a blank line before the list */
		y++;
		lines--;
	}
	if (!dialog->plain && (!others || lines > LIST_LEAST)) {
		dialog_add_task(box, y++, width, STYLE_STRONG, &dialog->tasks[0]);
		lines--;
	}
	lines = lines < need ? lines : need;
	if (lines < (dialog->plain ? LIST_LEAST : 1))
		return y;
	dialog_add_others(dialog, box, y, lines, width);
	return y + lines;
}

/* Says what will happen in as many words as fit.  It is never cut. */
static const char *dialog_happens(const struct dialog *dialog, int room, int width, bool *extra)
{
	int need = dialog_text_height(width, dialog->performing);

	need += dialog->extra ? dialog_text_height(width, dialog->extra) : 0;
	*extra = dialog->extra && need <= room;
	if (need <= room)
		return dialog->performing;
	return dialog_text_height(width, dialog->brief) <= room ? dialog->brief : dialog->briefest;
}

/*
 * Adds the texts above the choices, in at most `room` lines.  If there is little room, only the most
 * important.
 */
static int dialog_add_texts(const struct dialog *dialog, struct dialog_box *box, int room, int width)
{
	bool extra, note, question, caption;
	int list = dialog_list_least(dialog), y = 0;
	const char *happens = dialog_happens(dialog, room - list, width, &extra);
	int need = list + dialog_text_height(width, happens);

	need += extra ? dialog_text_height(width, dialog->extra) : 0;
	note = dialog->note && need + dialog_text_height(width, dialog->note) <= room;
	need += note ? dialog_text_height(width, dialog->note) : 0;
	need += dialog_text_height(width, CONFIRM_QUESTION) + (dialog->count > 0);
	question = need <= room && !dialog->plain;
	caption = need + 1 <= room;
	if (caption)
		y = dialog_add_text(box, y, 1, width, STYLE_STRONG, CONFIRM_CAPTION);
	if (question)
		y = dialog_add_text(box, y, room - y, width, STYLE_NORMAL, CONFIRM_QUESTION);
	y = dialog_add_text(box, y, room - y, width, STYLE_NORMAL, happens);
	if (extra)
		y = dialog_add_text(box, y, room - y, width, STYLE_STRONG, dialog->extra);
	if (note)
		y = dialog_add_text(box, y, room - y, width, STYLE_NORMAL, dialog->note);
	y = dialog_add_tasks(dialog, box, y, room - y - (caption && dialog->count > 0), width);
	if (dialog->help && y + 1 < room)
		y = dialog_add_help(box, y + 1, room, width);
	return y + 1 < room ? y + 1 : y; /* a blank line before the choices */
}

static void dialog_place(struct dialog_box *box, int columns, int lines, int width, int height)
{
	int frame = box->border ? 1 : 0;

	box->width = width + (box->border ? 2 * BORDER : 0);
	box->height = height + 2 * frame;
	box->x = columns > box->width ? (columns - box->width) / 2 : 0;
	box->y = lines > box->height ? (lines - box->height) / 2 : 0;
	for (size_t i = 0; i < box->count; i++) {
		box->items[i].x += box->x + (box->border ? BORDER : 0);
		box->items[i].y += box->y + frame;
	}
}

void dialog_layout(const struct dialog *dialog, int columns, int lines, struct dialog_box *box)
{
	int width = columns - 2 * BORDER, room = lines - 2, height;
	bool brief;

	box->count = 0;
	box->border = lines >= 10 && columns >= 30;
	if (!box->border) {
		width = columns;
		room = lines;
	}
	if (width > CHOICES_WIDTH)
		width = CHOICES_WIDTH;
	brief = dialog_choices_height(dialog, width, false) + dialog_text_height(width, dialog->performing) +
	                dialog_list_least(dialog) >
	        room;
	height = dialog_add_texts(dialog, box, room - dialog_choices_height(dialog, width, brief), width);
	height = dialog_add_choices(dialog, box, height, width, brief);
	dialog_place(box, columns, lines, width, height);
}

void dialog_scroll(struct dialog *dialog, const struct dialog_box *box, int pages)
{
	size_t others = dialog_others(dialog), page = box->others;
	size_t last = others > page ? others - page : 0;

	if (pages < 0)
		dialog->top = dialog->top > page ? dialog->top - page : 0;
	else
		dialog->top = dialog->top + page < last ? dialog->top + page : last;
}

void dialog_move(struct dialog *dialog, int by)
{
	int choice = (int)dialog->selected;

	do {
		choice = (choice + by + CHOICE_COUNT) % CHOICE_COUNT;
	} while (!dialog_offers(dialog, (enum confirm_choice)choice));
	dialog->selected = (enum confirm_choice)choice;
}

enum confirm_choice dialog_letter(int letter)
{
	for (int choice = 0; choice < CHOICE_COUNT; choice++) {
		if (letter < 128 && toupper(letter) == confirm_choices[choice].letter)
			return (enum confirm_choice)choice;
	}
	return CHOICE_UNKNOWN;
}

enum confirm_choice dialog_at(const struct dialog_box *box, int x, int y)
{
	for (size_t i = 0; i < box->count; i++) {
		const struct dialog_item *item = &box->items[i];

		if (item->choice >= 0 && y == item->y && x >= item->x && x < item->x + item->width)
			return (enum confirm_choice)item->choice;
	}
	return CHOICE_UNKNOWN;
}
