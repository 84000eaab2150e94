/*
 * A growing list of words, and what is known of each.  The words are borrowed; running out of memory aborts, as everywhere in the
 * front end (words_allocate()).
 */
#ifndef KRTASK_TUI_CLI_WORDS_H
#define KRTASK_TUI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word {
	const char *text;
	bool quoted;  /* it begins in quotes: it is never a cmdlet's parameter */
	bool value;   /* it begins with a variable's value: it is never an option */
	bool unknown; /* its value is only known when the line runs: no check of it is possible yet */
	unsigned column; /* in the line of a batch, from 1; 0: there is none */
};

struct words {
	struct word *items; /* owned */
	size_t count, size;
};

#define WORDS_INIT { 0, 0, 0 }

void words_add(struct words *words, struct word word);
void words_add_text(struct words *words, const char *text);
void words_clear(struct words *words); /* empty, memory kept */
void words_release(struct words *words);

/* realloc(3), strdup(3), vasprintf(3) that abort the program when memory runs out. */
void *words_allocate(void *block, size_t size);
char *words_copy(const char *text);
char *words_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
