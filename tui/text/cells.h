/*
 * Text on a terminal: its width in columns, and cutting it to a width.  The result has no characters that
 * control the terminal.
 *
 * Pure except for the locale, which the program sets, or lets be set when it is needed.  The size of buf includes the NUL.  Longer text
 * is cut between characters.
 */
#ifndef KRTASK_TUI_TEXT_CELLS_H
#define KRTASK_TUI_TEXT_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Cuts the text to a number of columns (wcwidth(3)); SIZE_MAX: does not cut it.  Replaces control characters,
 * and bytes that are not characters of the locale, by U+FFFD or '?'.  Text that is cut ends with an ellipsis
 * in UTF-8 locales, else with '~'.  Returns the columns that buf takes.
 */
size_t cells_fit(const char *utf8, size_t columns, char *buf, size_t size);

/* The whole text as cells_fit() writes it.  free() it. */
char *cells_whole(const char *utf8);

/* The columns of the whole text as cells_fit() writes it. */
size_t cells_width(const char *utf8);

/* The bytes of the first character, and its columns as cells_fit() writes it.  The text must not be empty. */
size_t cells_step(const char *utf8, size_t *columns);

/* For a screen reader: nothing is drawn that is not text, such as bars and lines. */
void cells_set_plain(bool plain);
bool cells_plain(void);

/*
 * The locale of the user is set when one of these functions first needs it: most commands write nothing whose width
 * counts, and start faster without it.
 */
void cells_await_locale(void);

/* True if the character set of the locale is UTF-8. */
bool cells_in_utf8(void);

#endif
