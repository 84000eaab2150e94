/* What is found in the directory of a crew, and what its pilots say.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_HEARD_H
#define KRTASK_EXEC_SLURM_HEARD_H

#include "engine/exec/slurm/crew.h"
#include "engine/exec/slurm/pump.h"

/* By the name of its directory.  NULL: there is none. */
struct slurm_pilot *heard_pilot(const struct slurm_crew *crew, const char *name);
/* What an earlier server let go, and what has become of it: the first look has found it. */
void heard_found(struct slurm_crew *crew, const struct pump_job *job);
/* A line of its log. */
void heard_line(struct slurm_pilot *pilot, const char *line);
/*
 * Its directory was taken away, and its log read to its end: what it has claimed and not ended is lost, except for what it
 * has given back.
 */
void heard_last(struct slurm_pilot *pilot, const struct pump_job *job);
/* What was found in directories of pilots that were removed: it never began. */
void heard_strays(struct slurm_crew *crew, const struct pump_job *job);

#endif
