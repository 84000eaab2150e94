/*
 * Who is the parent of an attempt's first process, and so what may be known of that process, and done to it.
 *
 * The child of a living parent keeps its number until its status is reaped, which forget does: so do its
 * group and its session, and a signal reaches no one else.  Where nobody is its parent, start time and
 * session must say each time that the number is still the task's.
 */
#ifndef KRTASK_EXEC_LOCAL_PARENT_H
#define KRTASK_EXEC_LOCAL_PARENT_H

#include "engine/exec/local/attempt.h"

/*
 * Finds out for a pid, and a start time or 0, that an earlier server left in the ledger: attempt gets pid,
 * start and parent. 1: the process is there, if only as a zombie; 0: it is gone; -errno: that cannot be found
 * out now, and attempt is as it was.
 */
int local_parent_find(struct local_attempt *attempt, pid_t pid, uint64_t start);
/*
 * How the first process ended, into the attempt: 0; -EAGAIN: it runs, or nobody answers now; -ECHILD: that
 * cannot be known.
 */
int local_parent_peek(struct local_attempt *attempt);
/* Lets go of a status that was peeked at. */
void local_parent_reap(struct local_attempt *attempt);
/* 1: the group and the session of the first process are still its own; 0: they are not; -errno: that cannot be found out now. */
int local_parent_keeps_group(const struct local_attempt *attempt);
/* To every process of the group.  0, or -errno: that it is the group cannot be found out now, and nothing was sent. */
int local_parent_signal(const struct local_attempt *attempt, int signal);

#endif
