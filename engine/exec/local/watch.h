/*
 * The exit of an attempt's first process: its pidfd tells of it.  Where there is none (no descriptor is left,
 * or the kernel says what the parent cannot confirm, as while a tracer holds the process), it is looked at
 * with every SIGCHLD, notice of the anchor, and retry.  Nothing polls while a tracer takes its time.
 */
#ifndef KRTASK_EXEC_LOCAL_WATCH_H
#define KRTASK_EXEC_LOCAL_WATCH_H

#include "engine/exec/local/attempt.h"

/*
 * Calls exited(attempt) when it may have exited, never from inside, until local_watch_stop().  pidfd
 * belongs to the attempt, or is -1.
 */
void local_watch(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt));
/* From inside exited(): it has not, and its parent will be told when it has. */
void local_watch_without_pidfd(struct local_attempt *attempt);
void local_watch_stop(struct local_attempt *attempt);
/* Checks those without a pidfd. */
void local_watch_look(struct local *local);

#endif
