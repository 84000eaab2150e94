/*
 * The exit of an attempt's first process: its pidfd tells of it.  Where there is none (no descriptor is left,
 * or the kernel says what the parent cannot confirm, as while a tracer holds the process), it is looked at
 * with every SIGCHLD, notice of the anchor, and retry.
 */
#ifndef KRTASK_EXEC_LOCAL_WATCH_H
#define KRTASK_EXEC_LOCAL_WATCH_H

#include "engine/exec/local/attempt.h"

/*
 * exited(attempt) is called when it may have exited, never from inside, until local_watch_stop().  pidfd is
 * the attempt's, or -1.
 */
void local_watch(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt));
/* From inside exited(): it has not. */
void local_watch_without_pidfd(struct local_attempt *attempt);
void local_watch_stop(struct local_attempt *attempt);
/* At those without a pidfd. */
void local_watch_look(struct local *local);

#endif
