/* The environment of a command: the caller's variables, the task's over them, and ours over both.  Pure. */
#ifndef KRTASK_EXEC_LOCAL_VARIABLES_H
#define KRTASK_EXEC_LOCAL_VARIABLES_H

#include "engine/task/environment.h"

struct task;

/* The task's and ours, but for KRTASK_PROGRESS_FD.  0 or -ENOMEM. */
int local_variables_of(struct strings *variables, const struct task *task, const char *address);
/* There is a pipe for its progress. */
int local_variables_add_progress(struct strings *variables);
/* For execve(): only the array is the caller's to free().  NULL: out of memory. */
char **local_variables_vector(const struct environment *environment, const struct strings *variables);

#endif
