/*
 * The first process of a run may end right after it has forked, and who is left then goes on to fork and to execute
 * other programs.  So who is left is looked at again a moment later, until two looks in a row find the same, or a few
 * were taken.  Only then its names are reported.
 */
#ifndef KRTASK_EXEC_LOCAL_SETTLING_H
#define KRTASK_EXEC_LOCAL_SETTLING_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/survivors.h"

/*
 * The result of a look at an attempt whose end is not reported yet.  True: another census of it will be taken in a
 * moment.  False: these are to be reported.
 */
bool local_settling_waits(struct local_attempt *attempt, const struct local_survivors *survivors);
/* No further census is taken of it for that. */
void local_settling_stop(struct local_attempt *attempt);

#endif
