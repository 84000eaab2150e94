/*
 * What users have seen of the tasks that ended: for each a cursor, the number of the latest end that is no news
 * to him (task_status.start_order).  Loop thread only.
 */
#ifndef KRTASK_CORE_SEEN_H
#define KRTASK_CORE_SEEN_H

#include <stdint.h>

#include "engine/core/kernel.h"

/* 0: he has seen nothing yet. */
uint64_t seen_cursor(const struct core *core, uint32_t uid);
/* A cursor never goes back.  0 or -ENOMEM. */
int seen_set(struct core *core, uint32_t uid, uint64_t cursor);
/* As it was stored.  0 or -ENOMEM. */
int seen_load(struct core *core, uint32_t uid, uint64_t cursor);
void seen_release(struct core *core);

#endif
