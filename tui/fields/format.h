/*
 * How values are shown as text: elapsed times and bars.  Used by the reports of
 * the command line and by the screen, so that both look alike.
 *
 * Pure but for the locale (setlocale(3) is the program's).  The size of buf counts the NUL; longer text is
 * cut at a character.
 */
#ifndef KRTASK_TUI_FIELDS_FORMAT_H
#define KRTASK_TUI_FIELDS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FORMAT_SHORT = 32 }; /* bytes that serve for elapsed times */

/* 12.3s, 2:03, 1:02:03, 3d01:02:03; "-" for less than 0: it has not started. */
void format_elapsed(int64_t ms, char *buf, size_t size);

/* A bar of width columns: "[####    ]", in UTF-8 locales "[████    ]" too if blocks is true. */
void format_bar(int percent, size_t width, bool blocks, char *buf, size_t size);

#endif
