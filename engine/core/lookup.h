/*
 * A table of pointers by hash: open addressing with linear probing, 12 bytes an entry.  The objects that are
 * found need no fields for it.  It grows bit by bit: no entry that is added waits for all the others.
 *
 * The caller hashes and compares: equal() is called for entries whose 32 bits of hash are the same.  Any hash
 * will do, since the table mixes its bits.  The objects belong to the caller.  Loop thread only.
 */
#ifndef KRTASK_CORE_LOOKUP_H
#define KRTASK_CORE_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Packed, so that no memory is lost to alignment, and hash and pointer are mostly in the same cache line. */
struct lookup_cell {
	uint32_t hash; /* 0: free */
	void *item;    /* NULL: it was removed, while its table was moved from */
} __attribute__((packed, aligned(4)));

struct lookup_table {
	struct lookup_cell *cells; /* NULL: there is none */
	size_t size;
};

struct lookup {
	struct lookup_table table;
	struct lookup_table former; /* a smaller one, from which not all are moved yet */
	size_t moved;               /* the places of it that are done */
	size_t count;
	size_t held; /* entries that were taken out, but for which room is kept */
};

typedef bool (*lookup_equal)(const void *item, const void *key);

/* Finds the entry with this hash and key; NULL: there is none. */
void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_equal equal, const void *key);
/* An entry with this hash will be added soon: fetches its place into the cache. */
void lookup_expect(const struct lookup *lookup, uint64_t hash);
/* So many entries are expected in all: room for them is made at once.  0 or -ENOMEM. */
int lookup_reserve(struct lookup *lookup, size_t count);
/* It must not be there already.  0 or -ENOMEM. */
int lookup_add(struct lookup *lookup, uint64_t hash, void *item);
/* It must be there. */
void lookup_remove(struct lookup *lookup, uint64_t hash, const void *item);

/* Like lookup_remove(), but keeps room for the entry, so that lookup_put_back() cannot fail. */
void lookup_take_out(struct lookup *lookup, uint64_t hash, const void *item);
void lookup_put_back(struct lookup *lookup, uint64_t hash, void *item);
/* An entry that was taken out will not come back. */
void lookup_forget(struct lookup *lookup);

/* All entries are in lookup->table from now on, until the next is added. */
void lookup_settle(struct lookup *lookup);
void lookup_release(struct lookup *lookup);

#endif
