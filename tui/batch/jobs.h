/*
 * The lines of a batch that have begun: a ring of those with outstanding replies, the oldest first.
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
	bool lost;          /* the connection was lost before its reply */
	const char *
		unreachable; /* no other connection could be made, for this reason; NULL: one was, or needed not be */
	bool silent;         /* the server did not answer in time, which the reason says */
};

struct jobs {
	struct context *context;
	struct variables *variables;
	struct job *ring[JOBS_MAX]; /* made when first needed, and used again */
	size_t first, count;
	uint64_t serial; /* of the last line begun */
	int status;      /* the greatest of all lines */
	int last;        /* of the last line that did anything, which is that one: */
	uint64_t last_serial;
	bool stop_on_error;
	bool stopped; /* a line failed, which ends the run */
};

void jobs_init(struct jobs *jobs, struct context *context, struct variables *variables);
void jobs_release(struct jobs *jobs);

/* A job for the next line.  It is not in the ring yet, but there is always room for it. */
struct job *jobs_next(struct jobs *jobs);
/* Its calls were sent: puts it into the ring. */
void jobs_push(struct jobs *jobs, struct job *job);
/* It sends no calls.  It ends when its turn comes, which is now if no earlier replies are outstanding. */
void jobs_end(struct jobs *jobs, struct job *job);
/* The line with that number has ended with this exit status. */
void jobs_note(struct jobs *jobs, uint64_t serial, int status);
/* Notes the variables that the line will set when its replies have come. */
void jobs_expect(struct jobs *jobs, const struct job *job);
/* Sets these variables to the output of the line.  In a check there is none. */
void jobs_set_variables(struct jobs *jobs, const struct job *job);
/* What a variable gets of its output: it is valid until the invocation is cleared. */
struct values jobs_values(const struct invocation *inv, enum output_kind kind);
/* Those that parameters name.  The command may be one before a '|'. */
void jobs_set_named(struct jobs *jobs, const struct invocation *inv, uint64_t serial);
/* Ends a job: notes its exit status, and sets variables. */
void jobs_finish(struct jobs *jobs, struct job *job);

/* Receives replies until those of that line have come. */
void jobs_wait(struct jobs *jobs, uint64_t serial);
/* Receives replies until none is outstanding. */
void jobs_settle(struct jobs *jobs);
/* Receives the replies that are already there. */
void jobs_take(struct jobs *jobs);
/* The connection with the next reply; NULL: none is outstanding. */
struct client *jobs_client(const struct jobs *jobs);

#endif
