/*
 * How several servers are shown: the dots of the header, and the heads of the sections.
 */
#ifndef KRTASK_TUI_SCREEN_HOSTS_DRAW_H
#define KRTASK_TUI_SCREEN_HOSTS_DRAW_H

#include "tui/screen/host.h"

enum { HOSTS_TEXT_SIZE = 512 };

/* What stands for them in the header: dots with names, dots, or how many are in which state. */
void hosts_draw_text(const struct app *app, char buf[HOSTS_TEXT_SIZE]);
/* Gives the dots of that text, which begins the line, their colours. */
void hosts_draw_dots(const struct app *app, int y);
/* The names of those whose tasks are left out (host_left_out()).  False: none are. */
bool hosts_draw_left_out(const struct app *app, char buf[HOSTS_TEXT_SIZE]);
/* The sums of all that are up; its name is not set. */
struct server_status hosts_draw_sum(const struct app *app);

/* The columns that their names have in a list of the tasks of all, with a blank, and the name there; 0: there is no room. */
int hosts_draw_width(const struct app *app);
void hosts_draw_name(const struct host *host, int width, int y);

/* The head of the section of a server. */
void hosts_draw_head(const struct host *host, bool folded, bool selected, int y);

#endif
