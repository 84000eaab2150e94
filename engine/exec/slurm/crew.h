/*
 * Groups with pilots: their attempts are no jobs, but tickets (claims.h), which jobs of the group claim.  A crew is what
 * one group has of them: started while tasks can run, and ended by themselves when there is nothing to do.
 *
 * The verbs of the executor call these functions for an attempt that has a crew, which crew_join() gives it.  What became
 * of a ticket is said by where it is, and by the log of the pilot that has it.  Loop thread only.
 */
#ifndef KRTASK_EXEC_SLURM_CREW_H
#define KRTASK_EXEC_SLURM_CREW_H

#include "engine/exec/slurm/attempt.h"
#include "engine/exec/slurm/crews.h"
#include "engine/exec/slurm/pump.h"

struct group_settings;

/* In place of the number of a job: the claim names a ticket, whose place is known to its files. */
#define CREW_HANDLE (UINT64_C(1) << 62)

/* Seconds after which a pilot without a task ends. */
#define CREW_IDLE "KRTASK_PILOT_IDLE"

enum { CREW_TROUBLE_MS = 2000 /* between two attempts at what is not possible now */ };

/* The crew of a group, which its attempts join.  NULL: out of memory. */
struct slurm_crew *crew_of(struct slurm *slurm, const char *group, const struct group_settings *settings,
                           const char *directory);
/* It is prepared when the directory is marked: a later server then knows whether that is the one. */
void crew_prepare(struct slurm_attempt *attempt);
void crew_go(struct slurm_attempt *attempt);
void crew_withhold(struct slurm_attempt *attempt);
void crew_adopt(struct slurm_attempt *attempt);
void crew_signal(struct slurm_attempt *attempt, int signal);
/* Before the attempt is freed. */
void crew_forget(struct slurm_attempt *attempt);
/* NULL: none.  of_slurm: it is a word of Slurm. */
const char *crew_reason(const struct slurm_attempt *attempt, bool *of_slurm);
/* Something to be done to its files, of an attempt or NULL.  NULL: out of memory. */
struct pump_order *crew_order(struct slurm_crew *crew, enum pump_verb verb, const char *pilot,
                              const struct slurm_attempt *attempt);
/* After something has changed: it is looked at soon. */
void crew_hurry(struct slurm_crew *crew);
void crews_stop(struct slurm *slurm);
void crews_free(struct slurm *slurm);

#endif
