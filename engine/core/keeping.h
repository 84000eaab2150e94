/* How long tasks that have ended are kept is changed.  Who removes them: engine/service/retention.h.  Loop thread only. */
#ifndef KRTASK_CORE_KEEPING_H
#define KRTASK_CORE_KEEPING_H

#include "engine/core/kernel.h"

/* 0 or -ENOMEM. */
int keeping_set(struct core *core, const struct keep *keep);

#endif
