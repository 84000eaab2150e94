/*
 * Where the tickets of a crew are.  Its attempts that are let go and have not ended are in lists by that, so a turn costs
 * what has changed, and not what there is.  The lists follow from the fields of an attempt: whoever changes its stage,
 * place or withdraws calls place_sort().  Loop thread only.
 */
#ifndef KRTASK_EXEC_SLURM_PLACES_H
#define KRTASK_EXEC_SLURM_PLACES_H

#include <stddef.h>

#include "engine/exec/slurm/attempt.h"

/* After a change.  An attempt without a crew is in no list. */
void place_sort(struct slurm_attempt *attempt);
/* pilot: whose ticket it is; NULL: that of none. */
void place_set(struct slurm_attempt *attempt, enum slurm_place place, struct slurm_pilot *pilot);
/* Before it is freed. */
void place_forget(struct slurm_attempt *attempt);
/* The attempt whose ticket is in the queue or with a pilot.  NULL: there is none.  Walks as many as there are such. */
struct slurm_attempt *place_find(const struct slurm_crew *crew, uint64_t ticket);

#endif
