/*
 * The terminal.  Only terminal.c and paint.c use curses (library.h).  A process has one terminal.
 *
 *     terminal_open()                          takes it over
 *     terminal_begin() … terminal_end()        draws everything, if terminal_ready(); only changes are sent
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

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "tui/text/sgr.h"
#include "tui/text/style.h"
#include "tui/view/sequence.h"

/* 0, or -ENOTTY and *error (free() it): there is no terminal, or TERM names none that can be used. */
int terminal_check(char **error);
/*
 * Stops while this process is in the background, as programs do that use their terminal.  0; -EIO: nobody could
 * continue it.
 */
int terminal_await_foreground(void);

struct terminal_options {
	const char *theme; /* of theme.h; NULL: auto */
	bool cursor;       /* on what is selected */
};

/* 0 or -errno. */
int terminal_open(const struct terminal_options *options);
void terminal_close(void);
/* Another program gets the terminal; it is taken again. */
void terminal_leave(void);
void terminal_resume(void);

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

/*
 * A slow terminal gets the next frame when it has shown the one before.  True: it can be drawn now.  Else after
 * terminal_answered(), when terminal_poll() is ready (call terminal_push()), or after terminal_wait() milliseconds.
 */
bool terminal_ready(void);
/* The last frame did not get to the terminal: draw again after terminal_wait() milliseconds at the latest. */
bool terminal_lost(void);
/* The last frame is on the terminal, if that tells. */
bool terminal_shown(void);
int terminal_wait(void);
struct pollfd terminal_poll(void);
void terminal_push(void);
/* After a TERMINAL_ANSWER and a TERMINAL_MODE. */
void terminal_answered(void);
/* The brightness of its background, 0 to 255, if that was asked for. */
void terminal_has_ground(int brightness);
void terminal_has_mode(int mode, int setting);

void terminal_begin(void);
void terminal_end(void);
/* What is drawn from now on is, or is not, in the selected row: on its background, in its own colours. */
void terminal_highlight(bool on);
/* Draws the text, cut at the right edge.  Returns the column after it. */
int terminal_put(int y, int x, enum style style, const char *text);
void terminal_fill(int y, int x, int width, enum style style);
/* Draws an empty box with a border. */
void terminal_frame(int y, int x, int height, int width);
/* Draws a character in the colours of the output of a task.  The place must be on the screen. */
void terminal_glyph(int y, int x, const struct sgr *sgr, const char *text);

/* Writes a control sequence that changes nothing on the screen. */
void terminal_send(const char *sequence);

/* After SIGWINCH: takes the new size of the terminal. */
void terminal_resize(void);
/* The content of the terminal is unknown.  The next terminal_end() sends everything. */
void terminal_spoiled(void);
/* After SIGTSTP: restores the terminal, and stops this process.  Returns when the process is continued. */
void terminal_stop(void);
/* After SIGCONT: takes the terminal again, since another program may have used it. */
void terminal_continue(void);
/*
 * Runs a program on the terminal until it ends: its exit status, or 128 and its signal; -errno: it cannot be run.  words end
 * with NULL.
 */
int terminal_lend(const char *const *words);
/* The same, where only what it did matters. */
void terminal_run(const char *const *words);
/* Runs $SHELL on the terminal until it exits.  The same. */
int terminal_shell(void);

#endif
