/*
 * A task is made again, and takes over those that were not run because of the other one: a new task like each
 * of them is made too, and waits for the new ones.  Those that are kept although that one can never be what
 * they need wait for the new task instead.  All of this is one change.  Loop thread only.
 */
#ifndef KRTASK_CORE_ADOPTION_H
#define KRTASK_CORE_ADOPTION_H

#include "engine/core/kernel.h"

/* As creation_make(); -EINVAL also if tasks would wait for each other.  source has ended. */
int adoption_make(struct core *core, const struct task *source, struct task_spec *spec,
                  struct shared_environment *environment, struct task *parent, bool start, struct task **task,
                  char **error);

#endif
