#include "tui/screen/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tui/screen/control.h"
#include "tui/screen/input.h"
#include "tui/screen/outlet.h"
#include "tui/screen/paint.h"
#include "tui/screen/rescue.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/pace.h"

#include "tui/screen/library.h"

/* Turns on bracketed paste, and reports of the focus and of mouse buttons, in the form with numbers of any size. */
#define MODES_ON  "\033[?2004h\033[?1004h\033[?1000h\033[?1006h"
#define MODES_OFF "\033[?1006l\033[?1000l\033[?1004l\033[?2004l"

/* Asks whether everything was processed (DSR), and whether frames can be shown as a whole (DECRQM). */
#define ASK         "\033[5n"
#define ASK_WHOLE   "\033[?2026$p"
#define WHOLE_BEGIN "\033[?2026h"
#define WHOLE_END   "\033[?2026l"
/* Asks for the colour of the background; so many milliseconds the first frame waits for that. */
#define ASK_GROUND "\033]11;?\033\\"
enum { GROUND_PATIENCE = 100, GROUND_LIGHT = 128 };
/* Milliseconds after which a frame that did not get to the terminal is drawn again, if nothing else happens. */
enum { LOST_PAUSE = 1000 };
enum { MODE_WHOLE = 2026, DECRPM_SET = 1, DECRPM_PERMANENT = 3 };

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
	{ "kf1", TERMINAL_F1 },      { "kf2", TERMINAL_F2 },        { "kf3", TERMINAL_F3 },
	{ "kf4", TERMINAL_F4 },      { "kf5", TERMINAL_F5 },        { "kf6", TERMINAL_F6 },
	{ "kf7", TERMINAL_F7 },      { "kf8", TERMINAL_F8 },        { "kf9", TERMINAL_F9 },
	{ "kf10", TERMINAL_F10 },
};

/* Terminals, as TERM begins, that answer ASK_GROUND or ignore it.  Others may write what they do not know. */
static const char *const ground_terminals[] = { "xterm",     "rxvt",    "screen",  "tmux",   "putty",
	                                        "alacritty", "kitty",   "foot",    "st",     "vte",
	                                        "gnome",     "konsole", "wezterm", "mlterm", "contour",
	                                        "ghostty",   "mintty" };

static struct {
	SCREEN *screen;
	struct termios usual, ours;
	struct pace pace;
	bool modes; /* the terminal understands MODES_ON and questions, or ignores them */
	bool whole; /* it shows frames as a whole */
	bool cursor;
	bool taken;           /* it has got what it is taken with */
	bool lost;            /* the last frame did not get there */
	bool wants_ground;    /* its background decides about colours */
	int64_t ground_until; /* the first frame waits that long for that */
} terminal;

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
	if (library_load()) {
		*error = alloc_string(MSG_LIBRARY_MISSING);
		return -ENOTTY;
	}
	if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
		usable = false;
	else
		usable = cursor_address != NULL;
	if (status == 1)
		del_curterm(cur_term);
	if (!usable)
		*error = alloc_format(status == 1 ? MSG_TERM_UNUSABLE : MSG_TERM_UNKNOWN, name);
	return usable ? 0 : -ENOTTY;
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

/* curses takes its size from the environment, since what it writes to is no terminal. */
static void terminal_export_size(const char *name, unsigned short size)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", size);
	setenv(name, text, 1);
}

static void terminal_restore_variable(const char *name, char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
	free(value);
}

/* The size of the terminal itself counts, whatever LINES and COLUMNS are. */
static SCREEN *terminal_start_curses(void)
{
	char *lines_given = alloc_string(getenv("LINES")), *columns_given = alloc_string(getenv("COLUMNS"));
	struct winsize size;
	SCREEN *screen;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		terminal_export_size("LINES", size.ws_row);
		terminal_export_size("COLUMNS", size.ws_col);
	}
	screen = newterm(NULL, outlet_stream(), stdin);
	terminal_restore_variable("LINES", lines_given);
	terminal_restore_variable("COLUMNS", columns_given);
	return screen;
}

