/*
 * Reads standard input as keys while the terminal is open (terminal.h).  See keyboard.h.
 *
 *     input_read()                      whenever it is readable
 *     input_burst()                     the input may be text
 *     input_key() until TERMINAL_NONE   after that, and after input_wait()
 */
#ifndef KRTASK_TUI_SCREEN_INPUT_H
#define KRTASK_TUI_SCREEN_INPUT_H

#include <poll.h>

#include "tui/view/keyboard.h"

/*
 * terminal_open() and terminal_close() call these.  The first is called before the modes of the terminal
 * change.
 */
void input_open(void);
void input_name(const char *bytes, int key);
void input_close(void);

/* Reads the input, and what follows without a pause.  0, or -errno: the terminal is gone. */
int input_read(void);
/* What kind of input it is, and its first character. */
enum keyboard_burst input_burst(char *first);
/* Takes the input as text. */
void input_take_as_text(void);
struct terminal_event input_key(void);
/* Milliseconds until input_key() has more even without new input; -1: never. */
int input_wait(void);
/* Throws away everything that was typed so far.  True: it stops behind an answer of the terminal. */
bool input_drop(void);
/* The terminal owes an answer until that time, by the clock of input_now(); 0: none. */
void input_await(int64_t until);
/* The same as poll(2), but -EAGAIN: nothing has happened.  Another -errno: it fails, and goes on failing. */
int input_poll(struct pollfd *ready, nfds_t count, int wait);
/* Waits for input.  False: none came in time. */
bool input_await_more(int milliseconds);
/* Milliseconds of a monotonic clock. */
int64_t input_now(void);

#endif
