/*
 * Making, moving and freeing runs.  An impossible step (an empty cell of phase × event) is a fault of the program: it is told, and
 * refused.  Loop thread only.
 */
#ifndef KRTASK_CORE_RUNS_H
#define KRTASK_CORE_RUNS_H

#include "engine/core/kernel.h"

/* NULL: out of memory. */
struct run *run_new(struct core *core, struct task *task, enum run_phase phase);
void run_free(struct run *run);
/* Takes a copy of the strings; 0 or -ENOMEM, then end is as it was. */
int run_set_end(struct run *run, const struct run_end *end);
/* Moves to the next phase, or tells core's hook that it is impossible and returns false. */
bool run_step(struct run *run, enum run_event event);

#endif
