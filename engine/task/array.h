/*
 * Growing arrays of any type.  The owner keeps the pointer, and the number of items there is room for.
 *
 *     struct item *items = array_grow(list->items, &list->size, list->count + 1, sizeof(*items));
 *
 *     if (!items)
 *             return -ENOMEM;
 *     list->items = items;
 *     list->items[list->count++] = …
 *
 * Pure; any thread.
 */
#ifndef KRTASK_TASK_ARRAY_H
#define KRTASK_TASK_ARRAY_H

#include <stddef.h>

/*
 * Returns the array with room for at least need items of item bytes.  At first, the array is NULL and *size
 * is 0. If it must grow, it gets at least twice the room and may move.  NULL: out of memory, and nothing has
 * changed.
 */
void *array_grow(void *items, size_t *size, size_t need, size_t item);

#endif
