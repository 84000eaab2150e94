/*
 * Creating tasks.  Loop thread only.
 */
#ifndef KRTASK_CORE_CREATION_H
#define KRTASK_CORE_CREATION_H

#include <stdbool.h>

#include "engine/core/kernel.h"

/*
 * Creates a task, Queued if start, or else Created.  *spec is released on success.  A known nonce
 * returns the task that it created.  0; -EINVAL (spec is not valid) or -EEXIST (id in use, or used by
 * the server before), with *error (free() it) the reason; -EALREADY (*task has the unique key, and has not
 * ended); -ENOMEM.
 */
int creation_make(struct core *core, struct task_spec *spec, struct shared_environment *environment,
                  struct task *parent, bool start, struct task **task, char **error);

/* False: groups were added, and none has this name.  NULL, and until then any name, is known. */
/* -EINVAL and *error: it weighs more than the devices of its group. */
int creation_check_weight(struct core *core, const struct task_spec *spec, char **error);
bool creation_knows_group(const struct core *core, const char *name);

#endif
