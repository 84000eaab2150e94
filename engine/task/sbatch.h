/*
 * Options of sbatch, as users give them: words, with quotes as in a shell.  Some of them make no sense where each task
 * is one job whose output and end belong to krtask.  What they mean is Slurm's affair.  Pure.
 */
#ifndef KRTASK_TASK_SBATCH_H
#define KRTASK_TASK_SBATCH_H

#include <stdbool.h>
#include <stddef.h>

enum { SBATCH_MAX = 4096 /* bytes of all options */ };

/* False: word is the option that cannot be used, or the text as a whole. */
bool sbatch_check(const char *options, char *word, size_t size);
/*
 * The next #SBATCH line of a script, without its newline; NULL: there is none before its first command.  from: the
 * beginning of the script, and then the end of the line before.
 */
const char *sbatch_line(const char *from, size_t *length);

#endif
