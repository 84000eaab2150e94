/*
 * Looking at the processes of this machine (kin.h): for the runs whose signals are to go out (reach.h), and
 * for those whose first process has ended (survivors.h).  That may take long where there are many, so a
 * thread of its own does it, for all that want it at once, and one census is taken at a time.  What is wanted
 * meanwhile waits for the next.
 *
 * While an attempt is looked at its first process is not let go of, so that its pid is not given away.
 */
#ifndef KRTASK_EXEC_LOCAL_CENSUS_H
#define KRTASK_EXEC_LOCAL_CENSUS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/survivors.h"

/*
 * What a census found of an attempt that it looked at: survivors, or NULL where none were asked for; error:
 * 0, or why it could not look, -errno.  What it found of strays is taken already.
 */
typedef void local_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error);

/* 0 or -errno. */
int local_census_open(struct local *local, local_counted *counted);
/* The one that is being taken is waited for, and tells nothing. */
void local_census_close(struct local *local);

/* Each is begun in this turn of the loop, or when the census that is being taken is there. */
void local_census_signal(struct local_attempt *attempt, int signal);
void local_census_look(struct local_attempt *attempt);
/* It wants nothing more.  False: it is being looked at, and counted() is still to come. */
bool local_census_leave(struct local_attempt *attempt);
/* What could not be done is tried again. */
void local_census_retry(struct local *local);

#endif
