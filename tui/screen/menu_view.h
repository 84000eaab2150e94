/*
 * A menu in a box above the current view.
 */
#ifndef KRTASK_TUI_SCREEN_MENU_VIEW_H
#define KRTASK_TUI_SCREEN_MENU_VIEW_H

#include "tui/screen/view.h"
#include "tui/view/menu.h"

/* Called when an item was chosen; the menu is closed before. */
typedef void menu_choice(void *ctx, size_t item);

/* The title is malloc'ed and taken over; items and ctx must remain valid. */
void menu_view_open(struct app *app, char *title, const struct menu_item *items, size_t count,
                    menu_choice *choose, void *ctx);

#endif
