#include "tui/screen/typed_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/task.h"
#include "tui/cli/options.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_view.h"
#include "tui/screen/create.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/history_file.h"
#include "tui/screen/host.h"
#include "tui/screen/interpreter.h"
#include "tui/screen/lines.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

/*
 * At most this many pieces of output are processed before the keyboard is looked at again.  Errors are kept up to about
 * this many bytes.  The exit status of an interrupted command.
 */
enum { PIECES_AT_ONCE = 16, ERRORS_KEPT = 4096, STATUS_INTERRUPTED = 130 };

struct typed_command {
	struct app *app;
	struct interpreter interpreter;
	const struct host *host;    /* the one that it is for, if there are several */
	struct arguments arguments; /* its own */
	struct history history;
	bool history_read;
	char *line;          /* the line that is running, or ran last */
	struct lines output; /* of that line */
	struct text errors;  /* apart from that, if it has an end */
	int status;
	typed_command_end *end; /* NULL: its output is for the user */
	void *ctx;
	size_t tag;
	bool question_due; /* a question waits until another is answered */
	enum confirm_operation question;
	char target[TASK_ID_MAX + 1];
	struct targets targets; /* the task of the question, as far as the table knows it */
};

struct typed_command *typed_command_new(struct app *app)
{
	struct typed_command *command = alloc_zero(1, sizeof(*command));

	command->app = app;
	return command;
}

static void typed_command_forget_output(struct typed_command *command)
{
	if (command->output.tail.ring)
		tail_release(&command->output.tail);
	command->output.left = 0;
	text_clear(&command->errors);
}

void typed_command_free(struct typed_command *command)
{
	interpreter_close(&command->interpreter);
	typed_command_forget_output(command);
	text_release(&command->errors);
	history_release(&command->history);
	targets_release(&command->targets);
	free(command->line);
	free(command);
}

/* A process is for one server: that of the selected row.  It keeps its variables as long as that is the same. */
static const struct arguments *typed_command_arguments(struct typed_command *command)
{
	const struct app *app = command->app;

	if (!host_several(app))
		return app->arguments;
	if (command->host != app->host)
		interpreter_close(&command->interpreter);
	command->host = app->host;
	command->arguments = *app->arguments;
	command->arguments.server = app->feed->address->text;
	command->arguments.servers = (struct words)WORDS_INIT;
	return &command->arguments;
}

bool typed_command_start(struct typed_command *command, const char *line, typed_command_end *end, void *ctx,
                         size_t tag)
{
	struct app *app = command->app;

	if (command->interpreter.busy) {
		app_say(app, alloc_string(MSG_COMMAND_RUNNING), true);
		return false;
	}
	typed_command_forget_output(command);
	tail_init(&command->output.tail);
	tail_follow(&command->output.tail, false); /* the beginning is shown first; End follows */
	free(command->line);
	command->line = alloc_string(line);
	command->end = end;
	command->ctx = ctx;
	command->tag = tag;

	int result = interpreter_run(&command->interpreter, typed_command_arguments(command),
	                             app->options.what_if, end != NULL, line);

	if (result)
		app_say(app, alloc_format(MSG_COMMAND_FAILED, strerror(-result)), true);
	return !result;
}

/* True if the line is this one word. */
static bool typed_command_is(const char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 && line[length + strspn(line + length, " \t")] == '\0';
}

/* True if the line edits one task, which is done in the form: an editor would need the terminal. */
static bool typed_command_edits(const char *line, char id[TASK_ID_MAX + 1])
{
	static const char edit[] = "edit ";
	size_t length;

	if (strncmp(line, edit, sizeof(edit) - 1) != 0)
		return false;
	line += sizeof(edit) - 1;
	line += strspn(line, " \t");
	length = strcspn(line, " \t");
	if (length == 0 || length > TASK_ID_MAX || line[length + strspn(line + length, " \t")] ||
	    strpbrk(line, "-$'\"\\|"))
		return false;
	snprintf(id, TASK_ID_MAX + 1, "%.*s", (int)length, line);
	return true;
}

