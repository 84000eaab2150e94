/*
 * Draws the rows and headings of the page of groups.
 */
#ifndef KRTASK_TUI_SCREEN_GROUPS_DRAW_H
#define KRTASK_TUI_SCREEN_GROUPS_DRAW_H

#include "tui/view/group_table.h"

/* The line of the screen that the first row is in. */
int groups_draw_top(void);
void groups_draw(const struct group_table *groups);

#endif
