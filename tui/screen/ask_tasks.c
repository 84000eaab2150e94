#include "tui/screen/ask_tasks.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_view.h"

const char *const ask_tasks_columns[ASK_TASKS_COLUMNS + 1] = { [ASK_TASKS_NUMBER] = "number",
	                                                       [ASK_TASKS_ID] = "id",
	                                                       [ASK_TASKS_NAME] = "name",
	                                                       [ASK_TASKS_STATE] = "state" };

void ask_tasks_add(struct targets *targets, const struct host *host, const json_t *row)
{
	const char *id = json_string_value(json_array_get(row, ASK_TASKS_ID));
	const char *state = json_string_value(json_array_get(row, ASK_TASKS_STATE));

	if (!id)
		return;
	targets_add(targets, (uint64_t)json_integer_value(json_array_get(row, ASK_TASKS_NUMBER)), id);
	targets_of(targets, host->index, host_several(host->app) ? host->label : NULL);
	targets_describe(targets, json_string_value(json_array_get(row, ASK_TASKS_NAME)),
	                 state ? task_state_parse(state) : -1);
}

/* All servers have answered. */
static void ask_tasks_open(struct ask_tasks *ask)
{
	const struct ask_question question = { .text = ask->text,
		                               .tasks = ask->targets.items,
		                               .count = ask->targets.count };

	ask->app->table->seeking = false;
	if (!ask->failed && !ask_view_busy(ask->app))
		ask_view_open(ask->app, &question, ask->answer, ask->ctx);
}

static void ask_tasks_listed(void *ctx, size_t index, const struct client_reply *reply)
{
	struct ask_tasks *ask = ctx;
	const json_t *row;
	size_t i;

	if (app_failed(ask->app, reply)) {
		ask->failed = true;
	} else {
		json_array_foreach(json_object_get(reply->parameters, "rows"), i, row)
		{
			ask_tasks_add(&ask->targets, &ask->app->hosts[index], row);
		}
	}
	if (--ask->due == 0)
		ask_tasks_open(ask);
}

void ask_tasks_begin(struct ask_tasks *ask, struct app *app, char *text, ask_answer *answer, void *ctx)
{
	if (ask->app)
		ask_tasks_release(ask);
	*ask = (struct ask_tasks){ .app = app, .text = text, .answer = answer, .ctx = ctx, .due = 1 };
	app->table->seeking = true; /* later keys are for the question */
}

void ask_tasks_of(struct ask_tasks *ask, struct host *host, struct jsonw *params)
{
	jsonw_key(params, "columns");
	jsonw_array(params);
	for (size_t i = 0; i < ASK_TASKS_COLUMNS; i++)
		jsonw_string(params, ask_tasks_columns[i]);
	jsonw_end_array(params);
	jsonw_key(params, "compact");
	jsonw_bool(params, true);
	jsonw_end_object(params);
	ask->due++;
	feed_wish(&host->feed, "List", params, ask_tasks_listed, ask, host->index);
}

void ask_tasks_end(struct ask_tasks *ask)
{
	if (--ask->due == 0)
		ask_tasks_open(ask);
}

void ask_tasks_release(struct ask_tasks *ask)
{
	if (!ask->app)
		return;
	ask_view_forget(ask->app, ask->ctx);
	host_forget(ask->app, ask);
	targets_release(&ask->targets);
	free(ask->text);
	*ask = (struct ask_tasks){ .app = NULL };
}
