/*
 * The last thing that a process does for its terminal when a signal ends it (SIGSEGV, SIGABRT, SIGUSR1 and the like): it
 * restores the modes, so that the report can be read and the shell be used.
 */
#ifndef KRTASK_TUI_SCREEN_RESCUE_H
#define KRTASK_TUI_SCREEN_RESCUE_H

#include <termios.h>

/* The descriptor of the terminal, and the modes that it had. */
void rescue_open(int fd, const struct termios *modes);
/* Adds what is to be written then.  What is beyond RESCUE_SIZE bytes is left out. */
void rescue_add(const char *text);
int rescue_put(int character); /* for tputs(3) */
/* Handles these signals as before. */
void rescue_close(void);

#endif
