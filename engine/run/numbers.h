/* Gives out numbers from 0 to NUMBERS_MAX - 1, always the lowest free one.  One thread. */
#ifndef KRTASK_RUN_NUMBERS_H
#define KRTASK_RUN_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	NUMBERS_MAX = 65536,
	NUMBERS_WORD_BITS = 64,
	NUMBERS_WORDS = NUMBERS_MAX / NUMBERS_WORD_BITS,
	NUMBERS_SUMMARY_WORDS = NUMBERS_WORDS / NUMBERS_WORD_BITS,
};

/*
 * A bit is set if its number is free.  In summary, a bit is set if its word of free is not 0. So the lowest
 * free number is found in a few steps.
 */
struct numbers {
	uint64_t summary[NUMBERS_SUMMARY_WORDS];
	uint64_t free[NUMBERS_WORDS];
};

void numbers_init(struct numbers *numbers); /* all are free */
int numbers_take(struct numbers *numbers);  /* -EAGAIN: all are taken */
/* 0; -EINVAL: there is no such number, or it is taken. */
int numbers_take_this(struct numbers *numbers, int number);
void numbers_give_back(struct numbers *numbers, int number);
bool numbers_is_free(const struct numbers *numbers, int number);
bool numbers_has(int number); /* there is such a number */

#endif
