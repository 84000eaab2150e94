/*
 * A page of text that is scrolled: details, help, what-if lines.  Entries are a label and a text, broken anew
 * for each width.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_PAGER_H
#define KRTASK_TUI_VIEW_PAGER_H

#include <stddef.h>
#include <stdint.h>

#include "tui/text/style.h"

struct pager_entry;

struct pager_line {
	enum style label_style, style;
	char *label, *text; /* in the locale's encoding; "" for none */
	int indent;         /* column of text */
};

struct pager {
	struct pager_entry *entries;
	size_t count, size;
	struct pager_line *lines; /* as of the last pager_layout() */
	size_t length, room;      /* lines, and for how many there is room */
	size_t top;
	int width, height;
};

#define PAGER_INIT                                                                                           \
	{                                                                                                    \
		0                                                                                            \
	}

void pager_release(struct pager *pager);
void pager_clear(struct pager *pager); /* stays where it is scrolled to */
/* label "" or NULL: the text has the whole width.  Any bytes: what is not fit for a terminal is replaced. */
void pager_add(struct pager *pager, enum style label_style, const char *label, enum style style,
               const char *text);
/* Breaks the lines for a place of this size. */
void pager_layout(struct pager *pager, int width, int height);
/* By so many lines; further than the ends is the ends. */
void pager_scroll(struct pager *pager, int64_t lines);

#endif
