/*
 * A page of text that can be scrolled: details, help, what-if lines.  An entry has a label and a text.  Lines
 * are broken again when the width changes.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_PAGER_H
#define KRTASK_TUI_VIEW_PAGER_H

#include <stddef.h>
#include <stdint.h>

#include "tui/text/style.h"

struct pager_entry;

struct pager_line {
	enum style label_style, style;
	char *label, *text; /* in the encoding of the locale; "" for none */
	int indent;         /* column of text */
	size_t entry;       /* that it is of */
};

struct pager {
	struct pager_entry *entries;
	size_t count, size;
	struct pager_line *lines; /* of the last pager_layout() */
	size_t length, room;      /* number of lines, and of lines that there is room for */
	size_t top;
	int width, height;
};

#define PAGER_INIT                                                                                           \
	{                                                                                                    \
		0                                                                                            \
	}

void pager_release(struct pager *pager);
void pager_clear(struct pager *pager); /* keeps the scroll position */
/* If label is "" or NULL, the text has the whole width.  Bytes that a terminal must not get are replaced. */
void pager_add(struct pager *pager, enum style label_style, const char *label, enum style style,
               const char *text);
/* Breaks the lines for this size. */
void pager_layout(struct pager *pager, int width, int height);
/* Scrolls by this number of lines, at most to the ends. */
void pager_scroll(struct pager *pager, int64_t lines);
/* The first line of an entry, or the end. */
size_t pager_line_of(const struct pager *pager, size_t entry);
/* Scrolls as little as possible so that the lines of the entries from first to before end are shown; if not all fit, the first ones. */
void pager_reveal(struct pager *pager, size_t first, size_t end);

#endif
