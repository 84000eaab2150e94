/*
 * For terminal.c: signals, job control, and other programs on the terminal.  The functions for the rest of the screen
 * are in terminal.h.
 */
#ifndef KRTASK_TUI_SCREEN_CONTROL_H
#define KRTASK_TUI_SCREEN_CONTROL_H

/* Blocks the signals that terminal_signal() reports from then on.  0 or -errno. */
int control_open(void);
void control_close(void);

#endif
