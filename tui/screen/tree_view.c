#include "tui/screen/tree_view.h"

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/live.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"

/* Columns by which a child is indented, columns of the state, lines that the mouse wheel moves. */
enum { INDENT = 2, STATE_WIDTH = 10, WHEEL_LINES = 3 };

struct tree_view {
	struct view view;
	struct live live;
};

static struct live *tree_view_live(struct view *view)
{
	return &((struct tree_view *)view)->live;
}

static struct list *tree_view_list(struct view *view)
{
	return &tree_view_live(view)->list;
}

static void tree_view_resize(struct view *view)
{
	list_resize(tree_view_list(view), draw_body_lines());
}

static void tree_view_turn(struct view *view)
{
	live_ask(tree_view_live(view));
}

static bool tree_view_due(const struct view *view)
{
	return live_selection_due(&((const struct tree_view *)view)->live);
}

static void tree_view_draw_name(const struct list *list, const struct window_row *row, int y, int x,
                                enum style style)
{
	const struct column_place place = { .field = list->window.fields.items[0],
		                            .x = x,
		                            .width = terminal_columns() - x };
	char name[COLUMN_CELL_SIZE];

	if (place.width <= 0)
		return;
	columns_cell(&place, row, 0, name, sizeof(name));
	terminal_put(y, x, style, name);
}

static void tree_view_draw_row(const struct list *list, const struct window_row *row, int y, bool selected)
{
	int columns = terminal_columns(), half = columns / 2;
	int x = row->depth < half / INDENT ? INDENT * (int)row->depth + 1 : half;
	enum style plain = selected ? STYLE_SELECTED : STYLE_NORMAL;
	enum style state = selected ? STYLE_SELECTED : STYLE_STATE + row->state;

	if (selected)
		terminal_fill(y, 0, columns, STYLE_SELECTED);
	x = terminal_put(y, x, plain, row->id) + 2;
	terminal_put(y, x, state, task_state_name(row->state));
	tree_view_draw_name(list, row, y, x + STATE_WIDTH, plain);
}

static void tree_view_draw(struct view *view)
{
	const struct list *list = tree_view_list(view);

	draw_title("Parents and children", "");
	for (int line = 0; line < list->height; line++) {
		int64_t position = list->top + line;
		const struct window_row *row = window_row_at(&list->window, position);

		if (row)
			tree_view_draw_row(list, row, line + 1, position == list->cursor && !list->lost);
	}
	draw_bottom(view);
}

static void tree_view_up(struct view *view)
{
	list_move(tree_view_list(view), -1);
}

static void tree_view_down(struct view *view)
{
	list_move(tree_view_list(view), 1);
}

static void tree_view_page_up(struct view *view)
{
	list_move(tree_view_list(view), -draw_body_lines());
}

static void tree_view_page_down(struct view *view)
{
	list_move(tree_view_list(view), draw_body_lines());
}

static void tree_view_home(struct view *view)
{
	list_move(tree_view_list(view), INT64_MIN);
}

static void tree_view_end(struct view *view)
{
	list_move(tree_view_list(view), INT64_MAX);
}

static void tree_view_choose(struct view *view)
{
	const struct window_row *row = list_selected(tree_view_list(view));

	if (row)
		list_select(&view->app->table->live.list, row->number, row->id);
	app_close(view);
}

static void tree_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct list *list = tree_view_list(view);

	if (event->key == TERMINAL_CLICK)
		list_select_line(list, event->y - 1);
	else
		list_move(list, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}

static void tree_view_release(struct view *view)
{
	live_close(tree_view_live(view));
}

static const struct key tree_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', 't', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the tree; also Esc",
	  app_close,
	  false },
	{ { TERMINAL_ENTER }, "Enter", "Select", "select the task in the table", tree_view_choose, true },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a line", tree_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a line", tree_view_down, false },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "up a page", tree_view_page_up, false },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", NULL, "down a page", tree_view_page_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "to the first task", tree_view_home, false },
	{ { TERMINAL_END }, "End", NULL, "to the last task", tree_view_end, false },
	KEYS_END,
};

static const struct view_class tree_view_class = {
	.title = "Tree",
	.keys = tree_view_keys,
	.draw = tree_view_draw,
	.mouse = tree_view_mouse,
	.resize = tree_view_resize,
	.turn = tree_view_turn,
	.due = tree_view_due,
	.release = tree_view_release,
};

/* Selects the task that is selected in the table. */
void tree_view_open(struct view *view)
{
	const struct list *table = &view->app->table->live.list;
	struct tree_view *tree = alloc_zero(1, sizeof(*tree));
	struct list *list = &tree->live.list;

	app_open(view->app, &tree->view, &tree_view_class);
	list_init(list, draw_body_lines());
	list->centred = true;
	list->window.query.tree = true;
	list->window.fields.count = 0;
	fields_add(&list->window.fields, "name");
	if (table->selected)
		list_select(list, table->selected, table->selected_id);
	live_open(&tree->live, &view->app->feed, NULL, NULL);
}
