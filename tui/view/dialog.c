#include "tui/view/dialog.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/wrap.h"

/* All the choices in one line. */
enum { CHOICES_WIDTH = 74, BORDER = 2 };

void dialog_open(struct dialog *dialog, enum confirm_operation operation, const char *id, const char *extra)
{
	const char *name = extra ? "Kill" : confirm_operation_name(operation);

	*dialog = (struct dialog){
		.brief = alloc_format(MSG_DIALOG_BRIEF, name, id),
		.briefest = alloc_format(MSG_DIALOG_BRIEFEST, name, id),
		.performing = alloc_checked(confirm_performing(operation, id)),
		.extra = extra,
		.selected = CHOICE_YES,
	};
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
static int dialog_add_choices(struct dialog_box *box, int y, int width, bool brief,
                              enum confirm_choice selected)
{
	int x = 0;

	for (int choice = 0; choice < CHOICE_COUNT; choice++) {
		const struct confirm_choice_info *info = &confirm_choices[choice];
		enum style style = choice == (int)selected ? STYLE_SELECTED : STYLE_NORMAL;
		char text[64];
		int length;

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

static int dialog_choices_height(int width, bool brief)
{
	struct dialog_box scratch = { 0 };

	return dialog_add_choices(&scratch, 0, width, brief, CHOICE_YES);
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
	const char *happens = dialog_happens(dialog, room, width, &extra);
	int need = dialog_text_height(width, happens), y = 0;

	need += extra ? dialog_text_height(width, dialog->extra) : 0;
	note = dialog->note && need + dialog_text_height(width, dialog->note) <= room;
	need += note ? dialog_text_height(width, dialog->note) : 0;
	need += dialog_text_height(width, CONFIRM_QUESTION);
	question = need <= room;
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
	brief = dialog_choices_height(width, false) + dialog_text_height(width, dialog->performing) > room;
	height = dialog_add_texts(dialog, box, room - dialog_choices_height(width, brief), width);
	height = dialog_add_choices(box, height, width, brief, dialog->selected);
	dialog_place(box, columns, lines, width, height);
}

void dialog_move(struct dialog *dialog, int by)
{
	dialog->selected = (enum confirm_choice)(((int)dialog->selected + by + CHOICE_COUNT) % CHOICE_COUNT);
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
