#include "tests/system/pty.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn void pty_fails(const char *what)
{
	perror(what);
	exit(125);
}

long pty_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int pty_open(int flags)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | flags);

	if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
		pty_fails("a terminal");
	return terminal;
}

void pty_resize(int terminal, int lines, int columns)
{
	struct winsize size = { .ws_row = (unsigned short)lines, .ws_col = (unsigned short)columns };

	ioctl(terminal, TIOCSWINSZ, &size);
}

pid_t pty_run(int terminal, char **command)
{
	pid_t pid = fork();
	int side;

	if (pid < 0)
		pty_fails("fork");
	if (pid)
		return pid;
	setsid();
	side = open(ptsname(terminal), O_RDWR); /* the first one becomes the controlling terminal */
	if (side < 0)
		pty_fails("the terminal's other side");
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(side, fd);
	if (side > STDERR_FILENO)
		close(side);
	execvp(*command, command);
	pty_fails(*command);
}

int pty_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
