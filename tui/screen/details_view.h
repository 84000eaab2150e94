/*
 * All information about a task, kept up to date.
 */
#ifndef KRTASK_TUI_SCREEN_DETAILS_VIEW_H
#define KRTASK_TUI_SCREEN_DETAILS_VIEW_H

struct app;
struct speed;

/* speed: that of its work, as far as it is known; NULL: it is not. */
void details_view_open(struct app *app, const char *id, const struct speed *speed);

#endif
