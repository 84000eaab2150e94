/*
 * The end of the output of a task, as lines in a ring of limited size, with the scroll position.  Pure except
 * for the locale.
 *
 * A carriage return begins the line again, as on a terminal.  So only the last state of a progress meter is
 * kept.  Lines with more than TAIL_LINE_MAX bytes are broken.
 */
#ifndef KRTASK_TUI_VIEW_TAIL_H
#define KRTASK_TUI_VIEW_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/text/sgr.h"

enum { TAIL_LINES_MAX = 10000, TAIL_LINE_MAX = 4096, TAIL_BYTES_MAX = 8 << 20 };

struct tail_line {
	char *bytes;
	size_t length;
	struct sgr sgr; /* colours at its beginning */
};

struct tail {
	struct tail_line *ring;   /* TAIL_LINES_MAX of them */
	int64_t first, end;       /* numbers of the oldest line that is kept, and of the current one */
	size_t kept;              /* bytes of all lines that are kept */
	char line[TAIL_LINE_MAX]; /* the current line */
	size_t length;
	struct sgr sgr; /* at its beginning */
	bool returned;  /* the last byte was a carriage return */

	int64_t top; /* first visible line */
	int height;
	bool follow;
};

void tail_init(struct tail *tail);
void tail_release(struct tail *tail);
void tail_clear(struct tail *tail); /* forgets only the lines */

void tail_feed(struct tail *tail, const char *bytes, size_t length);

/* One more than the number of the last line.  The current line counts if it is not empty. */
int64_t tail_end(const struct tail *tail);

/*
 * Calls put for each character of the line in the columns first to first + width - 1.  Its text is safe for
 * the terminal, in the encoding of the locale.  A combining character has 0 columns.  Returns the width of
 * the whole line.
 */
typedef void tail_put(void *ctx, const struct sgr *sgr, const char *text, int columns);
int tail_draw(const struct tail *tail, int64_t number, int first, int width, tail_put *put, void *ctx);

void tail_resize(struct tail *tail, int height);
/* Scrolls by this number of lines.  At the end, new lines are followed; elsewhere not. */
void tail_scroll(struct tail *tail, int64_t lines);
void tail_follow(struct tail *tail, bool follow);

#endif
