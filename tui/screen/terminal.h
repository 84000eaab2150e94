/*
 * The terminal.  Only terminal.c includes curses.h.  A process has one terminal.
 *
 *     terminal_open()                          takes it over
 *     terminal_begin() … terminal_end()        draws everything; only changes are sent
 *     terminal_signal() until 0                whenever terminal_signals() is readable
 *     terminal_close()                         gives it back
 *
 * input.h reads the keys.
 *
 * While the terminal is open, signals that end, stop or resize a program are blocked.  terminal_signals()
 * reports them instead.
 */
#ifndef KRTASK_TUI_SCREEN_TERMINAL_H
#define KRTASK_TUI_SCREEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/sgr.h"
#include "tui/text/style.h"
#include "tui/view/sequence.h"

/* 0, or -ENOTTY and *error (free() it): there is no terminal, or TERM names none that can be used. */
int terminal_check(char **error);
/* 0 or -errno. */
int terminal_open(void);
void terminal_close(void);

/*
 * For a new process that does not use the terminal: restores the signals that were set before
 * terminal_open().
 */
void terminal_forget(void);

/* A descriptor for poll(2). */
int terminal_signals(void);
/* The number of a signal that has come, or 0. */
int terminal_signal(void);

int terminal_lines(void);
int terminal_columns(void);

void terminal_begin(void);
void terminal_end(void);
/* Draws the text, cut at the right edge.  Returns the column after it. */
int terminal_put(int y, int x, enum style style, const char *text);
void terminal_fill(int y, int x, int width, enum style style);
/* Draws an empty box with a border. */
void terminal_frame(int y, int x, int height, int width);
/* Draws a character in the colours of the output of a task.  The place must be on the screen. */
void terminal_glyph(int y, int x, const struct sgr *sgr, const char *text);

/* After SIGWINCH: takes the new size of the terminal. */
void terminal_resize(void);
/* The content of the terminal is unknown.  The next terminal_end() sends everything. */
void terminal_spoiled(void);
/* After SIGTSTP: restores the terminal, and stops this process.  Returns when the process is continued. */
void terminal_stop(void);
/* After SIGCONT: takes the terminal again, since another program may have used it. */
void terminal_continue(void);
/* Runs a program on the terminal until it exits.  words end with NULL. */
void terminal_run(const char *const *words);
/* Runs $SHELL on the terminal until it exits. */
void terminal_shell(void);

#endif
