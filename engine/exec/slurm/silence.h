/*
 * Who of Slurm does not answer, which is the reason why tasks wait: each program for itself, since one may hang while the
 * others answer, and the worker, which may wait for a program or a file.  Loop thread only.
 */
#ifndef KRTASK_EXEC_SLURM_SILENCE_H
#define KRTASK_EXEC_SLURM_SILENCE_H

#include "engine/exec/slurm/attempt.h"
#include "engine/exec/slurm/program.h"

/* 0 or -ENOMEM. */
int silence_open(struct slurm *slurm);
/* Ends what is noticed.  It can be called twice. */
void silence_close(struct slurm *slurm);
/* The worker was given a job; it is done with one. */
void silence_begin(struct slurm *slurm);
void silence_end(struct slurm *slurm);
/* How one was answered.  error: what was wrong, if it was not that Slurm does not answer; NULL or "": nothing else. */
void silence_note(struct slurm *slurm, enum slurm_asked asked, enum program_result result, const char *error);
/* Nothing is wrong with that any more. */
void silence_clear(struct slurm *slurm, enum slurm_asked asked);
/* Why this attempt waits; NULL: they answer. */
const char *silence_reason(const struct slurm_attempt *attempt);

#endif
