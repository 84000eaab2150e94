#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/lookup.h"

enum { SMALLEST = 64 };

/*
 * The upper half of the product with 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4): all bits
 * of the hash have a say in it.  0 is kept for free places.
 */
static uint32_t lookup_mix(uint64_t hash)
{
	uint32_t mixed = (uint32_t)(((hash ^ hash >> 32) * 0x9e3779b97f4a7c15u) >> 32);
	return mixed ? mixed : 1;
}

/* Sizes need not be powers of two: they grow by half, so that less lies idle. */
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
	for (size_t place = lookup_home(lookup, mixed); lookup->hashes[place]; place = lookup_next(lookup, place)) {
		if (lookup->hashes[place] == mixed && equal(lookup->items[place], key))
			return lookup->items[place];
	}
	return NULL;
}

static void lookup_place(struct lookup *lookup, uint32_t mixed, void *item)
{
	size_t place = lookup_home(lookup, mixed);
	while (lookup->hashes[place])
		place = lookup_next(lookup, place);
	lookup->hashes[place] = mixed;
	lookup->items[place] = item;
}

static int lookup_grow(struct lookup *lookup)
{
	size_t size = lookup->size ? lookup->size + lookup->size / 2 : SMALLEST;
	struct lookup larger = { .size = size, .count = lookup->count, .held = lookup->held };
	if (size > UINT32_MAX)
		return -ENOMEM;
	larger.items = calloc(size, sizeof(*larger.items) + sizeof(*larger.hashes));
	if (!larger.items)
		return -ENOMEM;
	larger.hashes = (uint32_t *)(larger.items + size);
	for (size_t place = 0; place < lookup->size; place++) {
		if (lookup->hashes[place])
			lookup_place(&larger, lookup->hashes[place], lookup->items[place]);
	}
	free(lookup->items);
	*lookup = larger;
	return 0;
}

int lookup_add(struct lookup *lookup, uint64_t hash, void *item)
{
	/* At most three quarters: longer runs would make every search long. */
	if ((lookup->count + lookup->held + 1) * 4 > lookup->size * 3) {
		int error = lookup_grow(lookup);
		if (error)
			return error;
	}
	lookup_place(lookup, lookup_mix(hash), item);
	lookup->count++;
	return 0;
}

/* What comes behind moves up as far as it may, so that no search ends too early (Knuth 6.4, algorithm R). */
static void lookup_close_gap(struct lookup *lookup, size_t gap)
{
	for (size_t place = lookup_next(lookup, gap); lookup->hashes[place]; place = lookup_next(lookup, place)) {
		size_t home = lookup_home(lookup, lookup->hashes[place]);
		bool stays = gap < place ? home > gap && home <= place : home > gap || home <= place;
		if (stays)
			continue;
		lookup->hashes[gap] = lookup->hashes[place];
		lookup->items[gap] = lookup->items[place];
		gap = place;
	}
	lookup->hashes[gap] = 0;
	lookup->items[gap] = NULL;
}

void lookup_remove(struct lookup *lookup, uint64_t hash, const void *item)
{
	size_t place = lookup_home(lookup, lookup_mix(hash));
	while (lookup->items[place] != item)
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

void lookup_let_go(struct lookup *lookup)
{
	lookup->held--;
}

void lookup_release(struct lookup *lookup)
{
	free(lookup->items);
	*lookup = (struct lookup){ 0 };
}
