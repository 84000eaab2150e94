/*
 * Mashes the keys of a command on a terminal: keys, random bytes, pasted text, answers of a terminal, clicks and new
 * sizes, in bursts.
 *
 *     mash SECONDS SEED COMMAND [ARGUMENT]...
 *
 * A command that exits with 0 is started anew.  Any other end, and one that does not follow the end of the terminal, is
 * told with the seed, and the exit status is 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/system/pty.h"

enum { BURST = 64, CLOSING = 10000, PAUSE = 2, QUIT_KEY = 0x1c };

static int terminal = -1;
static pid_t command;
static char **words;

static int mash_any(int count)
{
	return (int)(random() % count);
}

static void mash_resize(void)
{
	pty_resize(terminal, 1 + mash_any(90), 1 + mash_any(250));
}

static void mash_start(void)
{
	terminal = pty_open(O_NONBLOCK);
	mash_resize();
	command = pty_run(terminal, words);
}

/* What is shown goes nowhere, except the last of it. */
static void mash_drain(char *last, size_t size)
{
	char bytes[65536];
	ssize_t count;

	while ((count = read(terminal, bytes, sizeof(bytes) - 1)) > 0) {
		size_t kept = (size_t)count < size ? (size_t)count : size - 1;

		memcpy(last, bytes + count - (ssize_t)kept, kept);
		last[kept] = '\0';
	}
}

static const char *const keys[] = {
	"\033[A",
	"\033[B",
	"\033[C",
	"\033[D",
	"\033OA",
	"\033OB",
	"\033[5~",
	"\033[6~",
	"\033[H",
	"\033[F",
	"\033[Z",
	"\033OP",
	"\033[12~",
	"\033[15~",
	"\033[17~",
	"\033[20~",
	"\033\033",
	"\033",
	"\r",
	"\t",
	"\177",
	"\033b",
	"\033[0n",
	"\033[?2026;2$y",
	"\033[<0;10;5M",
	"\033[<65;3;4M",
	"\033[<0;70;1M",
	"\033[200~",
	"\033[201~",
	"\033[I",
	"\033]11;rgb:0/0/0\a",
	"\033[1;5D",
	"é",
	"漢",
	"\xff",
};

static size_t mash_burst(char *bytes)
{
	size_t length = 0, wanted = 1 + (size_t)mash_any(mash_any(8) ? 4 : BURST / 2);

	while (length < wanted) {
		const char *key = keys[mash_any(sizeof(keys) / sizeof(*keys))];

		switch (mash_any(4)) {
		case 0:
			memcpy(bytes + length, key, strlen(key));
			length += strlen(key);
			break;
		case 1:
			bytes[length++] = (char)mash_any(256);
			break;
		default:
			bytes[length++] = (char)(' ' + mash_any(95));
		}
		if (bytes[length - 1] == QUIT_KEY)
			length--;
	}
	return length;
}

/* True if it goes on, or has ended as it should, and was started anew. */
static int mash_goes_on(char *last, size_t size)
{
	int status;

	if (waitpid(command, &status, WNOHANG) == 0)
		return 1;
	/* A Ctrl-C before it has the terminal ends it as any other program. */
	if (WIFSIGNALED(status) ? WTERMSIG(status) == SIGINT : WEXITSTATUS(status) == 0) {
		close(terminal);
		mash_start();
		return 1;
	}
	mash_drain(last, size);
	printf("%s %d; its last words: %s\n", WIFEXITED(status) ? "exit status" : "signal",
	       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), last);
	return 0;
}

/* The terminal goes away, and so does the command. */
static int mash_end(void)
{
	long deadline = pty_clock() + CLOSING;
	int status;

	close(terminal);
	while (waitpid(command, &status, WNOHANG) == 0) {
		if (pty_clock() > deadline) {
			kill(command, SIGKILL);
			waitpid(command, NULL, 0);
			puts("it does not end with its terminal");
			return 1;
		}
		poll(NULL, 0, PAUSE);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char bytes[2 * BURST], last[2048] = "";
	long bursts = 0, deadline;
	int good = 1;

	if (argc < 4)
		pty_fails("usage");
	words = argv + 3;
	srandom((unsigned)strtoul(argv[2], NULL, 10));
	deadline = pty_clock() + 1000 * strtol(argv[1], NULL, 10);
	mash_start();
	while (good && pty_clock() < deadline) {
		size_t length = mash_burst(bytes);

		if (mash_any(16) == 0)
			mash_resize();
		if (write(terminal, bytes, length) < 0 && errno != EAGAIN && errno != EIO)
			pty_fails("a burst");
		poll(NULL, 0, mash_any(4) ? 0 : PAUSE);
		mash_drain(last, sizeof(last));
		good = mash_goes_on(last, sizeof(last));
		bursts++;
	}
	if (good)
		good = mash_end() == 0;
	printf("seed %s: %ld bursts\n", argv[2], bursts);
	return !good;
}
