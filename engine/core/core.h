/*
 * The core as a whole: its beginning and end, and what the store and the clock tell it.  What it is made of: kernel.h.  Loop thread only.
 */
#ifndef KRTASK_CORE_CORE_H
#define KRTASK_CORE_CORE_H

#include "engine/core/kernel.h"

/* The registry is empty then: recovery fills it. */
void core_init(struct core *core, const struct core_options *options);
/* Drops what is on its way, frees all; what runs goes on. */
void core_release(struct core *core);
void core_set_hooks(struct core *core, const struct core_hooks *hooks);
/*
 * What the store said.  After a failed commit first core_failed(), which undoes all above committed; then whoever has answers waiting for
 * those tells them; then, as after every commit, core_committed() of the same number.
 */
void core_failed(struct core *core, uint64_t committed);
void core_committed(struct core *core, uint64_t committed);
/* What is due by the clock. */
void core_alarm(struct core *core);

#endif
