/*
 * Waiting for the processes that an attempt has left, since the next one begins only after them.  The verb
 * watch_left.
 *
 * A record of no run (local_attempt_of_left()) watches a descriptor of each.  Once these are gone, a census
 * looks for more: processes that had no place in the list, or that were born since.
 *
 * If nothing waits for a task, one descriptor is held for it, as long as few are held for such tasks.  The others
 * are looked at when something of them ends (spares.h).
 */
#ifndef KRTASK_EXEC_LOCAL_LINGERING_H
#define KRTASK_EXEC_LOCAL_LINGERING_H

#include "engine/exec/local/attempt.h"

struct local_survivors;

int local_watch_left(struct executor *executor, const struct task *task, const struct strings *processes);
/* Looks at spares that are due. */
void local_lingering_spare(struct local *local);
/* A census was taken for one that lingers.  error: as for local_counted. */
void local_lingering_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error);

#endif
