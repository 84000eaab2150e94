/*
 * Runs a command on a terminal of its own, for tests that cannot use tmux: unchanged bytes, and a terminal
 * that goes away.
 *
 *     on_terminal [TEXT KEYS]... [stay] -- COMMAND [ARGUMENT]...
 *
 * Waits for each TEXT on the terminal, after the text before it, and types KEYS.  After the last of them it
 * closes the terminal at once, unless the command has ended; with `stay`, it waits for that.  The exit status
 * is that of the command, or 128 plus the number of its signal.  It is 124 if a text did not come, or the
 * command did not end (then it is killed), and 125 for other errors.  The content of the terminal goes to
 * standard output.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/system/pty.h"

enum { PATIENCE = 15, SEEN_SIZE = 1 << 20 };

static char seen[SEEN_SIZE];
static size_t seen_length, seen_before;
static time_t deadline;

/* False: nothing more comes. */
static int terminal_take(int terminal)
{
	struct pollfd output = { .fd = terminal, .events = POLLIN };
	ssize_t count;

	if (poll(&output, 1, 100) <= 0)
		return 1;
	count = read(terminal, seen + seen_length, sizeof(seen) - 1 - seen_length);
	if (count <= 0)
		return count < 0 && errno == EINTR;
	fwrite(seen + seen_length, 1, (size_t)count, stdout);
	seen_length += (size_t)count;
	return 1;
}

static int terminal_shows(int terminal, const char *text)
{
	size_t length = strlen(text);

	for (;;) {
		char *found = memmem(seen + seen_before, seen_length - seen_before, text, length);

		if (found) {
			seen_before = (size_t)(found - seen) + length;
			return 1;
		}
		if (time(NULL) > deadline || !terminal_take(terminal))
			return 0;
	}
}

static int command_status(pid_t pid)
{
	struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (time(NULL) > deadline) {
			kill(-pid, SIGKILL);
			waitpid(pid, NULL, 0);
			return 124;
		}
		nanosleep(&moment, NULL);
	}
	return pty_status(status);
}

int main(int argc, char **argv)
{
	int terminal, at = 1, missing = 0, status;
	pid_t pid;

	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	if (at + 1 >= argc)
		pty_fails("usage");
	terminal = pty_open(0);
	pty_resize(terminal, 24, 100);
	deadline = time(NULL) + PATIENCE;
	pid = pty_run(terminal, argv + at + 1);
	for (int i = 1; i + 1 < at && !missing; i += 2) {
		missing = !terminal_shows(terminal, argv[i]);
		if (!missing && *argv[i + 1] && write(terminal, argv[i + 1], strlen(argv[i + 1])) < 0)
			missing = 1;
	}
	deadline = time(NULL) + PATIENCE;
	while (at % 2 == 0 && time(NULL) <= deadline && terminal_take(terminal))
		continue;
	close(terminal);
	deadline = time(NULL) + PATIENCE;
	status = command_status(pid);
	return missing ? 124 : status;
}
