/*
 * Making tasks.  Loop thread only.
 */
#ifndef KRTASK_CORE_CREATION_H
#define KRTASK_CORE_CREATION_H

#include <stdbool.h>

#include "engine/core/kernel.h"

/*
 * Makes a task, Queued if start, else Created.  *spec is released on success.  A known nonce answers with the task it made.
 * 0; -EINVAL (spec is not valid) and -EEXIST (id in use, or given by the server before), with *error (free() it) the reason; -ENOMEM.
 */
int creation_make(struct core *core, struct task_spec *spec, struct shared_environment *environment, struct task *parent,
		  bool start, struct task **task, char **error);

#endif
