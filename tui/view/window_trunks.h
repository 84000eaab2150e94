/* The lines of a tree that pass by a row, from what is above it to what is below. */
#ifndef KRTASK_TUI_VIEW_WINDOW_TRUNKS_H
#define KRTASK_TUI_VIEW_WINDOW_TRUNKS_H

#include "tui/view/window.h"

/*
 * Sets the trunks of all rows of a tree.  Of an ancestor that is above the window, the rows below tell whether siblings
 * follow; if they end before that, it is taken to have some.
 */
void window_set_trunks(struct window *window);

#endif
