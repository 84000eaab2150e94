/* The crews at work: tickets are handed out, pilots started and watched.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_FLEET_H
#define KRTASK_EXEC_SLURM_FLEET_H

#include "engine/exec/slurm/crew.h"
#include "engine/exec/slurm/rows.h"

/* What a crew has to do now; its timer calls this. */
void fleet_turn(evutil_socket_t fd, short what, void *ctx);
/* What a squeue says of all pilots: its rows. */
void fleet_judge(struct slurm *slurm, const struct slurm_row *rows, size_t count);
/* There are pilots to ask for. */
bool fleet_watches(const struct slurm *slurm);

#endif
