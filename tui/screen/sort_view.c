#include "tui/screen/sort_view.h"

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"

/* A line for the order of creation, and one for each column. */
struct sort_view {
	struct view view;
	int cursor;
};

static int sort_view_first(const struct sort_view *sort)
{
	int first = sort->cursor - draw_body_lines() + 1;

	return first < 0 ? 0 : first;
}

static void sort_view_draw(struct view *view)
{
	const struct sort_view *sort = (const struct sort_view *)view;
	const struct table_view *table = view->app->table;
	int lines = draw_body_lines(), first = sort_view_first(sort), used = table_view_sort_place(table);

	draw_title("Sort by", table->live.list.window.query.reverse ? "reversed" : "");
	for (int line = 0; line < lines && first + line <= COLUMN_COUNT; line++) {
		int at = first + line;
		const char *title = at ? column_table[at - 1].title : "order of creation";
		enum style style = at == sort->cursor ? STYLE_SELECTED : at == used ? STYLE_STRONG : STYLE_NORMAL;

		terminal_put(line + 1, 0, style, at == used ? "*" : " ");
		terminal_put(line + 1, 1, style, title);
	}
	draw_bottom(view);
}

static void sort_view_move(struct view *view, int by)
{
	struct sort_view *sort = (struct sort_view *)view;
	int at = sort->cursor + by;

	sort->cursor = at < 0 ? 0 : at > COLUMN_COUNT ? COLUMN_COUNT : at;
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
	sort_view_move(view, -COLUMN_COUNT);
}

static void sort_view_end(struct view *view)
{
	sort_view_move(view, COLUMN_COUNT);
}

static void sort_view_choose(struct view *view)
{
	struct table_view *table = view->app->table;
	int cursor = ((struct sort_view *)view)->cursor;

	app_close(view);
	table_view_sort(table, cursor);
}

static void sort_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct sort_view *sort = (struct sort_view *)view;
	int at = event->y - 1 + sort_view_first(sort);

	if (event->key != TERMINAL_CLICK) {
		sort_view_move(view, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
	} else if (event->y > 0 && at <= COLUMN_COUNT) {
		sort->cursor = at;
		sort_view_choose(view);
	}
}

static const struct key sort_view_keys[] = {
	{ { TERMINAL_ENTER },
	  "Enter",
	  "Sort",
	  "sort by it; by the same again: the other way round",
	  sort_view_choose,
	  false },
	{ { TERMINAL_ESCAPE, 'q', TERMINAL_F6, TERMINAL_F10 },
	  "Esc",
	  "Leave",
	  "leave it as it is",
	  app_close,
	  false },
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_view_open, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", sort_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", sort_view_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "the first", sort_view_home, false },
	{ { TERMINAL_END }, "End", NULL, "the last", sort_view_end, false },
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

	sort->cursor = table_view_sort_place(view->app->table);
	app_open(view->app, &sort->view, &sort_view_class);
}
