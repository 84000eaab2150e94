#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"
#include "tui/view/search.h"

/*
 * Which tasks are shown, and in which order, is the server's work: the window is asked for anew.  A search asks
 * which tasks have the text, and then for the order of all that are shown.
 */

static void matches_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;

	(void)tag;
	json_decref(app->matches);
	app->matches = reply ? json_incref(json_object_get(reply->parameters, "rows")) : NULL;
}

static void go_to(struct app *app, const json_t *order, int64_t index)
{
	uint64_t before = app->list.selected;
	int64_t cursor = app->list.cursor;

	if (index < 0) {
		app_say(app, alloc_format("No task has '%s' in its id, name or command.", app->search), true);
		return;
	}
	list_select(&app->list, search_number(order, index), search_id(order, index));
	if (app->list.selected == before)
		app_say(app, alloc_format("No other task has '%s'.", app->search), false);
	else if (index < cursor)
		app_say(app, alloc_format("'%s': from the beginning again", app->search), false);
}

static void order_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	const json_t *order = reply ? json_object_get(reply->parameters, "rows") : NULL;

	(void)tag;
	app->seeking = false;
	if (json_is_array(order) && app->matches)
		go_to(app, order, search_next(order, app->matches, app->list.selected));
	else if (reply && reply->error)
		app_say(app, app_error(reply), true);
	json_decref(app->matches);
	app->matches = NULL;
}

void find_search(struct app *app, const char *text)
{
	struct window_query query = { .text = (char *)text };
	struct jsonw params = JSONW_INIT;

	if (*text) {
		free(app->search);
		app->search = alloc_string(text);
	}
	if (!app->search)
		return;
	app->seeking = true;
	query.text = app->search; /* an empty line: the same again */
	window_order(&query, &params);
	link_send(&app->calls, "List", &params, false, matches_answer, app, 0);
	window_order(&app->list.window.query, &params);
	link_send(&app->calls, "List", &params, false, order_answer, app, 0);
}

void find_filter(struct app *app, const char *text)
{
	struct window_query *query = &app->list.window.query;

	if (strcmp(query->text ? query->text : "", text) == 0)
		return;
	free(query->text);
	query->text = *text ? alloc_string(text) : NULL;
	feed_anew(app);
}

/* By the column, or in order of creation for COLUMN_COUNT; the same again turns it round. */
static void sort_by(struct app *app, enum column_id column)
{
	struct window_query *query = &app->list.window.query;

	query->reverse = app->sort == column && !query->reverse;
	app->sort = column;
	query->sort = column < COLUMN_COUNT ? column_table[column].sort : NULL;
	feed_anew(app);
}

/* The order of creation stands before the first column. */
static void sort_beside(struct app *app, int by)
{
	int at = app->sort == COLUMN_COUNT ? 0 : (int)app->sort + 1;

	at = (at + by + COLUMN_COUNT + 1) % (COLUMN_COUNT + 1);
	sort_by(app, at ? (enum column_id)(at - 1) : COLUMN_COUNT);
}

void find_sort_left(struct app *app)
{
	sort_beside(app, -1);
}

void find_sort_right(struct app *app)
{
	sort_beside(app, 1);
}

void find_sort_open(struct app *app)
{
	app->sort_cursor = app->sort == COLUMN_COUNT ? 0 : (int)app->sort + 1;
	app_open(app, &sort_view);
}

static void sort_draw(struct app *app)
{
	int lines = draw_body_lines(), first = app->sort_cursor - lines + 1;

	first = first < 0 ? 0 : first;
	draw_title("Sort by", app->list.window.query.reverse ? "reversed" : "");
	for (int line = 0; line < lines && first + line <= COLUMN_COUNT; line++) {
		int at = first + line;
		bool used = at == (app->sort == COLUMN_COUNT ? 0 : (int)app->sort + 1);
		const char *title = at ? column_table[at - 1].title : "order of creation";
		enum style style = at == app->sort_cursor ? STYLE_SELECTED
		                   : used                 ? STYLE_STRONG
		                                          : STYLE_NORMAL;

		terminal_put(line + 1, 0, style, used ? "*" : " ");
		terminal_put(line + 1, 1, style, title);
	}
	draw_bottom(app);
}

static void sort_move(struct app *app, int by)
{
	int at = app->sort_cursor + by;

	app->sort_cursor = at < 0 ? 0 : at > COLUMN_COUNT ? COLUMN_COUNT : at;
}

static void key_up(struct app *app)
{
	sort_move(app, -1);
}

static void key_down(struct app *app)
{
	sort_move(app, 1);
}

static void key_home(struct app *app)
{
	sort_move(app, -COLUMN_COUNT);
}

static void key_end(struct app *app)
{
	sort_move(app, COLUMN_COUNT);
}

static void key_choose(struct app *app)
{
	app_leave(app);
	sort_by(app, app->sort_cursor ? (enum column_id)(app->sort_cursor - 1) : COLUMN_COUNT);
}

static void sort_mouse(struct app *app, const struct terminal_event *event)
{
	int first = app->sort_cursor - draw_body_lines() + 1;
	int at = event->y - 1 + (first < 0 ? 0 : first);

	if (event->key != TERMINAL_CLICK) {
		sort_move(app, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
	} else if (event->y > 0 && at <= COLUMN_COUNT) {
		app->sort_cursor = at;
		key_choose(app);
	}
}

static const struct key sort_keys[] = {
	{ { TERMINAL_ENTER },
	  "Enter",
	  "Sort",
	  "sort by it; by the same again: the other way round",
	  key_choose,
	  false },
	{ { TERMINAL_ESCAPE, 'q', TERMINAL_F6, TERMINAL_F10 },
	  "Esc",
	  "Leave",
	  "leave it as it is",
	  app_leave,
	  false },
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", key_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", key_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "the first", key_home, false },
	{ { TERMINAL_END }, "End", NULL, "the last", key_end, false },
	{ { 0 }, NULL, NULL, NULL, NULL, false },
};

const struct view sort_view = {
	.title = "Sort",
	.keys = sort_keys,
	.draw = sort_draw,
	.mouse = sort_mouse,
};
