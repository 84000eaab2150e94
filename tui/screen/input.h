/*
 * Standard input as keys, while the terminal is open (terminal.h): see keyboard.h.
 *
 *     input_read()                      whenever it is readable
 *     input_burst()                     then what has come may be text
 *     input_key() until TERMINAL_NONE   after that, and after input_wait()
 */
#ifndef KRTASK_TUI_SCREEN_INPUT_H
#define KRTASK_TUI_SCREEN_INPUT_H

#include "tui/view/keyboard.h"

/* By terminal_open(), before it changes the terminal's modes, and terminal_close(). */
void input_open(void);
void input_name(const char *bytes, int key);
void input_close(void);

/* Takes what has come, and what follows without a pause.  0, or -errno: the terminal is gone. */
int input_read(void);
/* What it is, and its first character. */
enum keyboard_burst input_burst(char *first);
/* It is text. */
void input_take_as_text(void);
struct terminal_event input_key(void);
/* Milliseconds until input_key() has more although nothing comes, -1: not by time. */
int input_wait(void);
/* What has been typed up to now is forgotten. */
void input_drop(void);

#endif
