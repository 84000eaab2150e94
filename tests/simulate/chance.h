/*
 * Random numbers, all from one seed.  Each step has its own word, and everything in the step is drawn from
 * that word.  So a step stays the same when other steps are left out (shrink.h).
 */
#ifndef KRTASK_SIMULATE_CHANCE_H
#define KRTASK_SIMULATE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Nothing fails any more. */
extern bool chance_calm;

/* Returns the word of this step for this seed. */
uint64_t chance_word(uint64_t seed, uint64_t number);
/* All further draws come from this word. */
void chance_begin(uint64_t word);
/* Returns a number from 0 to below - 1. */
unsigned chance_draw(unsigned below);
/* Returns true one time in so many, but never in calm. */
bool chance_once_in(unsigned times);

#endif
