/*
 * What must be true of hooks: each end calls for its own, once, in the commit of that end.
 */
#ifndef KRTASK_SIMULATE_HOOKED_H
#define KRTASK_SIMULATE_HOOKED_H

#include "tests/simulate/disk.h"

void hooked_reset(void);
/* This hook is durable now, and was not before. */
void hooked_written(uint64_t number, const struct disk_row *row);
/* Tasks are about to be removed, and nothing fails any more: then their hooks go with them. */
void hooked_remember(void);
void hooked_check_over(void);
/* All that is durable has the hooks that it calls for. */
void hooked_check(void);

#endif
