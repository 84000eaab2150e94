/*
 * Makes a failing episode short: delta debugging (A. Zeller, R. Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", 2002) over the list of its steps.  Each try is an episode in a process of its own.
 */
#ifndef KRTASK_SIMULATE_SHRINK_H
#define KRTASK_SIMULATE_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs an episode in a child.  True: it failed, and report says how. */
bool shrink_try(const uint64_t *words, size_t count, bool tells);
/*
 * Leaves out words that are not needed for the same failure, for some seconds at most.  Returns how many are
 * left.
 */
size_t shrink_words(uint64_t *words, size_t count, int seconds);

#endif
