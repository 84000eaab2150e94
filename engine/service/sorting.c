#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run/turns.h"
#include "engine/service/query.h"
#include "engine/service/sorting.h"

enum {
	SORTING_FIRST = 8, /* rows that are sorted by insertion */
	SORTING_LOOK = 64  /* rows between two looks at the time */
};

int sorting_init(struct sorting *sorting, struct row *rows, size_t count,
                 int (*compare)(const struct row *a, const struct row *b, const void *ctx), const void *ctx)
{
	*sorting = (struct sorting){ .rows = rows, .count = count, .compare = compare, .ctx = ctx };
	sorting->spare = malloc((count + 1) * sizeof(*rows));
	return sorting->spare ? 0 : -ENOMEM;
}

void sorting_release(struct sorting *sorting)
{
	free(sorting->spare);
	*sorting = (struct sorting){ 0 };
}

static void sorting_insert(const struct sorting *sorting, struct row *rows, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct row row = rows[i];
		size_t place = i;
		for (; place > 0 && sorting->compare(&row, &rows[place - 1], sorting->ctx) < 0; place--)
			rows[place] = rows[place - 1];
		rows[place] = row;
	}
}

static size_t sorting_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Sorts a few beside each other. */
static void sorting_first(struct sorting *sorting, size_t *units)
{
	size_t count = sorting_least(SORTING_FIRST, sorting->count - sorting->at);
	sorting_insert(sorting, sorting->rows + sorting->at, count);
	sorting->at += count;
	*units -= sorting_least(*units, count);
}

/* Merges a few of the two parts from at on. */
static void sorting_merge(struct sorting *sorting, size_t *units)
{
	size_t middle = sorting_least(sorting->at + sorting->width, sorting->count);
	size_t end = sorting_least(middle + sorting->width, sorting->count);
	const struct row *left = sorting->rows + sorting->at + sorting->left,
			 *left_end = sorting->rows + middle, *right = sorting->rows + middle + sorting->right,
			 *right_end = sorting->rows + end;
	struct row *first = sorting->spare + sorting->at + sorting->left + sorting->right, *to = first;
	size_t most = sorting_least(*units, SORTING_LOOK);
	while ((size_t)(to - first) < most && (left < left_end || right < right_end)) {
		bool from_right = left == left_end ||
		                  (right < right_end && sorting->compare(right, left, sorting->ctx) < 0);
		*to++ = from_right ? *right++ : *left++;
	}
	*units -= (size_t)(to - first);
	sorting->left = (size_t)(left - sorting->rows) - sorting->at;
	sorting->right = (size_t)(right - sorting->rows) - middle;
	if (left == left_end && right == right_end) {
		sorting->at = end;
		sorting->left = sorting->right = 0;
	}
}

/* All parts of this width are done. */
static void sorting_widen(struct sorting *sorting)
{
	struct row *rows = sorting->rows;
	if (sorting->width > 0) {
		sorting->rows = sorting->spare;
		sorting->spare = rows;
	}
	sorting->width = sorting->width > 0 ? sorting->width * 2 : SORTING_FIRST;
	sorting->at = 0;
}

bool sorting_go_on(struct sorting *sorting, size_t *units)
{
	while (sorting->width < sorting->count) {
		if (*units == 0 || turns_late())
			return false;
		if (sorting->at == sorting->count)
			sorting_widen(sorting);
		else if (sorting->width == 0)
			sorting_first(sorting, units);
		else
			sorting_merge(sorting, units);
	}
	return true;
}
