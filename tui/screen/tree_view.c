#include "tui/screen/tree_view.h"

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/view/tree.h"

/* Columns that a child stands further in, columns of the state, lines of the wheel. */
enum { INDENT = 2, STATE_WIDTH = 10, WHEEL_LINES = 3 };

struct tree_view {
	struct view view;
	struct tree tree;
	size_t cursor;
	bool asked; /* a List for it is outstanding */
};

static void tree_view_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct tree_view *tree = ctx;
	json_t *rows = reply ? json_object_get(reply->parameters, "rows") : NULL;
	uint64_t selected = tree->tree.count ? tree_number(&tree->tree, tree->cursor)
	                                     : tree->view.app->table->live.list.selected;

	(void)tag;
	tree->asked = false;
	if (!json_is_array(rows))
		return;
	tree_release(&tree->tree);
	tree_make(&tree->tree, rows);
	tree->cursor = tree_find(&tree->tree, selected);
}

static void tree_view_ask(struct view *view)
{
	struct tree_view *tree = (struct tree_view *)view;
	struct jsonw params = JSONW_INIT;

	if (tree->asked)
		return;
	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	for (size_t i = 0; tree_columns[i]; i++)
		jsonw_string(&params, tree_columns[i]);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	tree->asked = true;
	feed_call(&view->app->feed, "List", &params, tree_view_answer, tree, 0);
}

static size_t tree_view_first(const struct tree_view *tree)
{
	size_t lines = (size_t)draw_body_lines(), half = lines / 2, count = tree->tree.count;

	if (tree->cursor < half || count <= lines)
		return 0;
	return tree->cursor - half + lines > count ? count - lines : tree->cursor - half;
}

static void tree_view_draw_line(const struct tree_view *view, size_t line, int y)
{
	const struct tree *tree = &view->tree;
	const char *state = tree_text(tree, line, TREE_STATE);
	int number = task_state_parse(state), x = INDENT * tree->lines[line].depth + 1;
	bool selected = line == view->cursor;
	enum style style = number < 0 ? STYLE_NORMAL : STYLE_STATE + (enum style)number;

	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	if (x > terminal_columns() / 2)
		x = terminal_columns() / 2;
	x = terminal_put(y, x, selected ? STYLE_SELECTED : STYLE_NORMAL, tree_text(tree, line, TREE_ID)) + 2;
	terminal_put(y, x, selected ? STYLE_SELECTED : style, state);
	terminal_put(y, x + STATE_WIDTH, selected ? STYLE_SELECTED : STYLE_NORMAL,
	             tree_text(tree, line, TREE_NAME));
}

static void tree_view_draw(struct view *view)
{
	const struct tree_view *tree = (const struct tree_view *)view;
	size_t first = tree_view_first(tree);

	draw_title("Parents and children", "");
	for (size_t i = 0; i < (size_t)draw_body_lines() && first + i < tree->tree.count; i++)
		tree_view_draw_line(tree, first + i, (int)i + 1);
	draw_bottom(view);
}

static void tree_view_move(struct view *view, int64_t by)
{
	struct tree_view *tree = (struct tree_view *)view;
	int64_t last = (int64_t)tree->tree.count - 1, at = (int64_t)tree->cursor + by;

	tree->cursor = (size_t)(at > last ? last < 0 ? 0 : last : at < 0 ? 0 : at);
}

static void tree_view_up(struct view *view)
{
	tree_view_move(view, -1);
}

static void tree_view_down(struct view *view)
{
	tree_view_move(view, 1);
}

static void tree_view_page_up(struct view *view)
{
	tree_view_move(view, -draw_body_lines());
}

static void tree_view_page_down(struct view *view)
{
	tree_view_move(view, draw_body_lines());
}

static void tree_view_home(struct view *view)
{
	tree_view_move(view, -(int64_t)((struct tree_view *)view)->tree.count);
}

static void tree_view_end(struct view *view)
{
	tree_view_move(view, (int64_t)((struct tree_view *)view)->tree.count);
}

static void tree_view_choose(struct view *view)
{
	const struct tree_view *tree = (const struct tree_view *)view;

	if (tree->tree.count)
		list_select(&view->app->table->live.list, tree_number(&tree->tree, tree->cursor),
		            tree_text(&tree->tree, tree->cursor, TREE_ID));
	app_close(view);
}

static void tree_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct tree_view *tree = (struct tree_view *)view;
	size_t at = tree_view_first(tree) + (size_t)event->y - 1;

	if (event->key != TERMINAL_CLICK)
		tree_view_move(view, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
	else if (event->y > 0 && at < tree->tree.count)
		tree->cursor = at;
}

static void tree_view_release(struct view *view)
{
	feed_forget(&view->app->feed, view);
	tree_release(&((struct tree_view *)view)->tree);
}

static const struct key tree_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_view_open, false },
	{ { 'q', 't', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the tree (Esc too)",
	  app_close,
	  false },
	{ { TERMINAL_ENTER }, "Enter", "Select", "go to the task in the table", tree_view_choose, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", tree_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", tree_view_down, false },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "a page up", tree_view_page_up, false },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", NULL, "a page down", tree_view_page_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "the first task", tree_view_home, false },
	{ { TERMINAL_END }, "End", NULL, "the last task", tree_view_end, false },
	KEYS_END,
};

static const struct view_class tree_view_class = {
	.title = "Tree",
	.keys = tree_view_keys,
	.draw = tree_view_draw,
	.mouse = tree_view_mouse,
	.news = tree_view_ask,
	.release = tree_view_release,
};

void tree_view_open(struct view *view)
{
	struct tree_view *tree = alloc_zero(1, sizeof(*tree));

	app_open(view->app, &tree->view, &tree_view_class);
	tree_view_ask(&tree->view);
}
