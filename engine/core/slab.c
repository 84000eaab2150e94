#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <utlist.h>

#include "engine/core/slab.h"

/* A block begins at a multiple of its size, so that it can be found from the address of an object in it. */
#define SLAB_BLOCK ((size_t)256 * 1024)

/* The sanitizer can watch each object only if malloc() allocates it. */
#if defined(__SANITIZE_ADDRESS__)
static const bool slab_is_malloc = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const bool slab_is_malloc = true;
#else
static const bool slab_is_malloc = false;
#endif
#else
static const bool slab_is_malloc = false;
#endif

struct slab_block {
	struct slab_block *prev, *next;
	void *freed;   /* those that were freed, each begins with a pointer to the next */
	uint32_t live; /* how many are in use */
	uint32_t used; /* how many places were ever used */
};

static size_t slab_class(size_t size)
{
	return (size + SLAB_STEP - 1) / SLAB_STEP;
}

static uint32_t slab_capacity(size_t class)
{
	return (uint32_t)((SLAB_BLOCK - sizeof(struct slab_block)) / (class * SLAB_STEP));
}

/* Maps twice the size, and keeps the part that is aligned. */
static struct slab_block *slab_block_new(void)
{
	char *memory = mmap(NULL, 2 * SLAB_BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	size_t before = SLAB_BLOCK - (uintptr_t)memory % SLAB_BLOCK;
	munmap(memory, before);
	if (before < SLAB_BLOCK)
		munmap(memory + before + SLAB_BLOCK, SLAB_BLOCK - before);
	return (struct slab_block *)(memory + before);
}

void *slab_alloc(struct slabs *slabs, size_t size)
{
	size_t class = slab_class(size);
	if (size > SLAB_LARGEST || slab_is_malloc)
		return malloc(size);
	struct slab_block *block = slabs->blocks[class];
	if (!block) {
		block = slab_block_new();
		if (!block)
			return NULL;
		DL_PREPEND(slabs->blocks[class], block);
		slabs->count++;
	}
	void *memory = block->freed;
	if (memory)
		block->freed = *(void **)memory;
	else
		memory = (char *)(block + 1) + block->used++ * class * SLAB_STEP;
	if (++block->live == slab_capacity(class))
		DL_DELETE(slabs->blocks[class], block);
	return memory;
}

void slab_free(struct slabs *slabs, void *memory, size_t size)
{
	size_t class = slab_class(size);
	if (size > SLAB_LARGEST || slab_is_malloc) {
		free(memory);
		return;
	}
	struct slab_block *block = (struct slab_block *)((char *)memory - (uintptr_t)memory % SLAB_BLOCK);
	if (block->live-- == slab_capacity(class))
		DL_PREPEND(slabs->blocks[class], block);
	*(void **)memory = block->freed;
	block->freed = memory;
	/* The last block of its size stays: it may be needed soon. */
	if (block->live > 0 || !slabs->blocks[class]->next)
		return;
	DL_DELETE(slabs->blocks[class], block);
	munmap(block, SLAB_BLOCK);
	slabs->count--;
}

void slabs_release(struct slabs *slabs)
{
	for (size_t class = 0; class < sizeof(slabs->blocks) / sizeof(slabs->blocks[0]); class ++) {
		if (!slabs->blocks[class])
			continue;
		munmap(slabs->blocks[class], SLAB_BLOCK);
		slabs->blocks[class] = NULL;
		slabs->count--;
	}
}
