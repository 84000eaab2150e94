/*
 * What waits: tasks that are Queued and not claimed, claims that wait for a slot, and runs whose end
 * must be stored.  Only the lists.  Loop thread only.
 */
#ifndef KRTASK_CORE_QUEUE_H
#define KRTASK_CORE_QUEUE_H

#include "engine/core/kernel.h"

void queue_append(struct core *core, struct task *task);
/* In front of all others: its claim had to be given up. */
void queue_prepend(struct core *core, struct task *task);
void queue_remove(struct core *core, struct task *task);

/* A claim waits for a slot.  first: in front of all others. */
void queue_ready(struct core *core, struct run *run, bool first);
void queue_not_ready(struct core *core, struct run *run);

/*
 * The end of this run must be stored.  May be called again.  The caller decides when: CORE_DUE_ENDINGS
 * or core_retry().
 */
void queue_unfinished(struct core *core, struct run *run);
/* Takes the run out of the list that it is in. */
void queue_drop_run(struct core *core, struct run *run);

#endif
