#include "tui/screen/table_targets.h"

#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_tasks.h"
#include "tui/screen/host.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* Marks the tagged tasks that the list has.  The others that were asked about are hidden, or were removed. */
static void table_targets_mark_hidden(struct host *host, size_t question, const json_t *rows)
{
	struct tags *tags = &host->live.list.tags;
	const json_t *row;
	size_t i;

	tags_hide(tags, question);
	json_array_foreach(rows, i, row)
	{
		tags_show(tags, (uint64_t)json_integer_value(json_array_get(row, 0)));
	}
	if (!window_filters(&host->live.list.window.query))
		tags_remove_hidden(tags);
}

/*
 * One of those that were asked for states has answered.  Pause, unless some of the tasks can be resumed and none can be
 * paused: one that was not started is told so.
 */
static void table_targets_came(struct table_operation *operation)
{
	if (--operation->looking)
		return;
	operation->targets.operation =
		operation->pause || !operation->resume ? OPERATION_PAUSE : OPERATION_RESUME;
	table_operation_go_on(operation);
}

static void table_targets_toggle(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_operation *operation = ctx;
	bool known = !app_failed(operation->app, reply);
	const json_t *row;
	size_t i;

	operation->app->hosts[tag].targets_asked = false;
	json_array_foreach(known ? json_object_get(reply->parameters, "rows") : NULL, i, row)
	{
		const char *name = json_string_value(json_array_get(row, 0));
		int state = name ? task_state_parse(name) : -1;

		bool held = json_is_true(json_array_get(row, 1));

		operation->pause |= state == TASK_RUNNING || (state == TASK_QUEUED && !held);
		operation->resume |= state == TASK_PAUSED || (state == TASK_QUEUED && held);
	}
	operation->busy = known || host_several(operation->app);
	table_targets_came(operation);
}

/* False: it has none of them. */
static bool table_targets_ask_states_of(struct table_operation *operation, struct host *host)
{
	static const char *const columns[] = { "state", "held", NULL };
	const struct targets *targets = &operation->targets;
	struct jsonw params = JSONW_INIT;
	size_t count = 0;

	lookup_begin(&params, columns);
	for (size_t i = 0; i < targets->count; i++) {
		if (targets->items[i].host != host->index)
			continue;
		jsonw_string(&params, target_own_id(&targets->items[i]));
		count++;
	}
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	host->targets_asked = count > 0;
	if (count)
		feed_call(&host->feed, "List", &params, table_targets_toggle, operation, host->index);
	else
		jsonw_release(&params);
	return count > 0;
}

/* Replies may come from within the calls, so none is the last until all are made. */
static void table_targets_ask_states(struct table_operation *operation)
{
	struct app *app = operation->app;
	size_t asked = 0;

	operation->pause = operation->resume = false;
	operation->toggles = true;
	operation->looking = app->host_count + 1;
	for (size_t i = 0; i < app->host_count; i++)
		asked += table_targets_ask_states_of(operation, &app->hosts[i]);
	operation->looking -= app->host_count - asked;
	table_targets_came(operation);
}

/* Takes the tagged tasks that the list has: rows of their number, id, name and state. */
static void table_targets_add_tagged(struct table_operation *operation, const struct host *host,
                                     const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const json_t *number = json_array_get(row, ASK_TASKS_NUMBER);

		if (tags_has(&host->live.list.tags, (uint64_t)json_integer_value(number)))
			ask_tasks_add(&operation->targets, host, row);
	}
}
static void table_targets_add_unreachable(void *ctx, uint64_t number, const char *id)
{
	struct table_operation *operation = ctx;
	const struct host *host = &operation->app->hosts[operation->adding];

	targets_add(&operation->targets, number, id);
	targets_of(&operation->targets, host->index, host->label);
}

/*
 * Of several servers, it says of each whether it was done: so what is tagged on one that did not answer is not left out.
 * What it hides is known from before.
 */
static void table_targets_add_lost(struct table_operation *operation, struct host *host)
{
	operation->adding = host->index;
	if (host_several(operation->app) && !host->targets_known)
		tags_each(&host->live.list.tags, false, table_targets_add_unreachable, operation);
}

static void table_targets_add_selected(struct table_operation *operation)
{
	struct targets *targets = &operation->targets;
	const struct host *host = &operation->app->hosts[operation->host];

	targets_add(targets, operation->selected, operation->selected_id);
	targets_of(targets, host->index, host_several(operation->app) ? host->label : NULL);
	targets_describe(targets, operation->selected_name, operation->selected_state);
}

