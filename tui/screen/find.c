#include "tui/screen/find.h"

#include <stdlib.h>
#include <string.h>

#include "engine/task/filter.h"
#include "tui/screen/app.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static void find_go_to(struct table_view *table, const json_t *found)
{
	struct app *app = table->view.app;
	struct list *list = &table->live.list;
	const char *id = json_string_value(json_object_get(found, "id"));
	uint64_t before = list->selected;
	int64_t cursor = list->cursor;

	if (!id) {
		app_say(app, alloc_format(MSG_FIND_NONE, table->search), true);
		return;
	}
	list_select(list, (uint64_t)json_integer_value(json_object_get(found, "number")), id);
	if (list->selected == before)
		app_say(app, alloc_format(MSG_FIND_NO_OTHER, table->search), false);
	else if (!table->backwards && json_integer_value(json_object_get(found, "position")) < cursor)
		app_say(app, alloc_format(MSG_FIND_WRAPPED, table->search), false);
}

static void find_prompt_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;

	(void)tag;
	table->seeking = false;
	if (reply && reply->error)
		app_say(table->view.app, app_error(reply), true);
	else if (reply)
		find_go_to(table, reply->parameters);
}

/* Searches from the selection on, in the order of the table and with its filter. */
static void find_from_here(struct table_view *table, bool backwards)
{
	struct list *list = &table->live.list;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "find");
	jsonw_string(&params, table->search);
	if (list->selected) {
		jsonw_key(&params, "from");
		jsonw_string(&params, list->selected_id);
	}
	jsonw_key(&params, "backwards");
	jsonw_bool(&params, backwards);
	window_write_query(&list->window.query, &params);
	jsonw_end_object(&params);
	table->seeking = true;
	table->finding = true;
	table->backwards = backwards;
	feed_call(table->live.feed, "Find", &params, find_prompt_answer, table, 0);
}

/* An empty line repeats the last search. */
static void find_search(struct app *app, const char *text)
{
	struct table_view *table = app->table;

	if (*text) {
		free(table->search);
		table->search = alloc_string(text);
	}
	if (table->search)
		find_from_here(table, false);
}

void find_next(struct view *view)
{
	find_search(view->app, "");
}

void find_previous(struct view *view)
{
	if (view->app->table->search)
		find_from_here(view->app->table, true);
}

/* A server refuses a filter that it does not understand, so it is looked at before. */
static bool find_filter_makes_sense(struct app *app, const char *text)
{
	struct filter filter;
	size_t at = 0;
	bool good = filter_read(&filter, text, &at) == 0;

	if (good)
		filter_release(&filter);
	else
		app_say(app, alloc_format(MSG_FILTER_STATE, text + at), true);
	return good;
}

void find_filter(struct app *app, const char *text)
{
	struct live *live = &app->table->live;
	struct window_query *query = &live->list.window.query;

	if (strcmp(query->text ? query->text : "", text) == 0 || !find_filter_makes_sense(app, text))
		return;
	free(query->text);
	query->text = *text ? alloc_string(text) : NULL;
	live_anew(live);
}

void find_all(struct app *app)
{
	find_filter(app, "");
	table_order_show(app->table, SHOWN_ALL);
}

static const struct prompt find_search_prompt = { "/", find_search, NULL, false };
static const struct prompt find_filter_prompt = { "Filter: ", find_filter, find_all, false };

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
