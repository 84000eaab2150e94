/*
 * What a run holds of its group, its number and its devices (engine/core/holdings.h): in the variables of its
 * command, and in its ledger entry, where the next server finds them.
 */
#ifndef KRTASK_EXEC_LOCAL_HOLDING_H
#define KRTASK_EXEC_LOCAL_HOLDING_H

#include "engine/exec/local/attempt.h"
#include "engine/task/strings.h"

/* KRTASK_SLOT, and the variable of the group's devices.  0 or -ENOMEM. */
int local_holding_variables(const struct run *run, struct strings *variables);
/* To be called before the clone. */
void local_holding_record(const struct local_attempt *attempt);
/* Nothing was started. */
void local_holding_forget(const struct local_attempt *attempt);
/* The ledger lost it: reads it from the environment of the process.  0, or -errno: not possible now. */
int local_holding_find(const struct local_attempt *attempt, pid_t pid, struct run_holding *holding);
/* Tells the core what an adopted run holds. */
void local_holding_report(const struct local_attempt *attempt);

#endif
