/*
 * Runs a program of Slurm to its end.  It blocks, so only the worker of the executor calls this.
 *
 * The program gets an environment of its own: SBATCH_* and SQUEUE_* of the server would change what is asked for.
 */
#ifndef KRTASK_EXEC_SLURM_PROGRAM_H
#define KRTASK_EXEC_SLURM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/task/strings.h"

enum program_result {
	PROGRAM_DONE,    /* its exit status was 0 */
	PROGRAM_REFUSED, /* it was not: error says why */
	PROGRAM_SILENT,  /* Slurm did not answer.  Whether it did what was asked is unknown */
	PROGRAM_MISSING, /* it could not be started: error says why */
};

enum { PROGRAM_TIMEOUT_MS = 30000 };

struct program {
	const char *directory;    /* where it is; NULL: in the PATH */
	struct strings arguments; /* the first is its name */
	const char *input;        /* its standard input; NULL: empty */
	const char *extra;        /* its descriptor 9 (length bytes); NULL: none */
	size_t extra_length;
	int stop;       /* when this descriptor is readable, the program is killed */
	int timeout_ms; /* and after so long; 0: as usual */
	/* Results: */
	char *output;    /* owned; what it wrote, ended by a NUL; NULL: nothing */
	char error[256]; /* one line */
};

enum program_result program_run(struct program *program);
void program_release(struct program *program);

#endif
