/*
 * Children that are no first process of a run: orphans that a subreaper inherits.  What they leave is reaped.
 */
#ifndef KRTASK_EXEC_LOCAL_STRAYS_H
#define KRTASK_EXEC_LOCAL_STRAYS_H

#include "engine/exec/local/attempt.h"

/* Ours: those of the main thread, which spawns nothing itself. */
void local_strays_reap(void);
/* The anchor's, but for those that are known. */
void local_strays_reap_anchor(const struct local *local);

#endif
