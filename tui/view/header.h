/*
 * The lines above the table, as pieces of text with their places and styles.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_HEADER_H
#define KRTASK_TUI_VIEW_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/style.h"
#include "tui/view/server_status.h"

/* Which states are shown: one of the counts of the header. */
enum shown { SHOWN_ALL, SHOWN_ACTIVE, SHOWN_FAILED, SHOWN_DONE, SHOWN_CREATED, SHOWN_COUNT };

struct header_piece {
	int x;
	enum style style;
	int count;      /* the count that it is, enum shown; -1: none */
	char text[512]; /* in the encoding of the locale */
};

enum { HEADER_PIECES_MAX = 16 };

struct header {
	struct header_piece pieces[HEADER_PIECES_MAX];
	size_t count;
};

/* Modes that the user should not forget. */
struct header_modes {
	bool what_if;
	size_t tagged;
	size_t hidden;       /* tagged tasks that the filter hides; operations skip them */
	enum shown shown;    /* the states that are shown */
	const char *without; /* servers whose tasks are left out; NULL: none */
	const char *filter;  /* NULL: all tasks are shown */
	const char *sort;    /* heading of a column; NULL: by no column */
	bool reverse;
	bool tree;
	bool active_first;   /* the usual order; else, by no column, that of creation */
	unsigned waiting;    /* seconds for the server; 0: it answers */
	const char *awaited; /* its name, of several; else NULL */
	bool says_none;      /* that there is no filter is said, too */
};

/* True if the state belongs to that count.  The states are in window_query too. */
bool header_shows(enum shown shown, enum task_state state);
/* How many tasks belong to it. */
long long header_count(const struct server_status *status, enum shown shown);

/*
 * The first line: the server, its slots, how long it has been up, and how many tasks are in which states.  If the
 * width is too small, words become shorter, then the least important are left out.
 */
void header_line(struct header *header, const struct server_status *status, int64_t now_ms, enum shown shown,
                 int width);
/* Adds what changes what a key does at the right end of the first line.  False: there is no room. */
bool header_marks(struct header *header, const struct header_modes *modes, int width);
/* The line of the modes, between these columns.  What changes what a key does comes first. */
void header_modes(struct header *header, const struct header_modes *modes, int begin, int end);
/* The count that stands there; -1: none. */
int header_count_at(const struct header *header, int x);

/* "waiting for the server… 3 s", or "waiting for a… 3 s" if it has a name, shorter if there are few columns. */
void header_waiting(const char *server, unsigned seconds, int columns, char *buf, size_t size);

/* "3 min", "2 h 05 min", "4 d 3 h".  It is coarse, so that the screen changes rarely. */
void header_uptime(int64_t ms, char *buf, size_t size);

#endif
