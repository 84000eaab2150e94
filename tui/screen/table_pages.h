/*
 * Keys of the table that open a page about the selected task, or run a command on it.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_PAGES_H
#define KRTASK_TUI_SCREEN_TABLE_PAGES_H

struct view;

void table_pages_log(struct view *view);
void table_pages_details(struct view *view);
void table_pages_why(struct view *view);

#endif
