#include "tui/screen/priority.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

static void priority_say_one(struct host *host)
{
	const struct table_view *table = host->app->table;
	char *id = host_id(host, table->prioritized);

	app_say(host->app, alloc_format(MSG_PRIORITY_IS, id, (long long)table->priority), false);
	free(id);
}

static void priority_set(void *ctx, size_t count, const struct client_reply *reply)
{
	struct host *host = ctx;
	struct app *app = host->app;

	if (app_failed(app, reply))
		return;
	if (!json_is_true(json_array_get(json_object_get(reply->parameters, "results"), 0)))
		app_say(app, alloc_string(MSG_PRIORITY_NOT), true);
	else if (count == 1)
		priority_say_one(host);
	else
		app_say(app, alloc_format(MSG_PRIORITY_SET, count), false);
}

/* The reply to List: each task gets a priority that is greater by `up`, or less. */
static void priority_known(void *ctx, size_t up, const struct client_reply *reply)
{
	struct host *host = ctx;
	struct table_view *table = host->app->table;
	struct jsonw params = JSONW_INIT;
	const json_t *rows, *row;
	size_t i;

	if (app_failed(host->app, reply))
		return;
	rows = json_object_get(reply->parameters, "rows");
	jsonw_object(&params);
	jsonw_key(&params, "edits");
	jsonw_array(&params);
	json_array_foreach(rows, i, row)
	{
		const char *id = json_string_value(json_array_get(row, 0));

		table->priority = json_integer_value(json_array_get(row, 1)) + (up ? 1 : -1);
		snprintf(table->prioritized, sizeof(table->prioritized), "%s", id ? id : "");
		jsonw_object(&params);
		jsonw_key(&params, "id");
		jsonw_string(&params, id);
		jsonw_key(&params, "priority");
		jsonw_int(&params, table->priority);
		jsonw_end_object(&params);
	}
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	feed_call(&host->feed, "Set", &params, priority_set, host, json_array_size(rows));
}

/* Of the tasks of one server. */
static void priority_change_on(struct host *host, int by)
{
	static const char *const columns[] = { "id", "priority", NULL };
	struct jsonw params = JSONW_INIT;

	lookup_begin(&params, columns);
	list_write_meant(&host->live.list, &params);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	feed_wish(&host->feed, "List", &params, priority_known, host, by > 0);
}

void priority_change(struct table_view *table, int by)
{
	struct app *app = table->view.app;
	size_t meant = host_meant_count(app);

	if (app->options.what_if || !meant) {
		app_say(app, alloc_string(app->options.what_if ? MSG_PRIORITY_WHAT_IF : MSG_NOTHING_SELECTED),
		        true);
		return;
	}
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];

		if (host_meant(host) && live_up(&host->live))
			priority_change_on(host, by);
		else if (host_meant(host))
			app_say(app, host_say(host, MSG_NOT_CONNECTED), true);
	}
}
