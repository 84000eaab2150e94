/*
 * The parts of every page: a title in line 0, a body, and at the bottom the message and the key line.
 */
#ifndef KRTASK_TUI_SCREEN_DRAW_H
#define KRTASK_TUI_SCREEN_DRAW_H

#include "tui/screen/view.h"

void draw_title(const char *left, const char *right);
/* The same, of a page that is for the current server: with its name, if there are several. */
void draw_title_of_server(const struct app *app, const char *left, const char *right);
/* Lines between title and bottom, at least 1. */
int draw_body_lines(void);
void draw_bottom(const struct view *view);
/* That the server is late, in the first line: an overlay may cover where the view says it. */
void draw_waiting_above(const struct app *app);
/* Draws the notice of an overlay in this line. */
void draw_notice(const struct app *app, int y);
/* The number of lines that it takes: 1 if the message and the keys share one. */
int draw_bottom_lines(void);
/* A rule over the whole width, with the text in it. */
void draw_heading(int y, const char *text);

#endif
