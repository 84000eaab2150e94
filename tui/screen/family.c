#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/* Columns that a child stands further in, columns of the state, lines of the wheel. */
enum { INDENT = 2, STATE_WIDTH = 10, WHEEL_LINES = 3 };

static void answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	json_t *rows = reply ? json_object_get(reply->parameters, "rows") : NULL;
	uint64_t selected = app->tree.count ? tree_number(&app->tree, app->tree_cursor) : app->list.selected;

	(void)tag;
	app->tree_asked = false;
	if (!json_is_array(rows))
		return;
	tree_release(&app->tree);
	tree_make(&app->tree, rows);
	app->tree_cursor = tree_find(&app->tree, selected);
}

void family_refresh(struct app *app)
{
	struct jsonw params = JSONW_INIT;

	if (app->tree_asked)
		return;
	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	for (size_t i = 0; tree_columns[i]; i++)
		jsonw_string(&params, tree_columns[i]);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	app->tree_asked = true;
	link_send(&app->calls, "List", &params, false, answer, app, 0);
}

void family_open(struct app *app)
{
	tree_release(&app->tree);
	app->tree_cursor = 0;
	app_open(app, &family_view);
	family_refresh(app);
}

static size_t first_line(const struct app *app)
{
	size_t lines = (size_t)draw_body_lines(), half = lines / 2;

	if (app->tree_cursor < half || app->tree.count <= lines)
		return 0;
	return app->tree_cursor - half + lines > app->tree.count ? app->tree.count - lines
	                                                         : app->tree_cursor - half;
}

static void draw_line(const struct app *app, size_t line, int y)
{
	const struct tree *tree = &app->tree;
	const char *state = tree_text(tree, line, TREE_STATE);
	int number = task_state_parse(state), x = INDENT * tree->lines[line].depth + 1;
	bool selected = line == app->tree_cursor;
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

static void family_draw(struct app *app)
{
	size_t first = first_line(app);

	draw_title("Parents and children", "");
	for (size_t i = 0; i < (size_t)draw_body_lines() && first + i < app->tree.count; i++)
		draw_line(app, first + i, (int)i + 1);
	draw_bottom(app);
}

static void move(struct app *app, int64_t by)
{
	int64_t last = (int64_t)app->tree.count - 1, at = (int64_t)app->tree_cursor + by;

	app->tree_cursor = (size_t)(at > last ? last < 0 ? 0 : last : at < 0 ? 0 : at);
}

static void key_up(struct app *app)
{
	move(app, -1);
}

static void key_down(struct app *app)
{
	move(app, 1);
}

static void key_page_up(struct app *app)
{
	move(app, -draw_body_lines());
}

static void key_page_down(struct app *app)
{
	move(app, draw_body_lines());
}

static void key_home(struct app *app)
{
	move(app, -(int64_t)app->tree.count);
}

static void key_end(struct app *app)
{
	move(app, (int64_t)app->tree.count);
}

static void key_choose(struct app *app)
{
	if (app->tree.count)
		list_select(&app->list, tree_number(&app->tree, app->tree_cursor),
		            tree_text(&app->tree, app->tree_cursor, TREE_ID));
	app_leave(app);
}

static void family_mouse(struct app *app, const struct terminal_event *event)
{
	size_t at = first_line(app) + (size_t)event->y - 1;

	if (event->key != TERMINAL_CLICK)
		move(app, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
	else if (event->y > 0 && at < app->tree.count)
		app->tree_cursor = at;
}

static void family_close(struct app *app)
{
	tree_release(&app->tree);
}

static const struct key family_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', 't', TERMINAL_ESCAPE, TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the tree (Esc too)",
	  app_leave,
	  false },
	{ { TERMINAL_ENTER }, "Enter", "Select", "go to the task in the table", key_choose, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", key_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", key_down, false },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "a page up", key_page_up, false },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", NULL, "a page down", key_page_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "the first task", key_home, false },
	{ { TERMINAL_END }, "End", NULL, "the last task", key_end, false },
	{ { 0 }, NULL, NULL, NULL, NULL, false },
};

const struct view family_view = {
	.title = "Tree",
	.keys = family_keys,
	.draw = family_draw,
	.mouse = family_mouse,
	.close = family_close,
};
