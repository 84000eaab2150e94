/* What the core is told of an attempt.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_REPORTS_H
#define KRTASK_EXEC_SLURM_REPORTS_H

#include "engine/exec/slurm/attempt.h"

/* Not twice. */
void slurm_report_began(struct slurm_attempt *attempt);
/* How long it ran until then, by the same clock as its beginning; 0: unknown. */
int64_t slurm_lasted(const struct slurm_attempt *attempt, int64_t ended_at);
/* That it has begun, too, if that was not told. */
void slurm_report_ended(struct slurm_attempt *attempt, const struct run_end *end);
/* Its ticket was taken back. */
void slurm_report_withheld(struct slurm_attempt *attempt);

#endif
