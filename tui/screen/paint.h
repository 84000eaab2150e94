/*
 * For terminal.c: the colours of what is drawn (terminal_put() and the like, in terminal.h).
 */
#ifndef KRTASK_TUI_SCREEN_PAINT_H
#define KRTASK_TUI_SCREEN_PAINT_H

#include <stdbool.h>

struct terminal_options;

/* After curses was started: chooses the colours for the terminal. */
void paint_open(const struct terminal_options *options);
/* True if the colours depend on the background of the terminal, which nobody has told; then it may tell. */
bool paint_wants_ground(const struct terminal_options *options);
void paint_set_ground(bool light);
/* Before each frame. */
void paint_begin(void);
/* The place of what is selected, where the cursor belongs.  False: nothing was selected in this frame. */
bool paint_cursor(int *y, int *x);

#endif
