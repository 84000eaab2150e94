/*
 * The lines above the table, as pieces of text with their places and styles.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_HEADER_H
#define KRTASK_TUI_VIEW_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/style.h"
#include "tui/view/server_status.h"

struct header_piece {
	int x;
	enum style style;
	char text[512]; /* in the encoding of the locale */
};

enum { HEADER_PIECES_MAX = 12 };

struct header {
	struct header_piece pieces[HEADER_PIECES_MAX];
	size_t count;
};

/* Modes that the user should not forget. */
struct header_modes {
	bool what_if;
	size_t tagged;
	size_t hidden;      /* tagged tasks that the filter hides; operations skip them */
	const char *filter; /* NULL: all tasks are shown */
	const char *sort;   /* heading of a column; NULL: by no column */
	bool reverse;
	bool active_first; /* the usual order; else, by no column, that of creation */
};

/*
 * Server, uptime, slots in use, modes.  If the width is too small, the least important are left out first.
 */
void header_server(struct header *header, const struct server_status *status, int64_t now_ms,
                   const struct header_modes *modes, int width);
/* How many tasks are in each state. */
void header_counts(struct header *header, const struct server_status *status, int width);

/* "3 min", "2 h 05 min", "4 d 3 h".  It is coarse, so that the screen changes rarely. */
void header_uptime(int64_t ms, char *buf, size_t size);

#endif
