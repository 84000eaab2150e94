#include "engine/wire/jsonr.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Memory for a lexer that goes on after an allocation has failed.  Its buffer grows to powers of two, of 32 bytes at least, up to
 * twice the length of the text: four times that, all together.  The first allocation of another size fails and ends it; until then
 * there can be strings (twice their length) and the table of an array of constants, of which each has five bytes or more of the text
 * (less than seven times that).
 */
enum { RESERVE_TIMES = 12, RESERVE_LEAST = 1024, RESERVE_STEP = 32 };
/* A larger reserve is no part of the heap, where it would leave a hole between what was read. */
enum { RESERVE_IN_HEAP = 32 << 10 };

struct jsonr_reserve {
	char *memory; /* owned */
	size_t size, used;
	bool needed; /* an allocation has failed: what is read is not used */
};

/* Of the text that this thread reads; NULL: it reads none. */
static _Thread_local struct jsonr_reserve *jsonr_reserve;

/* Memory from the reserve is of these sizes only, so the next is aligned, too. */
static void *jsonr_take(struct jsonr_reserve *reserve, size_t size)
{
	char *memory = reserve->memory + reserve->used;

	if (size < RESERVE_STEP || (size & (size - 1)) != 0 || size > reserve->size - reserve->used)
		return NULL;
	reserve->used += size;
	return memory;
}

static void *jsonr_allocate(size_t size)
{
	struct jsonr_reserve *reserve = jsonr_reserve;
	void *memory = reserve && reserve->needed ? NULL : malloc(size);

	if (memory || !reserve)
		return memory;
	reserve->needed = true;
	return jsonr_take(reserve, size);
}

static void jsonr_free(void *memory)
{
	const struct jsonr_reserve *reserve = jsonr_reserve;

	if (reserve && (char *)memory >= reserve->memory && (char *)memory < reserve->memory + reserve->size)
		return;
	free(memory);
}

static bool jsonr_reserve_take(struct jsonr_reserve *reserve, size_t length)
{
	reserve->size = RESERVE_TIMES * length + RESERVE_LEAST;
	if (reserve->size <= RESERVE_IN_HEAP) {
		reserve->memory = malloc(reserve->size);
		return reserve->memory != NULL;
	}
	reserve->memory =
		mmap(NULL, reserve->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return reserve->memory != MAP_FAILED;
}

static void jsonr_reserve_give(const struct jsonr_reserve *reserve)
{
	if (reserve->size <= RESERVE_IN_HEAP)
		free(reserve->memory);
	else
		(void)munmap(reserve->memory, reserve->size);
}

static void jsonr_begin(void)
{
	json_set_alloc_funcs(jsonr_allocate, jsonr_free);
}

static json_t *jsonr_fail(json_error_t *error)
{
	memset(error, 0, sizeof(*error));
	error->text[sizeof(error->text) - 1] = json_error_out_of_memory;
	return NULL;
}

json_t *jsonr_load(const char *bytes, size_t length, size_t flags, json_error_t *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct jsonr_reserve reserve = { .needed = false };
	json_t *value;

	pthread_once(&once, jsonr_begin);
	if (!jsonr_reserve_take(&reserve, length))
		return jsonr_fail(error);
	jsonr_reserve = &reserve;
	value = json_loadb(bytes, length, flags, error);
	if (reserve.needed)
		json_decref(value);
	jsonr_reserve = NULL;
	jsonr_reserve_give(&reserve);
	return reserve.needed ? jsonr_fail(error) : value;
}
