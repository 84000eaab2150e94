/*
 * Memory that runs out when a test wants it.  A test that is linked with $(scarce_memory) calls malloc(),
 * calloc(), realloc(), strdup() and mmap() through here, and so does Check.  So nothing must be asserted
 * between scarce_after() or scarce_once() and scarce_end().
 */
#ifndef KRTASK_TESTS_SCARCE_H
#define KRTASK_TESTS_SCARCE_H

#include <stdbool.h>

/* The next count allocations succeed, and all later ones fail. */
void scarce_after(long count);
/* The same, but only one of them fails. */
void scarce_once(long count);
/* True: an allocation has failed since scarce_after(). */
bool scarce_failed(void);
/* From now on all allocations succeed.  True: one has failed since scarce_after(). */
bool scarce_end(void);

#endif
