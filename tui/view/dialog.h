/*
 * The question of ShouldProcess as a box: its texts, the tasks that it is about, its choices, and their places on
 * a screen of any size.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_DIALOG_H
#define KRTASK_TUI_VIEW_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/confirm/confirm.h"
#include "tui/text/style.h"
#include "tui/view/targets.h"

struct dialog {
	char *performing;       /* owned */
	char *brief, *briefest; /* shorter forms of it; owned */
	const char *extra;      /* one more sentence about what will happen, or NULL */
	char *note;             /* more information, or NULL; owned */
	/* The task that it asks about, and those that "Yes to All" is for, too; all, if it is plain.  Borrowed. */
	const struct target *tasks;
	size_t count;
	size_t top; /* how many of the others are scrolled away */
	enum confirm_choice selected;
	bool help;
	bool plain; /* a question of our own, which only Yes and No answer */
};

enum { DIALOG_ITEMS_MAX = 96, DIALOG_TEXT_SIZE = 256 };

/* A line of text, or a choice, at a place on the screen. */
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
	size_t others; /* tasks in the list, without the one that it asks about */
};

/*
 * id is as it was typed.  extra is for a kill or another signal, and borrowed; brief is what that is called where there
 * is no room for extra.  Both may be NULL.
 */
void dialog_open(struct dialog *dialog, enum confirm_operation operation, const char *id, const char *brief,
                 const char *extra);
/* A question with this text, and no choices but Yes and No. */
void dialog_open_plain(struct dialog *dialog, const char *text);
/* True if the question has this choice. */
bool dialog_offers(const struct dialog *dialog, enum confirm_choice choice);
void dialog_release(struct dialog *dialog);

/*
 * Places everything on a screen of this size.  The choices, what will happen, and how many more tasks "Yes to All"
 * is for, are on it; a very long id may take the room of the last.  On a small screen what will happen has fewer
 * words, and other texts are left out.
 */
void dialog_layout(const struct dialog *dialog, int columns, int lines, struct dialog_box *box);

/* Scrolls the list of tasks by pages of the box. */
void dialog_scroll(struct dialog *dialog, const struct dialog_box *box, int pages);
/* Moves to the next choice, or (-1) to the previous one, and around the ends. */
void dialog_move(struct dialog *dialog, int by);
/* The choice for a letter in either case; CHOICE_UNKNOWN: none. */
enum confirm_choice dialog_letter(int letter);
/* The choice at a place on the screen; CHOICE_UNKNOWN: none. */
enum confirm_choice dialog_at(const struct dialog_box *box, int x, int y);

#endif
