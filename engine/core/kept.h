/*
 * Tasks that are no longer in the registry, and stay in memory while somebody reads them over several turns of
 * the loop (core_reader).  Loop thread only.
 */
#ifndef KRTASK_CORE_KEPT_H
#define KRTASK_CORE_KEPT_H

#include "engine/core/kernel.h"

/* Forgets what was taken out of the registry, once nobody reads it any more. */
void kept_add(struct core *core, struct removal_kept *kept,
              void (*forget)(struct removal_kept *kept, bool released));

#endif
