/*
 * The scripted core over any executor: fixtures for the local one, and for that for Slurm, whose programs are links to
 * tests/unit/cluster.
 */
#ifndef KRTASK_TESTS_SCRIPTED_SLURM_H
#define KRTASK_TESTS_SCRIPTED_SLURM_H

#include <stdbool.h>

void scripted_local_setup(void);
void scripted_slurm_setup(void);
/* Of both. */
void scripted_slurm_teardown(void);
/* Whether there is a file of this name in the scratch directory. */
bool scripted_exists(const char *name);

#endif
