/*
 * Counts the allocations of the loop's thread while it serves, and lets one of them fail.  Those of shared libraries
 * and other threads do not count.  A test that uses this is linked with $(loop_memory_wraps).
 */
#ifndef KRTASK_TESTS_LOOP_MEMORY_H
#define KRTASK_TESTS_LOOP_MEMORY_H

#include <stdbool.h>

/* From now on this thread serves, or it does not. */
void loop_memory_serve(bool serves);
/* Counts from 0.  The allocation with the number at fails; 0: none does. */
void loop_memory_begin(unsigned long at);
/* No allocation fails any more.  Returns how many there were. */
unsigned long loop_memory_end(void);

#endif
