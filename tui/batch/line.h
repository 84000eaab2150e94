/*
 * A line of a batch: parses it, checks it, and sends its call or runs it.
 */
#ifndef KRTASK_TUI_BATCH_LINE_H
#define KRTASK_TUI_BATCH_LINE_H

#include "tui/batch/jobs.h"

/* What the lines of a batch share. */
struct runner {
	struct context *context;
	const struct words *arguments; /* the file and what follows it; NULL: no file */
	struct variables variables;
	struct jobs jobs;
	bool checking; /* only check lines, and run none */
};

/* Defines the variables that always exist. */
void line_define_constants(struct runner *runner);
void line_do(struct runner *runner, unsigned number, const char *line, size_t length);

/* For pipeline.c.  Reports that something is wrong with the line itself.  Takes over the message. */
void line_fail(struct runner *runner, struct job *job, char *error, unsigned column);
/* Expands tokens of the job's statement into words.  False: an error was reported. */
bool line_expand(struct runner *runner, struct job *job, size_t first, size_t count, struct words *words);
/* Expands and parses the command of the job.  inv->piped has the piped ids.  False: an error was reported. */
bool line_parse(struct runner *runner, struct job *job, const char *server);
/* If help or the version was asked for, prints it and returns true.  Then the line has nothing more to do. */
bool line_answers_help(struct runner *runner, struct job *job);
/* Checks the command without running it. */
void line_check(struct runner *runner, struct job *job);

#endif
