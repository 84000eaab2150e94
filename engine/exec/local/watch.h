/*
 * The exit of the first process of an attempt, which its pidfd reports.  Without a pidfd (no descriptor
 * is left, or the kernel reports an exit that the parent cannot confirm, e.g. while a tracer holds the
 * process), it is checked at every SIGCHLD, notice of the anchor, and retry.
 */
#ifndef KRTASK_EXEC_LOCAL_WATCH_H
#define KRTASK_EXEC_LOCAL_WATCH_H

#include "engine/exec/local/attempt.h"

/*
 * Calls exited(attempt) when it may have exited, never from inside, until local_watch_stop().  pidfd
 * belongs to the attempt, or is -1.
 */
void local_watch(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt));
/* Called from inside exited(): it has not exited. */
void local_watch_without_pidfd(struct local_attempt *attempt);
void local_watch_stop(struct local_attempt *attempt);
/* Checks those without a pidfd. */
void local_watch_look(struct local *local);

#endif