/* The modes of the driver.  curses cannot set them, since it does not know the terminal. */
static void terminal_read_modes(void)
{
	tcgetattr(STDIN_FILENO, &terminal.usual);
	terminal.ours = terminal.usual;
	terminal.ours.c_iflag &=
		~(tcflag_t)(IXON | IXOFF | IXANY | BRKINT | PARMRK | ICRNL | INLCR | IGNCR | ISTRIP);
	terminal.ours.c_oflag &= ~(tcflag_t)OPOST;
	terminal.ours.c_lflag &= ~(tcflag_t)(ICANON | ISIG | IEXTEN | ECHO | ECHONL);
	terminal.ours.c_cc[VMIN] = 1;
	terminal.ours.c_cc[VTIME] = 0;
}

static void terminal_add_modes(bool on)
{
	const char *keypad = on ? keypad_xmit : keypad_local;

	if (keypad)
		tputs(keypad, 1, outlet_put);
	if (terminal.modes)
		outlet_add(on ? MODES_ON : MODES_OFF);
}

static bool terminal_may_know_ground(void)
{
	const char *name = getenv("TERM");

	if (!name)
		return false;
	for (size_t i = 0; i < sizeof(ground_terminals) / sizeof(*ground_terminals); i++) {
		size_t length = strlen(ground_terminals[i]);

		if (strncmp(name, ground_terminals[i], length) == 0 &&
		    (!name[length] || strchr("-.+", name[length])))
			return true;
	}
	return false;
}

/* The answers tell how fast the terminal is, and that it answers at all. */
static void terminal_ask_first(void)
{
	pace_init(&terminal.pace);
	terminal.whole = false;
	if (!terminal.modes)
		return;
	if (terminal.wants_ground) {
		outlet_add(ASK_GROUND);
		terminal.ground_until = input_now() + GROUND_PATIENCE;
	}
	outlet_add(ASK_WHOLE ASK);
	pace_sent(&terminal.pace, strlen(MODES_ON ASK_GROUND ASK_WHOLE ASK), input_now());
	input_await(pace_deadline(&terminal.pace));
}

/* What is to be written if this process crashes. */
static void terminal_prepare_rescue(void)
{
	const char *const ends[] = { exit_attribute_mode, keypad_local, cursor_normal, exit_ca_mode };

	rescue_set(outlet_fd(), &terminal.usual);
	if (terminal.modes)
		rescue_add(WHOLE_END MODES_OFF);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (ends[i])
			tputs(ends[i], 1, rescue_put);
	}
}

/* What did not get there is drawn again with the next frame. */
static void terminal_give(void)
{
	outlet_push();
	if (!outlet_lost()) {
		terminal.taken |= !outlet_is_full();
		return;
	}
	terminal.lost = true;
	terminal.ground_until = 0;
	pace_lost(&terminal.pace);
	input_await(0);
	terminal_spoiled();
}

/* Takes the terminal again, if it may not have got what did that. */
static void terminal_give_again(void)
{
	if (!terminal.taken && enter_ca_mode)
		tputs(enter_ca_mode, 1, outlet_put);
	terminal_add_modes(true);
	terminal.lost = false;
}

static void terminal_take(void)
{
	(void)outlet_lost(); /* what was for another program */
	terminal.taken = terminal.lost = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal.ours);
	curs_set(terminal.cursor);
	outlet_frame("", "");
	terminal_add_modes(true);
	terminal_ask_first();
	terminal_give();
}

