/*
 * What happens when a time comes: a task that waited for it can begin, or it is too late for it.  Loop thread
 * only.
 */
#ifndef KRTASK_CORE_TIMES_H
#define KRTASK_CORE_TIMES_H

#include "engine/core/kernel.h"

/* How many tasks are looked at in one turn of the loop. */
enum { TIMES_AT_ONCE = 1000 };

/* Looks at the tasks that are due. */
void times_run(struct core *core);

#endif
