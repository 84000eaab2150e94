/*
 * A census looks at the processes of this machine (kin.h), for runs whose signals are to be sent (reach.h)
 * and for runs whose first process has ended (survivors.h).  It may take long if there are many processes, so
 * a thread of its own takes it, for all runs that want it.  Only one census is taken at a time.  A run that
 * wants one meanwhile waits for the next.
 *
 * The first process of an attempt is not reaped during its census, so that no other process gets its pid.
 */
#ifndef KRTASK_EXEC_LOCAL_CENSUS_H
#define KRTASK_EXEC_LOCAL_CENSUS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/survivors.h"

/*
 * The result of a census for an attempt: survivors, or NULL if they were not asked for.  error is 0, or
 * -errno: it could not look.  The strays that it found are recorded already.
 */
typedef void local_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error);

/* 0 or -errno. */
int local_census_open(struct local *local, local_counted *counted);
/* Waits for the census that is being taken.  Its results are dropped. */
void local_census_close(struct local *local);

/* Each begins in this turn of the loop, or when the current census has ended. */
void local_census_signal(struct local_attempt *attempt, int signal);
void local_census_look(struct local_attempt *attempt);
/* The attempt wants nothing more.  False: a census of it is being taken, and counted() will be called. */
bool local_census_leave(struct local_attempt *attempt);
/* Tries again what could not be done. */
void local_census_retry(struct local *local);

#endif
