/* The reports of the executor.  Loop thread only. */
#ifndef KRTASK_CORE_REPORTS_H
#define KRTASK_CORE_REPORTS_H

#include "engine/core/kernel.h"

/* Makes the executor report to this core. */
void reports_connect(struct core *core);

#endif
