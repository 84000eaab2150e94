/*
 * The names that are most similar to a word, for the message that there is no such name.
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

/* Offers a name; an empty one is ignored.  It must be valid until nearest_list(). */
void nearest_offer(struct nearest *nearest, const char *name);
/* Adds at most `most` of the names to a list for people.  The mark is put before each. */
void nearest_list(const struct nearest *nearest, size_t most, const char *mark, struct text *list);

#endif
