/*
 * A menu of what is put into the clipboard: the id of the selected task, its command, or its output.
 */
#ifndef KRTASK_TUI_SCREEN_COPY_MENU_H
#define KRTASK_TUI_SCREEN_COPY_MENU_H

struct view;

void copy_menu_open(struct view *view);

#endif
