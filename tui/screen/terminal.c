#include "tui/screen/terminal.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen/input.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

/* These come after our headers, since they define macros such as columns. */
#include <curses.h>
#include <term.h>

enum { TEXT_SIZE = 8192 };

/* Turns on bracketed paste, and reports of mouse buttons, in the form with numbers of any size. */
#define MODES_ON  "\033[?2004h\033[?1000h\033[?1006h"
#define MODES_OFF "\033[?1006l\033[?1000l\033[?2004l"

struct look {
	short foreground, background; /* -1: the default of the terminal */
	attr_t colour, mono;          /* attributes with and without colours */
};

static const struct look looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = { -1, -1, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_CREATED] = { -1, -1, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_QUEUED] = { COLOR_YELLOW, -1, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_CLAIMED] = { COLOR_YELLOW, -1, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_RUNNING] = { COLOR_CYAN, -1, A_BOLD, A_BOLD },
	[STYLE_STATE + TASK_STOPPING] = { COLOR_YELLOW, -1, A_NORMAL, A_BOLD },
	[STYLE_STATE + TASK_OVERTIME] = { COLOR_YELLOW, -1, A_NORMAL, A_BOLD },
	[STYLE_STATE + TASK_PAUSED] = { COLOR_BLUE, -1, A_BOLD, A_NORMAL },
	[STYLE_STATE + TASK_COMPLETED] = { COLOR_GREEN, -1, A_DIM, A_DIM },
	[STYLE_STATE + TASK_FAILED] = { COLOR_RED, -1, A_BOLD, A_UNDERLINE },
	[STYLE_STATE + TASK_STOPPED] = { COLOR_GREEN, -1, A_DIM, A_DIM },
	[STYLE_DIM] = { -1, -1, A_DIM, A_NORMAL },
	[STYLE_STRONG] = { -1, -1, A_BOLD, A_BOLD },
	[STYLE_HEADING] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
	[STYLE_SELECTED] = { -1, -1, A_REVERSE, A_REVERSE },
	[STYLE_KEY] = { COLOR_CYAN, -1, A_BOLD, A_BOLD },
	[STYLE_BANNER] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
	[STYLE_NOTICE] = { COLOR_BLACK, COLOR_YELLOW, A_NORMAL, A_REVERSE | A_BOLD },
};

/* Keys by the names of their strings in terminfo. */
static const struct {
	const char *capability;
	enum terminal_key key;
} named_keys[] = {
	{ "kcuu1", TERMINAL_UP },    { "kcud1", TERMINAL_DOWN },    { "kcub1", TERMINAL_LEFT },
	{ "kcuf1", TERMINAL_RIGHT }, { "kpp", TERMINAL_PAGE_UP },   { "knp", TERMINAL_PAGE_DOWN },
	{ "khome", TERMINAL_HOME },  { "kend", TERMINAL_END },      { "ka1", TERMINAL_HOME },
	{ "kc1", TERMINAL_END },     { "ka3", TERMINAL_PAGE_UP },   { "kc3", TERMINAL_PAGE_DOWN },
	{ "kfnd", TERMINAL_HOME },   { "kslt", TERMINAL_END },      { "kcbt", TERMINAL_BACK_TAB },
	{ "kent", TERMINAL_ENTER },  { "kbs", TERMINAL_BACKSPACE }, { "kdch1", TERMINAL_DELETE },
	{ "kf1", TERMINAL_F1 },      { "kf6", TERMINAL_F6 },        { "kf7", TERMINAL_F7 },
	{ "kf8", TERMINAL_F8 },      { "kf10", TERMINAL_F10 },
};

static struct {
	SCREEN *screen;
	int signals;
	sigset_t outside; /* the mask before we took over */
	void (*pipe_handler)(int);
	bool colour;
	bool modes; /* the terminal understands MODES_ON, or ignores it */
} terminal = { .signals = -1 };

int terminal_check(char **error)
{
	const char *name = getenv("TERM");
	int status = 0;
	bool usable;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		*error = alloc_format(MSG_TERMINAL_NOT, isatty(STDIN_FILENO) ? "output" : "input");
		return -ENOTTY;
	}
	if (!name || !*name) {
		*error = alloc_string(MSG_TERM_UNSET);
		return -ENOTTY;
	}
	if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
		usable = false;
	else
		usable = cursor_address != NULL;
	if (status == 1)
		del_curterm(cur_term);
	if (!usable)
		*error = alloc_format(MSG_TERM_UNUSABLE, name);
	return usable ? 0 : -ENOTTY;
}

