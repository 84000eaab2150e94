/*
 * A menu of signals for the visible tagged tasks, or the selected one.
 */
#ifndef KRTASK_TUI_SCREEN_SIGNAL_MENU_H
#define KRTASK_TUI_SCREEN_SIGNAL_MENU_H

struct view;

void signal_menu_open(struct view *view);

#endif
