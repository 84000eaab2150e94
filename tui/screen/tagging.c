#include "tui/screen/tagging.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* An operation on more tasks than these is for a selector of the command line. */
enum { TAGGING_MAX = 10000 };

/* How tasks are tagged, for the reply. */
enum { TAGGING_INVERT = 1, TAGGING_NAMED = 2 };

/* none: what is said if there are no such tasks. */
static void tagging_say(struct table_view *table, const json_t *reply, size_t found, const char *none)
{
	long long total = json_integer_value(json_object_get(reply, "total"));
	size_t tagged = host_tagged(table->view.app);

	if (total > TAGGING_MAX)
		app_say(table->view.app, alloc_format(MSG_TAGGING_FIRST, found, total), true);
	else if (found == 0 && !(tagged > 0 && host_several(table->view.app)))
		app_say(table->view.app, alloc_string(none), true);
	else if (tagged > 0)
		app_say(table->view.app, alloc_format(MSG_TAGGED, tagged), false);
}

static void tagging_answer(void *ctx, size_t how, const struct client_reply *reply)
{
	struct host *host = ctx;
	struct table_view *table = host->app->table;
	struct tags *tags = &host->live.list.tags;
	const json_t *row;
	size_t i, found = 0;

	if (--table->tagging_due == 0)
		table->seeking = false;
	if (app_failed(host->app, reply))
		return;
	json_array_foreach(json_object_get(reply->parameters, "rows"), i, row)
	{
		uint64_t number = (uint64_t)json_integer_value(json_array_get(row, 0));
		const char *id = json_string_value(json_array_get(row, 1));

		if (!id)
			continue;
		if (how & TAGGING_INVERT || !tags_has(tags, number))
			tags_toggle(tags, number, id);
		found++;
	}
	table_rows_tagged(table);
	tagging_say(table, reply->parameters, found,
	            how & TAGGING_NAMED ? MSG_TAGGING_NONE : MSG_TAGGING_NO_TASK);
}

/* Of the tasks that the table shows of a server, those with such a name; NULL: all. */
static void tagging_begin_on(struct host *host, const char *name, bool invert)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	jsonw_string(&params, "number");
	jsonw_string(&params, "id");
	jsonw_end_array(&params);
	window_write_query(&host->live.list.window.query, &params);
	if (name) {
		jsonw_key(&params, "name");
		jsonw_string(&params, name);
	}
	jsonw_key(&params, "rows");
	jsonw_int(&params, TAGGING_MAX);
	jsonw_key(&params, "compact");
	jsonw_bool(&params, true);
	jsonw_end_object(&params);
	host->app->table->tagging_due++;
	host->app->table->seeking = true; /* a key for the tagged tasks waits for them */
	feed_wish(&host->feed, "List", &params, tagging_answer, host,
	          (invert ? TAGGING_INVERT : 0) | (name ? TAGGING_NAMED : 0));
}

static void tagging_begin(struct app *app, const char *name, bool invert)
{
	size_t up = 0;

	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];

		if (!channel_up(&host->feed.calls) || table_rows_folded(app->table, i))
			continue;
		tagging_begin_on(host, name, invert);
		up++;
	}
	if (!up)
		app_say(app, alloc_string(MSG_NOT_CONNECTED), true);
}

/* A text without * ? [ may stand anywhere in the name. */
static void tagging_enter(struct app *app, const char *text)
{
	char *pattern = strpbrk(text, "*?[") ? alloc_string(text) : alloc_format("*%s*", text);

	if (*text)
		tagging_begin(app, pattern, false);
	free(pattern);
}

static const struct prompt tagging_line = { .label = "Tag names: ", .enter = tagging_enter };

void tagging_prompt(struct view *view)
{
	prompt_view_open(view->app, &tagging_line, &view->app->table->patterns, "");
}

void tagging_all(struct view *view)
{
	tagging_begin(view->app, NULL, false);
}

void tagging_invert(struct view *view)
{
	tagging_begin(view->app, NULL, true);
}

void tagging_one(struct view *view)
{
	struct table_view *table = view->app->table;

	if (!table->live->list.selected && !host_several(view->app))
		app_say(view->app, alloc_string(MSG_NOTHING_SELECTED), true);
	table_rows_tag(table);
}

void tagging_none(struct view *view)
{
	if (host_tagged(view->app) == 0)
		app_say(view->app, alloc_string(MSG_TAGGED_NONE), true);
	for (size_t i = 0; i < view->app->host_count; i++)
		tags_clear(&view->app->hosts[i].live.list.tags);
	table_rows_tagged(view->app->table);
}