static const int watched[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGTTOU };

static int terminal_watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&set, watched[i]);
	terminal.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (terminal.signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &terminal.outside);
	terminal.pipe_handler = signal(SIGPIPE, SIG_IGN);
	return 0;
}

static void terminal_unwatch_signals(void)
{
	close(terminal.signals);
	terminal.signals = -1;
	signal(SIGPIPE, terminal.pipe_handler);
	sigprocmask(SIG_SETMASK, &terminal.outside, NULL);
}

static void terminal_name_keys(void)
{
	for (size_t i = 0; i < sizeof(named_keys) / sizeof(*named_keys); i++) {
		const char *bytes = tigetstr((char *)named_keys[i].capability);

		/* NOLINTNEXTLINE(performance-no-int-to-ptr): what terminfo gives for no string */
		if (bytes != (const char *)-1)
			input_name(bytes, named_keys[i].key);
	}
}

/* Writes without curses, which has nothing in its buffer when this is called. */
static void terminal_set_modes(bool on)
{
	const char *keypad = on ? keypad_xmit : keypad_local;

	if (keypad)
		tputs(keypad, 1, putchar);
	if (terminal.modes)
		fputs(on ? MODES_ON : MODES_OFF, stdout);
	fflush(stdout);
}

int terminal_open(void)
{
	const char *no_color = getenv("NO_COLOR");
	int error = terminal_watch_signals();

	if (error)
		return error;
	terminal.screen = newterm(NULL, stdout, stdin);
	if (!terminal.screen) {
		terminal_unwatch_signals();
		return -ENOTTY;
	}
	set_term(terminal.screen);
	input_open();
	terminal_name_keys();
	raw();
	nonl();
	noecho();
	typeahead(-1);         /* so that an update is not interrupted or cut into small writes */
	leaveok(stdscr, TRUE); /* the cursor is hidden, and moving it back costs bytes */
	curs_set(0);
	terminal.modes = strncmp(cursor_address, "\033[", 2) == 0;
	terminal_set_modes(true);
	terminal.colour = !(no_color && *no_color) && has_colors() && start_color() == OK;
	if (terminal.colour)
		use_default_colors();
	return 0;
}

static void terminal_leave(void)
{
	terminal_set_modes(false);
	endwin();
}

void terminal_close(void)
{
	if (!terminal.screen)
		return;
	terminal_leave();
	delscreen(terminal.screen);
	terminal.screen = NULL;
	input_close();
	terminal_unwatch_signals();
}

