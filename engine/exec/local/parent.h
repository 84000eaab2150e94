/*
 * Finds the parent of an attempt's first process, which decides what can be known about this process.
 *
 * The child of a living parent keeps its pid until it is reaped, which forget does.  Its group and its
 * session keep their numbers too.  If it has no such parent, its start time and session must be checked each
 * time, to make sure that the pid still belongs to the task.
 */
#ifndef KRTASK_EXEC_LOCAL_PARENT_H
#define KRTASK_EXEC_LOCAL_PARENT_H

#include "engine/exec/local/attempt.h"

/*
 * Finds a process that an earlier server left in the ledger, by its process id, and its start time or 0. Sets
 * pid, start and parent of attempt.  1: the process exists, perhaps only as a zombie.  0: it is gone.
 * -errno: it cannot be found out now, and attempt is unchanged.
 */
int local_parent_find(struct local_attempt *attempt, pid_t pid, uint64_t start);
/*
 * Stores in the attempt how the first process ended.  0; -EAGAIN: it runs, and its parent will be told of its
 * end; -ECHILD: it cannot be known; -errno: it cannot be found out now.
 */
int local_parent_peek(struct local_attempt *attempt);
/* Reaps the process once its status was read. */
void local_parent_reap(struct local_attempt *attempt);

#endif
