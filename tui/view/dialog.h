/*
 * The question of ShouldProcess as a box: its texts, its choices, and where they stand on a screen of any
 * size.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_DIALOG_H
#define KRTASK_TUI_VIEW_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/confirm/confirm.h"
#include "tui/text/style.h"

struct dialog {
	char *performing;       /* owned */
	char *brief, *briefest; /* what will happen, for where that has no room; owned */
	const char *extra;      /* one more sentence of what will happen, or NULL */
	char *note;             /* what else there is to know, or NULL; owned */
	enum confirm_choice selected;
	bool help;
};

enum { DIALOG_ITEMS_MAX = 64, DIALOG_TEXT_SIZE = 256 };

/* A line of text, or a choice, at a place of the screen. */
struct dialog_item {
	int x, y, width;
	enum style style;
	int choice; /* enum confirm_choice, or -1 */
	char text[DIALOG_TEXT_SIZE];
};

struct dialog_box {
	int x, y, width, height; /* with the border */
	bool border;
	struct dialog_item items[DIALOG_ITEMS_MAX];
	size_t count;
};

/* id as typed; extra, of a kill, is borrowed. */
void dialog_open(struct dialog *dialog, enum confirm_operation operation, const char *id, const char *extra);
void dialog_release(struct dialog *dialog);

/*
 * Where everything is on a screen of this size. The choices are always on it, and what will happen: on small
 * screens in fewer words, and the other texts make room.
 */
void dialog_layout(const struct dialog *dialog, int columns, int lines, struct dialog_box *box);

/* To the next choice, or (-1) the previous one, round the ends. */
void dialog_move(struct dialog *dialog, int by);
/* The choice of a letter in either case, CHOICE_UNKNOWN if it is none. */
enum confirm_choice dialog_letter(int letter);
/* The choice at a place of the screen, CHOICE_UNKNOWN if there is none. */
enum confirm_choice dialog_at(const struct dialog_box *box, int x, int y);

#endif
