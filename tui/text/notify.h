/*
 * Telling somebody by the terminal that they look at: BEL, and the sequences by which terminals show a
 * notification on the desktop (OSC 9, OSC 777).  In tmux they go through it to the terminal around it.
 */
#ifndef KRTASK_TUI_TEXT_NOTIFY_H
#define KRTASK_TUI_TEXT_NOTIFY_H

#include <stdbool.h>

#include "tui/text/passage.h"

/* What is to be written for a title and a text; nothing in them is acted on. malloc'ed. */
char *notify_sequence(const char *title, const char *text, enum passage passage);
/* Writes it to the terminal, wherever the standard streams go.  False: there is none. */
bool notify_terminal(const char *title, const char *text);

#endif
