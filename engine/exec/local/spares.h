/*
 * Spares: tasks that have ended and left processes running, and that no attempt watches now.  Nothing waits for
 * them, so they get descriptors only while there are enough.  The others rest here, each in 24 bytes, until they
 * are due: something of them has ended, or a descriptor is free.
 */
#ifndef KRTASK_EXEC_LOCAL_SPARES_H
#define KRTASK_EXEC_LOCAL_SPARES_H

#include "engine/exec/local/attempt.h"

/* 0 or -ENOMEM. */
int local_spares_add(struct local *local, uint64_t number, int64_t created_at, bool due);
/* Takes out one that is due.  False: none is. */
bool local_spares_take(struct local *local, struct local_spare *spare);
/* A process that this task left has ended: the task is due, if it rests here. */
void local_spares_wake(struct local *local, uint64_t number);
/* A descriptor is free: one that rests here is due. */
void local_spares_wake_next(struct local *local);

#endif
