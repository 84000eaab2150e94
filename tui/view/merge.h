/*
 * The lists of several servers as one, in one order: for views that show few tasks of each.  Each list is in that order, and
 * holds a window of about one screen around what is visible.  Pure.
 *
 * What is visible is known by how many rows of each list are above it.  The cursor is a row of the current list, where it is the
 * cursor of that list.
 *
 *     merge_init(); merge_begin() when such a view begins
 *     merge_settle()       after the lists or the height have changed
 *     merge_move()         by keys
 *     merge_line()         what is in a line, for drawing
 */
#ifndef KRTASK_TUI_VIEW_MERGE_H
#define KRTASK_TUI_VIEW_MERGE_H

#include "tui/view/sections.h"

/* A row of a list. */
struct merge_row {
	size_t list;
	int64_t position;
};

/* Whether the cursor is to be on the first or the last row, wherever these will be. */
enum merge_pin { MERGE_FREE, MERGE_FIRST, MERGE_LAST };

struct merge {
	struct sections *sections; /* has the lists */
	int64_t *above;            /* how many rows of each list are above the first line; owned */
	int64_t *below;            /* the same, above the line after the last; owned */
	struct merge_row *lines;   /* owned */
	int shown, height, line;   /* how many lines there are, room for so many, and that of the cursor */
	size_t size;               /* of lines */
	size_t at;                 /* the current list */
	enum merge_pin pin;
	size_t top_list;     /* the row in the first line, to find it again */
	uint64_t top_number; /* 0: none */
	int64_t total;
};

void merge_init(struct merge *merge, struct sections *sections);
void merge_release(struct merge *merge);
/* From the first row. */
void merge_begin(struct merge *merge);

void merge_settle(struct merge *merge, int height);
void merge_move(struct merge *merge, int64_t lines);
void merge_select_line(struct merge *merge, int line);
/* Moves to the cursor of this list, which its owner has set. */
void merge_go(struct merge *merge, size_t list);
/* How many rows are above the cursor. */
int64_t merge_place(const struct merge *merge);
/* What is in a line.  False: nothing. */
bool merge_line(const struct merge *merge, int line, struct merge_row *row);

#endif
