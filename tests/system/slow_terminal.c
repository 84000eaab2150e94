/*
 * Runs a command on a terminal of 80x24 at the end of a slow line, holds a key down, and says how far what is shown
 * is behind.
 *
 *     slow_terminal BYTES_PER_SECOND answers|cut|silent TEXT KEY MILLISECONDS QUIT -- COMMAND [ARGUMENT]...
 *
 * Waits for TEXT and for silence, types KEY as often as a held key does, for so long, and waits for silence again.
 * Prints how often the command has asked since the first key, how many of those questions had more behind them when
 * they arrived, the bytes since the first key, and the milliseconds from the last key to the last byte.  Then it types
 * QUIT.  The terminal answers CSI 5 n when it has shown what was sent before; "cut": with a pause within the answer.
 * The exit status is that of the command, 124 if anything did not come, 125 for other errors.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/system/pty.h"

/* Milliseconds. */
enum { STEP = 5, REPEAT = 33, SILENCE = 400, PATIENCE = 30000, PIECE_GAP = 150, CLOSING = 20000 };

static struct line {
	int terminal;
	long rate; /* bytes per second */
	int cut, silent;
	double credit;  /* bytes that may pass now */
	long now, last; /* milliseconds; when the last byte passed */
	unsigned long bytes;
	size_t asked;                   /* characters of the question that have passed */
	unsigned long questions, hasty; /* those behind which there was more already */
	char typed[1 << 12];            /* what is on its way to the command, in order */
	size_t typed_length;
	long typed_at; /* when the next of it arrives */
	char seen[1 << 16];
	size_t seen_length;
} line;

static void line_type(const char *keys)
{
	size_t length = strlen(keys);

	if (line.typed_length + length > sizeof(line.typed))
		pty_fails("too many keys");
	memcpy(line.typed + line.typed_length, keys, length);
	line.typed_length += length;
}

/* What was typed arrives in order.  A line that cuts has a pause behind the Esc of an answer. */
static void line_deliver(void)
{
	while (line.typed_length && line.now >= line.typed_at) {
		int cut = line.cut && line.typed_length > 3 && memcmp(line.typed, "\033[0n", 4) == 0;

		if (write(line.terminal, line.typed, 1) < 0 && errno != EIO)
			pty_fails("a key");
		memmove(line.typed, line.typed + 1, --line.typed_length);
		if (cut)
			line.typed_at = line.now + PIECE_GAP;
	}
}

/* With so many bytes behind it. */
static void line_answer(int behind)
{
	line.questions++;
	line.hasty += behind > 0;
	if (!line.silent)
		line_type("\033[0n");
}

static void line_show(char byte, int behind)
{
	static const char question[] = "\033[5n";

	line.bytes++;
	line.last = line.now;
	if (line.seen_length < sizeof(line.seen) - 1)
		line.seen[line.seen_length++] = byte;
	if (byte != question[line.asked])
		line.asked = 0;
	if (byte == question[line.asked])
		line.asked++;
	if (!question[line.asked]) {
		line.asked = 0;
		line_answer(behind);
	}
}

/* Lets pass what the line can take in this time. */
static int line_step(void)
{
	struct pollfd output = { .fd = line.terminal, .events = POLLIN };
	struct timespec step = { .tv_nsec = STEP * 1000000L };
	long before = line.now;
	char bytes[4096];

	nanosleep(&step, NULL);
	line.now = pty_clock();
	line.credit += (double)(line.now - before) * (double)line.rate / 1000;
	line_deliver();
	while (line.credit >= 1 && poll(&output, 1, 0) > 0) {
		size_t most = line.credit < sizeof(bytes) ? (size_t)line.credit : sizeof(bytes);
		ssize_t count = read(line.terminal, bytes, most);

		if (count <= 0)
			return 0;
		line.credit -= (double)count;
		int behind = 0;
		(void)ioctl(line.terminal, FIONREAD, &behind);
		for (ssize_t i = 0; i < count; i++)
			line_show(bytes[i], behind + (int)(count - i - 1));
	}
	if (line.credit > 1)
		line.credit = 1; /* an idle line saves nothing */
	return 1;
}

static int line_await(const char *text)
{
	long deadline = line.now + PATIENCE;

	while (line.now < deadline && line_step()) {
		if (line.now - line.last > SILENCE && memmem(line.seen, line.seen_length, text, strlen(text)))
			return 1;
	}
	return 0;
}

static int line_end(pid_t pid, const char *quit)
{
	long deadline = line.now + CLOSING;
	int status = 0;

	line_type(quit);
	line.rate = 1000000;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (line.now > deadline) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			return 124;
		}
		line_step();
	}
	return pty_status(status);
}

int main(int argc, char **argv)
{
	int good;
	unsigned long page;
	long until, next, key = 0;
	pid_t pid;

	if (argc < 9)
		pty_fails("usage");
	line.terminal = pty_open(0);
	pty_resize(line.terminal, 24, 80);
	line.rate = strtol(argv[1], NULL, 10);
	line.cut = strcmp(argv[2], "cut") == 0;
	line.silent = strcmp(argv[2], "silent") == 0;
	pid = pty_run(line.terminal, argv + 8);
	line.now = line.last = pty_clock();
	good = line_await(argv[3]);
	page = line.bytes;
	line.questions = line.hasty = 0;
	next = line.now;
	until = line.now + strtol(argv[5], NULL, 10);
	while (good && line.now < until && line_step()) {
		if (line.now < next)
			continue;
		line_type(argv[4]);
		key = line.now;
		next += REPEAT;
	}
	good = good && line_await("");
	if (good)
		printf("%lu %lu %lu %ld\n", line.questions, line.hasty, line.bytes - page, line.last - key);
	return good ? line_end(pid, argv[6]) : (kill(pid, SIGKILL), 124);
}
