#include "tui/screen/priority.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static void priority_set(void *ctx, size_t count, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;

	if (app_failed(app, reply))
		return;
	if (!json_is_true(json_array_get(json_object_get(reply->parameters, "results"), 0)))
		app_say(app, alloc_string(MSG_PRIORITY_NOT), true);
	else if (count == 1)
		app_say(app, alloc_format(MSG_PRIORITY_IS, table->prioritized, (long long)table->priority),
		        false);
	else
		app_say(app, alloc_format(MSG_PRIORITY_SET, count), false);
}

/* The reply to List: each task gets a priority that is greater by `up`, or less. */
static void priority_known(void *ctx, size_t up, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct jsonw params = JSONW_INIT;
	const json_t *rows, *row;
	size_t i;

	if (app_failed(table->view.app, reply))
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
	feed_call(&table->view.app->feed, "Set", &params, priority_set, table, json_array_size(rows));
}

void priority_change(struct table_view *table, int by)
{
	static const char *const columns[] = { "id", "priority", NULL };
	struct app *app = table->view.app;
	struct list *list = &table->live.list;
	struct jsonw params = JSONW_INIT;

	if (app->options.what_if || !live_up(&table->live)) {
		app_say(app, alloc_string(app->options.what_if ? MSG_PRIORITY_WHAT_IF : MSG_NOT_CONNECTED),
		        true);
		return;
	}
	if (!list_meant(list)) {
		app_say(app, alloc_string(MSG_NOTHING_SELECTED), true);
		return;
	}
	lookup_begin(&params, columns);
	list_write_meant(list, &params);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	feed_call(&app->feed, "List", &params, priority_known, table, by > 0);
}
