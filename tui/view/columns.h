/*
 * The table's columns, one for each of the window's fields, and how they share the width of the
 * terminal.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_COLUMNS_H
#define KRTASK_TUI_VIEW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/view/window.h"

/* One cell may need this many bytes: 500 columns of characters of 4 bytes with combining ones. */
enum { COLUMN_CELL_SIZE = 8192 };

/*
 * What the contents seen so far would like: columns only grow, so that the table does not jump while one
 * scrolls.
 */
struct column_widths {
	int wanted[FIELD_MAX]; /* in the order of the window's fields */
};

void columns_measure(struct column_widths *widths, const struct window *window);

struct column_place {
	const struct field *field;
	size_t first; /* where its values are among a row's */
	int x, width;
};

enum { COLUMN_MARK_WIDTH = 1 }; /* for tags, left of the columns */

/* Which of the fields have a column in width, and where; in their order.  Returns how many. */
size_t columns_layout(const struct field_list *fields, const struct column_widths *widths, int width,
                      struct column_place places[FIELD_MAX]);

/*
 * Writes the cell as it stands in its place, with blanks before but not behind it.  Returns how many bytes at
 * its beginning are in the colour of the task's state.
 */
size_t columns_cell(const struct column_place *place, const struct window_row *row, int64_t now, char *buf,
                    size_t size);
void columns_title(const struct column_place *place, char *buf, size_t size);

/* True if something in the row changes by the clock alone. */
bool columns_tick(const struct window_row *row);

#endif
