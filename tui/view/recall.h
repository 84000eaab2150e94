/*
 * Searching the lines that were entered earlier while the text is typed, as C-r does in readline.  Pure.
 *
 *     recall_begin()     C-r
 *     recall_older()     C-r again
 *     recall_update()    after recall->text has changed
 *     recall_end()       keeps the line that was found; recall_cancel(): the line as it was
 */
#ifndef KRTASK_TUI_VIEW_RECALL_H
#define KRTASK_TUI_VIEW_RECALL_H

#include "tui/view/edit.h"

struct recall {
	bool on;
	bool failed;      /* no line has the text */
	struct edit text; /* what is searched for */
	char *sought;     /* the text of the last search; owned */
	char *own;        /* the line as it was; owned */
	size_t at;        /* which line was found, from the newest, 1; 0: none yet */
};

void recall_begin(struct recall *recall, const struct edit *line);
/* These put the line that they find into the edit. */
void recall_older(struct recall *recall, const struct history *history, struct edit *line);
void recall_update(struct recall *recall, const struct history *history, struct edit *line);
void recall_end(struct recall *recall);
void recall_cancel(struct recall *recall, struct edit *line);

#endif
