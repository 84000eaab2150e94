#include "engine/run/numbers.h"

#include <errno.h>
#include <string.h>

void numbers_init(struct numbers *numbers)
{
	memset(numbers, 0xff, sizeof(*numbers));
}

bool numbers_has(int number)
{
	return number >= 0 && number < NUMBERS_MAX;
}

static void numbers_mark_taken(struct numbers *numbers, int number)
{
	int word = number / NUMBERS_WORD_BITS;

	numbers->free[word] &= ~(UINT64_C(1) << number % NUMBERS_WORD_BITS);
	if (!numbers->free[word])
		numbers->summary[word / NUMBERS_WORD_BITS] &= ~(UINT64_C(1) << word % NUMBERS_WORD_BITS);
}

int numbers_take(struct numbers *numbers)
{
	int i, word, number;

	for (i = 0; i < NUMBERS_SUMMARY_WORDS; i++)
		if (numbers->summary[i])
			break;
	if (i == NUMBERS_SUMMARY_WORDS)
		return -EAGAIN;
	word = i * NUMBERS_WORD_BITS + __builtin_ctzll(numbers->summary[i]);
	number = word * NUMBERS_WORD_BITS + __builtin_ctzll(numbers->free[word]);
	numbers_mark_taken(numbers, number);
	return number;
}

bool numbers_is_free(const struct numbers *numbers, int number)
{
	return numbers_has(number) &&
	       numbers->free[number / NUMBERS_WORD_BITS] >> number % NUMBERS_WORD_BITS & 1;
}

int numbers_take_this(struct numbers *numbers, int number)
{
	if (!numbers_is_free(numbers, number))
		return -EINVAL;
	numbers_mark_taken(numbers, number);
	return 0;
}

void numbers_give_back(struct numbers *numbers, int number)
{
	int word = number / NUMBERS_WORD_BITS;

	if (!numbers_has(number))
		return;
	numbers->free[word] |= UINT64_C(1) << number % NUMBERS_WORD_BITS;
	numbers->summary[word / NUMBERS_WORD_BITS] |= UINT64_C(1) << word % NUMBERS_WORD_BITS;
}
