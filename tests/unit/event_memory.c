#include "tests/unit/event_memory.h"

#include <event2/event.h>
#include <stdlib.h>

static void *own_malloc(size_t size)
{
	return malloc(size);
}

static void *own_realloc(void *memory, size_t size)
{
	return realloc(memory, size);
}

void event_memory_own(void)
{
	event_set_mem_functions(own_malloc, own_realloc, free);
}
