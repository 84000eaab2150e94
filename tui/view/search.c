#include "tui/view/search.h"

#include <stdlib.h>

#include "tui/text/alloc.h"

uint64_t search_number(const json_t *rows, int64_t index)
{
	return (uint64_t)json_integer_value(json_array_get(json_array_get(rows, (size_t)index), 0));
}

const char *search_id(const json_t *rows, int64_t index)
{
	return json_string_value(json_array_get(json_array_get(rows, (size_t)index), 1));
}

int64_t search_position(const json_t *rows, uint64_t number)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		if (search_number(rows, (int64_t)i) == number)
			return (int64_t)i;
	}
	return -1;
}

static int compare(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

int64_t search_next(const json_t *order, const json_t *matches, uint64_t selected)
{
	size_t length = json_array_size(order), count = json_array_size(matches);
	size_t from = (size_t)(search_position(order, selected) + 1);
	uint64_t *numbers = alloc_zero(count + 1, sizeof(*numbers));
	int64_t found = -1;

	for (size_t i = 0; i < count; i++)
		numbers[i] = search_number(matches, (int64_t)i);
	qsort(numbers, count, sizeof(*numbers), compare);
	for (size_t i = 0; found < 0 && i < length; i++) {
		size_t at = (from + i) % length;
		uint64_t number = search_number(order, (int64_t)at);

		if (bsearch(&number, numbers, count, sizeof(*numbers), compare))
			found = (int64_t)at;
	}
	free(numbers);
	return found;
}
