/*
 * What a durable stop does to a run: it sends the signal that was asked for, and SIGKILL when that is due.
 * Loop thread only.
 */
#ifndef KRTASK_CORE_STOPPING_H
#define KRTASK_CORE_STOPPING_H

#include "engine/core/kernel.h"

/* True if the run has processes, or may have some. */
bool stopping_reaches(const struct run *run);
/* For a run that has processes: sends stop.signal, and sets the timer for stop.kill_at. */
void stopping_signal(struct core *core, struct run *run);
/* The timer alone. */
void stopping_set_deadline(struct core *core, struct run *run);

/* Suspends all processes of the run, or continues them. */
void stopping_pause(struct core *core, struct run *run, bool pause);

#endif