void terminal_forget(void)
{
	static const int handled[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH }; /* by curses */
	struct sigaction action;

	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++) {
		if (sigaction(handled[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			signal(handled[i], SIG_DFL);
	}
	signal(SIGPIPE, terminal.pipe_handler);
	sigprocmask(SIG_SETMASK, &terminal.outside, NULL);
}

int terminal_signals(void)
{
	return terminal.signals;
}

int terminal_signal(void)
{
	struct signalfd_siginfo info;

	return read(terminal.signals, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

int terminal_lines(void)
{
	return getmaxy(stdscr);
}

int terminal_columns(void)
{
	return getmaxx(stdscr);
}

void terminal_begin(void)
{
	werase(stdscr);
}

void terminal_end(void)
{
	wnoutrefresh(stdscr);
	doupdate();
}

static void terminal_set_look(attr_t attributes, int foreground, int background)
{
	int pair = 0;

	if (terminal.colour && (foreground >= 0 || background >= 0))
		pair = alloc_pair(foreground, background);
	if (pair < 0)
		pair = 0;
	wattr_set(stdscr, attributes, (short)(pair > SHRT_MAX ? 0 : pair), &pair);
}

static void terminal_set_style(enum style style)
{
	const struct look *look = &looks[style];

	terminal_set_look(terminal.colour ? look->colour : look->mono, look->foreground, look->background);
}

int terminal_put(int y, int x, enum style style, const char *text)
{
	char fitted[TEXT_SIZE];
	int width = terminal_columns() - x, used;

	if (y < 0 || y >= terminal_lines() || x < 0 || width <= 0)
		return x;
	used = (int)cells_fit(text, (size_t)width, fitted, sizeof(fitted));
	terminal_set_style(style);
	mvwaddstr(stdscr, y, x, fitted);
	return x + used;
}

void terminal_fill(int y, int x, int width, enum style style)
{
	terminal_set_style(style);
	mvwhline(stdscr, y, x, ' ', width);
}

void terminal_frame(int y, int x, int height, int width)
{
	WINDOW *frame = derwin(stdscr, height, width, y, x);

	if (!frame)
		return;
	terminal_set_style(STYLE_NORMAL);
	werase(frame);
	if (cells_in_utf8())
		box_set(frame, WACS_VLINE, WACS_HLINE);
	else
		wborder(frame, '|', '|', '-', '-', '+', '+', '+', '+');
	delwin(frame);
}

static const struct {
	unsigned sgr;
	attr_t attribute;
} attributes[] = {
	{ SGR_BOLD, A_BOLD },           { SGR_DIM, A_DIM },     { SGR_ITALIC, A_ITALIC },
	{ SGR_UNDERLINE, A_UNDERLINE }, { SGR_BLINK, A_BLINK }, { SGR_REVERSE, A_REVERSE },
};

/*
 * One of the 256 colours of xterm, on a terminal that may have fewer.  With 8 colours, a bright one becomes
 * bold.
 */
static int terminal_nearest_colour(int colour, attr_t *bold)
{
	if (colour < 0 || colour < COLORS)
		return colour;
	if (colour < 16) {
		*bold = A_BOLD;
		return colour - 8;
	}
	if (colour >= 232) /* grey */
		return colour < 244 ? COLOR_BLACK : COLOR_WHITE;
	colour -= 16;
	return (colour / 36 > 2 ? COLOR_RED : 0) | (colour / 6 % 6 > 2 ? COLOR_GREEN : 0) |
	       (colour % 6 > 2 ? COLOR_BLUE : 0);
}

void terminal_glyph(int y, int x, const struct sgr *sgr, const char *text)
{
	attr_t set = A_NORMAL, bold = A_NORMAL, unused = A_NORMAL;
	int foreground = terminal_nearest_colour(sgr->foreground, &bold);

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (sgr->attributes & attributes[i].sgr)
			set |= attributes[i].attribute;
	}
	terminal_set_look(set | (terminal.colour ? bold : A_NORMAL), foreground,
	                  terminal_nearest_colour(sgr->background, &unused));
	mvwaddstr(stdscr, y, x, text);
}

void terminal_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
		return;
	resizeterm(size.ws_row, size.ws_col);
	/* Each terminal wraps and cuts lines in its own way, so everything is drawn again. */
	terminal_spoiled();
}

void terminal_spoiled(void)
{
	clearok(curscr, TRUE);
}

static void terminal_resume(void)
{
	reset_prog_mode();
	curs_set(0);
	terminal_set_modes(true);
	terminal_resize();
}

void terminal_continue(void)
{
	if (tcgetpgrp(STDIN_FILENO) == getpgrp())
		terminal_resume();
}

void terminal_stop(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, ours;
	sigset_t stop;

	terminal_leave();
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* the process stops here, and continues here */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	terminal_resume();
}

/* Signals of the keyboard that came while another program had the terminal were for that. */
static void terminal_drop_signals(void)
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

void terminal_run(const char *const *words)
{
	pid_t child, got;
	int status = 0;

	terminal_leave();
	child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, &terminal.outside, NULL);
		execvp(words[0], (char *const *)words);
		_exit(127);
	}
	do {
		got = child > 0 ? waitpid(child, &status, WUNTRACED) : -1;
		if (got > 0 && WIFSTOPPED(status))
			kill(0, SIGCONT); /* this program waits, so nobody could continue it */
	} while (got < 0 ? child > 0 && errno == EINTR : WIFSTOPPED(status));
	tcsetpgrp(STDIN_FILENO, getpgrp());
	terminal_drop_signals();
	terminal_resume();
}

void terminal_shell(void)
{
	const char *shell = getenv("SHELL");

	if (!shell || !*shell)
		shell = "/bin/sh";
	terminal_leave();
	printf(MSG_SHELL_RETURN "\n");
	fflush(stdout);
	terminal_run((const char *const[]){ shell, NULL });
}
