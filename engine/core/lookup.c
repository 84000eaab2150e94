#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/lookup.h"

enum { SMALLEST = 64 };

/*
 * The upper half of the product with 2^64 divided by the golden ratio (Knuth, The Art of Computer
 * Programming, volume 3, 6.4): every bit of the hash counts.  0 marks a free place.
 */
static uint32_t lookup_mix(uint64_t hash)
{
	uint32_t mixed = (uint32_t)(((hash ^ hash >> 32) * 0x9e3779b97f4a7c15u) >> 32);
	return mixed ? mixed : 1;
}

/* Sizes need not be powers of two.  So the table grows only by half, and less of it is unused. */
static size_t lookup_home(const struct lookup *lookup, uint32_t mixed)
{
	return (size_t)((uint64_t)mixed * lookup->size >> 32);
}

static size_t lookup_next(const struct lookup *lookup, size_t place)
{
	return place + 1 == lookup->size ? 0 : place + 1;
}

void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_equal equal, const void *key)
{
	uint32_t mixed = lookup_mix(hash);
	if (lookup->count == 0)
		return NULL;
	for (size_t place = lookup_home(lookup, mixed); lookup->cells[place].hash;
	     place = lookup_next(lookup, place)) {
		const struct lookup_cell *cell = &lookup->cells[place];
		if (cell->hash == mixed && equal(cell->item, key))
			return cell->item;
	}
	return NULL;
}

void lookup_expect(const struct lookup *lookup, uint64_t hash)
{
	if (lookup->cells)
		__builtin_prefetch(&lookup->cells[lookup_home(lookup, lookup_mix(hash))], 1);
}

static void lookup_place(struct lookup *lookup, uint32_t mixed, void *item)
{
	size_t place = lookup_home(lookup, mixed);
	while (lookup->cells[place].hash)
		place = lookup_next(lookup, place);
	lookup->cells[place] = (struct lookup_cell){ mixed, item };
}

static int lookup_grow(struct lookup *lookup, size_t size)
{
	struct lookup larger = *lookup;
	larger.size = size;
	if (larger.size > UINT32_MAX)
		return -ENOMEM;
	larger.cells = calloc(larger.size, sizeof(*larger.cells));
	if (!larger.cells)
		return -ENOMEM;
	for (size_t place = 0; place < lookup->size; place++) {
		const struct lookup_cell *cell = &lookup->cells[place];
		if (cell->hash)
			lookup_place(&larger, cell->hash, cell->item);
	}
	free(lookup->cells);
	*lookup = larger;
	return 0;
}

int lookup_reserve(struct lookup *lookup, size_t count)
{
	/* A little more, so that the next ones do not make it grow at once. */
	size_t size = SMALLEST + count + count / 3 + count / 32;
	return size > lookup->size ? lookup_grow(lookup, size) : 0;
}

int lookup_add(struct lookup *lookup, uint64_t hash, void *item)
{
	/* At most three quarters are used, since searches become long in a fuller table. */
	if ((lookup->count + lookup->held + 1) * 4 > lookup->size * 3) {
		int error = lookup_grow(lookup, lookup->size ? lookup->size + lookup->size / 2 : SMALLEST);
		if (error)
			return error;
	}
	lookup_place(lookup, lookup_mix(hash), item);
	lookup->count++;
	return 0;
}

/*
 * Entries behind the gap move up as far as possible, so that no search ends too early (Knuth 6.4,
 * algorithm R).
 */
static void lookup_close_gap(struct lookup *lookup, size_t gap)
{
	for (size_t place = lookup_next(lookup, gap); lookup->cells[place].hash;
	     place = lookup_next(lookup, place)) {
		size_t home = lookup_home(lookup, lookup->cells[place].hash);
		bool stays = gap < place ? home > gap && home <= place : home > gap || home <= place;
		if (stays)
			continue;
		lookup->cells[gap] = lookup->cells[place];
		gap = place;
	}
	lookup->cells[gap] = (struct lookup_cell){ 0 };
}

void lookup_remove(struct lookup *lookup, uint64_t hash, const void *item)
{
	size_t place = lookup_home(lookup, lookup_mix(hash));
	while (lookup->cells[place].item != item)
		place = lookup_next(lookup, place);
	lookup_close_gap(lookup, place);
	lookup->count--;
}

void lookup_take_out(struct lookup *lookup, uint64_t hash, const void *item)
{
	lookup_remove(lookup, hash, item);
	lookup->held++;
}

void lookup_put_back(struct lookup *lookup, uint64_t hash, void *item)
{
	lookup_place(lookup, lookup_mix(hash), item);
	lookup->held--;
	lookup->count++;
}

void lookup_forget(struct lookup *lookup)
{
	lookup->held--;
}

void lookup_release(struct lookup *lookup)
{
	free(lookup->cells);
	*lookup = (struct lookup){ 0 };
}
