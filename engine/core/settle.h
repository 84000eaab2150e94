/*
 * The work that remains at the end of each entry into the core (a request, a report, a reply of the store, an
 * alarm).  Each entry ends with settle_core().  Loop thread only.
 */
#ifndef KRTASK_CORE_SETTLE_H
#define KRTASK_CORE_SETTLE_H

#include "engine/core/kernel.h"

/*
 * Commits ends, starts and claims, reports that something changed, and sets the alarm.  From inside
 * itself it does nothing.
 */
void settle_core(struct core *core);

/*
 * These two enclose a part of one entry.  In between, changes are only put; the rest of the work follows
 * after the last one.
 */
void settle_hold(struct core *core);
void settle_go_on(struct core *core);

#endif
