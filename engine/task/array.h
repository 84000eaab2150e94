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
 * The array (NULL, and *size 0, at first) with room for at least need items of item bytes.  If it must
 * grow, it is moved to where there is room for twice as many.  NULL: out of memory, and nothing has
 * changed.
 */
void *array_grow(void *items, size_t *size, size_t need, size_t item);

#endif
