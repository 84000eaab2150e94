/*
 * A command on a terminal of its own, for the programs of these tests.
 *
 *     pty_open(); pty_resize(); pty_run()
 */
#ifndef KRTASK_TESTS_SYSTEM_PTY_H
#define KRTASK_TESTS_SYSTEM_PTY_H

#include <sys/types.h>

/* Says what went wrong, with errno.  The exit status is 125. */
_Noreturn void pty_fails(const char *what);
/* Milliseconds of a clock that only advances. */
long pty_clock(void);

/* The side of the terminal that the test has.  flags: further ones of open(2). */
int pty_open(int flags);
void pty_resize(int terminal, int lines, int columns);
/* Runs the command on the other side, in a session of its own. */
pid_t pty_run(int terminal, char **command);
/* The exit status for what waitpid(2) tells: that of the command, or 128 plus the number of its signal. */
int pty_status(int status);

#endif
