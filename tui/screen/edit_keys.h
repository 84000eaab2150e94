/*
 * A line that the user types: the keys of readline, and how it looks.
 */
#ifndef KRTASK_TUI_SCREEN_EDIT_KEYS_H
#define KRTASK_TUI_SCREEN_EDIT_KEYS_H

#include "tui/screen/terminal.h"
#include "tui/view/edit.h"
#include "tui/view/pager.h"

/* What the key does; those that do nothing here, do nothing. */
void edit_keys_take(struct edit *edit, const struct history *history, const struct terminal_event *event);
/* The line in width columns from x on, with the cursor if it is there that the user types. */
void edit_keys_draw(struct edit *edit, int y, int x, int width, bool cursor);
void edit_keys_help(struct pager *pager);

#endif
