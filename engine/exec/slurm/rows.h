/*
 * What squeue says of a job, one line each.  The lines are asked for by ROWS_FORMAT.  A line whose comment is not one
 * of ours means nothing: a number of a job is never taken without its comment.  Pure.
 */
#ifndef KRTASK_EXEC_SLURM_ROWS_H
#define KRTASK_EXEC_SLURM_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of a job is left out: whoever gave it may have put anything there. */
#define ROWS_FORMAT                                                                                          \
	"ArrayJobID:|,ArrayTaskID:|,JobID:|,State:|,exit_code:|,Reason:|,PriorityLong:|,NodeList:|,Comment:|"

/* What a state of Slurm means here. */
enum slurm_condition {
	SLURM_ABSENT,  /* squeue no longer lists it */
	SLURM_PENDING, /* it has not begun */
	SLURM_ACTIVE,  /* it has begun: also COMPLETING, CONFIGURING, SUSPENDED */
	SLURM_OVER,    /* it has ended: COMPLETED, FAILED, CANCELLED */
	SLURM_FATAL,   /* Slurm ended it, and this word is why: TIMEOUT, DEADLINE, OUT_OF_MEMORY */
	SLURM_LOST,    /* nobody knows how it ended: NODE_FAIL, BOOT_FAIL, PREEMPTED */
};

struct slurm_row {
	uint64_t job;
	uint64_t pilot;   /* the serial of a pilot, which is of no task; 0: it is none */
	uint64_t number;  /* of the task */
	uint32_t attempt; /* from 1 */
	enum slurm_condition condition;
	bool held;
	char state[32], reason[64], node[64];
};

/* The comment of a job.  identity: of the server. */
void slurm_comment(char *text, size_t size, const char *identity, uint64_t number, uint32_t attempt);
void slurm_comment_of_pilot(char *text, size_t size, const char *identity, uint64_t pilot);
enum slurm_condition slurm_condition_of(const char *state);
/* Whether squeue wrote such a line, whosever job it is. */
bool slurm_is_row(const char *line);
/* False: it is no job of the server with this identity.  The line is changed. */
bool slurm_row_parse(char *line, const char *identity, struct slurm_row *row);

#endif
