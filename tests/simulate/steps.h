/*
 * An episode: a world that begins empty, a step for each word, and calm in which all that was started must
 * end.  After every step the oracle looks at everything.
 */
#ifndef KRTASK_SIMULATE_STEPS_H
#define KRTASK_SIMULATE_STEPS_H

#include <stddef.h>
#include <stdint.h>

enum { STEPS_MAX = 400 }; /* of an episode */

/* Returns if nothing is broken. */
void steps_run(const uint64_t *words, size_t count);

#endif
