/*
 * Who is the parent of the first process of an attempt, and so what may be known about that process,
 * and done to it.
 *
 * While its parent lives, a child keeps its process id until its status is reaped, which forget does.
 * So do its process group and session, and a signal reaches no other process.  If the parent is
 * unknown, start time and session must show each time that the process id still belongs to the task.
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
 * Reads how the first process ended, without reaping it.  0; -EAGAIN: it is running, or nobody answers
 * now; -ECHILD: unknown.
 */
int local_parent_peek(struct local_attempt *attempt);
/* Reaps the process, whose status was read. */
void local_parent_reap(struct local_attempt *attempt);
/*
 * 1: process group and session of the first process are still its own; 0: they are not; -errno: that
 * cannot be found out now.
 */
int local_parent_keeps_group(const struct local_attempt *attempt);
/*
 * Signals every process of the group.  0, or -errno: it cannot be found out now whether the group is
 * still its own, and nothing was sent.
 */
int local_parent_signal(const struct local_attempt *attempt, int signal);

#endif
