#include "tui/screen/screen.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/cli/options.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_view.h"
#include "tui/screen/draw.h"
#include "tui/screen/errors.h"
#include "tui/screen/form_recall.h"
#include "tui/screen/host.h"
#include "tui/screen/input.h"
#include "tui/screen/keys.h"
#include "tui/screen/paste.h"
#include "tui/screen/rescue.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

enum { STATUS_USAGE = 2, STATUS_NO_SERVER = 3 };

/* Bytes of a block that is given back as soon as it is free, such as an answer with a part of a log. */
enum { LARGE_BLOCK = 128 << 10 };

/* Milliseconds that a key waits for the reply that tells which task is selected. */
enum { HOLD = 500 };

/*
 * Milliseconds without a word from the server after which it is asked for a sign of life: when a key is pressed, and when
 * only the clocks of the rows go on, or a page is shown.  Without any of that, nobody asks.
 */
enum { SIGN_AT_KEY = 1000, SIGN_AT_TICK = 3000 };

/* Milliseconds from frame to frame while nobody types at this terminal: what it shows is current, and costs little. */
enum { REST = 1000 };

static void screen_say_unknown(struct app *app, int key)
{
	char name[SEQUENCE_NAME_SIZE];

	sequence_name(key, name);
	app_input_error(app, alloc_format(MSG_KEY_UNKNOWN, name));
}

/* True if the key is for what will soon be known: the selected task, or the question that an earlier key asked for. */
static bool screen_must_wait(const struct view *view, int code)
{
	const struct view_class *class = view->class;
	const struct key *key = keys_find(class->keys, code);

	if (class->holds && class->holds(view))
		return true;
	return (key ? key->on_task : class->type != NULL) && class->due && class->due(view);
}

static void screen_run_key(struct app *app, struct view *view, const struct terminal_event *event)
{
	const struct key *key = keys_find(view->class->keys, event->key);

	if (!app->held_until && screen_must_wait(view, event->key)) {
		app->held = *event;
		app->held_until = app_now() + HOLD;
		return;
	}
	app->held_until = 0;
	if (key && key->on_task && view->class->knows && !view->class->knows(view))
		app_say(app, alloc_string(MSG_SELECTION_CHANGED), true);
	else if (key)
		key->run(view);
	else if (view->class->type)
		view->class->type(view, event);
	else
		screen_say_unknown(app, event->key);
}

static bool screen_interrupt_view(struct view *view)
{
	const struct key *escape = view->below ? keys_find(view->class->keys, TERMINAL_ESCAPE) : NULL;

	if (view->class->interrupt)
		return view->class->interrupt(view);
	if (escape)
		escape->run(view);
	return escape != NULL;
}

/* Ctrl-C interrupts the smallest thing that can be interrupted. */
static void screen_interrupt(struct app *app)
{
	if (app->top->class->overlay && screen_interrupt_view(app->top))
		return;
	if (typed_command_running(app->command))
		typed_command_interrupt(app->command);
	else if (!screen_interrupt_view(app_view(app)))
		app->quit = true;
}

/* Handles keys that mean the same in all views. */
static bool screen_take_signal_key(struct app *app, int key)
{
	switch (key) {
	case TERMINAL_INTERRUPT:
		screen_interrupt(app);
		return true;
	case TERMINAL_SUSPEND:
		keys_find(table_view_class.keys, key)->run(app->top);
		return true;
	case TERMINAL_QUIT:
		raise(SIGQUIT);
		return true;
	default:
		return false;
	}
}

/* A key of the line of keys can be clicked, where that line is not shared with messages. */
static const struct key *screen_clicked(const struct view *view, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK || view->class->overlay || draw_bottom_lines() < 2 ||
	    event->y != terminal_lines() - 1)
		return NULL;
	return keys_at(view->class->keys, event->x);
}

static void screen_take_mouse(struct app *app, struct view *view, const struct terminal_event *event)
{
	const struct key *key = screen_clicked(view, event);
	struct terminal_event pressed = { .key = key ? key->codes[0] : 0 };

	if (key)
		screen_run_key(app, view, &pressed);
	else if (view->class->mouse)
		view->class->mouse(view, event);
}

static void screen_take_key(struct app *app, const struct terminal_event *event)
{
	struct view *view = app->top;

	if (event->key == TERMINAL_OTHER)
		return;
	if (view != &app->table->view && (event->key == TERMINAL_ESCAPE || event->key == TERMINAL_INTERRUPT))
		app->table->finding = false;
	if (!view->class->overlay) { /* a key was pressed, so the message was read */
		app_say(app, NULL, false);
		host_read_news(app);
	}
	free(app->notice);
	app->notice = NULL;
	if (event->key == TERMINAL_PASTE)
		paste_take(app, event->text);
	else if (event->key == TERMINAL_INVALID)
		paste_invalid_byte(app, event->byte);
	else if (screen_take_signal_key(app, event->key))
		return;
	else if (sequence_is_mouse(event->key))
		screen_take_mouse(app, view, event);
	else
		screen_run_key(app, view, event);
}

