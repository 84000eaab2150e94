#include "tui/screen/find.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/view/search.h"

/* A search asks which tasks have the text, and then for the order of all that are shown. */

static void find_matches_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;

	(void)tag;
	json_decref(table->matches);
	table->matches = reply ? json_incref(json_object_get(reply->parameters, "rows")) : NULL;
}

static void find_go_to(struct table_view *table, const json_t *order, int64_t index)
{
	struct app *app = table->view.app;
	struct list *list = &table->live.list;
	uint64_t before = list->selected;
	int64_t cursor = list->cursor;

	if (index < 0) {
		app_say(app, alloc_format("No task has '%s' in its id, name or command.", table->search), true);
		return;
	}
	list_select(list, search_number(order, index), search_id(order, index));
	if (list->selected == before)
		app_say(app, alloc_format("No other task has '%s'.", table->search), false);
	else if (index < cursor)
		app_say(app, alloc_format("'%s': from the beginning again", table->search), false);
}

static void find_order_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	const json_t *order = reply ? json_object_get(reply->parameters, "rows") : NULL;

	(void)tag;
	table->seeking = false;
	if (json_is_array(order) && table->matches)
		find_go_to(table, order, search_next(order, table->matches, table->live.list.selected));
	else if (reply && reply->error)
		app_say(table->view.app, app_error(reply), true);
	json_decref(table->matches);
	table->matches = NULL;
}

static void find_search(struct app *app, const char *text)
{
	struct table_view *table = app->table;
	struct window_query query = { 0 };
	struct jsonw params = JSONW_INIT;

	if (*text) {
		free(table->search);
		table->search = alloc_string(text);
	}
	if (!table->search)
		return;
	table->seeking = true;
	query.text = table->search; /* an empty line: the same again */
	window_order(&query, &params);
	feed_call(&app->feed, "List", &params, find_matches_answer, table, 0);
	window_order(&table->live.list.window.query, &params);
	feed_call(&app->feed, "List", &params, find_order_answer, table, 0);
}

static void find_filter(struct app *app, const char *text)
{
	struct live *live = &app->table->live;
	struct window_query *query = &live->list.window.query;

	if (strcmp(query->text ? query->text : "", text) == 0)
		return;
	free(query->text);
	query->text = *text ? alloc_string(text) : NULL;
	live_anew(live);
}

void find_all(struct app *app)
{
	find_filter(app, "");
}

static const struct prompt find_search_prompt = { "/", find_search, NULL };
static const struct prompt find_filter_prompt = { "Filter: ", find_filter, find_all };

void find_prompt_search(struct view *view)
{
	prompt_view_open(view->app, &find_search_prompt, &view->app->table->searches, "");
}

void find_prompt_filter(struct view *view)
{
	struct table_view *table = view->app->table;
	const char *text = table->live.list.window.query.text;

	prompt_view_open(view->app, &find_filter_prompt, &table->filters, text ? text : "");
}
