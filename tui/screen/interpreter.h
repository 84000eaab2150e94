/*
 * Runs lines of the batch language for the screen, one after another, in a separate process.  The screen goes
 * on meanwhile.  Variables keep their values from line to line.
 *
 *     interpreter_run()                          a line, when none is running
 *     interpreter_poll(), interpreter_read()     until INTERPRETER_DONE or INTERPRETER_ENDED
 *     interpreter_answer()                       after INTERPRETER_QUESTION
 *     interpreter_close()
 *
 * The process has no terminal.  What it would write there becomes output.
 */
#ifndef KRTASK_TUI_SCREEN_INTERPRETER_H
#define KRTASK_TUI_SCREEN_INTERPRETER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/task/task.h"
#include "tui/confirm/confirm.h"

struct arguments;

struct interpreter {
	pid_t pid;   /* 0: no process is running */
	int control; /* for packets */
	int output;  /* what commands print, with errors unless these come apart */
	int errors;  /* those that come apart */
	bool busy;   /* a line is running */
	bool sent;   /* that line has sent a request that may change something */
	bool asked_to_end;
};

/* The content of a packet, or a piece of output. */
enum interpreter_event {
	INTERPRETER_NOTHING,
	INTERPRETER_OUTPUT,
	INTERPRETER_ERRORS,
	INTERPRETER_QUESTION,
	INTERPRETER_SENDS, /* see sent */
	INTERPRETER_DONE,  /* the line has ended; all of its output came before */
	INTERPRETER_ENDED, /* the process has ended, and the variables are lost */
};

struct interpreter_news {
	char text[8192]; /* output, or errors */
	size_t length;
	enum confirm_operation operation; /* the question */
	char target[TASK_ID_MAX + 1];
	int status; /* exit status of the line */
};

/*
 * Runs a line.  The first line starts the process, which gets a copy of defaults.  apart: its errors are not among its
 * output.  0 or -errno.
 */
int interpreter_run(struct interpreter *interpreter, const struct arguments *defaults, bool what_if,
                    bool apart, const char *line);
/* For poll(2).  A descriptor is -1 if nothing is awaited from it. */
enum { INTERPRETER_FDS = 3 };
void interpreter_poll(const struct interpreter *interpreter, struct pollfd ready[INTERPRETER_FDS]);
/* Reads the next packet or piece of output.  Never waits. */
enum interpreter_event interpreter_read(struct interpreter *interpreter, struct interpreter_news *news);
void interpreter_answer(struct interpreter *interpreter, enum confirm_choice choice);
/*
 * Interrupts the line, as Ctrl-C does.  The first time, the command can end by itself.  The second time, it
 * is killed.
 */
void interpreter_interrupt(struct interpreter *interpreter);
void interpreter_close(struct interpreter *interpreter);

#endif
