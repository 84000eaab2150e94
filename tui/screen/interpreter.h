/*
 * The batch language behind the screen: a process of our own in which lines run one after another, as long as
 * they take, while the screen goes on.  Variables live from line to line.
 *
 *     interpreter_run()                          a line, when none is running
 *     interpreter_poll(), interpreter_read()     until INTERPRETER_DONE or INTERPRETER_ENDED
 *     interpreter_answer()                       after INTERPRETER_QUESTION
 *     interpreter_close()
 *
 * The process has no terminal: what it would write there comes as output.
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
	pid_t pid;   /* 0: none runs */
	int control; /* packets */
	int output;  /* what commands print, errors among it */
	bool busy;   /* a line is running */
	bool asked_to_end;
};

/* What one packet, or the output, has brought. */
enum interpreter_event {
	INTERPRETER_NOTHING,
	INTERPRETER_OUTPUT,
	INTERPRETER_QUESTION,
	INTERPRETER_DONE,  /* its whole output was given before */
	INTERPRETER_ENDED, /* the process is gone, and the variables with it */
};

struct interpreter_news {
	char text[8192]; /* output */
	size_t length;
	enum confirm_operation operation; /* the question */
	char target[TASK_ID_MAX + 1];
	int status; /* exit status of the line */
};

/* The process is started with the first line; defaults is copied to it. 0 or -errno. */
int interpreter_run(struct interpreter *interpreter, const struct arguments *defaults, bool what_if,
                    const char *line, size_t length);
/* For poll(2): descriptors of -1 where nothing is awaited. */
void interpreter_poll(const struct interpreter *interpreter, struct pollfd ready[2]);
/* The next piece of news that is here.  Never waits. */
enum interpreter_event interpreter_read(struct interpreter *interpreter, struct interpreter_news *news);
void interpreter_answer(struct interpreter *interpreter, enum confirm_choice choice);
/* As Ctrl-C: first the command may end by itself, the second time it is ended. */
void interpreter_interrupt(struct interpreter *interpreter);
void interpreter_close(struct interpreter *interpreter);

#endif
