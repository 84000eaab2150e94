/*
 * The last lines of an output, for a pane that shows its end.  It keeps the last EXCERPT_BYTES of it, and counts the lines
 * as long as it gets all of it.  Pure except for the locale.
 *
 *     excerpt_put()       bytes of the output, from anywhere; usually what follows the last ones
 *     excerpt_layout()    chooses what fits; then excerpt_print() for each of the rows
 */
#ifndef KRTASK_TUI_VIEW_EXCERPT_H
#define KRTASK_TUI_VIEW_EXCERPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/text/printed.h"

enum { EXCERPT_BYTES = 32768, EXCERPT_ROWS_MAX = 128 };

struct excerpt_row {
	size_t line, length; /* of the line that it is of, in bytes */
	size_t column;       /* where the row begins in it; 0: with the line */
};

struct excerpt {
	char bytes[EXCERPT_BYTES];
	size_t length;
	int64_t end;               /* the offset behind the bytes in the output */
	int64_t counted, newlines; /* how many there are before that offset */
	struct excerpt_row rows[EXCERPT_ROWS_MAX];
	size_t count;
	struct printed printed; /* of the row printed last */
};

void excerpt_init(struct excerpt *excerpt);
void excerpt_release(struct excerpt *excerpt);
void excerpt_clear(struct excerpt *excerpt);
void excerpt_put(struct excerpt *excerpt, int64_t offset, const char *bytes, size_t length);
/* The number of lines of the output, as far as it was put; -1: parts are missing. */
int64_t excerpt_lines(const struct excerpt *excerpt);
/* The rows of the last lines, wrapped, so many as there is room for. */
void excerpt_layout(struct excerpt *excerpt, size_t width, size_t height);
/* Makes the cells of a row's line.  Returns the column behind the row. */
/* Lays out the first columns of the last line that is not blank: one row, or none. */
void excerpt_layout_last(struct excerpt *excerpt);
size_t excerpt_print(struct excerpt *excerpt, const struct excerpt_row *row, size_t width);

#endif
