/*
 * Where the log view reads from: one stream of one attempt of a task, through calls that do not wait.
 *
 *     log_source_open()      follows the end of standard output
 *     log_source_read()      before each drawing: asks for what the reader wants
 *     log_source_switch()    the other stream; log_source_attempt(): another attempt
 *     log_source_close()
 */
#ifndef KRTASK_TUI_SCREEN_LOG_SOURCE_H
#define KRTASK_TUI_SCREEN_LOG_SOURCE_H

#include "engine/task/task.h"
#include "tui/screen/channel.h"
#include "tui/view/reader.h"

struct app;

struct log_source {
	struct app *app;
	struct channel channel; /* for Log, which goes on until the task ends */
	struct reader reader;
	char id[TASK_ID_MAX + 1];
	char *name; /* that the user has given it; NULL: none, or not known yet */
	bool error_stream;
	bool chosen;             /* the user has chosen the stream */
	bool began;              /* next is known: after a loss, go on there */
	int64_t next;            /* byte of the stream, of that attempt */
	int64_t attempt, latest; /* 0: not known yet */
	bool only;               /* an earlier attempt, which was asked for */
	bool over;               /* no more output will come */
	char state[16];          /* "": not known yet */
	int64_t other;           /* bytes of the other stream; -1: not known yet */
	bool asked;              /* the question for that is outstanding */
	bool reading, stuck;     /* a read is outstanding; the last one had nothing */
	unsigned hunt; /* what the outstanding read looks for, and from where; -1: it is a plain one */
	int64_t hunt_from;
	size_t generation; /* answers to earlier reads are about other output */
	int64_t end;       /* of the output, which is read next, whatever is before it; -1: it goes on */
	int64_t resume_at; /* when that is; 0: it goes on */
	char *error;       /* what the server said instead; NULL: it did not */
};

void log_source_open(struct log_source *source, struct app *app, const char *id);
void log_source_close(struct log_source *source);
void log_source_read(struct log_source *source);
/* Reads the end of what grows fast, when it is time; log_source_wait() is how long until then, -1: it is not waiting. */
void log_source_resume(struct log_source *source);
int log_source_wait(const struct log_source *source);
/* Asks for the state of the task, and how much the other stream has. */
void log_source_look(struct log_source *source);
void log_source_switch(struct log_source *source);
/* by -1: the attempt before; 1: the one after it.  False: there is none. */
bool log_source_attempt(struct log_source *source, int by);
const char *log_source_name(const struct log_source *source, bool other);
/* The reason why there is no output, or no more of it; NULL: there is no problem. */
const char *log_source_trouble(const struct log_source *source);

#endif