/* True if the line connects a server, whose label is then malloc'ed. */
static bool typed_command_connects(const char *line, char **label)
{
	static const char connect[] = "connect";
	size_t length = sizeof(connect) - 1;
	const char *from;

	if (strncmp(line, connect, length) != 0 || (line[length] && !strchr(" \t", line[length])))
		return false;
	from = line + length + strspn(line + length, " \t");
	*label = alloc_format("%.*s", (int)strcspn(from, " \t"), from);
	return true;
}

/* Takes over the label. */
static void typed_command_connect(struct app *app, char *label)
{
	host_ask(app, label);
	free(label);
}

void typed_command_run(struct app *app, const char *line)
{
	char id[TASK_ID_MAX + 1], *label;

	line += strspn(line, " \t");
	if (typed_command_is(line, "q") || typed_command_is(line, "quit") || typed_command_is(line, "exit"))
		app->quit = true;
	else if (typed_command_edits(line, id))
		create_edit_id(app, id);
	else if (typed_command_connects(line, &label))
		typed_command_connect(app, label);
	else if (*line)
		typed_command_start(app->command, line, NULL, NULL, 0);
}

static const struct prompt typed_command_line = { .label = ":",
	                                          .enter = typed_command_run,
	                                          .commands = true };

void typed_command_prompt(struct view *view)
{
	struct typed_command *command = view->app->command;

	if (!command->history_read)
		history_file_read(&command->history);
	command->history_read = true;
	prompt_view_open(view->app, &typed_command_line, &command->history, "");
}

const char *typed_command_running(const struct typed_command *command)
{
	return command->interpreter.busy ? command->line : NULL;
}

bool typed_command_creates(const struct typed_command *command)
{
	return command->interpreter.busy && command->end;
}

void typed_command_interrupt(struct typed_command *command)
{
	interpreter_interrupt(&command->interpreter);
}

void typed_command_poll(const struct typed_command *command, struct pollfd *ready)
{
	interpreter_poll(&command->interpreter, ready);
}

/* The first line of the output. */
static char *typed_command_first_line(const struct tail *tail)
{
	const struct tail_line *line = &tail->ring[tail->first % TAIL_LINES_MAX];

	if (tail->first == tail->end)
		return alloc_format("%.*s", (int)tail->length, tail->line);
	return alloc_format("%.*s", (int)line->length, line->bytes);
}

/* One line as a message: of several servers it says which has answered. */
static char *typed_command_told_line(const struct typed_command *command)
{
	char *line = typed_command_first_line(&command->output.tail);
	char *told;

	if (!command->host)
		return line;
	told = host_say(command->host, line);
	free(line);
	return told;
}

static void typed_command_show(struct typed_command *command)
{
	if (app_find(command->app, &typed_command_view_class))
		return;

	struct lines_view *output = alloc_zero(1, sizeof(*output));

	output->lines = &command->output;
	app_open(command->app, &output->view, &typed_command_view_class);
}

/* Calls the function for the end of the line, if it was not started by the user. */
static bool typed_command_told(struct typed_command *command)
{
	const struct text *errors = &command->errors;
	char *line;

	if (!command->end)
		return false;
	if (command->status && errors->length)
		line = alloc_format("%.*s", (int)strcspn(errors->data, "\n"), errors->data);
	else
		line = typed_command_first_line(&command->output.tail);
	command->end(command->ctx, command->tag, command->status, line);
	return true;
}

static void typed_command_done(struct typed_command *command, int status)
{
	const struct tail *tail = &command->output.tail;
	int64_t lines = tail_end(tail) - tail->first;

	command->status = status;
	if (typed_command_told(command) || app_find(command->app, &typed_command_view_class))
		return;
	if (lines > 1)
		typed_command_show(command);
	else if (lines == 1)
		app_say(command->app, typed_command_told_line(command), status != 0);
	else if (status)
		app_say(command->app, alloc_format(MSG_COMMAND_STATUS, status), true);
}

