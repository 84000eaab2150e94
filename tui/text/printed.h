/*
 * A line of the output of a task as a terminal shows it: what moves within the line, or clears a part of it, is
 * carried out.  Pure except for the locale.
 *
 *     printed_line()        the bytes of a line become cells
 *     printed_text()        the same as a text, for searching
 *     printed_release()
 *
 * Carried out are CR, BS and tabs; EL, ED to the end, ECH, DCH, CUF, CUB, CHA and HPA; saving and restoring the
 * cursor, and SGR.  What is written elsewhere on the screen between saving and restoring (as by apt) is dropped.
 * What is written after a movement some rows up or down (CUU, CUD, CNL, CPL) is on this line.  Hiding the cursor,
 * synchronised output, the end of a link (OSC 8) and progress (OSC 9;4) show nothing.  All else becomes visible
 * text, such as ^[[2J.
 */
#ifndef KRTASK_TUI_TEXT_PRINTED_H
#define KRTASK_TUI_TEXT_PRINTED_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/sgr.h"

enum {
	PRINTED_COLUMNS_MAX = 32768, /* what is written after these is dropped */
	PRINTED_BYTES = 28,          /* of a cell: a character, and marks that combine with it */
};

struct printed_cell {
	char text[PRINTED_BYTES]; /* safe for the terminal, in the encoding of the locale; "": see columns */
	unsigned char columns;    /* 0: the second half of the character before it */
	struct sgr sgr;
};

struct printed {
	struct printed_cell *cells; /* one for each column */
	size_t count, size;
	char *text; /* of the last printed_text() */
	size_t text_size;

	/* While a line is read. */
	size_t cursor, saved;
	struct sgr sgr, saved_sgr;
	bool is_saved, elsewhere;
};

#define PRINTED_INIT                                                                                         \
	{                                                                                                    \
		0                                                                                            \
	}

/* sgr: the colours at the beginning of the line; becomes those at its end. */
void printed_line(struct printed *printed, struct sgr *sgr, const char *bytes, size_t length);
/* The text of the cells, which ends with a NUL.  It belongs to printed. */
const char *printed_text(struct printed *printed, size_t *length);
/* The column where a row of this width ends that begins at a column: no character is torn. */
size_t printed_break(const struct printed *printed, size_t column, size_t width);
void printed_release(struct printed *printed);

#endif
