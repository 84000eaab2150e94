/*
 * Used if the ledger is lost, or a run has no valid entry, although the machine was not restarted.  First
 * processes are found by the token in their environment (variables.h), and their output files by what they
 * have open.
 *
 * First processes lead a session, and belong to the user of this server.  Several may have the same token,
 * since a process that leaves a session keeps it.  Then a child of the anchor comes first, then the oldest.
 */
#ifndef KRTASK_EXEC_LOCAL_TRACES_H
#define KRTASK_EXEC_LOCAL_TRACES_H

#include "engine/exec/local/attempt.h"

/*
 * Finds the first process of an attempt, and writes it to its entry of the ledger (a free one, if it has
 * none).  1; 0: there is none; -errno: it cannot be found out.  Only the first call looks at all processes.
 */
int local_traces_find(struct local_attempt *attempt);
/* To be called when all runs were adopted. */
void local_traces_forget(struct local *local);

#endif
