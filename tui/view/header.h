/*
 * The lines above the table as pieces of text with their places and meanings.  Pure.
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
	char text[512]; /* in the locale's encoding */
};

enum { HEADER_PIECES_MAX = 12 };

struct header {
	struct header_piece pieces[HEADER_PIECES_MAX];
	size_t count;
};

/* What the user should not forget. */
struct header_modes {
	bool what_if;
	size_t tagged;
	size_t hidden;      /* of these, by the filter: nothing acts on them */
	const char *filter; /* NULL: all tasks are shown */
	const char *sort;   /* title of a column; NULL: in order of creation */
	bool reverse;
};

/*
 * Server, uptime, slots in use, modes.  What does not fit into width is left out, the least important first.
 */
void header_server(struct header *header, const struct server_status *status, int64_t now_ms,
                   const struct header_modes *modes, int width);
/* How many tasks are in each state. */
void header_counts(struct header *header, const struct server_status *status, int width);

/* "3 min", "2 h 05 min", "4 d 3 h": coarse, so that an unchanged screen stays so. */
void header_uptime(int64_t ms, char *buf, size_t size);

#endif
