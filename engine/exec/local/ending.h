/*
 * From the exit of the first process to the report of an end.  The status is only peeked at: until the core
 * says forget, which is when the end is durable, the kernel's process table keeps it.  Whether anybody may be
 * left is looked at once for all that ended in one turn of the loop: without orphans nobody is, and else a
 * census tells.
 */
#ifndef KRTASK_EXEC_LOCAL_ENDING_H
#define KRTASK_EXEC_LOCAL_ENDING_H

#include "engine/exec/local/attempt.h"

/* RUNNING: waits for its exit, and does what follows. */
void local_ending_await(struct local_attempt *attempt);
/* Nobody saw the first process end: the attempt is LEFT, its status unknown. */
void local_ending_unseen(struct local_attempt *attempt);
/* It is unknown how it ended, and nothing of it is left: reported at once. */
void local_ending_lost(struct local_attempt *attempt, const char *message);
/* local->end_event: handles all that have ended since the last look. */
void local_ending_look(evutil_socket_t fd, short what, void *local);
/* What a census found: see local_counted. */
void local_ending_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error);
/* Its end is durable: reaped and released, as soon as no census is being taken of it. */
void local_ending_forget(struct local_attempt *attempt);
/* Stops all its watches and frees it; its entry is free again. */
void local_ending_release(struct local_attempt *attempt);

#endif
