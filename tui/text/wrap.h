/*
 * Breaking text into lines of a width.  Pure but for the locale.
 */
#ifndef KRTASK_TUI_TEXT_WRAP_H
#define KRTASK_TUI_TEXT_WRAP_H

#include <stddef.h>

/*
 * The next line of the text: at most columns columns (at least one character), broken at a blank where there
 * is one, in buf.  text must be as cells_fit() leaves it.  Returns what follows, NULL at the end.
 */
const char *wrap_line(const char *text, int columns, char *buf, size_t size);

#endif
