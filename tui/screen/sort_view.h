/*
 * The menu of columns to sort by.
 */
#ifndef KRTASK_TUI_SCREEN_SORT_VIEW_H
#define KRTASK_TUI_SCREEN_SORT_VIEW_H

struct view;

/* Opens it above the table. */
void sort_view_open(struct view *view);

#endif
