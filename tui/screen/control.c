#include "tui/screen/control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen/errors.h"
#include "tui/screen/outlet.h"
#include "tui/screen/rescue.h"
#include "tui/screen/terminal.h"
#include "tui/text/screen_messages.h"

static struct {
	int signals;
	sigset_t outside; /* the mask before we took over */
	void (*pipe_handler)(int);
	struct sigaction stop_before; /* what SIGTSTP did */
} control = { .signals = -1 };

static const int watched[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGTTOU };

static void control_note_stop(int number)
{
	(void)number;
}

int control_open(void)
{
	struct sigaction stop = { .sa_handler = control_note_stop };

	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&set, watched[i]);
	control.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (control.signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &control.outside);
	control.pipe_handler = signal(SIGPIPE, SIG_IGN);
	/* curses would ignore it in each update, and so lose one that is pending, if it had no handler. */
	sigaction(SIGTSTP, &stop, &control.stop_before);
	return 0;
}

/* Without curses, whose handlers would end the process with a status of their own. */
static void control_drop_handlers(void)
{
	static const int handled[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH }; /* by us and by curses */
	struct sigaction action;

	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++) {
		if (sigaction(handled[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			signal(handled[i], SIG_DFL);
	}
}

void control_close(void)
{
	close(control.signals);
	control.signals = -1;
	control_drop_handlers();
	signal(SIGPIPE, control.pipe_handler);
	sigaction(SIGTSTP, &control.stop_before, NULL);
	sigprocmask(SIG_SETMASK, &control.outside, NULL);
}

void terminal_forget(void)
{
	control_drop_handlers();
	rescue_close();
	signal(SIGPIPE, control.pipe_handler);
	sigprocmask(SIG_SETMASK, &control.outside, NULL);
}

int terminal_signals(void)
{
	return control.signals;
}

int terminal_signal(void)
{
	struct signalfd_siginfo info;

	return read(control.signals, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

/* --- the foreground */

static volatile sig_atomic_t control_continued;

static void control_note_continue(int number)
{
	(void)number;
	control_continued = 1;
}

/* Stops by this signal, whether or not it is blocked.  False: nothing has continued it, so it did not stop. */
static bool control_stop(int number)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, go_on = { .sa_handler = control_note_continue };
	struct sigaction stop_before, go_on_before;
	sigset_t both, before;

	control_continued = 0;
	sigaction(number, &stop, &stop_before);
	sigaction(SIGCONT, &go_on, &go_on_before);
	raise(number);
	sigemptyset(&both);
	sigaddset(&both, number);
	sigaddset(&both, SIGCONT);
	sigprocmask(SIG_UNBLOCK, &both, &before); /* the process stops here, and continues here */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(number, &stop_before, NULL);
	sigaction(SIGCONT, &go_on_before, NULL);
	return control_continued;
}

int terminal_await_foreground(void)
{
	pid_t foreground;

	while ((foreground = tcgetpgrp(STDIN_FILENO)) >= 0 && foreground != getpgrp()) {
		if (!control_stop(SIGTTOU))
			return -EIO;
	}
	return 0;
}

void terminal_continue(void)
{
	if (terminal_await_foreground() == 0)
		terminal_resume();
}

void terminal_stop(void)
{
	terminal_leave();
	control_stop(SIGTSTP);
	terminal_continue();
}

/* --- other programs */

/* Signals of the keyboard that came while another program had the terminal were for that. */
static void control_drop_signals(void)
{
	const struct timespec at_once = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	while (sigtimedwait(&set, NULL, &at_once) > 0)
		;
}

/* What a child that could not execute its program has said: an errno; 0: it has executed it. */
static int control_hear(int fd)
{
	int code = 0;

	return read(fd, &code, sizeof(code)) == (ssize_t)sizeof(code) ? code : 0;
}

/* The terminal was left before. */
static int control_run(const char *const *words)
{
	int ends[2], status = 0, error = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
	pid_t child = error ? -1 : fork(), got;

	if (child == 0) {
		errors_restore();
		rescue_close();
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, &control.outside, NULL);
		execvp(words[0], (char *const *)words);
		error = errno;
		(void)!write(ends[1], &error, sizeof(error));
		_exit(127);
	}
	if (!error) {
		error = child < 0 ? -errno : 0;
		close(ends[1]);
		error = error ? error : -control_hear(ends[0]);
		close(ends[0]);
	}
	do {
		got = child > 0 ? waitpid(child, &status, WUNTRACED) : -1;
		if (got > 0 && WIFSTOPPED(status))
			kill(0, SIGCONT); /* this program waits, so nobody could continue it */
	} while (got < 0 ? child > 0 && errno == EINTR : WIFSTOPPED(status));
	tcsetpgrp(STDIN_FILENO, getpgrp());
	control_drop_signals();
	terminal_resume();
	if (got < 0 || error)
		return error ? error : -ECHILD;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int terminal_lend(const char *const *words)
{
	terminal_leave();
	return control_run(words);
}

void terminal_run(const char *const *words)
{
	(void)terminal_lend(words);
}

int terminal_shell(void)
{
	const char *shell = getenv("SHELL");

	if (!shell || !*shell)
		shell = "/bin/sh";
	terminal_leave();
	outlet_add(MSG_SHELL_RETURN "\n");
	outlet_drain();
	return control_run((const char *const[]){ shell, NULL });
}
