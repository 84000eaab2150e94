/*
 * The environment of a command: the variables of the caller, overridden by those of the task, and by
 * ours.  Pure.
 */
#ifndef KRTASK_EXEC_LOCAL_VARIABLES_H
#define KRTASK_EXEC_LOCAL_VARIABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task/environment.h"

struct task;

/* A variable of ours by which what descends from a run is known: an id may be used again, this is not. */
#define LOCAL_TOKEN "KRTASK_RUN"
enum { LOCAL_TOKEN_SIZE = 48 };
/* False: it is none. */
bool local_token_parse(const char *token, uint64_t *number, int64_t *created_at);

/* The task's and ours, but for KRTASK_PROGRESS_FD.  0 or -ENOMEM. */
int local_variables_of(struct strings *variables, const struct task *task, const char *address);
/* Adds KRTASK_PROGRESS_FD. */
int local_variables_add_progress(struct strings *variables);
/* For execve(): only the array is the caller's to free().  NULL: out of memory. */
char **local_variables_vector(const struct environment *environment, const struct strings *variables);

#endif
