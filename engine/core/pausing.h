/*
 * Pause and resume, as users ask for them: of a task, and of the whole server.  What has not begun is held in
 * its place in the queue; what runs is stopped by SIGSTOP, once that is durable.  Loop thread only.
 *
 * They answer as the functions of requests.h.
 */
#ifndef KRTASK_CORE_PAUSING_H
#define KRTASK_CORE_PAUSING_H

#include "engine/core/kernel.h"

int pausing_pause(struct core *core, struct task *task);
int pausing_resume(struct core *core, struct task *task);
/* Nothing is started, and claims are given back; what runs goes on. */
int pausing_set_server(struct core *core, bool paused);

#endif
