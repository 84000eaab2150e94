/*
 * A growing list of words.  The texts are borrowed.
 */
#ifndef KRTASK_TUI_CLI_WORDS_H
#define KRTASK_TUI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/alloc.h"

struct word {
	const char *text;
	bool quoted;        /* it begins in quotes, so it is not a parameter of a cmdlet */
	bool block;         /* { code }, without quotes */
	bool value;         /* it begins with the value of a variable, so it is not an option */
	bool colon;         /* it ends in a colon, so that its value may be the next word */
	bool record;        /* in it is the id of a task that a command has found or made, on `server` */
	bool unknown;       /* its value is not known before the line runs, so it cannot be checked yet */
	unsigned more;      /* so many words after it are values of the same variable, an array */
	unsigned column;    /* in the line of a batch, from 1; 0: none */
	const char *server; /* of the tasks in its variable; NULL: that of the line; see words_server() */
};

/* Instead of a server: there are several. */
#define WORDS_SERVERS "\n"

struct words {
	struct word *items; /* owned */
	size_t count, size;
};

#define WORDS_INIT                                                                                           \
	{                                                                                                    \
		0, 0, 0                                                                                      \
	}

/*
 * A new word, all of which is to be filled in.  For many words: to make one elsewhere and copy it waits until its single
 * bytes are in the cache.
 */
static inline struct word *words_next(struct words *words)
{
	words->items = alloc_room(words->items, &words->size, words->count + 1, sizeof(*words->items));
	return &words->items[words->count++];
}

static inline void words_add(struct words *words, struct word word)
{
	*words_next(words) = word;
}

void words_add_text(struct words *words, const char *text);
/* The server of the tasks of both: that which both have, or WORDS_SERVERS. */
const char *words_server(const char *one, const char *other);

/* Empties it, and keeps its memory. */
static inline void words_clear(struct words *words)
{
	words->count = 0;
}

void words_release(struct words *words);

#endif
