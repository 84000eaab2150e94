/*
 * The script that a job is: options of sbatch, then a step that runs the command of one attempt.  Pure.
 *
 * Of options that are given twice, sbatch takes the later one, and what is on its command line before those of the
 * script.  So the script has the time limit first, then the #SBATCH lines of a file, the options of the group and
 * those of the task.
 */
#ifndef KRTASK_EXEC_SLURM_SCRIPT_H
#define KRTASK_EXEC_SLURM_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/strings.h"

/* The file by which a directory is recognized, on a node too: it has the identity of the server. */
#define SCRIPT_MARK "krtask.server"

struct script {
	const char *identity;
	const char *directory; /* absolute */
	const char *base;      /* of the names of its files */
	const char *cwd;
	const struct strings *command;
	const char *group_options; /* NULL: none, as for those of the task */
	const char *options;
	int64_t time_limit; /* milliseconds, 0: none */
	mode_t umask;
	bool merge;
};

/* In single quotes, malloc'ed.  NULL: out of memory. */
char *script_quoted(const char *text);
/* malloc'ed; NULL: out of memory.  *head: where #SBATCH lines of a file are put in. */
char *script_write(const struct script *script, size_t *head);

#endif