/* Nobody has heard whether the server has done what it was asked for. */
static void typed_command_broken_off(struct typed_command *command)
{
	bool sent = command->interpreter.sent;

	ask_view_forget(command->app, command);
	command->question_due = false;
	command->status = STATUS_INTERRUPTED;
	if (command->end)
		app_say(command->app, alloc_string(sent ? MSG_FORM_SENT : MSG_FORM_GIVEN_UP), true);
	else
		app_say(command->app, alloc_string(sent ? MSG_COMMAND_SENT : MSG_COMMAND_INTERRUPTED), true);
}

static void typed_command_take(struct typed_command *command, enum interpreter_event event,
                               const struct interpreter_news *news)
{
	switch (event) {
	case INTERPRETER_OUTPUT:
		tail_feed(&command->output.tail, news->text, news->length);
		if (tail_end(&command->output.tail) > 1 && !command->end)
			typed_command_show(command);
		break;
	case INTERPRETER_ERRORS:
		if (command->errors.length < ERRORS_KEPT)
			text_add(&command->errors, news->text, news->length);
		break;
	case INTERPRETER_QUESTION:
		command->question = news->operation;
		snprintf(command->target, sizeof(command->target), "%s", news->target);
		command->question_due = true;
		break;
	case INTERPRETER_DONE:
		typed_command_done(command, news->status);
		break;
	case INTERPRETER_ENDED:
		typed_command_broken_off(command);
		break;
	default:
		break;
	}
}

void typed_command_receive(struct typed_command *command)
{
	struct interpreter_news news;
	enum interpreter_event event;

	for (int i = 0; i < PIECES_AT_ONCE; i++) {
		event = interpreter_read(&command->interpreter, &news);
		typed_command_take(command, event, &news);
		if (event == INTERPRETER_NOTHING)
			break;
	}
}

static void typed_command_answer(void *ctx, enum confirm_choice choice)
{
	interpreter_answer(&((struct typed_command *)ctx)->interpreter, choice);
}

/* What the question is about, malloc'ed: a task of the server of the command, unless it names another or several. */
static char *typed_command_target(const struct typed_command *command, const struct host *host)
{
	return task_id_valid(command->target) ? host_id(host, command->target)
	                                      : alloc_string(command->target);
}

void typed_command_ask(struct typed_command *command)
{
	const struct host *host = command->host ? command->host : command->app->host;
	char *id;

	if (!command->question_due || ask_view_busy(command->app))
		return;
	command->question_due = false;

	targets_release(&command->targets);
	table_operation_describe(host, command->target, &command->targets);
	id = typed_command_target(command, host);

	const struct ask_question question = {
		.operation = command->question,
		.id = id,
		.tasks = command->targets.items,
		.count = command->targets.count,
	};

	ask_view_open(command->app, &question, typed_command_answer, command);
	free(id);
}

static void typed_command_view_draw(struct view *view)
{
	struct typed_command *command = view->app->command;
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

/* If a command is still running, interrupts it first. */
static void typed_command_view_leave(struct view *view)
{
	if (typed_command_running(view->app->command))
		typed_command_interrupt(view->app->command);
	else
		app_close(view);
}

static const struct key typed_command_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "interrupt the command if it is running, or else leave its output; also Esc",
	  typed_command_view_leave,
	  false },
	{ { ':' }, ":", "Command", "run another command", typed_command_prompt, false },
	LINES_KEYS,
};

const struct view_class typed_command_view_class = {
	.title = "Output of a command",
	.keys = typed_command_view_keys,
	.opens = ":",
	.draw = typed_command_view_draw,
	.mouse = lines_mouse,
};
