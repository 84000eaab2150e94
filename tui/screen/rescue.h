/*
 * The last thing that a process does for its terminal when a signal ends it (SIGSEGV, SIGABRT, SIGUSR1 and the like), or
 * a library does, as curses if it lacks memory: it restores the modes, so that the report can be read and the shell be
 * used.
 */
#ifndef KRTASK_TUI_SCREEN_RESCUE_H
#define KRTASK_TUI_SCREEN_RESCUE_H

#include <termios.h>

/* From now on: a signal, or a library that ends the process, finds the terminal as it is now. */
void rescue_open(void);
/* The descriptor of the terminal, and the modes that it is to have again.  Nothing else is to be done yet. */
void rescue_set(int fd, const struct termios *modes);
/* Adds what is to be written then.  What is beyond RESCUE_SIZE bytes is left out. */
void rescue_add(const char *text);
int rescue_put(int character); /* for tputs(3) */
/* Writes it now. */
void rescue_write(void);
/* Handles these signals as before. */
void rescue_close(void);

#endif
