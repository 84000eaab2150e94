/*
 * From the exit of the first process to the report of the end.  The status is read without reaping: the
 * kernel keeps it until the core calls forget, when the end is durable.  One check tells whether processes
 * may be left, for all runs that ended in one turn of the loop.  If there are no orphans, none are left.
 * Otherwise a census finds out.
 */
#ifndef KRTASK_EXEC_LOCAL_ENDING_H
#define KRTASK_EXEC_LOCAL_ENDING_H

#include "engine/exec/local/attempt.h"

/* For an attempt that is RUNNING: waits for its exit, and handles it. */
void local_ending_await(struct local_attempt *attempt);
/* The same, where it has exited already. */
void local_ending_take(struct local_attempt *attempt);
/* Nobody saw how the first process ended: the attempt becomes LEFT with an unknown status. */
void local_ending_unseen(struct local_attempt *attempt);
/* It is unknown how it ended, and no process of it is left.  This is reported at once. */
void local_ending_lost(struct local_attempt *attempt, const char *message);
/* The callback of local->end_event: handles all attempts that have ended since the last call. */
void local_ending_look(evutil_socket_t fd, short what, void *local);
/* The result of a census: see local_counted. */
void local_ending_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error);
/* Its end is durable: reaps and releases it as soon as no census of it is being taken. */
void local_ending_forget(struct local_attempt *attempt);
/* Stops all its watches and frees it; its entry is free again. */
void local_ending_release(struct local_attempt *attempt);

#endif
