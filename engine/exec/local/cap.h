/* --max-log: files that outgrow it are capped, while their tasks run and once more at the end. */
#ifndef KRTASK_EXEC_LOCAL_CAP_H
#define KRTASK_EXEC_LOCAL_CAP_H

#include "engine/exec/local/attempt.h"

/* To be called when the command has begun: its files are checked until all of its processes are gone. */
void local_cap_watch(struct local_attempt *attempt);
/*
 * To be called when no process writes any more.  True: a worker makes room, and capped(attempt) is called
 * then.  The attempt must stay until then.  False: there is nothing to do.
 */
bool local_cap_last(struct local_attempt *attempt, void (*capped)(struct local_attempt *attempt));
/* The callback of local->cap_event. */
void local_cap_tick(evutil_socket_t fd, short what, void *local);

#endif
