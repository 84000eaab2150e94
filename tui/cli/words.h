/*
 * A growing list of words, and what is known of each.  The words are borrowed.
 */
#ifndef KRTASK_TUI_CLI_WORDS_H
#define KRTASK_TUI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word {
	const char *text;
	bool quoted;     /* it begins in quotes: it is never a cmdlet's parameter */
	bool value;      /* it begins with a variable's value: it is never an option */
	bool unknown;    /* its value is only known when the line runs: no check of it is possible yet */
	unsigned more;   /* values of the same variable that follow this one: together they are an array */
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

#endif
