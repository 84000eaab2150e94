/*
 * The core as a whole: its beginning and end, and what the store and the clock report.  Its files:
 * kernel.h.  Loop thread only.
 */
#ifndef KRTASK_CORE_CORE_H
#define KRTASK_CORE_CORE_H

#include "engine/core/kernel.h"

/* The registry is empty afterwards: recovery fills it. */
void core_init(struct core *core, const struct core_options *options);
/* Drops changes that still wait, and frees everything.  Commands keep running. */
void core_release(struct core *core);
void core_set_hooks(struct core *core, const struct core_hooks *hooks);
/*
 * Call these with what the store reported.  After a failed commit, first call core_failed(), which undoes all
 * changes above committed; then send the replies that waited for them; then call core_committed() with the
 * same number, as after every commit.
 */
void core_failed(struct core *core, uint64_t committed);
void core_committed(struct core *core, uint64_t committed);
/* Does everything that is due at this time. */
void core_alarm(struct core *core);

/* Somebody asks what runs.  So he is told of all that he may have learnt already from a command. */
void core_look(struct core *core);

/* The wall clock has reached the time that hooks.wake named, or it was set. */
void core_clock(struct core *core, bool was_set);

#endif