/* Continues what had to wait, if it can go on now. */
static void screen_go_on(struct app *app)
{
	app_turn(app);
	typed_command_ask(app->command);
}

/* What was drawn is on the terminal, if that tells. */
static void screen_note_shown(struct app *app)
{
	if (terminal_shown())
		app_shown(app);
}

/* What the terminal says itself is no key.  Any key means that it has the focus. */
static bool screen_take_answer(struct app *app, const struct terminal_event *event)
{
	app->resting = event->key == TERMINAL_FOCUS ? !event->x : app->resting && sequence_is_own(event->key);
	if (event->key == TERMINAL_FOCUS)
		return true;
	if (event->key == TERMINAL_ANSWER) {
		terminal_answered();
		screen_note_shown(app);
	} else if (event->key == TERMINAL_MODE) {
		terminal_has_mode(event->x, event->y);
	} else if (event->key == TERMINAL_GROUND) {
		terminal_has_ground(event->x);
	} else {
		return false;
	}
	return true;
}

static void screen_take_keys(struct app *app)
{
	struct terminal_event event;

	while (!app->quit && !app->held_until && !app->asking && (event = input_key()).key != TERMINAL_NONE) {
		bool asked = ask_view_busy(app);

		if (screen_take_answer(app, &event))
			continue;
		screen_take_key(app, &event);
		if (asked && !ask_view_busy(app))
			screen_go_on(app); /* the next question must be open before the next key is handled */
	}
}

/* Handles pasted text from a terminal that does not mark it; see the manual. */
static void screen_judge_burst(const struct app *app)
{
	const char *opens = app->top->class->opens;
	char first;
	enum keyboard_burst burst = input_burst(&first);
	bool typed = paste_line(app) || (first && opens && strchr(opens, first));

	switch (burst) {
	case BURST_KEYS:
		break;
	case BURST_LINE:
		if (!typed)
			input_take_as_text();
		break;
	case BURST_LINES:
		input_take_as_text();
		break;
	}
}

/* Takes over the error. */
static void screen_fail(struct app *app, int status, char *error)
{
	app->quit = true;
	app->status = status;
	free(app->failure);
	app->failure = error;
}

static void screen_hear(struct app *app, int ready)
{
	bool gone = ready & (POLLHUP | POLLERR | POLLNVAL);

	if (!gone && ready & POLLIN) {
		gone = input_read() < 0;
		screen_judge_burst(app);
	}
	if (gone)
		screen_fail(app, 128 + SIGHUP, alloc_string(MSG_TERMINAL_GONE));
}

/* Runs a key that waited, when the task is known or the time is over. */
static void screen_release_key(struct app *app)
{
	struct view *view = app_view(app);

	if (!app->held_until || app->quit)
		return;
	if (screen_must_wait(view, app->held.key) && app_now() < app->held_until)
		return;
	screen_run_key(app, view, &app->held);
	screen_take_keys(app);
}

static void screen_take_signals(struct app *app)
{
	int number;

	while ((number = terminal_signal())) {
		switch (number) {
		case SIGWINCH:
			terminal_resize();
			break;
		case SIGTSTP:
			terminal_stop();
			app->asking |= ask_view_busy(app);
			break;
		case SIGCONT:
			terminal_continue();
			break;
		case SIGTTOU:
			break;
		case SIGINT:
			screen_interrupt(app);
			break;
		default:
			app->quit = true;
			app->status = 128 + number;
		}
	}
	app_resize(app);
}

static int screen_sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* The milliseconds to wait at most; -1: until something happens. */
static int screen_wait(struct app *app)
{
	int64_t now = app_now();
	int wait = screen_sooner(host_turn(app, now), app_wait(app));

	wait = screen_sooner(wait, host_sign_wait(app, now, SIGN_AT_TICK));
	if (!app->held_until)
		return screen_sooner(wait, input_wait());
	return screen_sooner(wait, app->held_until > now ? (int)(app->held_until - now) : 0);
}

enum {
	POLL_KEYS,
	POLL_SIGNALS,
	POLL_TERMINAL,
	POLL_ERRORS,
	POLL_COMMAND,
	POLL_OUTPUT,
	POLL_OUTPUT_ERRORS,
	POLL_FEED,
};

/* Keys that were typed before the question was on the terminal must not answer it. */
static void screen_drop_keys(struct app *app)
{
	bool shown = app->asking && app->asked && terminal_shown();

	while (app->asking && !shown && input_drop()) {
		terminal_answered();
		shown = app->asked && terminal_shown();
	}
	if (shown)
		app->asking = app->asked = false;
}

/* The milliseconds until the next frame while nobody types here; 0: it is due. */
static int screen_rest(const struct app *app)
{
	int64_t left = app->drawn_at + REST - app_now();

	return app->resting && !app->asking && left > 0 ? (int)left : 0;
}

