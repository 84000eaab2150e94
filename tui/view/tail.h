/*
 * The end of a task's output as lines to look at: a bounded ring of them, and where the user has scrolled to.
 * Pure but for the locale.
 *
 * A carriage return begins a line anew, as on a terminal, so that of a progress meter only its last state is
 * kept.  Lines of more than TAIL_LINE_MAX bytes are broken.
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
	struct sgr sgr; /* in force at its beginning */
};

struct tail {
	struct tail_line *ring;   /* TAIL_LINES_MAX of them */
	int64_t first, end;       /* numbers of the oldest line kept, and of the one being written */
	size_t kept;              /* bytes of the lines kept */
	char line[TAIL_LINE_MAX]; /* being written */
	size_t length;
	struct sgr sgr; /* at its beginning */
	bool returned;  /* a carriage return came last */

	int64_t top; /* first line visible */
	int height;
	bool follow;
};

void tail_init(struct tail *tail);
void tail_release(struct tail *tail);
void tail_clear(struct tail *tail); /* forgets the lines; the rest stays */

void tail_feed(struct tail *tail, const char *bytes, size_t length);

/* One past the last line, which counts while it is being written and not empty. */
int64_t tail_end(const struct tail *tail);

/*
 * Calls put for each character of the line that stands in columns first to first + width - 1: text is fit for
 * the terminal, in the locale's encoding, and takes columns (0 for one that combines with what is before it).
 * Returns the width of the whole line.
 */
typedef void tail_put(void *ctx, const struct sgr *sgr, const char *text, int columns);
int tail_draw(const struct tail *tail, int64_t number, int first, int width, tail_put *put, void *ctx);

void tail_resize(struct tail *tail, int height);
/* By so many lines; leaving the end ends following, and coming back to it begins it again. */
void tail_scroll(struct tail *tail, int64_t lines);
void tail_follow(struct tail *tail, bool follow);

#endif
