/*
 * The columns of the table, one for each field of the window, and how they share the width of the terminal.
 * Pure.
 */
#ifndef KRTASK_TUI_VIEW_COLUMNS_H
#define KRTASK_TUI_VIEW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/view/window.h"

/* The bytes that a cell can need: 500 columns of characters of 4 bytes, with combining characters. */
enum { COLUMN_CELL_SIZE = 8192 };

/* Milliseconds: what no row has needed for so long, a column gives back, at the latest when that has passed twice. */
enum { COLUMNS_MEMORY = 20000 };

/*
 * The widths that the content lately needed.  Columns do not shrink at once, so that the table does not jump while the
 * user scrolls or what tasks say changes; only if there is another filter.
 */
struct column_widths {
	int wanted[FIELD_MAX];  /* in the order of the window's fields */
	bool filled[FIELD_MAX]; /* a row has something there */
	int needed[FIELD_MAX];  /* the same, since that time, which is in milliseconds */
	bool full[FIELD_MAX];
	int64_t since;
	bool rows;            /* there were any */
	bool other;           /* other tasks are asked for: when they come, this is forgotten */
	int fixed[FIELD_MAX]; /* what the user wants; 0: what the content needs */
	bool chosen;          /* the user chose the columns: none is left out because it is empty */
};

void columns_measure(struct column_widths *widths, const struct window *window);
/* Before measuring: the time, by a clock that nobody sets.  True if all rows are to be measured again. */
bool columns_age(struct column_widths *widths, int64_t now);

struct column_place {
	const struct field *field;
	size_t first; /* index of its first value in a row */
	int x, width;
	bool exit_seen; /* there is a column with the exit status */
};

enum { COLUMN_MARK_WIDTH = 1 }; /* for tags, left of the columns */

/* Chooses the fields that have a column in this width, in order, with their places.  Returns how many. */
size_t columns_layout(const struct field_list *fields, const struct column_widths *widths, int width,
                      struct column_place places[FIELD_MAX]);

/*
 * Writes a cell for its place, with blanks before it but not after it.  Returns how many bytes at its
 * beginning have the colour of the task's state.
 */
size_t columns_cell(const struct column_place *place, const struct window_row *row, int64_t now, char *buf,
                    size_t size);
void columns_title(const struct column_place *place, char *buf, size_t size);

/* How its fields look so long after the row came, in that many columns; 0: on a line of any length. */
struct field_look columns_look(const struct window_row *row, int width, int64_t age_ms);

/* True if something in the row changes with time, without a change of the task. */
bool columns_tick(const struct window_row *row);

#endif
