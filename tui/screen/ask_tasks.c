#include "tui/screen/ask_tasks.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/table_view.h"

const char *const ask_tasks_columns[ASK_TASKS_COLUMNS + 1] = { [ASK_TASKS_NUMBER] = "number",
	                                                       [ASK_TASKS_ID] = "id",
	                                                       [ASK_TASKS_NAME] = "name",
	                                                       [ASK_TASKS_STATE] = "state" };

void ask_tasks_add(struct targets *targets, const json_t *row)
{
	const char *id = json_string_value(json_array_get(row, ASK_TASKS_ID));
	const char *state = json_string_value(json_array_get(row, ASK_TASKS_STATE));

	if (!id)
		return;
	targets_add(targets, (uint64_t)json_integer_value(json_array_get(row, ASK_TASKS_NUMBER)), id);
	targets_describe(targets, json_string_value(json_array_get(row, ASK_TASKS_NAME)),
	                 state ? task_state_parse(state) : -1);
}

static void ask_tasks_listed(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct ask_tasks *ask = ctx;
	const json_t *row;
	size_t i;

	(void)tag;
	ask->app->table->seeking = false;
	if (app_failed(ask->app, reply) || ask_view_busy(ask->app))
		return;
	json_array_foreach(json_object_get(reply->parameters, "rows"), i, row)
	{
		ask_tasks_add(&ask->targets, row);
	}

	const struct ask_question question = { .text = ask->text,
		                               .tasks = ask->targets.items,
		                               .count = ask->targets.count };

	ask_view_open(ask->app, &question, ask->answer, ask->ctx);
}

void ask_tasks(struct ask_tasks *ask, struct app *app, struct jsonw *params, char *text, ask_answer *answer,
               void *ctx)
{
	if (ask->app)
		ask_tasks_release(ask);
	*ask = (struct ask_tasks){ .app = app, .text = text, .answer = answer, .ctx = ctx };
	jsonw_key(params, "columns");
	jsonw_array(params);
	for (size_t i = 0; i < ASK_TASKS_COLUMNS; i++)
		jsonw_string(params, ask_tasks_columns[i]);
	jsonw_end_array(params);
	jsonw_key(params, "compact");
	jsonw_bool(params, true);
	jsonw_end_object(params);
	app->table->seeking = true; /* later keys are for the question */
	feed_call(&app->feed, "List", params, ask_tasks_listed, ask, 0);
}

void ask_tasks_release(struct ask_tasks *ask)
{
	if (!ask->app)
		return;
	ask_view_forget(ask->app, ask->ctx);
	feed_forget(&ask->app->feed, ask);
	targets_release(&ask->targets);
	free(ask->text);
	*ask = (struct ask_tasks){ .app = NULL };
}
