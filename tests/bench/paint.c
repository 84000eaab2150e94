/*
 * How long a program takes until it shows something on a terminal of 80x24, which can move the cursor and clear the
 * screen and nothing else, and until keys have an effect.
 *
 *     paint TEXT [KEY TEXT]... -- COMMAND [ARGUMENT]...
 *
 * Prints milliseconds: from the start of COMMAND until TEXT is there, and from each KEY until its TEXT is.
 * The keys are typed one after another, each when nothing has come for a while, or something has come for long.  A TEXT
 * ~N stands for N milliseconds; what is printed then is how many milliseconds of processor time COMMAND took in a second
 * of them.  At the end the terminal is closed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/system/pty.h"

enum { LINES = 24, COLUMNS = 80 };
/* Milliseconds. */
enum { SILENCE = 150, NO_SILENCE = 600, PATIENCE = 20000 };

static struct screen {
	int terminal;
	pid_t pid;
	char cells[LINES][COLUMNS + 1];
	int y, x;
	char sequence[32]; /* that has begun */
	size_t length;
} screen;

static double clock_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void screen_type(const char *keys)
{
	if (write(screen.terminal, keys, strlen(keys)) < 0 && errno != EIO)
		pty_fails("a key");
}

static void screen_clear(void)
{
	memset(screen.cells, ' ', sizeof(screen.cells));
	for (int y = 0; y < LINES; y++)
		screen.cells[y][COLUMNS] = '\0';
}

/* A sequence is whole.  Of those that move or clear there are these two only; a question is answered. */
static void screen_obey(char end)
{
	int y = 1, x = 1;

	if (end == 'n')
		screen_type("\033[0n");
	if (end == 'J')
		screen_clear();
	if (end != 'H')
		return;
	/* NOLINTNEXTLINE(cert-err34-c): without numbers it is the first cell */
	(void)sscanf(screen.sequence, "[%d;%d", &y, &x);
	screen.y = y - 1;
	screen.x = x - 1;
}

/* A character, or a byte of one, or of a sequence. */
static void screen_take(char byte)
{
	unsigned char c = (unsigned char)byte;

	if (c == '\033') {
		screen.length = 1;
	} else if (screen.length) {
		screen.sequence[screen.length - 1] = byte;
		screen.sequence[screen.length] = '\0';
		screen.length += screen.length + 2 < sizeof(screen.sequence);
		if (c < 0x40 || (screen.length == 2 && c == '['))
			return;
		screen.length = 0;
		screen_obey(byte);
	} else if (c >= ' ' && (c & 0xc0) != 0x80) {
		if (screen.y >= 0 && screen.y < LINES && screen.x >= 0 && screen.x < COLUMNS)
			screen.cells[screen.y][screen.x] = byte;
		screen.x++;
	}
}

/* Reads what has come within so many milliseconds.  False: nothing has. */
static int screen_read(int timeout)
{
	struct pollfd poll_fd = { .fd = screen.terminal, .events = POLLIN };
	char bytes[65536];
	ssize_t n = -1;

	if (poll(&poll_fd, 1, timeout) > 0)
		n = read(screen.terminal, bytes, sizeof(bytes));
	for (ssize_t i = 0; i < n; i++)
		screen_take(bytes[i]);
	return n > 0;
}

static int screen_shows(const char *text)
{
	for (int y = 0; y < LINES; y++) {
		if (strstr(screen.cells[y], text))
			return 1;
	}
	return 0;
}

/* Milliseconds since then when the text has come. */
static double screen_await(const char *text, double begun)
{
	while (!screen_shows(text)) {
		if (!screen_read(100) && clock_ms() - begun > PATIENCE) {
			errno = ETIMEDOUT;
			pty_fails(text);
		}
	}
	return clock_ms() - begun;
}

static void screen_settle(void)
{
	double begun = clock_ms();

	while (clock_ms() - begun < NO_SILENCE && screen_read(SILENCE))
		;
}

/* Milliseconds of the processor that the command has had. */
static double screen_cpu(void)
{
	unsigned long long nanoseconds = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)screen.pid);
	file = fopen(path, "r");
	if (!file)
		pty_fails(path);
	/* NOLINTNEXTLINE(cert-err34-c): what the kernel writes is a number */
	if (fscanf(file, "%llu", &nanoseconds) != 1)
		pty_fails(path);
	fclose(file);
	return (double)nanoseconds / 1e6;
}

/* What the command takes of the processor in a second. */
static double screen_watch(double milliseconds, double begun)
{
	double before = screen_cpu(), left;

	while ((left = begun + milliseconds - clock_ms()) > 0)
		screen_read((int)left + 1);
	return (screen_cpu() - before) * 1000 / (clock_ms() - begun);
}

static double screen_step(const char *text, double begun)
{
	return *text == '~' ? screen_watch(strtod(text + 1, NULL), begun) : screen_await(text, begun);
}

static void screen_run(char **steps, int count, char **command)
{
	double begun = clock_ms();
	int status;

	screen.terminal = pty_open(0);
	pty_resize(screen.terminal, LINES, COLUMNS);
	screen_clear();
	screen.pid = pty_run(screen.terminal, command);
	printf("%.2f", screen_step(steps[0], begun));
	for (int i = 1; i < count; i += 2) {
		screen_settle();
		begun = clock_ms();
		screen_type(steps[i]);
		printf(" %.2f", screen_step(steps[i + 1], begun));
	}
	printf("\n");
	close(screen.terminal); /* which ends the command */
	waitpid(screen.pid, &status, 0);
}

int main(int argc, char **argv)
{
	int count = 0;

	while (1 + count < argc && strcmp(argv[1 + count], "--") != 0)
		count++;
	if (count % 2 == 0 || 2 + count >= argc) {
		fprintf(stderr, "usage: paint TEXT [KEY TEXT]... -- COMMAND [ARGUMENT]...\n");
		return 2;
	}
	screen_run(argv + 1, count, argv + 2 + count);
	return 0;
}
