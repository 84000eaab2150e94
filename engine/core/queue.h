/*
 * Who waits: tasks that are Queued and not claimed, claims that wait for a slot, and runs whose end is to be written down.  Lists and nothing else.
 * Loop thread only.
 */
#ifndef KRTASK_CORE_QUEUE_H
#define KRTASK_CORE_QUEUE_H

#include "engine/core/kernel.h"

void queue_append(struct core *core, struct task *task);
/* Before all others: a claim of it could not be kept. */
void queue_prepend(struct core *core, struct task *task);
void queue_remove(struct core *core, struct task *task);

/* A claim waits for a slot.  first: its turn had come already. */
void queue_ready(struct core *core, struct run *run, bool first);
void queue_not_ready(struct core *core, struct run *run);

/* The end of this run is to be written down; once is enough.  When, is the caller's: CORE_DUE_ENDINGS, or core_retry(). */
void queue_unfinished(struct core *core, struct run *run);
/* Out of whichever list it is in. */
void queue_drop_run(struct core *core, struct run *run);

#endif
