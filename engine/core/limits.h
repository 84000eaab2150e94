/*
 * Time limits.  An attempt may run for a time, in which pauses do not count.  Then the task is Overtime, which
 * is stored before its processes are told, and ends Failed.
 *
 * The time is counted by the clock that nobody sets.  Only what an earlier server counted is known by the
 * wall clock.  Loop thread only.
 */
#ifndef KRTASK_CORE_LIMITS_H
#define KRTASK_CORE_LIMITS_H

#include "engine/core/kernel.h"

/* An earlier server made it: since when it runs again is known by the wall clock. */
void limits_recovered(struct run *run);
/* Its command has begun, or was found.  paused: a durable pause says that it does not run. */
void limits_began(struct run *run, bool paused);
/* A pause is about to be put. */
void limits_pause(struct run *run);
/* A pause or a resume is durable, or undone. */
void limits_paused(struct run *run);
void limits_resumed(struct run *run);
void limits_follow(struct run *run);
/* How long this attempt has run when it is paused now. */
int64_t limits_ran(const struct run *run);
/* It has ended. */
void limits_clear(struct run *run);

#endif
