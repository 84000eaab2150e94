/*
 * The way to the terminal.  curses writes into memory.  From there a whole frame goes to the terminal at once, and
 * what the terminal does not take at once is kept: nothing ever waits for it, except outlet_drain(), and that not
 * for long.
 *
 *     outlet_open(); newterm() with outlet_stream()
 *     outlet_frame() after doupdate(); outlet_add() for anything else
 *     outlet_push() when outlet_fd() can be written to, while outlet_is_full()
 *     outlet_drain() before another program gets the terminal
 *     outlet_close()
 */
#ifndef KRTASK_TUI_SCREEN_OUTLET_H
#define KRTASK_TUI_SCREEN_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* 0 or -errno.  The terminal is standard output. */
int outlet_open(void);
void outlet_close(void);
/* Where curses writes. */
FILE *outlet_stream(void);
/* The descriptor of the terminal; -1: it is not open. */
int outlet_fd(void);

/* Adds a text. */
void outlet_add(const char *text);
/* For tputs(3). */
int outlet_put(int character);
/* Adds what curses has written, between two texts.  The bytes of all; 0: it has written nothing. */
size_t outlet_frame(const char *before, const char *after);
/* Gives the terminal what it takes at once. */
void outlet_push(void);
/* True if something was dropped since the last call: the terminal did not take it. */
bool outlet_lost(void);
/* True if something is left for it. */
bool outlet_is_full(void);
/* Waits until nothing is left, but not long: the rest is dropped then. */
void outlet_drain(void);

#endif
