/*
 * Children that are not the first process of a run: orphans that a subreaper inherited.  They are
 * reaped.
 */
#ifndef KRTASK_EXEC_LOCAL_STRAYS_H
#define KRTASK_EXEC_LOCAL_STRAYS_H

#include "engine/exec/local/attempt.h"

/* Ours, i.e. those of the main thread, which spawns nothing itself. */
void local_strays_reap(void);
/* Those of the anchor that are not known. */
void local_strays_reap_anchor(const struct local *local);

#endif
