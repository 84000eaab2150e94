/*
 * Breaks text into lines of a width.  Pure except for the locale.
 */
#ifndef KRTASK_TUI_TEXT_WRAP_H
#define KRTASK_TUI_TEXT_WRAP_H

#include <stddef.h>

/*
 * Writes the next line of the text to buf.  The line has at most `columns` columns, but at least one
 * character.  It is broken at a blank if there is one.  The text must come from cells_fit().  Returns the
 * rest; NULL at the end.
 */
const char *wrap_line(const char *text, int columns, char *buf, size_t size);

#endif
