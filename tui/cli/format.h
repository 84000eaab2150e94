/*
 * How values are shown as text: elapsed times, exit columns, bars, and cells that are safe on a terminal.  Used by the reports of
 * the command line and by the screen, so that both look alike.
 *
 * Pure but for the locale (setlocale(3) is the program's).  The size of buf counts the NUL; longer text is cut at a character.
 */
#ifndef KRTASK_TUI_CLI_FORMAT_H
#define KRTASK_TUI_CLI_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FORMAT_SHORT = 32 }; /* bytes that serve for elapsed times, exit columns and percentages */

/* 12.3s, 2:03, 1:02:03, 3d01:02:03; "-" for less than 0: it has not started. */
void format_elapsed(int64_t ms, char *buf, size_t size);

/* The exit status, or the signal's name where one ended it, or "-": exit_code -1 and signal NULL. */
void format_exit(int exit_code, const char *signal, char *buf, size_t size);

/* "42%", or "-" where nothing reported any (known false). */
void format_percent(int percent, bool known, char *buf, size_t size);

/* A bar of width columns: "[####    ]", in UTF-8 locales "[████    ]" too if blocks is true. */
void format_bar(int percent, size_t width, bool blocks, char *buf, size_t size);

/*
 * At most columns columns of the text (wcwidth(3)), control characters and what is not a character of the locale replaced (by '?' or U+FFFD); what is cut off
 * is shown by … in UTF-8 locales, else by '~'.  columns SIZE_MAX: whole.  Returns the columns that buf takes.
 */
size_t format_cell(const char *utf8, size_t columns, char *buf, size_t size);

/* The columns that the whole text would take as format_cell() shows it. */
size_t format_width(const char *utf8);

/* True if the locale's character set is UTF-8. */
bool format_is_utf8(void);

#endif
