/*
 * How the table of tasks looks.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_DRAW_H
#define KRTASK_TUI_SCREEN_TABLE_DRAW_H

#include "tui/screen/table_view.h"

void table_draw(struct table_view *table);
/* Rows that there is room for, and the line of the screen where the first one stands. */
int table_draw_rows(void);
int table_draw_top(void);
/* True if the clock changes something visible. */
bool table_draw_ticks(const struct list *list);

#endif
