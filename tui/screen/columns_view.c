#include "tui/screen/columns_view.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_kept.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/column_choice.h"

struct columns_view {
	struct view view;
	struct column_choice choice;
};

/* Where the width and the name stand, behind the heading. */
enum { COLUMNS_VIEW_WIDTH_AT = 18, COLUMNS_VIEW_NAME_AT = 24, COLUMNS_VIEW_WHEEL = 3 };

static struct column_choice *columns_view_choice(struct view *view)
{
	return &((struct columns_view *)view)->choice;
}

static int columns_view_first(const struct column_choice *choice)
{
	int first = choice->cursor - draw_body_lines() + 1;

	return first < 0 ? 0 : first;
}

static void columns_view_draw_line(const struct column_choice_line *line, int y, bool selected)
{
	enum style style = line->shown ? STYLE_NORMAL : STYLE_DIM;
	char width[16] = "";

	if (line->width)
		snprintf(width, sizeof(width), "%d", line->width);
	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	terminal_highlight(selected);
	terminal_put(y, 0, style, line->shown ? " [x]" : " [ ]");
	terminal_put(y, 5, style, line->field->heading);
	terminal_put(y, COLUMNS_VIEW_WIDTH_AT, style, width);
	terminal_put(y, COLUMNS_VIEW_NAME_AT, style, line->field->name);
	terminal_highlight(false);
}

static void columns_view_draw(struct view *view)
{
	const struct column_choice *choice = columns_view_choice(view);
	int first = columns_view_first(choice);

	draw_title(MSG_COLUMNS_TITLE, "");
	for (int line = 0; line < draw_body_lines() && first + line < choice->count; line++)
		columns_view_draw_line(&choice->lines[first + line], line + 1,
		                       first + line == choice->cursor);
	draw_bottom(view);
}

static void columns_view_take(struct view *view)
{
	struct field_list fields;
	int widths[FIELD_MAX] = { 0 };

	column_choice_take(columns_view_choice(view), &fields, widths);
	table_kept_set_columns(view->app->table, &fields, widths);
	table_kept_save(view->app->table);
}

static void columns_view_up(struct view *view)
{
	column_choice_move(columns_view_choice(view), -1);
}

static void columns_view_down(struct view *view)
{
	column_choice_move(columns_view_choice(view), 1);
}

static void columns_view_home(struct view *view)
{
	column_choice_move(columns_view_choice(view), -COLUMN_CHOICE_MAX);
}

static void columns_view_end(struct view *view)
{
	column_choice_move(columns_view_choice(view), COLUMN_CHOICE_MAX);
}

static void columns_view_toggle(struct view *view)
{
	column_choice_toggle(columns_view_choice(view));
	columns_view_take(view);
}

static void columns_view_left(struct view *view)
{
	column_choice_shift(columns_view_choice(view), -1);
	columns_view_take(view);
}

static void columns_view_right(struct view *view)
{
	column_choice_shift(columns_view_choice(view), 1);
	columns_view_take(view);
}

/* The width that the column at the cursor has in the table; what it wants, if it is not there. */
static int columns_view_width(struct view *view)
{
	const struct column_choice *choice = columns_view_choice(view);
	const struct field *field = choice->lines[choice->cursor].field;
	struct table_view *table = view->app->table;
	struct column_place places[FIELD_MAX];
	size_t count;

	columns_measure(&table->widths, &table->live->list.window);
	count = columns_layout(&table->live->list.window.fields, &table->widths, terminal_columns(), places);
	for (size_t i = 0; i < count; i++) {
		if (places[i].field == field)
			return places[i].width;
	}
	return field->max ? field->max : field->min;
}

static void columns_view_narrow(struct view *view)
{
	column_choice_resize(columns_view_choice(view), -1, columns_view_width(view));
	columns_view_take(view);
}

static void columns_view_widen(struct view *view)
{
	column_choice_resize(columns_view_choice(view), 1, columns_view_width(view));
	columns_view_take(view);
}

static void columns_view_fit(struct view *view)
{
	column_choice_fit(columns_view_choice(view));
	columns_view_take(view);
}

static void columns_view_reset(struct view *view)
{
	struct table_view *table = view->app->table;
	struct field_list fields;
	const int widths[FIELD_MAX] = { 0 };

	fields_of_screen(&fields);
	table_kept_set_columns(table, &fields, widths);
	table->widths.chosen = false;
	table_kept_save(table);
	column_choice_init(columns_view_choice(view), &fields, widths);
}

static void columns_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct column_choice *choice = columns_view_choice(view);
	int at = event->y - 1 + columns_view_first(choice);

	if (event->key != TERMINAL_CLICK)
		column_choice_move(choice, event->key == TERMINAL_WHEEL_UP ? -COLUMNS_VIEW_WHEEL
		                                                           : COLUMNS_VIEW_WHEEL);
	else if (event->y > 0 && at < choice->count) {
		choice->cursor = at;
		columns_view_toggle(view);
	}
}

static const struct key columns_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { ' ', TERMINAL_ENTER },
	  "Space",
	  "Show or hide",
	  "show or hide the column",
	  columns_view_toggle,
	  false },
	{ { '<', '[' }, "<", "Left", "move it to the left", columns_view_left, false },
	{ { '>', ']' }, ">", "Right", "move it to the right", columns_view_right, false },
	{ { '-', TERMINAL_LEFT }, "-", "Narrower", "make it narrower", columns_view_narrow, false },
	{ { '+', TERMINAL_RIGHT }, "+", "Wider", "make it wider", columns_view_widen, false },
	{ { '=' }, "=", "Fit", "as wide as its rows need", columns_view_fit, false },
	{ { 'd' }, "d", "Default", "the usual columns", columns_view_reset, false },
	{ { TERMINAL_ESCAPE, 'q', TERMINAL_F2, TERMINAL_F10 },
	  "Esc",
	  "Leave",
	  "back to the table",
	  app_close,
	  false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a line", columns_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a line", columns_view_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "to the first", columns_view_home, false },
	{ { TERMINAL_END }, "End", NULL, "to the last", columns_view_end, false },
	KEYS_END,
};

static const struct view_class columns_view_class = {
	.title = "Columns",
	.keys = columns_view_keys,
	.draw = columns_view_draw,
	.mouse = columns_view_mouse,
};

void columns_view_open(struct view *view)
{
	struct columns_view *columns = alloc_zero(1, sizeof(*columns));
	const struct table_view *table = view->app->table;

	column_choice_init(&columns->choice, &table->live->list.window.fields, table->widths.fixed);
	app_open(view->app, &columns->view, &columns_view_class);
}
