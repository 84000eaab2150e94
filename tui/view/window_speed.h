/* How fast the tasks of a window get on. */
#ifndef KRTASK_TUI_VIEW_WINDOW_SPEED_H
#define KRTASK_TUI_VIEW_WINDOW_SPEED_H

#include "tui/view/window.h"

/* Notes how far the task of a new row has come since the row that it had, at this place or at another one. */
void window_note_speed(const struct window *window, struct window_row *row, size_t place);

#endif
