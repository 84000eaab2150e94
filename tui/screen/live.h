/*
 * A list of tasks that a feed keeps up to date: the rows around the visible ones, and the place of the
 * selected task if it is not among them.
 *
 *     live_open()                 with the query of its list
 *     live_ask()                  before each drawing: requests rows that are, or will soon be, visible
 *     live_anew()                 after the query has changed
 *     live_close()                before the feed is released
 */
#ifndef KRTASK_TUI_SCREEN_LIVE_H
#define KRTASK_TUI_SCREEN_LIVE_H

#include "tui/screen/feed.h"
#include "tui/view/list.h"

struct live {
	struct feed *feed;
	struct channel channel;  /* for the live List */
	struct list list;        /* the owner initialises it, and live_close() releases it */
	bool locating;           /* the server was asked for the position of the selected task */
	uint64_t located;        /* of this one; 0: in the list as it was before */
	bool looking;            /* and for the row of one that has ended */
	bool ending;             /* its window, after which it is asked for another on the same connection */
	void (*news)(void *ctx); /* called after rows have changed; may be NULL */
	void *ctx;
};

void live_open(struct live *live, struct feed *feed, void (*news)(void *ctx), void *ctx);
void live_close(struct live *live);
void live_anew(struct live *live);
void live_ask(struct live *live);

/* True if it is connected. */
bool live_connected(const struct live *live);
/* True if it is connected and the server has sent rows. */
bool live_up(const struct live *live);
/* True if the rows around the cursor were requested, so that the selected task will soon be known. */
bool live_selection_due(const struct live *live);

#endif
