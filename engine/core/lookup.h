/*
 * A table of pointers by hash: open addressing with linear probing, 12 bytes an entry, no memory in what is
 * found.
 *
 * Who uses it hashes and compares: equal() is asked for entries whose 32 bits of hash are the same.  Any
 * hash will do, the table mixes its bits.  Loop thread only.  What the pointers lead to is the caller's.
 */
#ifndef KRTASK_CORE_LOOKUP_H
#define KRTASK_CORE_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Packed, so that hash and pointer are in one line of the cache most often, and nothing is lost to
 * alignment.
 */
struct lookup_cell {
	uint32_t hash; /* 0: free */
	void *item;
} __attribute__((packed, aligned(4)));

struct lookup {
	struct lookup_cell *cells; /* NULL where nothing was ever added */
	size_t size;
	size_t count;
	size_t held; /* entries that are out, and for which room is kept */
};

typedef bool (*lookup_equal)(const void *item, const void *key);

/* The one with this hash and key; NULL: none. */
void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_equal equal, const void *key);
/* One with this hash is about to be added: its place is fetched into the cache meanwhile. */
void lookup_expect(const struct lookup *lookup, uint64_t hash);
/* It must not be there already.  0 or -ENOMEM. */
int lookup_add(struct lookup *lookup, uint64_t hash, void *item);
/* It must be there. */
void lookup_remove(struct lookup *lookup, uint64_t hash, const void *item);

/* As lookup_remove(), but there stays room for it: lookup_put_back() cannot fail. */
void lookup_take_out(struct lookup *lookup, uint64_t hash, const void *item);
void lookup_put_back(struct lookup *lookup, uint64_t hash, void *item);
/* One that was taken out does not come back. */
void lookup_forget(struct lookup *lookup);

void lookup_release(struct lookup *lookup);

#endif
