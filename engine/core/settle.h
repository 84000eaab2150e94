/*
 * What remains to be done at the end of each entry into the core (a request, a report, a reply of the
 * store, an alarm): each ends with settle_core().  Loop thread only.
 */
#ifndef KRTASK_CORE_SETTLE_H
#define KRTASK_CORE_SETTLE_H

#include "engine/core/kernel.h"

/*
 * Commits ends, starts and claims, reports that something changed, and sets the alarm.  From inside
 * itself it does nothing.
 */
void settle_core(struct core *core);

#endif
