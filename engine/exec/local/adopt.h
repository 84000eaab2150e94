/*
 * Takes over runs of earlier servers.  The ledger says which claims got a process, and the anchor says how
 * processes ended in the meantime.
 */
#ifndef KRTASK_EXEC_LOCAL_ADOPT_H
#define KRTASK_EXEC_LOCAL_ADOPT_H

#include "engine/exec/local/attempt.h"

/* Reports the state of each run, from inside or later.  0 or -ENOMEM. */
int local_adopt_runs(struct local *local, struct run *const *runs, const bool *other_boot, size_t count);
void local_adopt_retry(struct local *local);

#endif
