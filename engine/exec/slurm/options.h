/* What the executor for Slurm is given. */
#ifndef KRTASK_EXEC_SLURM_OPTIONS_H
#define KRTASK_EXEC_SLURM_OPTIONS_H

#include <stdint.h>

struct environment;
struct event_base;

/* The variable that names the directory of sbatch, squeue, scontrol and scancel. */
#define SLURM_PROGRAMS "KRTASK_SLURM_BIN"
/* Seconds between two squeues, at least. */
#define SLURM_INTERVAL "KRTASK_SLURM_INTERVAL"

struct slurm_options {
	struct event_base *base;
	const char *identity; /* of the server; strings are copied */
	const char *address;  /* for KRTASK_SERVER */
	const char *programs; /* directory of sbatch, squeue, scontrol, scancel; NULL: the PATH */
	const char *pilot;    /* the program of pilots; NULL: krtask-pilot, beside that of the server */
	int64_t (*now)(void); /* milliseconds since 1970 */
	const struct environment *own_environment; /* of tasks that have none */
	int least_ms, most_ms;                     /* between two squeues; 0: the usual times */
	int program_ms;                            /* a program that takes longer is killed; 0: as usual */
};

#endif
