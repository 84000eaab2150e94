/*
 * What a durable stop does to a run: the signal that was asked for, and SIGKILL when that is due.  Loop
 * thread only.
 */
#ifndef KRTASK_CORE_STOPPING_H
#define KRTASK_CORE_STOPPING_H

#include "engine/core/kernel.h"

/* It has processes, or may have some. */
bool stopping_reaches(const struct run *run);
/* To one that has processes: sends stop.signal, and sets the timer for stop.kill_at. */
void stopping_signal(struct core *core, struct run *run);

/* Stops all of its processes for a while, or has them go on. */
void stopping_pause(struct core *core, struct run *run, bool pause);

#endif
