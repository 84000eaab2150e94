/*
 * The keys that change the priority of tasks that wait.
 */
#ifndef KRTASK_TUI_SCREEN_PRIORITY_H
#define KRTASK_TUI_SCREEN_PRIORITY_H

struct table_view;

/* Of the visible tagged tasks, or else of the selected one.  All of them are changed or none. */
void priority_change(struct table_view *table, int by);

#endif
