/*
 * Text on a terminal: how many columns it takes, and as much of it as fits, with nothing in it that a
 * terminal acts on.
 *
 * Pure but for the locale (setlocale(3) is the program's).  The size of buf counts the NUL; longer text is
 * cut at a character.
 */
#ifndef KRTASK_TUI_TEXT_CELLS_H
#define KRTASK_TUI_TEXT_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * At most columns columns of the text (wcwidth(3)); control characters and what is not a character of the
 * locale are replaced (by '?' or U+FFFD); what is cut off is shown by an ellipsis in UTF-8 locales, else by
 * '~'.  columns SIZE_MAX: whole.  Returns the columns that buf takes.
 */
size_t cells_fit(const char *utf8, size_t columns, char *buf, size_t size);

/* The whole text as cells_fit() shows it.  free() it. */
char *cells_whole(const char *utf8);

/* The columns that the whole text would take as cells_fit() shows it. */
size_t cells_width(const char *utf8);

/*
 * The bytes of the first character of a text that is not empty, and the columns that it takes as cells_fit()
 * shows it.
 */
size_t cells_step(const char *utf8, size_t *columns);

/* True if the locale's character set is UTF-8. */
bool cells_in_utf8(void);

#endif
