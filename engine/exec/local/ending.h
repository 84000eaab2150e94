/*
 * From the exit of the first process to the report of an end.  The status is only peeked at: until the core
 * says forget, which is when the end is durable, the kernel's process table keeps it.  Who is left is looked
 * for once for all that ended in one turn of the loop.
 */
#ifndef KRTASK_EXEC_LOCAL_ENDING_H
#define KRTASK_EXEC_LOCAL_ENDING_H

#include "engine/exec/local/attempt.h"

/* RUNNING: its exit is awaited, and what follows from that done. */
void local_ending_await(struct local_attempt *attempt);
/* Nobody saw its first process end, and nobody knows how: it is LEFT. */
void local_ending_unseen(struct local_attempt *attempt);
/* How it ended cannot be known, and nothing of it is there any more: reported at once. */
void local_ending_lost(struct local_attempt *attempt, const char *message);
/* local->end_event: all that have ended since the last look. */
void local_ending_look(evutil_socket_t fd, short what, void *local);
/* Stops all its watches and frees it; its entry is free again. */
void local_ending_release(struct local_attempt *attempt);

#endif
