#include "tui/screen/input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/*
 * How often poll(2) may fail, and the milliseconds from one to the next, before it is given up: memory may be there again.
 * Milliseconds after which a single Esc is not the beginning of a sequence, unless ESCDELAY is set (ssh may
 * split sequences).  Milliseconds in which the rest of a burst comes.  The most reads of input_drop().
 */
enum { POLL_FAILURES = 50, POLL_PAUSE = 20 };
enum { ESCAPE_DELAY = 100, ESCAPE_DELAY_MAX = 10000, BURST_GAP = 5, DROPS = 64 };

/* Characters that the terminal driver would turn into signals.  Pasted text may have them. */
static const struct {
	int index; /* of c_cc */
	enum terminal_key key;
} signal_keys[] = {
	{ VINTR, TERMINAL_INTERRUPT },
	{ VSUSP, TERMINAL_SUSPEND },
	{ VQUIT, TERMINAL_QUIT },
};
enum { SIGNAL_KEYS = sizeof(signal_keys) / sizeof(*signal_keys) };

static struct keyboard input_keyboard;

int64_t input_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int input_escape_delay(void)
{
	const char *text = getenv("ESCDELAY");
	char *end;
	long delay = text ? strtol(text, &end, 10) : 0;

	return delay > 0 && !*end ? (int)(delay < ESCAPE_DELAY_MAX ? delay : ESCAPE_DELAY_MAX) : ESCAPE_DELAY;
}

void input_open(void)
{
	static char names[SIGNAL_KEYS][2];
	struct termios modes;

	keyboard_init(&input_keyboard, input_escape_delay());
	for (size_t i = 0; i < SIGNAL_KEYS && tcgetattr(STDIN_FILENO, &modes) == 0; i++) {
		if (modes.c_cc[signal_keys[i].index] == _POSIX_VDISABLE)
			continue;
		names[i][0] = (char)modes.c_cc[signal_keys[i].index];
		keyboard_name(&input_keyboard, names[i], signal_keys[i].key);
	}
}

void input_name(const char *bytes, int key)
{
	keyboard_name(&input_keyboard, bytes, key);
}

void input_close(void)
{
	keyboard_release(&input_keyboard);
}

/* True if more input comes within the time. */
static bool input_more(int milliseconds)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, milliseconds) > 0 && input.revents == POLLIN;
}

int input_read(void)
{
	char *to;
	size_t room = keyboard_room(&input_keyboard, &to);

	/* Two characters at once are not a single key, so wait for the rest. */
	while (room) {
		ssize_t count = read(STDIN_FILENO, to, room);

		if (count <= 0)
			return count == 0 ? -EIO : errno == EINTR || errno == EAGAIN ? 0 : -errno;
		keyboard_heard(&input_keyboard, (size_t)count, input_now());
		if (!input_more(keyboard_plain(&input_keyboard) > 1 ? BURST_GAP : 0))
			break;
		room = keyboard_room(&input_keyboard, &to);
	}
	return 0;
}

enum keyboard_burst input_burst(char *first)
{
	*first = keyboard_first(&input_keyboard);
	return keyboard_burst(&input_keyboard);
}

void input_take_as_text(void)
{
	keyboard_take_as_text(&input_keyboard);
}

struct terminal_event input_key(void)
{
	return keyboard_next(&input_keyboard, input_now());
}

int input_wait(void)
{
	return keyboard_wait(&input_keyboard, input_now());
}

bool input_drop(void)
{
	bool answered = false;

	/*
	 * The next poll(2) notices if the terminal is gone.  The number of reads is limited, since input may
	 * never stop.
	 */
	answered = keyboard_drop(&input_keyboard, input_now());
	for (int i = 0; i < DROPS && !answered && input_more(0) && input_read() == 0; i++)
		answered = keyboard_drop(&input_keyboard, input_now());
	return answered;
}

int input_poll(struct pollfd *ready, nfds_t count, int wait)
{
	static int failures;
	int events = poll(ready, count, wait), error = errno;

	if (events >= 0) {
		failures = 0;
		return events;
	}
	if (error == EINTR)
		return -EAGAIN;
	if (failures++ == POLL_FAILURES)
		return -error;
	(void)nanosleep(&(const struct timespec){ .tv_nsec = POLL_PAUSE * 1000000L }, NULL);
	return -EAGAIN;
}

void input_await(int64_t until)
{
	keyboard_await(&input_keyboard, until);
}

bool input_await_more(int milliseconds)
{
	return input_more(milliseconds) && input_read() == 0;
}