/* Draws if the terminal has shown what was drawn before. */
static bool screen_draw(struct app *app)
{
	screen_drop_keys(app);
	screen_note_shown(app);
	if (!terminal_ready() || screen_rest(app))
		return false;
	app_draw(app);
	screen_note_shown(app);
	app->drawn_at = app_now();
	app->asked = app->asking && !terminal_shown();
	app->asking = app->asked;
	return true;
}

/* What is written to standard error is no longer lost, nor on top of the screen. */
static void screen_take_errors(struct app *app)
{
	char *line = errors_read();

	if (line)
		app_say(app, line, true);
}

/* False: nothing has happened. */
static bool screen_poll(struct app *app, nfds_t count, int wait)
{
	int events = input_poll(app->ready, count, wait);

	if (events < 0 && events != -EAGAIN)
		screen_fail(app, ALLOC_FAILED, alloc_format(MSG_TERMINAL_UNUSABLE, strerror(-events)));
	return events >= 0;
}

/* A turn of the loop: draws, waits, and handles what has come. */
static void screen_turn(struct app *app)
{
	struct pollfd *ready = app->ready;

	ready[POLL_KEYS] = (struct pollfd){ .fd = STDIN_FILENO, .events = app->held_until ? 0 : POLLIN };
	ready[POLL_SIGNALS] = (struct pollfd){ .fd = terminal_signals(), .events = POLLIN };
	ready[POLL_ERRORS] = (struct pollfd){ .fd = errors_fd(), .events = POLLIN };

	screen_go_on(app);
	host_tell_news(app);

	bool drawn = screen_draw(app);
	int wait = screen_wait(app);

	if (!drawn && screen_rest(app))
		wait = screen_sooner(wait, screen_rest(app));
	else if (!drawn || terminal_lost())
		wait = screen_sooner(wait, terminal_wait());
	ready[POLL_TERMINAL] = terminal_poll();
	nfds_t count = POLL_FEED + (nfds_t)host_poll(app, &ready[POLL_FEED]);

	typed_command_poll(app->command, &ready[POLL_COMMAND]);
	if (!screen_poll(app, count, wait))
		return;
	host_receive(app, &ready[POLL_FEED], app_now());
	if (ready[POLL_KEYS].revents)
		feed_ask(app->feed, SIGN_AT_KEY);
	host_ask_for_signs(app, SIGN_AT_TICK);
	if (ready[POLL_COMMAND].revents || ready[POLL_OUTPUT].revents || ready[POLL_OUTPUT_ERRORS].revents)
		typed_command_receive(app->command);
	if (ready[POLL_TERMINAL].revents)
		terminal_push();
	if (ready[POLL_ERRORS].revents)
		screen_take_errors(app);
	if (ready[POLL_SIGNALS].revents)
		screen_take_signals(app);
	screen_hear(app, ready[POLL_KEYS].revents);
	screen_release_key(app);
	screen_take_keys(app);
}

/* Takes over the error.  NULL: there is none. */
static int screen_end(int status, char *error)
{
	rescue_close();
	errors_release();
	if (error)
		fprintf(stderr, "krtask: %s\n", error);
	free(error);
	return status;
}

static void screen_show(struct app *app)
{
	app->command = typed_command_new(app);
	app->table = table_view_open(app);
	while (!app->quit)
		screen_turn(app);
	terminal_close();
	app_release_views(app);
	form_recall_release(app);
	typed_command_free(app->command);
	app_say(app, NULL, false);
	free(app->notice);
}

int screen_run(const struct chosen *servers, const struct confirm_options *defaults,
               const struct arguments *arguments)
{
	struct app app = {
		.arguments = arguments,
		.options = defaults ? *defaults : (struct confirm_options){ .preference = PREFERENCE_MEDIUM },
	};
	char *error = NULL;
	int result;

	rescue_open();
	if (terminal_check(&error) < 0)
		return screen_end(STATUS_USAGE, error);
	if (terminal_await_foreground() < 0)
		return screen_end(STATUS_USAGE, alloc_string(MSG_TERMINAL_BACKGROUND));
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK); /* else it would follow the largest one */
	errors_catch();
	if (host_begin(&app, servers, &error) < 0) {
		host_end(&app);
		return screen_end(STATUS_NO_SERVER, error ? error : alloc_string(MSG_OUT_OF_MEMORY));
	}
	cells_set_plain(arguments->screen_reader);
	result = terminal_open(&(struct terminal_options){ arguments->theme, arguments->screen_reader });
	if (result < 0) {
		host_end(&app);
		return screen_end(STATUS_USAGE, alloc_format(MSG_TERMINAL_UNUSABLE, strerror(-result)));
	}
	app.ready = alloc_zero(POLL_FEED + servers->count * FEED_CHANNELS_MAX, sizeof(*app.ready));
	screen_show(&app);
	free(app.ready);
	host_end(&app);
	return screen_end(app.status, app.failure);
}
