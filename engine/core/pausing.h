/*
 * Pause and resume, as users ask for them: of a task, and of the whole server.  A task that has not begun
 * keeps its place in the queue and is held there.  A task that runs is stopped by SIGSTOP once the pause is
 * durable.  Loop thread only.
 *
 * The functions answer as those of requests.h.
 */
#ifndef KRTASK_CORE_PAUSING_H
#define KRTASK_CORE_PAUSING_H

#include "engine/core/kernel.h"

/* -ENOSPC too: what room is left in the store is kept for what ends tasks. */
int pausing_pause(struct core *core, struct task *task);
int pausing_resume(struct core *core, struct task *task);
/* Even if it cannot be stored, SIGCONT will be sent. */
bool pausing_resume_sends(const struct task *task);
/*
 * Nothing is started any more, and claims are given back.  Tasks that run go on.  sweep is the mark of what is being
 * done to these (sweeping.h).
 */
int pausing_set_server(struct core *core, bool paused, enum group_sweep sweep);

#endif
