/*
 * What an entry into the core leaves to be done: every entry (a request, a report, the store's word, an alarm) ends with settle_core().
 * Loop thread only.
 */
#ifndef KRTASK_CORE_SETTLE_H
#define KRTASK_CORE_SETTLE_H

#include "engine/core/kernel.h"

/* Writes ends down, starts and claims, tells that something changed, and sets the alarm.  From inside itself it does nothing. */
void settle_core(struct core *core);

#endif
