#include "tui/screen/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

enum { STATUS_USAGE = 2, STATUS_NO_SERVER = 3 };

/* Milliseconds; HOLD is how long a key waits for the server to say what it is about. */
enum { SECOND = 1000, HOLD = 500 };

int64_t app_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct view *app_view(const struct app *app)
{
	return app->views[app->depth - 1];
}

bool app_has(const struct app *app, const struct view *view)
{
	for (int i = 0; i < app->depth; i++) {
		if (app->views[i] == view)
			return true;
	}
	return false;
}

void app_open(struct app *app, const struct view *view)
{
	if (app->depth < VIEWS_MAX)
		app->views[app->depth++] = view;
}

void app_leave(struct app *app)
{
	const struct view *view = app_view(app);

	if (view->close)
		view->close(app);
	if (app->depth == 1)
		app->quit = true;
	else
		app->depth--;
}

void app_say(struct app *app, char *text, bool bad)
{
	free(app->message);
	app->message = text;
	app->message_bad = bad;
}

char *app_error(const struct client_reply *reply)
{
	return reply->error ? alloc_checked(client_explain(reply)) : NULL;
}

static void draw(struct app *app)
{
	terminal_begin();
	app_view(app)->draw(app);
	if (app->asking)
		ask_draw(app);
	terminal_end();
}

static bool is_mouse(int key)
{
	return key == TERMINAL_CLICK || key == TERMINAL_WHEEL_UP || key == TERMINAL_WHEEL_DOWN;
}

/* The rows around the cursor are on their way: which task it stands on will be known in a moment. */
static bool selection_due(const struct app *app)
{
	return feed_connected(app) && (app->seeking || app->list.window.id < 0 ||
	                               (app->list.window.total > 0 && !list_selected(&app->list)));
}

static void run_key(struct app *app, const struct terminal_event *event)
{
	const struct key *key = keys_find(app_view(app), event->key);

	if (key && key->on_task && selection_due(app) && !app->held_until) {
		app->held = *event;
		app->held_until = app_now() + HOLD;
		return;
	}
	app->held_until = 0;
	if (key)
		key->run(app);
	else if (app_view(app)->type)
		app_view(app)->type(app, event);
}

static void take_key(struct app *app, const struct terminal_event *event)
{
	if (event->key == TERMINAL_OTHER && !app->asking)
		return;
	if (app->asking) {
		ask_key(app, event);
		return;
	}
	if (app->prompting) {
		prompt_key(app, event);
		return;
	}
	app_say(app, NULL, false); /* the user has gone on, and has read it */
	if (!is_mouse(event->key))
		run_key(app, event);
	else if (app_view(app)->mouse)
		app_view(app)->mouse(app, event);
}

static void take_keys(struct app *app)
{
	struct terminal_event event;

	while (!app->quit && !app->held_until && (event = terminal_key()).key != TERMINAL_NONE)
		take_key(app, &event);
}

/* Lets a key that waited go on, when what it waited for is known or does not come. */
static void release_key(struct app *app)
{
	if (!app->held_until || (selection_due(app) && app_now() < app->held_until))
		return;
	run_key(app, &app->held);
	take_keys(app);
}

/* Ctrl-C ends the least that it can end. */
static void interrupted(struct app *app)
{
	if (app->prompting)
		prompt_close(app);
	else if (app->interpreter.busy)
		command_interrupt(app);
	else if (app_view(app)->type)
		app_leave(app);
	else
		app->quit = true;
}

static void take_signals(struct app *app)
{
	int number;

	while ((number = terminal_signal())) {
		switch (number) {
		case SIGWINCH:
			terminal_resize();
			break;
		case SIGTSTP:
			terminal_stop();
			break;
		case SIGCONT:
			terminal_resize();
			break;
		case SIGTTOU:
			break;
		case SIGINT:
			interrupted(app);
			break;
		default:
			app->quit = true;
			app->status = 128 + number;
		}
	}
	table_resize(app);
}