/*
 * What is tagged was added.  If nothing is, chooses the task that was selected: but not if a server did not say what is,
 * which was told.
 */
static void table_targets_choose(struct table_operation *operation)
{
	struct targets *targets = &operation->targets;
	struct app *app = operation->app;

	for (size_t i = 0; i < app->host_count; i++)
		table_targets_add_lost(operation, &app->hosts[i]);
	if (targets->count == 0 && !operation->deaf) {
		if (operation->tagged && !host_tagged(app))
			app_say(app, alloc_string(MSG_TAGGED_GONE), true);
		else if (*operation->selected_id && host_tagged(app) == host_hidden(app))
			table_targets_add_selected(operation);
		else
			app_say(app, alloc_string(MSG_NOTHING_SELECTED), true);
	}
	targets_sort(targets);
	if (targets->operation == OPERATION_CANCEL && targets_hosts(targets) > 1)
		targets_ask_anyway(targets);
	if (host_tagged(app) > host_hidden(app) && !app->options.what_if)
		targets_set_aside(targets);
	if (targets->operation == OPERATION_PAUSE && targets->count > 0)
		table_targets_ask_states(operation);
}

/* One of those that were asked what is visible has answered. */
static void table_targets_seen(struct table_operation *operation)
{
	if (--operation->looking)
		return;
	if (operation->busy)
		table_targets_choose(operation);
	table_operation_go_on(operation);
}

/* What a question is about in one number: the server, which of its questions it is, and if an operation begins with it. */
static size_t table_targets_tag(const struct host *host, size_t question, bool begins)
{
	return 2 * (question * host->app->host_count + host->index) + begins;
}

static void table_targets_looked(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_operation *operation = ctx;
	size_t hosts = operation->app->host_count, question = tag / 2 / hosts;
	struct host *host = &operation->app->hosts[tag / 2 % hosts];
	const json_t *rows = reply && !reply->error ? json_object_get(reply->parameters, "rows") : NULL;

	if (rows)
		table_targets_mark_hidden(host, question, rows);
	if (!(tag % 2))
		return;
	host->targets_asked = false;
	host->targets_known = !app_failed(operation->app, reply);
	if (host->targets_known) {
		table_targets_add_tagged(operation, host, rows);
	} else {
		operation->deaf = true;
		operation->busy &= host_several(operation->app);
	}
	table_targets_seen(operation);
}

static void table_targets_ask_hidden(struct table_operation *operation, struct host *host, bool begins)
{
	static const char *const seen[] = { "number", NULL };
	struct list *list = &host->live.list;
	struct jsonw params = JSONW_INIT;

	lookup_begin(&params, begins ? ask_tasks_columns : seen);
	tags_write(&list->tags, true, &params);
	jsonw_end_array(&params);
	window_write_query(&list->window.query, &params);
	jsonw_end_object(&params);
	feed_call(&host->feed, "List", &params, table_targets_looked, operation,
	          table_targets_tag(host, tags_ask(&list->tags), begins));
}

/*
 * Replies may come from within the calls, so none is the last until all are made.  A list that is coming anew, as after a
 * filter was chosen, is no reason not to ask.
 */
void table_targets_find(struct table_operation *operation)
{
	struct app *app = operation->app;

	operation->looking = 1;
	operation->deaf = operation->toggles = false;
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];

		host->targets_known = host->targets_asked = false;
		if (!tags_count(&host->live.list.tags) || !channel_up(&host->feed.calls))
			continue;
		operation->looking++;
		host->targets_asked = true;
		table_targets_ask_hidden(operation, host, true);
	}
	table_targets_seen(operation);
}

void table_targets_leave_out(struct table_operation *operation, struct host *host)
{
	host->targets_asked = false;
	host->targets_known = true; /* that none of it is meant */
	host->seen_total = -1;      /* its list is asked again what it hides */
	operation->deaf = true;
	if (operation->toggles) {
		targets_drop(&operation->targets, host->index);
		table_targets_came(operation);
	} else {
		table_targets_seen(operation);
	}
}

void table_targets_look(struct table_operation *operation)
{
	for (size_t i = 0; i < operation->app->host_count; i++) {
		struct host *host = &operation->app->hosts[i];
		const struct window *window = &host->live.list.window;

		if (!tags_count(&host->live.list.tags) || !live_up(&host->live) ||
		    (window->id == host->seen_id && window->total == host->seen_total))
			continue;
		host->seen_id = window->id;
		host->seen_total = window->total;
		table_targets_ask_hidden(operation, host, false);
	}
}
