/*
 * A list of tasks that a feed keeps live: what the server shows of it, and where the selected task is when it
 * has gone out of sight.
 *
 *     live_open()                 with the query that its list has
 *     live_ask()                  before each drawing: asks for rows that are, or are about to be, visible
 *     live_anew()                 the query is another
 *     live_close()                before the feed is released
 */
#ifndef KRTASK_TUI_SCREEN_LIVE_H
#define KRTASK_TUI_SCREEN_LIVE_H

#include "tui/screen/feed.h"
#include "tui/view/list.h"

struct live {
	struct feed *feed;
	struct channel channel;  /* of List, which never ends */
	struct list list;        /* initialised by the view that has it, and released by live_close() */
	bool locating;           /* the server has been asked where the selected task is */
	void (*news)(void *ctx); /* rows are new; NULL: nobody wants to know */
	void *ctx;
};

void live_open(struct live *live, struct feed *feed, void (*news)(void *ctx), void *ctx);
void live_close(struct live *live);
void live_anew(struct live *live);
void live_ask(struct live *live);

/* Its connections stand. */
bool live_connected(const struct live *live);
/* And the server has answered. */
bool live_up(const struct live *live);
/* The rows around the cursor are on their way: which task it stands on will be known in a moment. */
bool live_selection_due(const struct live *live);

#endif
