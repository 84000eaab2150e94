/*
 * Ends: a run that the executor saw end, and a claim that is taken back before it began, are written down; once that is durable the
 * executor lets go and whoever waits is told.  What cannot be written down now waits in core->unfinished.  Loop thread only.
 */
#ifndef KRTASK_CORE_ENDING_H
#define KRTASK_CORE_ENDING_H

#include "engine/core/kernel.h"

/* A claim in phase READY, out of its list, will not begin: VOID, to be written down. */
void ending_withdraw(struct core *core, struct run *run);
/* All that are unfinished, unless the store is in trouble. */
void ending_write_all(struct core *core);

#endif
