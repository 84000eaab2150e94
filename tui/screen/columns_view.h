/*
 * A page for choosing, moving and resizing the columns of the table.
 */
#ifndef KRTASK_TUI_SCREEN_COLUMNS_VIEW_H
#define KRTASK_TUI_SCREEN_COLUMNS_VIEW_H

struct view;

void columns_view_open(struct view *view);

#endif
