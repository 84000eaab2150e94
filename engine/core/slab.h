/*
 * Memory for very many small objects that live long.  They have no headers, and sizes are rounded up to 8
 * bytes.
 *
 * malloc() would mix them with objects that live shortly, and leave gaps that are rarely used again: 27 bytes
 * a task, when a million were created from a batch.  A block holds objects of one size, and goes back to the
 * system when it is empty.  Objects larger than SLAB_LARGEST come from malloc().  Loop thread only.
 */
#ifndef KRTASK_CORE_SLAB_H
#define KRTASK_CORE_SLAB_H

#include <stddef.h>

enum { SLAB_LARGEST = 512, SLAB_STEP = 8 };

struct slab_block;

struct slabs {
	struct slab_block *blocks[SLAB_LARGEST / SLAB_STEP + 1]; /* with room, by size (utlist) */
	size_t count;                                            /* of all blocks */
};

/* NULL: out of memory.  size is at least 1. */
void *slab_alloc(struct slabs *slabs, size_t size);
/* size must be the one that it was allocated with. */
void slab_free(struct slabs *slabs, void *memory, size_t size);
/* All must have been freed. */
void slabs_release(struct slabs *slabs);

#endif
