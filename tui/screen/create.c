#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/* Columns of the labels. */
enum { LABEL_WIDTH = 12 };

/* What went wrong; not where in a line that the user has not seen. */
static void failed(struct app *app, char *output)
{
	const char *clause = strncmp(output, "column ", strlen("column ")) == 0 ? strstr(output, ": ") : NULL;

	app->seeking = false;
	app_say(app, alloc_string(clause ? clause + 2 : output), true);
	free(output);
}

/* The output is the new task's id. */
static void created(struct app *app, int status, char *output)
{
	if (status) {
		failed(app, output);
		return;
	}
	if (app_view(app) == &form_view)
		app_leave(app);
	feed_select(app, output);
	app_say(app, alloc_format("Task %s: made%s", output, app->form_starts ? " and started" : ""), false);
	free(output);
}

/* True if a task may be made now. */
static bool may_create(struct app *app)
{
	if (app->options.what_if)
		app_say(app, alloc_string("What-if is on: no task is made (w turns it off)."), true);
	return !app->options.what_if;
}

void create_open(struct app *app)
{
	form_release(&app->form);
	app->form.start = true;
	app_open(app, &form_view);
}

static void submit(struct app *app)
{
	char *error = NULL, *line;

	if (!may_create(app))
		return;
	line = form_line(&app->form, &error);
	app->form_starts = app->form.start;
	if (line)
		command_start(app, line, created);
	else
		app_say(app, error, true);
	free(line);
}

static void again_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	char *line;

	(void)tag;
	app->seeking = false;
	if (!reply || reply->error) {
		app_say(app, reply ? app_error(reply) : alloc_string("The connection was lost."), true);
		return;
	}
	line = form_again(json_object_get(reply->parameters, "task"));
	app->form_starts = false;
	app->seeking = line && command_start(app, line, created);
	free(line);
}

void create_again(struct app *app)
{
	const struct window_row *row = list_selected(&app->list);
	struct jsonw params = JSONW_INIT;

	if (!row || !may_create(app))
		return;
	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, row->id);
	jsonw_end_object(&params);
	app->seeking = true; /* keys that follow are about the new one */
	link_send(&app->calls, "Get", &params, false, again_answer, app, 0);
}

static void draw_field(struct app *app, enum form_field field, int y)
{
	const struct form_row *row = &form_rows[field];
	struct form *form = &app->form;
	bool current = form->current == field;
	int x = terminal_columns() > 3 * LABEL_WIDTH ? LABEL_WIDTH : (int)strlen(row->label) + 2;
	int width = terminal_columns() - x;

	terminal_put(y, 0, current ? STYLE_STRONG : STYLE_KEY, row->label);
	if (field == FORM_START) {
		terminal_put(y, x, current ? STYLE_SELECTED : STYLE_NORMAL, form->start ? "[x]" : "[ ]");
		return;
	}
	if (!current && !*edit_text(&form->texts[field]))
		terminal_put(y, x, STYLE_DIM, row->hint);
	else
		edit_draw(&form->texts[field], y, x, width, current);
}

static void form_draw(struct app *app)
{
	int lines = draw_body_lines(), first = (int)app->form.current - lines + 1;

	draw_title("New task", "");
	first = first < 0 ? 0 : first;
	for (int line = 0; line < lines && first + line < FORM_FIELDS; line++)
		draw_field(app, (enum form_field)(first + line), line + 1);
	draw_bottom(app);
}

static void form_type(struct app *app, const struct terminal_event *event)
{
	struct form *form = &app->form;

	if (form->current < FORM_START)
		edit_key(&form->texts[form->current], NULL, event);
	else if (event->key == ' ')
		form->start = !form->start;
}

static void form_mouse(struct app *app, const struct terminal_event *event)
{
	int first = (int)app->form.current - draw_body_lines() + 1;
	int field = event->y - 1 + (first < 0 ? 0 : first);

	if (event->key != TERMINAL_CLICK || event->y < 1 || field >= FORM_FIELDS)
		return;
	app->form.current = (enum form_field)field;
	if (field == FORM_START)
		app->form.start = !app->form.start;
}

static void key_next(struct app *app)
{
	form_move(&app->form, 1);
}

static void key_previous(struct app *app)
{
	form_move(&app->form, -1);
}

static void form_close(struct app *app)
{
	form_release(&app->form);
}

static const struct key form_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Make it", "make the task", submit, false },
	{ { TERMINAL_TAB, TERMINAL_DOWN }, "Tab", "Next", "the next field (Down too)", key_next, false },
	{ { TERMINAL_ESCAPE, TERMINAL_F10 }, "Esc", "Leave", "make none", app_leave, false },
	{ { TERMINAL_BACK_TAB, TERMINAL_UP },
	  "Up",
	  NULL,
	  "the field before (Shift-Tab too)",
	  key_previous,
	  false },
	{ { TERMINAL_F1 }, "F1", "Help", "this help", help_open, false },
	{ { 0 }, NULL, NULL, NULL, NULL, false },
};

const struct view form_view = {
	.title = "New task",
	.keys = form_keys,
	.draw = form_draw,
	.mouse = form_mouse,
	.close = form_close,
	.type = form_type,
};
