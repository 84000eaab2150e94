#include "tui/screen/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/filter.h"
#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* So many parents are unfolded one by one; then all are. */
enum { FIND_PARENTS_MAX = 100 };

static void find_unfold(struct table_view *table, const char *id, size_t parents);

/* The list of the server that is searched. */
static struct live *find_live(const struct table_view *table)
{
	return &table->view.app->hosts[table->found_host].live;
}

static void find_unfolded(void *ctx, size_t parents, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct list *list = &find_live(table)->list;
	const json_t *row =
		json_array_get(reply && !reply->error ? json_object_get(reply->parameters, "rows") : NULL, 0);
	const char *parent = json_string_value(json_array_get(row, 1));

	if (!reply) { /* given up, or the connection was lost */
		table->seeking = false;
		app_say_failure(table->view.app, reply);
		return;
	}
	if (row && parents > 0)
		window_fold(&list->window.query, (uint64_t)json_integer_value(json_array_get(row, 0)), false);
	if (parent && parents < FIND_PARENTS_MAX) {
		find_unfold(table, parent, parents + 1);
		return;
	}
	if (parent)
		window_fold_all(&list->window.query, false);
	table->seeking = false;
	live_anew(find_live(table));
	table_rows_select(table, table->found_host, table->found, table->found_id);
}

/* What is above the task that was found is unfolded, beginning with its parent. */
static void find_unfold(struct table_view *table, const char *id, size_t parents)
{
	static const char *const columns[] = { "number", "parentId", NULL };
	struct jsonw params = JSONW_INIT;

	table->seeking = true; /* later keys are for the tree as it will be */
	lookup_one(&params, columns, id);
	feed_wish(find_live(table)->feed, "List", &params, find_unfolded, table, parents);
}

/* With a filter, only what it shows is searched. */
static bool find_filters(const struct table_view *table)
{
	return window_filters(&find_live(table)->list.window.query);
}

/* That no other was found, or that the search went on from the other end. */
static void find_tell(const struct table_view *table, bool wrapped)
{
	struct app *app = table->view.app;
	bool same = find_live(table)->list.selected == table->found && app->host->index == table->found_host;

	if (same)
		app_say(app,
		        alloc_format(find_filters(table) ? MSG_FIND_NO_OTHER_SHOWN : MSG_FIND_NO_OTHER,
		                     table->search),
		        false);
	else if (wrapped && table->backwards)
		app_say(app, alloc_format(MSG_FIND_WRAPPED_BACK, table->search), false);
	else if (wrapped)
		app_say(app, alloc_format(MSG_FIND_WRAPPED, table->search), false);
}

static void find_go_to(struct table_view *table, const json_t *found, bool wrapped)
{
	struct app *app = table->view.app;
	struct list *list = &find_live(table)->list;
	const char *id = json_string_value(json_object_get(found, "id"));

	if (!id) {
		app_say(app,
		        alloc_format(find_filters(table) ? MSG_FIND_NONE_SHOWN : MSG_FIND_NONE,
		                     table->search),
		        true);
		return;
	}
	table->found = (uint64_t)json_integer_value(json_object_get(found, "number"));
	find_tell(table, wrapped);
	if (window_folds(&list->window.query) && window_find(&list->window, table->found) < 0) {
		snprintf(table->found_id, sizeof(table->found_id), "%s", id);
		find_unfold(table, id, 0);
		return;
	}
	table_rows_select(table, table->found_host, table->found, id);
}

/* One that is late delays no other. */
static bool find_can(const struct host *host)
{
	return host_state(host) == HOST_UP && !feed_waiting(&host->feed);
}

/* The next server to search, which is up; the one where it began is the last. */
static bool find_go_on(struct table_view *table)
{
	struct app *app = table->view.app;
	size_t count = app->host_count;

	while (host_several(app) && table->find_left > 0) {
		table->find_left--;
		table->found_host = (table->found_host + (table->backwards ? count - 1 : 1)) % count;
		if (find_can(&app->hosts[table->found_host]))
			return true;
	}
	return false;
}

static void find_ask(struct table_view *table, bool from);

