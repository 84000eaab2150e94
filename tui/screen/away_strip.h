/*
 * A line under the header of the table, about what has ended on all servers while the user was away.
 */
#ifndef KRTASK_TUI_SCREEN_AWAY_STRIP_H
#define KRTASK_TUI_SCREEN_AWAY_STRIP_H

struct app;

/* Asks each server for what the strip is to say, once it can be asked. */
void away_strip_look(struct app *app);
/* The lines of the strip: 1, or 0 if there is nothing to be said or no room for it. */
int away_strip_lines(const struct app *app);
void away_strip_draw(const struct app *app, int y);

#endif
