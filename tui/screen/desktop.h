/*
 * What the terminal does for the desktop around it: its clipboard (OSC 52) and its notifications (BEL, OSC 9 and
 * 777), also through tmux and GNU screen.  The terminal must be open.
 */
#ifndef KRTASK_TUI_SCREEN_DESKTOP_H
#define KRTASK_TUI_SCREEN_DESKTOP_H

#include <stdbool.h>

/*
 * Puts a text into the clipboard, without what would control a terminal and without newlines at its end.  False:
 * it is longer than CLIPBOARD_MAX bytes (tui/view/clipboard.h), and nothing was done.  Whether the terminal has
 * taken it cannot be known.
 */
bool terminal_copy(const char *text);
/* Tells the user, who may be looking elsewhere. */
void terminal_notify(const char *title, const char *text);

#endif
