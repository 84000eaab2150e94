/*
 * Memory for very many small things that live long: no header each, sizes rounded to 8 bytes.
 *
 * From malloc() they would lie among all that comes and goes in between, and leave gaps of which little is
 * used again: 27 bytes a task, when a million were created from a batch.  Blocks hold things of one size;
 * one that is empty goes back to the system.  What is larger than SLAB_LARGEST is malloc's after all.
 * Loop thread only.
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
/* With the size that it was allocated with. */
void slab_free(struct slabs *slabs, void *memory, size_t size);
/* All must have been freed. */
void slabs_release(struct slabs *slabs);

#endif
