/*
 * The groups of the server, live, and what can be done with them.
 */
#ifndef KRTASK_TUI_SCREEN_GROUPS_VIEW_H
#define KRTASK_TUI_SCREEN_GROUPS_VIEW_H

struct view;

void groups_view_open(struct view *view);

#endif
