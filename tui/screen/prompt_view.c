#include "tui/screen/prompt_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/edit_keys.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/text/alloc.h"

struct prompt_view {
	struct view view;
	const struct prompt *prompt;
	struct history *history;
	struct edit edit;
};

static void prompt_view_release(struct view *view)
{
	edit_release(&((struct prompt_view *)view)->edit);
}

static void prompt_view_enter(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;
	const struct prompt *prompt = asked->prompt;
	struct app *app = view->app;
	char *error = NULL, *line = edit_line(&asked->edit, &error);

	if (!line) {
		app_input_error(app, error);
		return;
	}
	history_add(asked->history, line);
	app_close(view);
	prompt->enter(app, line);
	free(line);
}

static void prompt_view_escape(struct view *view)
{
	const struct prompt *prompt = ((struct prompt_view *)view)->prompt;
	struct app *app = view->app;

	app_close(view);
	if (prompt->escape)
		prompt->escape(app);
}

static void prompt_view_older(struct view *view)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	edit_do(&asked->edit, EDIT_OLDER, asked->history);
}

static bool prompt_view_interrupt(struct view *view)
{
	app_close(view);
	return true;
}

static struct edit *prompt_view_line(struct view *view)
{
	return &((struct prompt_view *)view)->edit;
}

static void prompt_view_type(struct view *view, const struct terminal_event *event)
{
	struct prompt_view *asked = (struct prompt_view *)view;

	edit_keys_take(&asked->edit, asked->history, event);
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

	int x = terminal_put(y, 0, STYLE_KEY, asked->prompt->label);

	edit_keys_draw(&asked->edit, y, x, columns - x, true);
}

static const struct key prompt_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Do it", "accept the line", prompt_view_enter, false },
	{ { TERMINAL_ESCAPE }, "Esc", "Leave", "cancel; also Ctrl-C", prompt_view_escape, false },
	{ { TERMINAL_UP }, "Up", "History", NULL, prompt_view_older, false },
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
