/*
 * What has ended while the user was away, on all servers: a strip under the header of the table, and a page.
 */
#ifndef KRTASK_TUI_SCREEN_AWAY_VIEW_H
#define KRTASK_TUI_SCREEN_AWAY_VIEW_H

#include "tui/screen/view.h"

/* Asks each server for what the strip is to say, once it can be asked. */
void away_view_look(struct app *app);
/* The lines of the strip: 1, or 0 if there is nothing to be said or no room for it. */
int away_view_strip(const struct app *app);
void away_view_draw_strip(const struct app *app, int y);

/* The page, in the order in which the servers answer.  What was shown to its end has been seen. */
void away_view_open(struct view *view);

#endif
