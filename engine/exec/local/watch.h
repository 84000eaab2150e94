/*
 * Watches for the exit of an attempt's first process through its pidfd.  There may be no pidfd, or the kernel
 * may report an exit that the parent cannot confirm, for example while a tracer holds the process.  Then it
 * is checked with every SIGCHLD, notice of the anchor, and retry.  Nothing polls while a tracer holds it.
 */
#ifndef KRTASK_EXEC_LOCAL_WATCH_H
#define KRTASK_EXEC_LOCAL_WATCH_H

#include "engine/exec/local/attempt.h"

/*
 * Calls exited(attempt) when it may have exited, never from inside, until local_watch_stop().  pidfd
 * belongs to the attempt, or is -1.
 */
void local_watch(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt));
/* The same for one that has exited: exited() is called from inside. */
void local_watch_exited(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt));
/* To be called from inside exited(): the process has not exited, and its parent will be told when it has. */
void local_watch_without_pidfd(struct local_attempt *attempt);
void local_watch_stop(struct local_attempt *attempt);
/* Checks the attempts without a pidfd. */
void local_watch_look(struct local *local);

#endif
