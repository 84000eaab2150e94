/*
 * All tasks that were started are stopped, in slices, each when the one before is durable.  While this goes on,
 * nothing starts.  A mark in the store makes it whole: a later server goes on with it.  Tasks that are started
 * after cancelling_begin() are left alone.
 *
 * If commits fail, the walk goes on, since signals are sent whatever the disk says.  Once commits succeed again,
 * there is another walk.  Loop thread only.
 */
#ifndef KRTASK_CORE_CANCELLING_H
#define KRTASK_CORE_CANCELLING_H

#include "engine/core/kernel.h"

enum { CANCELLING_SLICE = 500 /* tasks in one commit */ };

/* 0 or -ENOMEM: nothing was done.  The caller settles. */
int cancelling_begin(struct core *core);
/* What an earlier server has not brought to its end. */
void cancelling_recover(struct core *core);
/* While core_cancels() is true: a slice. */
void cancelling_go_on(struct core *core);

#endif