int terminal_open(const struct terminal_options *options)
{
	int error = control_open();

	if (error)
		return error;
	error = outlet_open();
	terminal.screen = error ? NULL : terminal_start_curses();
	if (!error && !terminal.screen)
		error = -ENOMEM; /* for its type is known: see terminal_check() */
	if (error) {
		outlet_close();
		control_close();
		return error;
	}
	set_term(terminal.screen);
	terminal.cursor = options->cursor;
	terminal.modes = strncmp(cursor_address, "\033[", 2) == 0;
	terminal_read_modes();
	terminal_prepare_rescue();
	input_open();
	terminal_name_keys();
	typeahead(-1);                     /* so that an update is not interrupted or cut into small writes */
	leaveok(stdscr, !terminal.cursor); /* a hidden cursor need not be moved back */
	idlok(stdscr, TRUE);               /* the terminal scrolls */
	paint_open(options);
	terminal.wants_ground = paint_wants_ground(options) && terminal_may_know_ground();
	terminal_take();
	return 0;
}

/* What the terminal still answers is not for the program that has it next. */
static void terminal_await_answers(void)
{
	int64_t now = input_now(), until = pace_deadline(&terminal.pace);
	struct terminal_event event;

	outlet_drain();
	while (terminal.pace.owed && now < until && input_await_more((int)(until - now))) {
		while ((event = input_key()).key != TERMINAL_NONE) {
			if (event.key == TERMINAL_ANSWER)
				pace_answered(&terminal.pace, now);
		}
		now = input_now();
	}
}

void terminal_leave(void)
{
	terminal_await_answers();
	terminal_add_modes(false);
	endwin();
	outlet_frame("", "");
	outlet_drain();
	if (outlet_lost())
		rescue_write();
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal.usual);
}

void terminal_resume(void)
{
	terminal_take();
	terminal_resize();
}

void terminal_close(void)
{
	if (!terminal.screen)
		return;
	terminal_leave();
	rescue_set(STDOUT_FILENO, &terminal.usual);
	delscreen(terminal.screen);
	terminal.screen = NULL;
	outlet_close();
	input_close();
	control_close();
}

void terminal_answered(void)
{
	terminal.ground_until = 0; /* answers come in their order */
	pace_answered(&terminal.pace, input_now());
	input_await(pace_deadline(&terminal.pace));
}

void terminal_has_ground(int brightness)
{
	if (terminal.wants_ground)
		paint_set_ground(brightness >= GROUND_LIGHT);
	terminal.ground_until = 0;
}

void terminal_has_mode(int mode, int setting)
{
	if (mode == MODE_WHOLE)
		terminal.whole = setting >= DECRPM_SET && setting <= DECRPM_PERMANENT;
}

bool terminal_ready(void)
{
	return input_now() >= terminal.ground_until && !outlet_is_full() &&
	       pace_ready(&terminal.pace, input_now());
}

bool terminal_lost(void)
{
	return terminal.lost;
}

bool terminal_shown(void)
{
	return !terminal.lost && terminal_ready();
}

int terminal_wait(void)
{
	int64_t now = input_now(), until = pace_deadline(&terminal.pace);
	int64_t left = (terminal.ground_until > now ? terminal.ground_until : until) - now;

	if (terminal.lost)
		return LOST_PAUSE;
	return outlet_is_full() ? -1 : left > 0 ? (int)left : 0;
}

struct pollfd terminal_poll(void)
{
	return (struct pollfd){ .fd = outlet_is_full() ? outlet_fd() : -1, .events = POLLOUT };
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
	paint_begin();
}

void terminal_end(void)
{
	bool asks = terminal.modes && pace_asks(&terminal.pace);
	size_t count;
	int y, x;

	if (terminal.lost)
		terminal_give_again();
	if (paint_cursor(&y, &x) && terminal.cursor)
		wmove(stdscr, y, x);
	wnoutrefresh(stdscr);
	doupdate();
	count = outlet_frame(terminal.whole ? WHOLE_BEGIN : "", terminal.whole ? WHOLE_END : "");
	if (count && asks) {
		outlet_add(ASK);
		pace_sent(&terminal.pace, count, input_now());
		input_await(pace_deadline(&terminal.pace));
	}
	terminal_give();
}

void terminal_send(const char *sequence)
{
	outlet_add(sequence);
	terminal_give();
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

void terminal_push(void)
{
	terminal_give();
}
