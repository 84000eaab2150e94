#include "tui/screen/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/task.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_view.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/interpreter.h"
#include "tui/screen/lines.h"
#include "tui/screen/prompt_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/*
 * So many pieces of output are taken before the keyboard is looked at again; the status of one that was
 * interrupted.
 */
enum { PIECES_AT_ONCE = 16, STATUS_INTERRUPTED = 130 };

struct command {
	struct app *app;
	struct interpreter interpreter;
	struct history history;
	char *line;          /* the one that is running, or ran last */
	struct lines output; /* of it */
	int status;
	command_end *end; /* NULL: its output is for the user */
	void *ctx;
	size_t tag;
	bool question_due; /* and waits for another to be answered */
	enum confirm_operation question;
	char target[TASK_ID_MAX + 1];
};

struct command *command_new(struct app *app)
{
	struct command *command = alloc_zero(1, sizeof(*command));

	command->app = app;
	return command;
}

static void command_forget_output(struct command *command)
{
	if (command->output.tail.ring)
		tail_release(&command->output.tail);
	command->output.left = 0;
}

void command_free(struct command *command)
{
	interpreter_close(&command->interpreter);
	command_forget_output(command);
	history_release(&command->history);
	free(command->line);
	free(command);
}

bool command_start(struct command *command, const char *line, command_end *end, void *ctx, size_t tag)
{
	struct app *app = command->app;

	if (command->interpreter.busy) {
		app_say(app, alloc_string(MSG_COMMAND_RUNNING), true);
		return false;
	}
	command_forget_output(command);
	tail_init(&command->output.tail);
	tail_follow(&command->output.tail, false); /* one reads from the beginning; End follows */
	free(command->line);
	command->line = alloc_string(line);
	command->end = end;
	command->ctx = ctx;
	command->tag = tag;

	int result = interpreter_run(&command->interpreter, app->arguments, app->options.what_if, line,
	                             strlen(line));

	if (result)
		app_say(app, alloc_format(MSG_COMMAND_FAILED, strerror(-result)), true);
	return !result;
}

void command_run(struct app *app, const char *line)
{
	line += strspn(line, " \t");
	if (*line)
		command_start(app->command, line, NULL, NULL, 0);
}

static const struct prompt command_line_prompt = { ":", command_run, NULL };

void command_prompt(struct view *view)
{
	prompt_view_open(view->app, &command_line_prompt, &view->app->command->history, "");
}

const char *command_running(const struct command *command)
{
	return command->interpreter.busy ? command->line : NULL;
}

void command_interrupt(struct command *command)
{
	interpreter_interrupt(&command->interpreter);
}

void command_poll(const struct command *command, struct pollfd ready[2])
{
	interpreter_poll(&command->interpreter, ready);
}

/* The one line that was printed. */
static char *command_first_line(const struct tail *tail)
{
	const struct tail_line *line = &tail->ring[tail->first % TAIL_LINES_MAX];

	if (tail->first == tail->end)
		return alloc_format("%.*s", (int)tail->length, tail->line);
	return alloc_format("%.*s", (int)line->length, line->bytes);
}

static void command_show(struct command *command)
{
	if (app_find(command->app, &command_view_class))
		return;

	struct lines_view *output = alloc_zero(1, sizeof(*output));

	output->lines = &command->output;
	app_open(command->app, &output->view, &command_view_class);
}

/* Tells whoever started it, if it was not the user. */
static bool command_told(struct command *command)
{
	if (command->end)
		command->end(command->ctx, command->tag, command->status,
		             command_first_line(&command->output.tail));
	return command->end != NULL;
}

static void command_done(struct command *command, int status)
{
	const struct tail *tail = &command->output.tail;
	int64_t lines = tail_end(tail) - tail->first;

	command->status = status;
	if (command_told(command) || app_find(command->app, &command_view_class))
		return;
	if (lines > 1)
		command_show(command);
	else if (lines == 1)
		app_say(command->app, command_first_line(tail), status != 0);
	else if (status)
		app_say(command->app, alloc_format(MSG_COMMAND_STATUS, status), true);
}

static void command_broken_off(struct command *command)
{
	ask_view_forget(command->app, command);
	command->question_due = false;
	command->status = STATUS_INTERRUPTED;
	command_told(command);
	app_say(command->app, alloc_string(MSG_COMMAND_INTERRUPTED), true);
}

static void command_take(struct command *command, enum interpreter_event event,
                         const struct interpreter_news *news)
{
	switch (event) {
	case INTERPRETER_OUTPUT:
		tail_feed(&command->output.tail, news->text, news->length);
		if (tail_end(&command->output.tail) > 1 && !command->end)
			command_show(command);
		break;
	case INTERPRETER_QUESTION:
		command->question = news->operation;
		snprintf(command->target, sizeof(command->target), "%s", news->target);
		command->question_due = true;
		break;
	case INTERPRETER_DONE:
		command_done(command, news->status);
		break;
	case INTERPRETER_ENDED:
		command_broken_off(command);
		break;
	default:
		break;
	}
}

void command_receive(struct command *command)
{
	struct interpreter_news news;
	enum interpreter_event event;

	for (int i = 0; i < PIECES_AT_ONCE; i++) {
		event = interpreter_read(&command->interpreter, &news);
		command_take(command, event, &news);
		if (event == INTERPRETER_NOTHING)
			break;
	}
}

static void command_answer(void *ctx, enum confirm_choice choice)
{
	interpreter_answer(&((struct command *)ctx)->interpreter, choice);
}

void command_ask(struct command *command)
{
	if (!command->question_due || ask_view_busy(command->app))
		return;
	command->question_due = false;
	ask_view_open(command->app, command->question, command->target, NULL, NULL, command_answer, command);
}

static void command_view_draw(struct view *view)
{
	struct command *command = view->app->command;
	char place[80];
	bool over = !command->interpreter.busy;

	lines_draw(&command->output);
	if (!over && !command->output.tail.follow)
		snprintf(place, sizeof(place), "running");
	else if (over && command->status)
		snprintf(place, sizeof(place), MSG_COMMAND_STATUS, command->status);
	else
		lines_place(&command->output, over, place, sizeof(place));
	draw_title(command->line, place);
	draw_bottom(view);
}

/* A command that still runs is interrupted first. */
static void command_view_leave(struct view *view)
{
	if (command_running(view->app->command))
		command_interrupt(view->app->command);
	else
		app_close(view);
}

static const struct key command_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "interrupt the command if it is running, or else leave its output; also Esc",
	  command_view_leave,
	  false },
	{ { ':' }, ":", "Command", "run another command", command_prompt, false },
	LINES_KEYS,
};

const struct view_class command_view_class = {
	.title = "Output of a command",
	.keys = command_view_keys,
	.opens = ":",
	.draw = command_view_draw,
	.mouse = lines_mouse,
};
