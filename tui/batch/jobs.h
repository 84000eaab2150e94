/*
 * The lines of a batch that have begun: a ring of those whose answers are still to come, oldest first.
 */
#ifndef KRTASK_TUI_BATCH_JOBS_H
#define KRTASK_TUI_BATCH_JOBS_H

#include "tui/batch/script.h"
#include "tui/batch/variables.h"
#include "tui/cli/context.h"

enum { JOBS_MAX = 8192 };

struct job {
	struct invocation inv;
	struct statement statement;
	struct words words; /* of the command, expanded */
	struct words owned; /* texts that were put together */
	uint64_t serial;    /* 1, 2, 3 … in the order of the lines */
	bool lost;          /* its answer went with the connection */
	bool unreachable;   /* and no other connection could be made */
};

struct jobs {
	struct context *context;
	struct variables *variables;
	struct job *ring[JOBS_MAX]; /* made when first needed, then used again */
	size_t first, count;
	uint64_t serial; /* of the last line begun */
	int status;      /* the greatest of all lines */
	int last;        /* of the last line that did anything, which is that one: */
	uint64_t last_serial;
	bool stop_on_error;
	bool stopped; /* a line failed that was to end the run */
};

void jobs_init(struct jobs *jobs, struct context *context, struct variables *variables);
void jobs_release(struct jobs *jobs);

/* A job for the next line, ready to be filled, not yet in the ring; there is always room for it. */
struct job *jobs_next(struct jobs *jobs);
/* It was sent: its answers are to come. */
void jobs_push(struct jobs *jobs, struct job *job);
/* Nothing of it was sent, or will be: it is over when its turn comes, which is now if no answers are to come before. */
void jobs_end(struct jobs *jobs, struct job *job);
/* The line with that number is over: its exit status. */
void jobs_note(struct jobs *jobs, uint64_t serial, int status);
/* The names that the line gives to variables, each to be set when its answers have come. */
void jobs_expect(struct jobs *jobs, const struct job *job);
/* Gives them what there is: what the line said, in a check nothing. */
void jobs_set_variables(struct jobs *jobs, const struct job *job);
/* It is over: exit status, variables. */
void jobs_finish(struct jobs *jobs, struct job *job);

/* Takes answers until that line's have come. */
void jobs_wait(struct jobs *jobs, uint64_t serial);
/* Takes answers until none is to come. */
void jobs_settle(struct jobs *jobs);
/* Takes the answers that are here. */
void jobs_take(struct jobs *jobs);
/* The connection whose answer is due next; NULL: none is. */
struct client *jobs_client(const struct jobs *jobs);

#endif
