/*
 * An episode begins with an empty world.  It has a step for each word, and then calm, in which all started
 * tasks must end.  After every step the oracle checks everything.
 */
#ifndef KRTASK_SIMULATE_STEPS_H
#define KRTASK_SIMULATE_STEPS_H

#include <stddef.h>
#include <stdint.h>

enum { STEPS_MAX = 400 }; /* of an episode */

/* Returns only if nothing is broken. */
void steps_run(const uint64_t *words, size_t count);

#endif
