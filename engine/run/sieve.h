/*
 * Which lines of output may show one of some words: a search need look at no others.
 *
 *     sieve_new()  sieve_first() …  sieve_free()
 *
 * It never passes over a line that shows a word.  Colours are seen through; a line that a terminal shows in another way,
 * such as one that moves the cursor, may show anything.
 */
#ifndef KRTASK_RUN_SIEVE_H
#define KRTASK_RUN_SIEVE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SIEVE_WORDS = 32,     /* at most */
	SIEVE_WORD_MIN = 2,   /* bytes */
	SIEVE_WORD_MAX = 64,  /* bytes */
	SIEVE_LINE_MAX = 8192 /* a longer line with control characters may show anything */
};

struct sieve;

/* any_case: of ASCII letters.  NULL: there is no memory. */
struct sieve *sieve_new(bool any_case);
/* False: there are too many, it is too short or too long, or it is not of printable ASCII. */
bool sieve_add(struct sieve *sieve, const char *word);
void sieve_free(struct sieve *sieve);

/* The beginning of the first line that may show a word, of whole lines, each with its newline.  NULL: there is none. */
const char *sieve_first(const struct sieve *sieve, const char *from, const char *end);

#endif
