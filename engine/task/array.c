#include "engine/task/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_BYTES = 64, FIRST_ITEMS = 4 };

void *array_grow(void *items, size_t *size, size_t need, size_t item)
{
	size_t larger = *size ? *size : FIRST_ITEMS;
	void *moved;

	if (items && need <= *size)
		return items;
	if (!*size && item < FIRST_BYTES / FIRST_ITEMS)
		larger = FIRST_BYTES / item;
	while (larger < need)
		larger = larger > SIZE_MAX / 2 ? need : 2 * larger;
	if (larger > SIZE_MAX / 2 / item)
		return NULL;
	moved = realloc(items, larger * item);
	if (moved)
		*size = larger;
	return moved;
}