static int sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Milliseconds to wait at most, -1: until something happens. */
static int wait_time(struct app *app)
{
	const struct link *log = log_link(app);
	int wait = sooner(feed_retry(app), log_retry(app));

	if (app->window.backlog || app->calls.backlog || (log && log->backlog))
		return 0;
	if (app_view(app) == &table_view && table_ticks(app))
		wait = sooner(wait, SECOND - (int)(app_now() % SECOND));
	if (app->held_until)
		wait = sooner(wait, app->held_until > app_now() ? (int)(app->held_until - app_now()) : 0);
	return wait;
}

enum { POLL_KEYS, POLL_SIGNALS, POLL_WINDOW, POLL_CALLS, POLL_LOG, POLL_COMMAND, POLL_OUTPUT, POLL_COUNT };

/* One turn: draws, waits, and takes what has come. */
static void turn(struct app *app)
{
	struct link *log;
	struct pollfd ready[POLL_COUNT] = {
		[POLL_KEYS] = { .fd = app->held_until ? -1 : STDIN_FILENO, .events = POLLIN },
		[POLL_SIGNALS] = { .fd = terminal_signals(), .events = POLLIN },
		[POLL_LOG] = { .fd = -1 },
	};
	int wait;

	feed_ask(app);
	command_ask(app);
	draw(app);
	wait = wait_time(app);
	ready[POLL_WINDOW] = link_poll(&app->window);
	ready[POLL_CALLS] = link_poll(&app->calls);
	log = log_link(app);
	if (log)
		ready[POLL_LOG] = link_poll(log);
	interpreter_poll(&app->interpreter, &ready[POLL_COMMAND]);
	if (poll(ready, POLL_COUNT, wait) < 0)
		return;
	if (log && (ready[POLL_LOG].revents || log->backlog))
		log_work(app);
	feed_receive(app, ready[POLL_WINDOW].revents || app->window.backlog,
	             ready[POLL_CALLS].revents || app->calls.backlog);
	if (ready[POLL_COMMAND].revents || ready[POLL_OUTPUT].revents)
		command_work(app);
	if (ready[POLL_SIGNALS].revents)
		take_signals(app);
	release_key(app);
	if (ready[POLL_KEYS].revents & POLLIN)
		take_keys(app);
	else if (ready[POLL_KEYS].revents)
		app->quit = true; /* the terminal is gone */
}

static void app_release(struct app *app)
{
	while (app->depth > 1)
		app_leave(app);
	feed_close(app);
	list_release(&app->list);
	action_release(&app->action);
	dialog_release(&app->dialog);
	pager_release(&app->details);
	pager_release(&app->help);
	pager_release(&app->what_if);
	prompt_close(app);
	command_close(app);
	form_release(&app->form);
	tree_release(&app->tree);
	free(app->search);
	json_decref(app->matches);
	for (int kind = 0; kind < PROMPT_KINDS; kind++)
		history_release(&app->histories[kind]);
	free(app->message);
}

static int fail(int status, char *error)
{
	fprintf(stderr, "krtask: %s\n", error ? error : "the terminal can not be used");
	free(error);
	return status;
}

int screen_run(const struct address *address, enum client_start start, const struct confirm_options *defaults,
               const struct arguments *arguments)
{
	struct app app = {
		.address = address,
		.arguments = arguments,
		.options = defaults ? *defaults : (struct confirm_options){ .preference = PREFERENCE_MEDIUM },
		.views = { &table_view },
		.depth = 1,
		.sort = COLUMN_COUNT,
	};
	char *error = NULL;

	if (terminal_check(&error) < 0)
		return fail(STATUS_USAGE, error);
	list_init(&app.list, 1);
	if (feed_open(&app, start, &error) < 0) {
		app_release(&app);
		return fail(STATUS_NO_SERVER, error);
	}
	if (terminal_open() < 0) {
		app_release(&app);
		return fail(STATUS_USAGE, NULL);
	}
	table_resize(&app);
	while (!app.quit)
		turn(&app);
	terminal_close();
	app_release(&app);
	return app.status;
}
