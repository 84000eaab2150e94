/*
 * The columns of the table: one row of column_table[] each, and how they share the width of the terminal.
 * Pure.
 */
#ifndef KRTASK_TUI_VIEW_COLUMNS_H
#define KRTASK_TUI_VIEW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/view/window.h"

enum column_id {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_PROGRESS,
	COLUMN_ELAPSED,
	COLUMN_EXIT,
	COLUMN_GROUP,
	COLUMN_COMMAND,
	COLUMN_COUNT
};

/* One cell may need this many bytes: 500 columns of characters of 4 bytes with combining ones. */
enum { COLUMN_CELL_SIZE = 8192 };

struct column {
	const char *title;
	const char *sort; /* List's name for it */
	int min;       /* columns below which it is of no use */
	int max;       /* columns beyond which it gains little */
	int priority;  /* 0 is dropped last */
	bool right;    /* aligned to the right */
	bool measured; /* grows with its content */
	/* Writes the text that fits into width columns, in the locale's encoding. */
	void (*cell)(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size);
};
extern const struct column column_table[COLUMN_COUNT];

/*
 * What the contents seen so far would like: columns only grow, so that the table does not jump while one
 * scrolls.
 */
struct column_widths {
	int wanted[COLUMN_COUNT];
};

void columns_measure(struct column_widths *widths, const struct window *window);

struct column_place {
	enum column_id id;
	int x, width;
};

enum { COLUMN_MARK_WIDTH = 1 }; /* for tags, left of the columns */

/* Which columns fit into width, and where; in the order of the table.  Returns how many. */
size_t columns_layout(const struct column_widths *widths, int width,
                      struct column_place places[COLUMN_COUNT]);

/* Writes the cell as it stands in its place, with blanks before but not behind it. */
void columns_cell(const struct column_place *place, const struct window_row *row, int64_t now_ms, char *buf,
                  size_t size);
void columns_title(const struct column_place *place, char *buf, size_t size);

/* True if something in the row changes by the clock alone. */
bool columns_tick(const struct window_row *row);

#endif
