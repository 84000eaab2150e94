#include "tui/screen/prompt_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/completer.h"
#include "tui/screen/draw.h"
#include "tui/screen/edit_keys.h"
#include "tui/screen/help_view.h"
#include "tui/screen/history_file.h"
#include "tui/screen/keys.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/recall.h"

struct prompt_view {
	struct view view;
	const struct prompt *prompt;
	struct history *history;
	struct edit edit;
	struct recall recall;
	struct completer completer;
};

static void prompt_view_release(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	completer_release(&asked->completer);
	recall_end(&asked->recall);
	edit_release(&asked->edit);
}

/* Keeps the line for later, unless it is to be forgotten. */
static void prompt_view_keep(const struct prompt_view *asked, const char *line)
{
	if (asked->prompt->commands && (*line == ' ' || *line == '\t'))
		return;
	history_add(asked->history, line);
	if (asked->prompt->commands)
		history_file_add(line);
}

/* Looks for what was typed since. */
static void prompt_view_turn(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	recall_update(&asked->recall, asked->history, &asked->edit);
}

static void prompt_view_enter(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;
	const struct prompt *prompt = asked->prompt;
	struct app *app = view->app;
	char *error = NULL, *line;

	prompt_view_turn(view);
	line = edit_line(&asked->edit, &error);
	if (line && prompt->wrong)
		error = prompt->wrong(line);
	if (!line || error) {
		app_input_error(app, error);
		free(line);
		return;
	}
	prompt_view_keep(asked, line);
	app_close(view);
	prompt->enter(app, line);
	free(line);
}

static void prompt_view_escape(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;
	const struct prompt *prompt = asked->prompt;
	struct app *app = view->app;

	if (asked->recall.on) {
		recall_cancel(&asked->recall, &asked->edit);
		return;
	}
	app_close(view);
	if (prompt->escape)
		prompt->escape(app);
}

static void prompt_view_older(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	recall_end(&asked->recall);
	completer_hide(&asked->completer);
	edit_do(&asked->edit, EDIT_OLDER, asked->history);
}

static void prompt_view_recall(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	completer_hide(&asked->completer);
	prompt_view_turn(view);
	if (asked->recall.on)
		recall_older(&asked->recall, asked->history, &asked->edit);
	else
		recall_begin(&asked->recall, &asked->edit);
}

static void prompt_view_complete(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;
	struct completion completion;

	recall_end(&asked->recall);
	if (!asked->prompt->commands)
		return;
	completion_of_line(&completion, edit_text(&asked->edit), asked->edit.cursor);
	asked->completer.app = view->app;
	completer_start(&asked->completer, &asked->edit, &completion, true, NULL);
}

static bool prompt_view_interrupt(struct view *view)
{
	app_close(view);
	return true;
}

static struct edit *prompt_view_line(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	return asked->recall.on ? &asked->recall.text : &asked->edit;
}

static void prompt_view_type(struct view *view, const struct terminal_event *event)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	completer_hide(&asked->completer);
	bool text = event->key >= ' ' && event->key < TERMINAL_UP;

	if (asked->recall.on && (text || event->key == TERMINAL_BACKSPACE)) {
		edit_keys_take(&asked->recall.text, NULL, event);
		return;
	}
	recall_end(&asked->recall);
	edit_keys_take(&asked->edit, asked->history, event);
}

/* Returns the column after it. */
static int prompt_view_draw_label(const struct prompt_view *asked, int y)
{
	char *label;
	int x;

	if (!asked->recall.on)
		return terminal_put(y, 0, STYLE_KEY, asked->prompt->label);
	label = alloc_format(asked->recall.failed ? MSG_RECALL_NONE : MSG_RECALL,
	                     edit_text(&asked->recall.text));
	x = terminal_put(y, 0, STYLE_KEY, label);
	free(label);
	return x;
}

/* Draws the line in place of the message and the key line of the view below. */
static void prompt_view_draw(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;
	int lines = draw_bottom_lines(), y = terminal_lines() - lines, columns = terminal_columns();

	for (int line = y; line < y + lines; line++)
		terminal_fill(line, 0, columns, STYLE_NORMAL);
	if (lines > 1)
		keys_draw(view->class->keys, y + 1);
	draw_notice(view->app, lines > 1 ? y + 1 : y - 1);

	completer_draw(&asked->completer, y, y - 1);

	int x = prompt_view_draw_label(asked, y);

	edit_keys_draw(&asked->edit, y, x, columns - x, true);
}

static const struct key prompt_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Do it", "accept the line", prompt_view_enter, false },
	{ { TERMINAL_ESCAPE }, "Esc", "Leave", "cancel; also Ctrl-C", prompt_view_escape, false },
	{ { TERMINAL_UP }, "Up", "History", NULL, prompt_view_older, false },
	{ { TERMINAL_TAB },
	  "Tab",
	  "Complete",
	  "complete a command, option, id, name or file, or show what there is",
	  prompt_view_complete,
	  false },
	{ { CONTROL('R') },
	  "C-r",
	  "Find",
	  "find an earlier line; again: an older one",
	  prompt_view_recall,
	  false },
	{ { TERMINAL_F1 }, "F1", "Help", "show this help", help_view_open, false },
	KEYS_END,
};

const struct view_class prompt_view_class = {
	.title = "Editing a line",
	.keys = prompt_view_keys,
	.overlay = true,
	.draw = prompt_view_draw,
	.type = prompt_view_type,
	.line = prompt_view_line,
	.interrupt = prompt_view_interrupt,
	.turn = prompt_view_turn,
	.release = prompt_view_release,
};

void prompt_view_open(struct app *app, const struct prompt *prompt, struct history *history, const char *text)
{
	struct prompt_view *asked = alloc_zero(1, sizeof(*asked));

	asked->prompt = prompt;
	asked->history = history;
	edit_set(&asked->edit, text);
	app_open(app, &asked->view, &prompt_view_class);
}
