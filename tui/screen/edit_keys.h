/*
 * A line that the user types, with the keys of readline, and how it is drawn.
 */
#ifndef KRTASK_TUI_SCREEN_EDIT_KEYS_H
#define KRTASK_TUI_SCREEN_EDIT_KEYS_H

#include "tui/screen/terminal.h"
#include "tui/view/edit.h"
#include "tui/view/pager.h"

/* Does what the key means.  Other keys are ignored. */
void edit_keys_take(struct edit *edit, const struct history *history, const struct terminal_event *event);
/* Draws the line in width columns from x, with the cursor if the user is typing there. */
void edit_keys_draw(struct edit *edit, int y, int x, int width, bool cursor);
void edit_keys_help(struct pager *pager);

#endif
