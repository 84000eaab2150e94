/*
 * Text for the clipboard of the desktop, by way of the terminal (OSC 52).  Pure.
 */
#ifndef KRTASK_TUI_VIEW_CLIPBOARD_H
#define KRTASK_TUI_VIEW_CLIPBOARD_H

#include <stddef.h>

#include "tui/text/passage.h"

/* The most bytes of a text: terminals refuse sequences of more than 100,000 bytes. */
enum { CLIPBOARD_MAX = 1 << 16 };

/*
 * The text as it may be pasted into a shell: without control sequences and characters except tabs and newlines,
 * without newlines at its end, in UTF-8.  free() it.
 */
char *clipboard_clean(const char *text);
/* What is to be written so that a clean text is in the clipboard; NULL: it is too long.  free() it. */
char *clipboard_sequence(const char *clean, enum passage passage);

#endif
