/*
 * Making, moving and freeing runs.  An impossible step (an empty cell of phase × event) is a fault of the
 * program.  It is reported and refused.  Loop thread only.
 */
#ifndef KRTASK_CORE_RUNS_H
#define KRTASK_CORE_RUNS_H

#include "engine/core/kernel.h"

/* NULL: out of memory. */
struct run *run_new(struct core *core, struct task *task, enum run_phase phase);
void run_free(struct run *run);
/* Releases what is being prepared for a task.  The task keeps its place in the queue. */
void run_abandon(struct core *core, struct task *task);
/*
 * When the command of a task began, by the clock as it is now.  If the clock was set since, the time is
 * shifted with it, so that the run time stays right.  0: it has not begun.
 */
int64_t run_started_at(const struct task *task, int64_t now);
/* When a run ended that is seen to have ended now: not before it began, and not later than now. */
int64_t run_ended_at(const struct run *run, int64_t now);
/* How long it has been running, or ran; 0 before it started. */
int64_t run_duration(const struct task *task, int64_t now);
/* Copies the strings.  0, or -ENOMEM: then end is as it was. */
int run_set_end(struct run *run, const struct run_end *end);
/* Moves to the next phase.  If that is impossible, tells the hook of the core and returns false. */
bool run_step(struct run *run, enum run_event event);

#endif
