/*
 * The environment of a command: the variables of the caller, overridden by those of the task, and by
 * ours.  Pure.
 */
#ifndef KRTASK_EXEC_LOCAL_VARIABLES_H
#define KRTASK_EXEC_LOCAL_VARIABLES_H

#include "engine/task/environment.h"

struct task;

/* The variables of the task and ours, except KRTASK_PROGRESS_FD.  0 or -ENOMEM. */
int local_variables_of(struct strings *variables, const struct task *task, const char *address);
/* Adds KRTASK_PROGRESS_FD. */
int local_variables_add_progress(struct strings *variables);
/* For execve(): only the array is the caller's to free().  NULL: out of memory. */
char **local_variables_vector(const struct environment *environment, const struct strings *variables);

#endif
