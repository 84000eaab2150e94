#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/lookup.h"

/* So many places are moved with each entry. */
enum { SMALLEST = 64, MOVED_AT_ONCE = 8 };

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
static size_t lookup_home(const struct lookup_table *table, uint32_t mixed)
{
	return (size_t)((uint64_t)mixed * table->size >> 32);
}

static size_t lookup_next(const struct lookup_table *table, size_t place)
{
	return place + 1 == table->size ? 0 : place + 1;
}

static void lookup_drop(struct lookup_table *table)
{
	free(table->cells);
	*table = (struct lookup_table){ 0 };
}

static void *lookup_search(const struct lookup_table *table, uint32_t mixed, lookup_equal equal,
                           const void *key)
{
	if (!table->cells)
		return NULL;
	for (size_t place = lookup_home(table, mixed); table->cells[place].hash;
	     place = lookup_next(table, place)) {
		const struct lookup_cell *cell = &table->cells[place];
		if (cell->hash == mixed && cell->item && equal(cell->item, key))
			return cell->item;
	}
	return NULL;
}

void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_equal equal, const void *key)
{
	uint32_t mixed = lookup_mix(hash);
	void *item = lookup_search(&lookup->table, mixed, equal, key);
	return item || !lookup->former.cells ? item : lookup_search(&lookup->former, mixed, equal, key);
}

void lookup_expect(const struct lookup *lookup, uint64_t hash)
{
	const struct lookup_table *table = &lookup->table;
	if (table->cells)
		__builtin_prefetch(&table->cells[lookup_home(table, lookup_mix(hash))], 1);
}

static void lookup_place(struct lookup_table *table, uint32_t mixed, void *item)
{
	size_t place = lookup_home(table, mixed);
	while (table->cells[place].hash)
		place = lookup_next(table, place);
	table->cells[place] = (struct lookup_cell){ mixed, item };
}

/* The next entries of the former table. */
static void lookup_move(struct lookup *lookup, size_t places)
{
	struct lookup_table *former = &lookup->former;
	if (!former->cells)
		return;
	for (; places > 0 && lookup->moved < former->size; places--) {
		const struct lookup_cell *cell = &former->cells[lookup->moved++];
		if (cell->item)
			lookup_place(&lookup->table, cell->hash, cell->item);
	}
	if (lookup->moved == former->size)
		lookup_drop(former);
}

/*
 * What is in the table is moved bit by bit, so that nobody waits for a million entries.  Those that were moved stay where
 * they were, too: searches there must go past them.
 */
static int lookup_grow(struct lookup *lookup, size_t size)
{
	lookup_move(lookup, SIZE_MAX);
	/* The allocator of the server maps what is large, so that nobody clears it at once. */
	struct lookup_cell *cells = size <= UINT32_MAX ? calloc(size, sizeof(*cells)) : NULL;
	if (!cells)
		return -ENOMEM;
	lookup->former = lookup->table;
	lookup->table = (struct lookup_table){ .cells = cells, .size = size };
	lookup->moved = 0;
	return 0;
}

int lookup_reserve(struct lookup *lookup, size_t count)
{
	/* A little more, so that the next ones do not make it grow at once. */
	size_t size = SMALLEST + count + count / 3 + count / 32;
	return size > lookup->table.size ? lookup_grow(lookup, size) : 0;
}

int lookup_add(struct lookup *lookup, uint64_t hash, void *item)
{
	size_t size = lookup->table.size;
	/* At most three quarters are used, since searches become long in a fuller table. */
	if ((lookup->count + lookup->held + 1) * 4 > size * 3) {
		int error = lookup_grow(lookup, size ? size + size / 2 : SMALLEST);
		if (error)
			return error;
	}
	lookup_move(lookup, MOVED_AT_ONCE);
	lookup_place(&lookup->table, lookup_mix(hash), item);
	lookup->count++;
	return 0;
}

/*
 * Entries behind the gap move up as far as possible, so that no search ends too early (Knuth 6.4,
 * algorithm R).
 */
static void lookup_close_gap(struct lookup_table *table, size_t gap)
{
	for (size_t place = lookup_next(table, gap); table->cells[place].hash;
	     place = lookup_next(table, place)) {
		size_t home = lookup_home(table, table->cells[place].hash);
		bool stays = gap < place ? home > gap && home <= place : home > gap || home <= place;
		if (stays)
			continue;
		table->cells[gap] = table->cells[place];
		gap = place;
	}
	table->cells[gap] = (struct lookup_cell){ 0 };
}

/* Where the item is; NULL: not there. */
static struct lookup_cell *lookup_cell_of(const struct lookup_table *table, uint32_t mixed, const void *item)
{
	if (!table->cells)
		return NULL;
	for (size_t place = lookup_home(table, mixed); table->cells[place].hash;
	     place = lookup_next(table, place)) {
		if (table->cells[place].item == item)
			return &table->cells[place];
	}
	return NULL;
}

void lookup_remove(struct lookup *lookup, uint64_t hash, const void *item)
{
	uint32_t mixed = lookup_mix(hash);
	struct lookup_cell *former = lookup_cell_of(&lookup->former, mixed, item);
	const struct lookup_cell *cell = lookup_cell_of(&lookup->table, mixed, item);
	/* Its place stays taken, so that the others there are found. */
	if (former)
		former->item = NULL;
	if (cell)
		lookup_close_gap(&lookup->table, (size_t)(cell - lookup->table.cells));
	lookup->count--;
}

void lookup_take_out(struct lookup *lookup, uint64_t hash, const void *item)
{
	lookup_remove(lookup, hash, item);
	lookup->held++;
}

void lookup_put_back(struct lookup *lookup, uint64_t hash, void *item)
{
	lookup_place(&lookup->table, lookup_mix(hash), item);
	lookup->held--;
	lookup->count++;
}

void lookup_forget(struct lookup *lookup)
{
	lookup->held--;
}

void lookup_settle(struct lookup *lookup)
{
	lookup_move(lookup, SIZE_MAX);
}

void lookup_release(struct lookup *lookup)
{
	lookup_drop(&lookup->former);
	lookup_drop(&lookup->table);
	*lookup = (struct lookup){ 0 };
}
