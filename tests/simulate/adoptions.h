/*
 * Adoptions: a task that is made again takes over so many others that this goes on in slices, each when the one before
 * is durable, over servers that are killed.  The first one begins when all of them are made.
 */
#ifndef KRTASK_SIMULATE_ADOPTIONS_H
#define KRTASK_SIMULATE_ADOPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/simulate/wishes.h"

void adoptions_reset(void);
/* The server has been killed: nobody is told any more. */
void adoptions_crash(void);
/* What is not durable now never will be. */
void adoptions_undone(void);
/* The task of this wish was made from that one.  True: this goes on, and who asked for it will be told. */
bool adoptions_begun(unsigned wish, uint64_t made, uint64_t source);
/* What this one takes over is still being made, as far as is durable, and as far as is put. */
bool adoptions_go_on(uint64_t made);
bool adoptions_are_put(uint64_t made);
/* A user removes one that was made, or is to be made again, while an adoption goes on. */
void adoptions_cross(void);
/* A user has changed it. */
void adoptions_edited(uint64_t number);
/* Who asked for this wish has not been told yet. */
bool adoptions_are_awaited(unsigned wish);
/* It takes over what could not be made, so what waits for that may wait for it. */
bool adoptions_stand_in(uint64_t made);

/* The oracle: these writes become durable. */
void adoptions_copy_written(uint64_t number, const struct disk_row *row);
void adoptions_forgotten(uint64_t made);
void adoptions_check(void);
/* The command of a task is about to begin. */
void adoptions_check_go(uint64_t number);
void adoptions_check_over(void);

#endif
