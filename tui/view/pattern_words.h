/*
 * The words of an extended regular expression of which a text must have one to match.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_PATTERN_WORDS_H
#define KRTASK_TUI_VIEW_PATTERN_WORDS_H

#include <stddef.h>

enum {
	PATTERN_WORDS = 32,
	PATTERN_WORD_MIN = 2, /* bytes; a shorter one says little */
	PATTERN_WORD_MAX = 64 /* of a longer one, its beginning */
};

struct pattern_words {
	size_t count; /* 0: none is known */
	char words[PATTERN_WORDS][PATTERN_WORD_MAX + 1];
};

/* text: a valid expression; or the text itself that is looked for. */
void pattern_words_of(struct pattern_words *words, const char *text);
void pattern_words_literal(struct pattern_words *words, const char *text);

#endif
