/*
 * A menu in a box: lines of which one is chosen by its letter, with the arrows, or by a click.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_MENU_H
#define KRTASK_TUI_VIEW_MENU_H

#include <stdbool.h>
#include <stddef.h>

struct menu_item {
	char letter;      /* that chooses it */
	const char *text; /* borrowed */
};

struct menu {
	char *title; /* owned */
	const struct menu_item *items;
	size_t count, selected;
};

/* Where it stands.  The title is in its first line, or in the upper border. */
struct menu_box {
	int x, y, width, height; /* with the border */
	bool border;
	size_t first; /* the first item that is shown */
	int shown;    /* items that are */
	int top;      /* the line of the first of them */
};

/* Takes the title over. */
void menu_open(struct menu *menu, char *title, const struct menu_item *items, size_t count);
void menu_release(struct menu *menu);

/* The selected item is always on the screen. */
void menu_layout(const struct menu *menu, int columns, int lines, struct menu_box *box);
/* Moves to the next item, or (-1) to the previous one, and around the ends. */
void menu_move(struct menu *menu, int by);
/* The item of a letter, in the case that it has; or that stands at a place.  -1: none. */
int menu_letter(const struct menu *menu, int letter);
int menu_at(const struct menu *menu, const struct menu_box *box, int x, int y);

#endif
