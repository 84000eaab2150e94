/*
 * Who is the parent of an attempt's first process, and so what may be known of that process.
 *
 * The child of a living parent keeps its number until its status is reaped, which forget does: so do its
 * group and its session.  Where nobody is its parent, start time and session must say each time that the
 * number is still the task's.
 */
#ifndef KRTASK_EXEC_LOCAL_PARENT_H
#define KRTASK_EXEC_LOCAL_PARENT_H

#include "engine/exec/local/attempt.h"

/*
 * Finds a process that an earlier server left in the ledger, by its process id, and its start time or
 * 0.  Sets pid, start and parent of attempt.  1: the process exists, if only as a zombie; 0: it is
 * gone; -errno: that cannot be found out now, and attempt is unchanged.
 */
int local_parent_find(struct local_attempt *attempt, pid_t pid, uint64_t start);
/*
 * How the first process ended, into the attempt: 0; -EAGAIN: it runs, and its parent will be told of its end;
 * -ECHILD: that cannot be known; -errno: nobody answers now.
 */
int local_parent_peek(struct local_attempt *attempt);
/* Reaps the process, whose status was read. */
void local_parent_reap(struct local_attempt *attempt);

#endif
