/*
 * The scripted core over any executor: fixtures for the local one, and for that for Slurm, whose programs are links to
 * tests/unit/cluster.
 */
#ifndef KRTASK_TESTS_SCRIPTED_SLURM_H
#define KRTASK_TESTS_SCRIPTED_SLURM_H

#include <stdbool.h>

void scripted_local_setup(void);
void scripted_slurm_setup(void);
/* Its group has two pilots, of four slots each. */
void scripted_pilots_setup(void);
/* Another program for them; before the first task. */
void scripted_pilot_program(const char *program);
/* Of all. */
void scripted_slurm_teardown(void);
/* Whether there is a file of this name in the scratch directory. */
bool scripted_exists(const char *name);

#endif
