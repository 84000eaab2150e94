/*
 * Chance, all of it from one seed.  Each step has a word of its own, and all that happens in that step is
 * drawn from it: so a step stays what it is when others are left out (shrink.h).
 */
#ifndef KRTASK_SIMULATE_CHANCE_H
#define KRTASK_SIMULATE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* The storm is over: nothing fails any more. */
extern bool chance_calm;

/* The word of step number of this seed. */
uint64_t chance_word(uint64_t seed, uint64_t number);
/* From here on everything is drawn from this word. */
void chance_begin(uint64_t word);
/* 0 to below - 1 */
unsigned chance_draw(unsigned below);
/* Once in so many times, in a storm. */
bool chance_once_in(unsigned times);

#endif
