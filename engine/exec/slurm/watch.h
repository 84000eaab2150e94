/*
 * One squeue for all attempts, and what it means for each.  While there is none that waits or runs, Slurm is not asked.
 * Loop thread only.
 */
#ifndef KRTASK_EXEC_SLURM_WATCH_H
#define KRTASK_EXEC_SLURM_WATCH_H

#include "engine/exec/slurm/attempt.h"

/* The time for the next squeue has come. */
void slurm_watch_due(evutil_socket_t fd, short what, void *ctx);

#endif
