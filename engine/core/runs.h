/*
 * Making, moving and freeing runs.  An impossible step (an empty cell of phase × event) is a fault of the
 * program: it is told, and refused.  Loop thread only.
 */
#ifndef KRTASK_CORE_RUNS_H
#define KRTASK_CORE_RUNS_H

#include "engine/core/kernel.h"

/* NULL: out of memory. */
struct run *run_new(struct core *core, struct task *task, enum run_phase phase);
void run_free(struct run *run);
/*
 * When the command of a task began, by the clock as it is now: where that was set since, all of the past is
 * shifted, so that what runs has run as long as it has.  0: it has not begun.
 */
int64_t run_started_at(const struct task *task, int64_t now);
/* How long it has been running, or ran; 0 before it started. */
int64_t run_duration(const struct task *task, int64_t now);
/* Takes a copy of the strings; 0 or -ENOMEM, then end is as it was. */
int run_set_end(struct run *run, const struct run_end *end);
/* Moves to the next phase, or tells core's hook that it is impossible and returns false. */
bool run_step(struct run *run, enum run_event event);

#endif
