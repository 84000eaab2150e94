/*
 * Cancels: a user cancels all that was started.  This goes on in slices, each when the one before is durable, over
 * servers that are killed, and nothing starts meanwhile.
 */
#ifndef KRTASK_SIMULATE_CANCELS_H
#define KRTASK_SIMULATE_CANCELS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/simulate/disk.h"

enum { CANCELS_SLICE = 2 };

void cancels_reset(void);
void cancels_act(void);
/* While that goes on, a user stops this task, which is not stored. */
void cancels_cross(struct task *task);
/* Whatever was started up to now may be cancelled, although nobody has asked for it by itself. */
bool cancels_concern(const struct disk_row *row);

/* A slice sends its signals although it cannot be put. */
bool cancels_send(void);

/* The oracle: the mark in the store is about to become this one. */
void cancels_mark(uint64_t upto);
/* A change is put outside of a request, which stops what runs: a slice. */
void cancels_put(const struct disk_row *before, const struct disk_row *row);
/* So many changes are durable, or lost. */
void cancels_written(uint64_t sequence);
/* The command of a task is about to begin. */
void cancels_check_go(uint64_t number);
void cancels_check_over(void);

#endif
