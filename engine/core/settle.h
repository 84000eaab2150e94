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

/* Between the two, which are in one entry, only changes are put: the rest follows behind the last of them. */
void settle_hold(struct core *core);
void settle_go_on(struct core *core);

#endif
