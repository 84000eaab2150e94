#include "tui/screen/sort_view.h"

#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* A line for the order of creation, and one for each field, even if the table has no column for it. */
struct sort_view {
	struct view view;
	int cursor;
};

enum { SORT_VIEW_NAME_AT = 14 }; /* the column of the names, after the headings */

/* Of two fields with one heading, which show the same, the later one is offered. */
static bool sort_view_offers(const struct field *field)
{
	for (const struct field *other = field + 1; other->name; other++) {
		if (strcmp(other->heading, field->heading) == 0)
			return false;
	}
	return true;
}

static int sort_view_last(void)
{
	int count = 0;

	for (const struct field *field = field_table; field->name; field++)
		count += sort_view_offers(field);
	return count;
}

/* NULL: the order of creation, in line 0. */
static const struct field *sort_view_field(int line)
{
	const struct field *field = field_table;

	if (line <= 0)
		return NULL;
	for (; field->name; field++) {
		if (sort_view_offers(field) && --line == 0)
			break;
	}
	return field;
}

static int sort_view_first(const struct sort_view *sort)
{
	int first = sort->cursor - draw_body_lines() + 1;

	return first < 0 ? 0 : first;
}

static void sort_view_draw_line(const struct field *field, int y, enum style style, bool used)
{
	terminal_put(y, 0, style, used ? "*" : " ");
	terminal_put(y, 1, style, field ? field->heading : MSG_SORT_CREATION);
	if (field)
		terminal_put(y, SORT_VIEW_NAME_AT, style == STYLE_NORMAL ? STYLE_DIM : style, field->name);
}

static void sort_view_draw(struct view *view)
{
	const struct sort_view *sort = (const struct sort_view *)view;
	const struct table_view *table = view->app->table;
	int lines = draw_body_lines(), first = sort_view_first(sort);

	draw_title("Sort by", table->live->list.window.query.reverse ? "reversed" : "");
	for (int line = 0; line < lines && first + line <= sort_view_last(); line++) {
		const struct field *field = sort_view_field(first + line);
		bool used = field == table->sort;
		enum style style = first + line == sort->cursor ? STYLE_SELECTED
		                   : used                       ? STYLE_STRONG
		                                                : STYLE_NORMAL;

		sort_view_draw_line(field, line + 1, style, used);
	}
	draw_bottom(view);
}

static void sort_view_move(struct view *view, int by)
{
	struct sort_view *sort = (struct sort_view *)view;
	int at = sort->cursor + by;

	sort->cursor = at < 0 ? 0 : at > sort_view_last() ? sort_view_last() : at;
}

static void sort_view_up(struct view *view)
{
	sort_view_move(view, -1);
}

static void sort_view_down(struct view *view)
{
	sort_view_move(view, 1);
}

static void sort_view_home(struct view *view)
{
	sort_view_move(view, -FIELD_TOTAL);
}

static void sort_view_end(struct view *view)
{
	sort_view_move(view, FIELD_TOTAL);
}

static void sort_view_choose(struct view *view)
{
	struct table_view *table = view->app->table;
	int cursor = ((struct sort_view *)view)->cursor;

	app_close(view);
	table_order_sort(table, sort_view_field(cursor));
}

static void sort_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct sort_view *sort = (struct sort_view *)view;
	int at = event->y - 1 + sort_view_first(sort);

	if (event->key != TERMINAL_CLICK) {
		sort_view_move(view, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
	} else if (event->y > 0 && at <= sort_view_last()) {
		sort->cursor = at;
		sort_view_choose(view);
	}
}

static const struct key sort_view_keys[] = {
	{ { TERMINAL_ENTER },
	  "Enter",
	  "Sort",
	  "sort by this column; choosing it again reverses the order",
	  sort_view_choose,
	  false },
	{ { TERMINAL_ESCAPE, 'q', TERMINAL_F6, TERMINAL_F10 },
	  "Esc",
	  "Leave",
	  "leave the order as it is",
	  app_close,
	  false },
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a line", sort_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a line", sort_view_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "to the first", sort_view_home, false },
	{ { TERMINAL_END }, "End", NULL, "to the last", sort_view_end, false },
	KEYS_END,
};

static const struct view_class sort_view_class = {
	.title = "Sort",
	.keys = sort_view_keys,
	.draw = sort_view_draw,
	.mouse = sort_view_mouse,
};

void sort_view_open(struct view *view)
{
	struct sort_view *sort = alloc_zero(1, sizeof(*sort));

	while (sort->cursor <= sort_view_last() && sort_view_field(sort->cursor) != view->app->table->sort)
		sort->cursor++;
	if (sort->cursor > sort_view_last())
		sort->cursor = 0;
	app_open(view->app, &sort->view, &sort_view_class);
}
