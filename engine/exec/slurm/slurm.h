/*
 * The executor for Slurm: commands are jobs of a cluster.
 *
 *     slurm_open()  core_init() (which sets the reports)  adopt …  slurm_silence()  slurm_close()
 *
 * A handle is the number of a job that is held: a held job cannot run.  go releases it.  The comment of the job says
 * whose it is, so a lost answer, or a server that died, leaves no job unknown, and none is released that is not
 * stored.  Slurm is asked by its programs, in one thread, which nothing waits for.  Loop thread only.
 */
#ifndef KRTASK_EXEC_SLURM_H
#define KRTASK_EXEC_SLURM_H

#include <stdbool.h>

#include "engine/core/executor.h"
#include "engine/exec/slurm/options.h"

/* 0 or -errno.  Nothing is asked of Slurm before there is a task for it. */
int slurm_open(struct executor **executor, const struct slurm_options *options);
/* Stops all reports, and what the worker does. */
void slurm_silence(struct executor *executor);
void slurm_close(struct executor *executor);
/* Whether the directory is that of another server. */
bool slurm_refuses(struct executor *executor, const char *directory);
/* Whether sbatch is there. */
bool slurm_is_here(const char *programs);

#endif
