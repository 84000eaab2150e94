/*
 * Processes that do not get to their commands: between clone(2) and execve(2), where a directory or the file of a program
 * may be on a network filesystem that does not answer.  Loop thread only.
 */
#ifndef KRTASK_EXEC_LOCAL_STUCK_H
#define KRTASK_EXEC_LOCAL_STUCK_H

#include "engine/exec/local/attempt.h"

/*
 * A verb.  The signal of a stop is for whoever executes the command, and is sent then.  If that does not come soon, this
 * sends it, and the kill when it is due.
 */
void local_stuck_withhold(struct executor *executor, struct run *const *runs, size_t count);
/* A verb: says so when it has taken a second.  Valid until the next call. */
const char *local_stuck_reason(struct executor *executor, const struct run *run);
/* stuck_event is due. */
void local_stuck_due(evutil_socket_t fd, short what, void *local);

#endif
