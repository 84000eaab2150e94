#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/service/awaited.h"

/* What was taken keeps its place. */
#define AWAITED_TAKEN (UINT64_C(1) << 63)

int awaited_init(struct awaited *awaited, size_t count)
{
	*awaited = (struct awaited){ .numbers = calloc(count + 1, sizeof(*awaited->numbers)) };
	return awaited->numbers ? 0 : -ENOMEM;
}

void awaited_release(struct awaited *awaited)
{
	free(awaited->numbers);
	awaited->numbers = NULL;
}

static uint64_t number_at(const struct awaited *awaited, size_t at)
{
	return awaited->numbers[at] & ~AWAITED_TAKEN;
}

void awaited_add(struct awaited *awaited, uint64_t number)
{
	if (awaited->count > 0 && number_at(awaited, awaited->count - 1) > number)
		awaited->mixed = true;
	awaited->numbers[awaited->count++] = number;
	awaited->left++;
}

/* The first that is not less, if they are in order. */
static size_t first_from(const struct awaited *awaited, uint64_t number)
{
	size_t low = 0, high = awaited->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (number_at(awaited, middle) < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The place of one that is left; count: there is none. */
static size_t place_of(const struct awaited *awaited, uint64_t number)
{
	size_t at = awaited->mixed ? 0 : first_from(awaited, number);
	while (at < awaited->count && awaited->numbers[at] != number) {
		if (!awaited->mixed && number_at(awaited, at) != number)
			return awaited->count;
		at++;
	}
	return at;
}

bool awaited_take(struct awaited *awaited, uint64_t number)
{
	size_t at = place_of(awaited, number);
	if (at == awaited->count)
		return false;
	awaited->numbers[at] |= AWAITED_TAKEN;
	awaited->left--;
	return true;
}

bool awaited_has(const struct awaited *awaited, uint64_t number)
{
	return place_of(awaited, number) < awaited->count;
}

uint64_t awaited_next(const struct awaited *awaited, size_t *at)
{
	while (*at < awaited->count) {
		uint64_t number = awaited->numbers[(*at)++];
		if (!(number & AWAITED_TAKEN))
			return number;
	}
	return 0;
}
