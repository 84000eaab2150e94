#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/* So many pieces of output are taken before the keyboard is looked at again. */
enum { PIECES_AT_ONCE = 16 };

static const char *skip_blanks(const char *line)
{
	return line + strspn(line, " \t");
}

static void forget_output(struct app *app)
{
	tail_release(&app->output.tail);
	tail_init(&app->output.tail);
	tail_follow(&app->output.tail, false); /* one reads from the beginning; End follows */
	app->output.left = 0;
}

bool command_start(struct app *app, const char *line, command_over *over)
{
	int result;

	if (app->interpreter.busy) {
		app_say(app, alloc_string("Another command is still running (Esc interrupts it)."), true);
		return false;
	}
	forget_output(app);
	free(app->command);
	app->command = alloc_string(line);
	app->command_over = over;
	result = interpreter_run(&app->interpreter, app->arguments, app->options.what_if, line, strlen(line));
	if (result)
		app_say(app, alloc_format("The command can not be run: %s", strerror(-result)), true);
	return !result;
}

void command_run(struct app *app, const char *line)
{
	line = skip_blanks(line);
	if (*line)
		command_start(app, line, NULL);
}

/* The one line that was printed. */
static char *first_line(const struct tail *tail)
{
	const struct tail_line *line = &tail->ring[tail->first % TAIL_LINES_MAX];

	if (tail->first == tail->end)
		return alloc_format("%.*s", (int)tail->length, tail->line);
	return alloc_format("%.*s", (int)line->length, line->bytes);
}

static void show(struct app *app)
{
	if (!app_has(app, &command_view))
		app_open(app, &command_view);
}

static void done(struct app *app, int status)
{
	int64_t lines = tail_end(&app->output.tail) - app->output.tail.first;

	app->command_status = status;
	if (app->command_over) {
		app->command_over(app, status, first_line(&app->output.tail));
		return;
	}
	if (app_has(app, &command_view))
		return;
	if (lines > 1)
		show(app);
	else if (lines == 1)
		app_say(app, first_line(&app->output.tail), status != 0);
	else if (status)
		app_say(app, alloc_format("Exit status %d", status), true);
}

static void ended(struct app *app)
{
	if (app->asking_command)
		app->asking = app->asking_command = false;
	app->question_due = app->seeking = false;
	app->command_status = 130;
	app_say(app, alloc_string("The command was interrupted; variables are forgotten."), true);
	act_go_on(app);
}

static void take(struct app *app, enum interpreter_event event, const struct interpreter_news *news)
{
	switch (event) {
	case INTERPRETER_OUTPUT:
		tail_feed(&app->output.tail, news->text, news->length);
		if (tail_end(&app->output.tail) > 1 && !app->command_over)
			show(app);
		break;
	case INTERPRETER_QUESTION:
		app->question = news->operation;
		snprintf(app->question_target, sizeof(app->question_target), "%s", news->target);
		app->question_due = true;
		break;
	case INTERPRETER_DONE:
		done(app, news->status);
		break;
	case INTERPRETER_ENDED:
		ended(app);
		break;
	default:
		break;
	}
}

void command_work(struct app *app)
{
	struct interpreter_news news;
	enum interpreter_event event;

	for (int i = 0; i < PIECES_AT_ONCE; i++) {
		event = interpreter_read(&app->interpreter, &news);
		take(app, event, &news);
		if (event == INTERPRETER_NOTHING)
			break;
	}
}

void command_ask(struct app *app)
{
	if (!app->question_due || app->asking)
		return;
	app->question_due = false;
	dialog_release(&app->dialog);
	dialog_open(&app->dialog, app->question, app->question_target, NULL);
	app->asking = app->asking_command = true;
}

void command_answer(struct app *app, enum confirm_choice choice)
{
	switch (choice) {
	case CHOICE_SUSPEND:
		terminal_shell();
		table_resize(app);
		break;
	case CHOICE_HELP:
		app->dialog.help = !app->dialog.help;
		break;
	default:
		app->asking = app->asking_command = false;
		interpreter_answer(&app->interpreter, choice);
		act_go_on(app);
	}
}

void command_interrupt(struct app *app)
{
	interpreter_interrupt(&app->interpreter);
}

void command_close(struct app *app)
{
	interpreter_close(&app->interpreter);
	free(app->command);
	app->command = NULL;
	if (app->output.tail.ring)
		tail_release(&app->output.tail);
}

static void command_draw(struct app *app)
{
	char place[80];
	bool over = !app->interpreter.busy;

	lines_draw(&app->output);
	if (!over && !app->output.tail.follow)
		snprintf(place, sizeof(place), "running");
	else if (over && app->command_status)
		snprintf(place, sizeof(place), "exit status %d", app->command_status);
	else
		lines_place(&app->output, over, place, sizeof(place));
	draw_title(app->command, place);
	draw_bottom(app);
}

/* A command that still runs is interrupted first. */
static void leave(struct app *app)
{
	if (app->interpreter.busy)
		command_interrupt(app);
	else
		app_leave(app);
}

static void another(struct app *app)
{
	prompt_open(app, PROMPT_COMMAND);
}

static const struct key command_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "interrupt the command if it runs, else leave its output (Esc too)",
	  leave,
	  false },
	{ { ':' }, ":", "Command", "another one", another, false },
	LINES_KEYS,
};

const struct view command_view = {
	.title = "Output of a command",
	.keys = command_keys,
	.draw = command_draw,
	.mouse = lines_mouse,
};
