#include "tui/screen/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "engine/task/state.h"
#include "tui/fields/format.h"
#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/desktop.h"
#include "tui/screen/host.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

/* The columns that are asked for. */
enum { ALERTS_NUMBER, ALERTS_ID, ALERTS_STATE, ALERTS_NAME, ALERTS_COLUMNS };
/* Of a name, so that what became of it is seen, too. */
enum { NAME_COLUMNS = 30 };

static void alerts_wait(struct alerts *alerts);

struct alerts_search {
	const char *id;
	uint64_t number; /* 0: not found */
};

static void alerts_compare(void *ctx, uint64_t number, const char *id)
{
	struct alerts_search *search = ctx;

	if (strcmp(id, search->id) == 0)
		search->number = number;
}

/* False: it was not waited for. */
static bool alerts_forget(struct alerts *alerts, const char *id)
{
	struct alerts_search search = { .id = id ? id : "" };

	tags_each(&alerts->tasks, false, alerts_compare, &search);
	if (search.number)
		tags_remove(&alerts->tasks, search.number);
	return search.number != 0;
}

/* "task 7 build", of several servers "task here:7 build".  malloc'ed. */
static char *alerts_named(const struct alerts *alerts, const char *id)
{
	const char *given = format_given_name(id, json_string_value(json_object_get(alerts->names, id)));
	char name[NAME_COLUMNS * 4 + 1], *whole = host_id(alerts->host, id), *task, *named;

	cells_fit(given, NAME_COLUMNS, name, sizeof(name));
	task = alloc_format(MSG_TASK_ENDED, whole);
	named = alloc_format("%s%s%s", task, *name ? " " : "", name);
	free(task);
	free(whole);
	return named;
}

static void alerts_tell(struct alerts *alerts, const json_t *reply)
{
	const char *id = json_string_value(json_object_get(reply, "id"));
	const char *state = json_string_value(json_object_get(reply, "state"));
	const char *message = json_string_value(json_object_get(reply, "statusMessage"));
	char *name, *text;

	if (!alerts_forget(alerts, id))
		return;
	name = alerts_named(alerts, id);
	json_object_del(alerts->names, id);
	text = alloc_format("%s: %s%s%s", name, state ? state : "", message && *message ? ", " : "",
	                    message ? message : "");
	terminal_notify("krtask", text);
	app_say(alerts->host->app, text, state && task_state_parse(state) == TASK_FAILED);
	free(name);
}

static void alerts_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct alerts *alerts = ctx;

	(void)tag;
	if (!reply)
		return; /* the request is sent again after a reconnect */
	if (!reply->error)
		alerts_tell(alerts, reply->parameters);
	else if (!alerts_forget(alerts, json_string_value(json_object_get(reply->parameters, "id"))))
		tags_clear(&alerts->tasks); /* this would fail again */
	if (!reply->continues)
		alerts_wait(alerts);
}

static void alerts_request(void *ctx)
{
	struct alerts *alerts = ctx;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "ids");
	jsonw_array(&params);
	tags_write(&alerts->tasks, false, &params);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	channel_send(&alerts->channel, "Wait", &params, true, alerts_answer, alerts, 0);
}

/* Waits for those that there are now. */
static void alerts_wait(struct alerts *alerts)
{
	struct feed *feed = &alerts->host->feed;

	if (!alerts->added && tags_count(&alerts->tasks) > 0) {
		alerts->added = true;
		feed_add(feed, &alerts->channel);
	} else if (tags_count(&alerts->tasks) > 0) {
		feed_again(feed, &alerts->channel);
	} else if (alerts->added) {
		feed_rest(&alerts->channel);
	}
}

void alerts_init(struct alerts *alerts, struct host *host)
{
	*alerts = (struct alerts){ .host = host };
	alerts->names = json_object();
	alerts->channel = (struct channel){ .connected = alerts_request, .ctx = alerts };
}

void alerts_release(struct alerts *alerts)
{
	feed_forget(&alerts->host->feed, alerts);
	if (alerts->added)
		feed_drop(&alerts->host->feed, &alerts->channel);
	tags_clear(&alerts->tasks);
	json_decref(alerts->names);
}

static uint64_t alerts_number(const json_t *row)
{
	return (uint64_t)json_integer_value(json_array_get(row, ALERTS_NUMBER));
}

static bool alerts_can_end(const json_t *row)
{
	const char *name = json_string_value(json_array_get(row, ALERTS_STATE));
	int state = name ? task_state_parse(name) : -1;

	return state >= 0 && !task_state_terminal((enum task_state)state);
}

static char *alerts_word(size_t changed, bool set, bool one, const char *id)
{
	if (changed == 0)
		return one ? alloc_format(MSG_ALERT_LATE, id) : alloc_string(MSG_ALERT_LATE_MANY);
	if (changed == 1)
		return alloc_format(set ? MSG_ALERT_SET : MSG_ALERT_UNSET, id);
	return alloc_format(set ? MSG_ALERT_SET_MANY : MSG_ALERT_UNSET_MANY, changed);
}

/* The reply to List. */
static void alerts_known(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct alerts *alerts = ctx;
	const json_t *rows, *row;
	const char *id = "";
	bool set = false;
	size_t i, changed = 0;
	char *whole;

	(void)tag;
	if (app_failed(alerts->host->app, reply))
		return;
	rows = json_object_get(reply->parameters, "rows");
	json_array_foreach(rows, i, row)
	{
		set |= alerts_can_end(row) && !tags_has(&alerts->tasks, alerts_number(row));
	}
	json_array_foreach(rows, i, row)
	{
		const char *name = json_string_value(json_array_get(row, ALERTS_ID));

		id = name && (changed == 0 || alerts_can_end(row)) ? name : id;
		if (!name || !alerts_can_end(row))
			continue;
		if (tags_has(&alerts->tasks, alerts_number(row)) != set)
			tags_toggle(&alerts->tasks, alerts_number(row), name);
		json_object_set(alerts->names, name, json_array_get(row, ALERTS_NAME));
		changed++;
	}
	whole = host_id(alerts->host, id);
	app_say(alerts->host->app, alerts_word(changed, set, json_array_size(rows) == 1, whole),
	        changed == 0);
	free(whole);
	alerts_wait(alerts);
}

/* Those of one server. */
static void alerts_toggle_on(struct host *host)
{
	static const char *const columns[] = { [ALERTS_NUMBER] = "number",
		                               [ALERTS_ID] = "id",
		                               [ALERTS_STATE] = "state",
		                               [ALERTS_NAME] = "name",
		                               [ALERTS_COLUMNS] = NULL };
	struct jsonw params = JSONW_INIT;

	lookup_begin(&params, columns);
	list_write_meant(&host->live.list, &params);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	feed_wish(&host->feed, "List", &params, alerts_known, &host->alerts, 0);
}

void alerts_toggle(struct view *view)
{
	struct app *app = view->app;

	if (!host_meant_count(app))
		app_say(app, alloc_string(MSG_NOTHING_SELECTED), true);
	for (size_t i = 0; i < app->host_count; i++) {
		if (host_meant(&app->hosts[i]))
			alerts_toggle_on(&app->hosts[i]);
	}
}
