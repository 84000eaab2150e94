#include "tui/screen/rescue.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "tui/screen/errors.h"
#include "tui/text/screen_messages.h"

enum { RESCUE_SIZE = 512, STACK_SIZE = 1 << 16 };

/* All that end a process and that the screen does not wait for.  First those that a fault sends. */
static const int crashes[] = { SIGSEGV, SIGBUS,  SIGFPE,    SIGILL,  SIGABRT, SIGSYS,  SIGTRAP, SIGUSR1,
	                       SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL, SIGXCPU, SIGXFSZ, SIGPWR };
enum { FAULTS = 4, CRASHES = sizeof(crashes) / sizeof(*crashes) };

static struct {
	bool open;
	int fd;
	struct termios modes;
	char bytes[RESCUE_SIZE];
	size_t length;
	struct sigaction before[CRASHES];
	char stack[STACK_SIZE]; /* the usual one may be what has overflowed */
} rescue;

/* Async-signal-safe. */
static void rescue_restore_signals(void)
{
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &rescue.before[i], NULL);
}

static bool rescue_is_fault(int number, const siginfo_t *info)
{
	for (size_t i = 0; i < FAULTS; i++) {
		if (number == crashes[i])
			return info->si_code > 0;
	}
	return false;
}

void rescue_write(void)
{
	(void)!write(rescue.fd, rescue.bytes, rescue.length);
}

/* Async-signal-safe. */
static void rescue_restore(void)
{
	rescue_write();
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
	errors_release();
}

/* exit(3) is not how the screen ends. */
static void rescue_at_exit(void)
{
	if (rescue.open)
		rescue_restore();
}

static void rescue_terminal(int number, siginfo_t *info, void *context)
{
	static const char fault[] = "krtask: " MSG_SCREEN_FAULT "\n";

	(void)context;
	rescue_restore();
	rescue_restore_signals();
	/* A fault happens again by itself. */
	if (rescue_is_fault(number, info))
		(void)!write(STDERR_FILENO, fault, sizeof(fault) - 1);
	else
		raise(number);
}

void rescue_set(int fd, const struct termios *modes)
{
	rescue.fd = fd;
	rescue.modes = *modes;
	rescue.length = 0;
}

void rescue_open(void)
{
	static bool prepared;
	struct sigaction action = { .sa_sigaction = rescue_terminal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = rescue.stack, .ss_size = sizeof(rescue.stack) }, present;

	if (!prepared)
		prepared = atexit(rescue_at_exit) == 0;
	rescue.open = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
	if (!rescue.open)
		return;
	if (sigaltstack(NULL, &present) == 0 && present.ss_flags & SS_DISABLE)
		sigaltstack(&stack, NULL);
	for (size_t i = 0; i < CRASHES; i++) {
		sigaction(crashes[i], &action, &rescue.before[i]);
		if (rescue.before[i].sa_handler == SIG_IGN)
			sigaction(crashes[i], &rescue.before[i], NULL);
	}
}

int rescue_put(int character)
{
	if (rescue.length < sizeof(rescue.bytes))
		rescue.bytes[rescue.length++] = (char)character;
	return character;
}

void rescue_add(const char *text)
{
	while (*text)
		rescue_put((unsigned char)*text++);
}

void rescue_close(void)
{
	if (!rescue.open)
		return;
	rescue.open = false;
	rescue_restore_signals();
}
