/*
 * The terminal: the one file behind this header includes curses.h.  There is one terminal a process.
 *
 *     terminal_open()                          takes it over
 *     terminal_begin() … terminal_end()        draw everything; only what is different is sent
 *     terminal_signal() until 0                whenever terminal_signals() is readable
 *     terminal_close()                         gives it back
 *
 * What is typed comes by input.h.
 *
 * While it is open the signals that end, stop or resize a program are blocked and come through
 * terminal_signals() instead.
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

/* In a new process that is to have no part in it: signals are as they were before it was opened. */
void terminal_forget(void);

/* A descriptor for poll(2). */
int terminal_signals(void);
/* The number of a signal that has come, or 0. */
int terminal_signal(void);

int terminal_lines(void);
int terminal_columns(void);

void terminal_begin(void);
void terminal_end(void);
/* The text, cut at the right edge. Returns the column behind it. */
int terminal_put(int y, int x, enum style style, const char *text);
void terminal_fill(int y, int x, int width, enum style style);
/* An empty box with a border. */
void terminal_frame(int y, int x, int height, int width);
/* One character in the colours of a task's output, at a place that is known to be on the screen. */
void terminal_glyph(int y, int x, const struct sgr *sgr, const char *text);

/* SIGWINCH: takes over the terminal's size. */
void terminal_resize(void);
/* What is on the terminal is not to be trusted: all is sent anew by the next terminal_end(). */
void terminal_spoiled(void);
/* SIGTSTP: gives the terminal back and stops this process; returns when it goes on. */
void terminal_stop(void);
/* SIGCONT: another program may have had the terminal. */
void terminal_continue(void);
/* Runs $SHELL on the terminal until it exits. */
void terminal_shell(void);

#endif
