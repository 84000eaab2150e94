/*
 * The names that are most like a word, for the message that there is no such name.
 *
 *     struct nearest n = nearest_to(text, length);
 *     for each name: nearest_offer(&n, name);
 *     nearest_list(&n, 3, "--", &list);            "--what-if, --wait"
 */
#ifndef KRTASK_TUI_TEXT_NEAREST_H
#define KRTASK_TUI_TEXT_NEAREST_H

#include <stddef.h>

#include "tui/text/text.h"

enum { NEAREST_MAX = 3 };

struct nearest {
	const char *text;
	size_t length;
	const char *names[NEAREST_MAX]; /* borrowed, the nearest first */
	unsigned distances[NEAREST_MAX];
	size_t count;
};

static inline struct nearest nearest_to(const char *text, size_t length)
{
	return (struct nearest){ .text = text, .length = length };
}

/* One more name; an empty one is none. It is to live until nearest_list(). */
void nearest_offer(struct nearest *nearest, const char *name);
/* Adds the first most of them to a list for people, mark before each. */
void nearest_list(const struct nearest *nearest, size_t most, const char *mark, struct text *list);

#endif
