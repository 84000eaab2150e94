/*
 * The lists of several servers as one table: a section for each, which begins with a head, and whose rows can be folded away.
 * Only the lists that are visible hold a window; the totals of the others give the places.  Pure.
 *
 * The cursor is on a head, or on a row of a list, where it is the cursor of that list.  It stays in its line when rows come or
 * go above it.
 *
 *     sections_init(); sections_add() for each
 *     sections_settle()       after the lists or the height have changed
 *     sections_move()         by keys
 *     sections_line()         what is in a line, for drawing
 */
#ifndef KRTASK_TUI_VIEW_SECTIONS_H
#define KRTASK_TUI_VIEW_SECTIONS_H

#include "tui/view/list.h"

struct section {
	struct list *list;
	int64_t head; /* the line of its head, which may be outside of the visible ones */
	bool folded;
	bool known;  /* its total is known: the owner says so */
	bool live;   /* rows that are needed and not here yet will come: so does it */
	bool hidden; /* its rows are not shown in one order with others (merge.h): so does it */
};

struct sections {
	struct section *items; /* owned */
	size_t count, size;
	size_t at;    /* the section with the cursor */
	bool on_head; /* the cursor is on its head */
	bool moved; /* the user has moved it: until then it is on the first task of the first server, or its head */
	int line;   /* of the cursor */
	int height; /* number of visible lines */
	int64_t top, total;
};

void sections_init(struct sections *sections);
void sections_release(struct sections *sections);
/* The list must stay where it is. */
void sections_add(struct sections *sections, struct list *list);

/* Finds out which rows are visible, and tells the lists. */
void sections_settle(struct sections *sections, int height);
/* Moves by this number of lines, at most to the ends, as list_move() does. */
void sections_move(struct sections *sections, int64_t lines);
/* Moves to what is in this line. */
void sections_select_line(struct sections *sections, int line);
/* Moves to the cursor of the list of this section, which its owner has set; or to its head. */
void sections_go(struct sections *sections, size_t section, bool head);
/* Folds a section, or unfolds it.  If the cursor is in it, it moves to its head. */
void sections_fold(struct sections *sections, size_t section, bool folded);
/* The same for all of them. */
void sections_fold_all(struct sections *sections, bool folded);

/* What is in a line: *position -1: the head of a section, or else a row of its list.  False: nothing. */
bool sections_line(const struct sections *sections, int line, size_t *section, int64_t *position);

#endif
