/*
 * The environment of a command: the variables of the caller, overridden by those of the task and by ours.
 * Pure.
 */
#ifndef KRTASK_EXEC_LOCAL_VARIABLES_H
#define KRTASK_EXEC_LOCAL_VARIABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task/environment.h"

struct task;

/*
 * Our variable by which the descendants of a run are recognized.  An id may be used again, but this value is
 * not.
 */
#define LOCAL_TOKEN "KRTASK_RUN"
enum { LOCAL_TOKEN_SIZE = 64, LOCAL_IDENTITY_SIZE = 17 };
/* False: it is no token.  *number is 0, which no task has, if it is that of a server with another identity. */
bool local_token_parse(const char *token, const char *identity, uint64_t *number, int64_t *created_at);

/*
 * The variables of the task and ours, except for KRTASK_PROGRESS_FD.  given: those that the task cannot
 * set.  0 or -ENOMEM.
 */
int local_variables_of(struct strings *variables, const struct task *task, const char *address,
                       const char *identity, const struct strings *given);
/* Adds KRTASK_PROGRESS_FD. */
int local_variables_add_progress(struct strings *variables);
/*
 * Removes them from the environment of this process, and gives it a token that is no run's.  True: it was that of a run.  Others
 * see what it had when its program began, so that must begin again.
 */
bool local_variables_leave(void);
/* For execve().  The caller must free() only the array.  NULL: out of memory. */
char **local_variables_vector(const struct environment *environment, const struct strings *variables);

#endif
