/* Several settings of the server are changed at once: all of them are durable together, or none is.  Loop thread only. */
#ifndef KRTASK_CORE_SETTINGS_H
#define KRTASK_CORE_SETTINGS_H

#include <stdint.h>

#include "engine/core/kernel.h"

struct core_settings {
	int64_t slots;           /* 0: no limit; -1: as it is */
	int64_t hook_limit;      /* milliseconds; 0: as it is */
	const struct keep *keep; /* NULL: as it is */
};

/* 0 or -errno: nothing was changed. */
int settings_set(struct core *core, const struct core_settings *settings);

#endif
