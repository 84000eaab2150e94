/* The jobs of a crew.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_PILOTS_H
#define KRTASK_EXEC_SLURM_PILOTS_H

#include "engine/exec/slurm/crew.h"

/* Calls sbatch for another one, and crew_hurry() when that is over. */
void pilot_start(struct slurm_crew *crew);
/* NULL: out of memory. */
struct slurm_pilot *pilot_new(struct slurm_crew *crew, uint64_t serial);
void pilot_free(struct slurm_pilot *pilot);

#endif