static void find_prompt_answer(void *ctx, size_t from, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;
	const json_t *found = reply && !reply->error ? reply->parameters : NULL;
	const json_t *position = json_object_get(found, "position");
	int64_t at = json_integer_value(position), cursor = find_live(table)->list.cursor;
	bool wrapped = from && (table->backwards ? at >= cursor : at < cursor + host_several(app));

	table->seeking = false;
	/* That server is late, or gone: the others may have it. */
	if (!reply && find_go_on(table)) {
		find_ask(table, false);
		return;
	}
	if (app_failed(app, reply))
		return;
	if ((!json_is_integer(position) || wrapped) && find_go_on(table))
		find_ask(table, false);
	else
		find_go_to(table, found, wrapped || (host_several(app) && table->find_left == 0));
}

/* from: from the selected task on, in the order of the table and with its filter; also what is folded. */
static void find_ask(struct table_view *table, bool from)
{
	struct list *list = &find_live(table)->list;
	struct window_query query = list->window.query; /* what it has is borrowed */
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "find");
	jsonw_string(&params, table->search);
	if (from && list->selected) {
		jsonw_key(&params, "from");
		jsonw_string(&params, list->selected_id);
	}
	jsonw_key(&params, "backwards");
	jsonw_bool(&params, table->backwards);
	window_fold_all(&query, false);
	window_write_query(&query, &params);
	jsonw_end_object(&params);
	table->seeking = true;
	feed_wish(find_live(table)->feed, "Find", &params, find_prompt_answer, table, from);
}

static void find_from_here(struct table_view *table, bool backwards)
{
	struct app *app = table->view.app;

	table->finding = true;
	table->backwards = backwards;
	table->found_host = app->host->index;
	table->find_left = app->host_count;
	if (host_several(app) && host_state(app->host) != HOST_UP && find_go_on(table))
		find_ask(table, false);
	else
		find_ask(table, !table_rows_on_head(table));
}

static void find_again(struct table_view *table, bool backwards)
{
	if (table->search)
		find_from_here(table, backwards);
	else
		app_say(table->view.app, alloc_string(MSG_FIND_NOTHING), false);
}

/* An empty line repeats the last search. */
static void find_search(struct app *app, const char *text)
{
	struct table_view *table = app->table;

	if (*text) {
		free(table->search);
		table->search = alloc_string(text);
	}
	find_again(table, false);
}

void find_next(struct view *view)
{
	find_search(view->app, "");
}

void find_previous(struct view *view)
{
	find_again(view->app->table, true);
}

/* What is wrong with the word at the beginning of the text. */
static char *find_filter_error(const char *text)
{
	const char *quote = strchr(text, '"');
	int length = (int)strcspn(text, " \t");

	if (quote && quote < text + length && !strchr(quote + 1, '"'))
		return alloc_format(MSG_FILTER_QUOTE, (int)strlen(text), text);
	if (strncasecmp(text + (*text == '-'), "state:", 6) != 0 || text[length - 1] == ':')
		return alloc_format(MSG_FILTER_VALUE, length, text);
	return alloc_format(MSG_FILTER_STATE, length, text);
}

/* A server refuses a filter that it does not understand, so it is looked at before. */
static char *find_filter_wrong(const char *text)
{
	struct filter filter;
	size_t at = 0;

	if (filter_read(&filter, text, &at))
		return find_filter_error(text + at);
	filter_release(&filter);
	return NULL;
}

void find_filter(struct app *app, const char *text)
{
	struct window_query *query = &app->table->live->list.window.query;

	if (strcmp(query->text ? query->text : "", text) == 0)
		return;
	free(query->text);
	query->text = *text ? alloc_string(text) : NULL;
	app->table->widths.other = true;
	table_rows_anew(app->table);
}

void find_all(struct app *app)
{
	find_filter(app, "");
	table_order_show(app->table, SHOWN_ALL);
}

static const struct prompt find_search_prompt = { .label = "/", .enter = find_search };
static const struct prompt find_filter_prompt = {
	.label = "Filter: ", .enter = find_filter, .escape = find_all, .wrong = find_filter_wrong
};

void find_prompt_search(struct view *view)
{
	prompt_view_open(view->app, &find_search_prompt, &view->app->table->searches, "");
}

void find_prompt_filter(struct view *view)
{
	struct table_view *table = view->app->table;
	const char *text = table->live->list.window.query.text;

	prompt_view_open(view->app, &find_filter_prompt, &table->filters, text ? text : "");
}
