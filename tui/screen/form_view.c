#include "tui/screen/form_view.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/create.h"
#include "tui/screen/draw.h"
#include "tui/screen/edit_keys.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/text/alloc.h"
#include "tui/view/form.h"

/* Columns of the labels. */
enum { LABEL_WIDTH = 12 };

struct form_view {
	struct view view;
	struct form form;
};

static struct form *form_view_form(struct view *view)
{
	return &((struct form_view *)view)->form;
}

static void form_view_release(struct view *view)
{
	form_release(form_view_form(view));
}

static void form_view_submit(struct view *view)
{
	struct form *form = form_view_form(view);
	char *error = NULL, *line;

	if (!create_allowed(view->app))
		return;
	line = form_line(form, &error);
	if (line)
		create_begin(view->app, line, form->start);
	else
		app_say(view->app, error, true);
	free(line);
}

static void form_view_draw_field(struct form *form, enum form_field field, int y)
{
	const struct form_row *row = &form_rows[field];
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
		edit_keys_draw(&form->texts[field], y, x, width, current);
}

/* The first field that is visible. */
static int form_view_first(const struct form *form)
{
	int first = (int)form->current - draw_body_lines() + 1;

	return first < 0 ? 0 : first;
}

static void form_view_draw(struct view *view)
{
	struct form *form = form_view_form(view);
	int lines = draw_body_lines(), first = form_view_first(form);

	draw_title("New task", "");
	for (int line = 0; line < lines && first + line < FORM_FIELDS; line++)
		form_view_draw_field(form, (enum form_field)(first + line), line + 1);
	draw_bottom(view);
}

static void form_view_type(struct view *view, const struct terminal_event *event)
{
	struct form *form = form_view_form(view);

	if (form->current < FORM_START)
		edit_keys_take(&form->texts[form->current], NULL, event);
	else if (event->key == ' ')
		form->start = !form->start;
}

static void form_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct form *form = form_view_form(view);
	int field = event->y - 1 + form_view_first(form);

	if (event->key != TERMINAL_CLICK || event->y < 1 || field >= FORM_FIELDS)
		return;
	form->current = (enum form_field)field;
	if (field == FORM_START)
		form->start = !form->start;
}

static struct edit *form_view_line(struct view *view)
{
	struct form *form = form_view_form(view);

	return form->current < FORM_START ? &form->texts[form->current] : NULL;
}

static void form_view_next(struct view *view)
{
	form_move(form_view_form(view), 1);
}

static void form_view_previous(struct view *view)
{
	form_move(form_view_form(view), -1);
}

static const struct key form_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Make it", "create the task", form_view_submit, false },
	{ { TERMINAL_TAB, TERMINAL_DOWN },
	  "Tab",
	  "Next",
	  "to the next field; also Down",
	  form_view_next,
	  false },
	{ { TERMINAL_ESCAPE, TERMINAL_F10 }, "Esc", "Leave", "create no task", app_close, false },
	{ { TERMINAL_BACK_TAB, TERMINAL_UP },
	  "Up",
	  NULL,
	  "to the previous field; also Shift-Tab",
	  form_view_previous,
	  false },
	{ { TERMINAL_F1 }, "F1", "Help", "show this help", help_view_open, false },
	KEYS_END,
};

static const struct view_class form_view_class = {
	.title = "New task",
	.keys = form_view_keys,
	.draw = form_view_draw,
	.type = form_view_type,
	.mouse = form_view_mouse,
	.line = form_view_line,
	.release = form_view_release,
};

void form_view_open(struct view *view)
{
	struct form_view *form = alloc_zero(1, sizeof(*form));

	form->form.start = true;
	app_open(view->app, &form->view, &form_view_class);
}

void form_view_finish(struct app *app)
{
	struct view *view = app_view(app);

	if (view->class == &form_view_class)
		app_close(view);
}
