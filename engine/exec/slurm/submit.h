/* sbatch: a job that is held, for each attempt.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_SUBMIT_H
#define KRTASK_EXEC_SLURM_SUBMIT_H

#include "engine/exec/slurm/attempt.h"
#include "engine/task/strings.h"

/* Calls sbatch; reports prepared or refused. */
void slurm_submit(struct slurm_attempt *attempt);
/* True: it has not begun to be submitted, and will not be.  False: the worker has it, or it is submitted. */
bool slurm_submit_not(const struct slurm_attempt *attempt);
/* Drops all that have not begun. */
void slurm_submit_none(struct slurm *slurm);
/* The environment of its command.  0 or -ENOMEM. */
int slurm_write_environment(struct strings *list, const struct slurm_attempt *attempt);
/* Its handle is ready. */
void slurm_report_prepared(struct slurm_attempt *attempt);

#endif
