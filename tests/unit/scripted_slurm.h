/*
 * The scripted core over any executor: fixtures for the local one, and for that for Slurm, whose programs are links to
 * tests/unit/cluster.
 */
#ifndef KRTASK_TESTS_SCRIPTED_SLURM_H
#define KRTASK_TESTS_SCRIPTED_SLURM_H

#include <stdbool.h>

#include "tests/unit/scripted_core.h"

/* What sbatch says while the controller is away. */
#define SILENT_SLURM "sbatch: error: Unable to contact slurm controller (connect failure)\n"

/* What a program of Slurm may take, for the next scripted_open(); 0: as usual. */
extern int scripted_program_ms;

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

/* New tasks, each further than the one before: prepared, let go, begun, ended. */
struct subject *prepared(const char *id, const char *code);
struct subject *released(const char *id, const char *code);
struct subject *running(const char *id, const char *code);
struct subject *ended(const char *id, const char *code);
/* How often a program of Slurm was called. */
int count_calls(const char *program);
/* The process group of a job that has begun. */
pid_t job_group(int job);
/* To the pilot, and not to what it runs.  SIGKILL: it ends without a word, as a node dies. */
void signal_pilot(int job, int number);
/* It ended with its pilot, whose job is in that state. */
void check_lost(const struct subject *subject, const char *state);

#endif
