/*
 * Draws the table of tasks.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_DRAW_H
#define KRTASK_TUI_SCREEN_TABLE_DRAW_H

#include "tui/screen/table_view.h"

void table_draw(struct table_view *table);
/* The number of rows that fit, and the line of the first row on the screen. */
int table_draw_rows(const struct table_view *table);
int table_draw_top(const struct table_view *table);
/* The lines of the output of the selected task, below the rows. */
int table_draw_pane_lines(const struct table_view *table);
/* True if something visible changes with time. */
bool table_draw_ticks(const struct table_view *table);
/* The column at whose heading the mouse points; NULL: none. */
const struct field *table_draw_heading_at(struct table_view *table, const struct terminal_event *event);
/* True if it points at the column where the selected row, a task of a tree or the head of a server, has its sign for folding. */
bool table_draw_sign_at(const struct table_view *table, const struct terminal_event *event);
/* True if it points at the strip of what has ended. */
bool table_draw_strip_at(const struct table_view *table, const struct terminal_event *event);
/* The count of the header at which the mouse points, enum shown; -1: none. */
int table_draw_count_at(const struct table_view *table, const struct terminal_event *event);

#endif
