/*
 * What an earlier server left: the ledger tells which claims got a process, the anchor how those ended that
 * ended meanwhile.
 */
#ifndef KRTASK_EXEC_LOCAL_ADOPT_H
#define KRTASK_EXEC_LOCAL_ADOPT_H

#include "engine/exec/local/attempt.h"

/* Reports what it finds: from inside, or later, where nothing can be found out now.  0 or -ENOMEM. */
int local_adopt_run(struct local *local, struct run *run, bool other_boot);
void local_adopt_retry(struct local *local);

#endif
