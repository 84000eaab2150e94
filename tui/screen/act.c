#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

static const char *const methods[OPERATION_COUNT] = {
	[OPERATION_START] = "Start",
	[OPERATION_CANCEL] = "Stop",
	[OPERATION_REMOVE] = "Remove",
};

static void proceed(struct app *app);

static void result(struct app *app, size_t index, bool done, const char *reason, const char *error)
{
	if (done && app->action.operation == OPERATION_REMOVE)
		tags_remove(&app->list.tags, app->action.targets[index].number);
	action_result(&app->action, index, done, reason, error);
	proceed(app);
}

/* The answer to Get after a False: what stands in the way. */
static void explained(void *ctx, size_t index, const struct client_reply *reply)
{
	struct app *app = ctx;
	const json_t *task = reply && !reply->error ? json_object_get(reply->parameters, "task") : NULL;
	const char *state = json_string_value(json_object_get(task, "state"));
	int number = state ? task_state_parse(state) : -1;
	char *reason;

	if (number >= 0 && app->action.operation == OPERATION_REMOVE &&
	    task_state_terminal((enum task_state)number))
		reason = alloc_string("it has children that have not ended");
	else if (number >= 0)
		reason = alloc_format("it is %s", task_state_name((enum task_state)number));
	else
		reason = alloc_string(reply ? "there is no such task" : NULL);
	result(app, index, false, reason, NULL);
	free(reason);
}

static void id_parameter(struct jsonw *params, const char *id)
{
	jsonw_object(params);
	jsonw_key(params, "id");
	jsonw_string(params, id);
}

static void answered(void *ctx, size_t index, const struct client_reply *reply)
{
	struct app *app = ctx;
	struct jsonw params = JSONW_INIT;
	char *error;

	if (!reply) {
		result(app, index, false, NULL,
		       "the connection was lost, and whether it was done is not known");
		return;
	}
	error = app_error(reply);
	if (error) {
		result(app, index, false, NULL, error);
	} else if (json_is_true(json_object_get(reply->parameters, "result"))) {
		result(app, index, true, NULL, NULL);
	} else {
		id_parameter(&params, app->action.targets[index].id);
		jsonw_end_object(&params);
		link_send(&app->calls, "Get", &params, false, explained, app, index);
	}
	free(error);
}

static void send_target(struct app *app, size_t index)
{
	struct jsonw params = JSONW_INIT;

	id_parameter(&params, app->action.targets[index].id);
	if (app->action.kill) {
		jsonw_key(&params, "kill");
		jsonw_bool(&params, true);
	}
	jsonw_end_object(&params);
	link_send(&app->calls, methods[app->action.operation], &params, false, answered, app, index);
}

static void ask(struct app *app)
{
	dialog_release(&app->dialog);
	dialog_open(&app->dialog, app->action.operation, action_target(&app->action)->id,
	            app->action.kill ? "All of its processes are killed at once (SIGKILL)." : NULL);
	app->asking = true;
}

static void what_if(struct app *app)
{
	size_t count = action_outcome(&app->action, TARGET_WHAT_IF);

	if (count == 1)
		app_say(app, action_what_if(&app->action, 0), false);
	else if (count > 1)
		what_if_open(app);
}

static void finish(struct app *app)
{
	char *summary = action_summary(&app->action);

	app->acting = false;
	if (summary)
		app_say(app, summary,
		        action_outcome(&app->action, TARGET_FALSE) ||
		                action_outcome(&app->action, TARGET_ERROR));
	what_if(app);
	action_release(&app->action);
}

static void step(struct app *app)
{
	while (app->acting && !app->asking) {
		switch (action_step(&app->action)) {
		case ACTION_ASK:
			ask(app);
			break;
		case ACTION_SEND:
			send_target(app, action_sent(&app->action));
			break;
		case ACTION_WAIT:
			return;
		case ACTION_DONE:
			finish(app);
			break;
		}
	}
}

/*
 * As far as it goes without an answer from the user or the server.  A call that fails at once is answered
 * from within link_send(), and then it is the loop that is already running which goes on.
 */
static void proceed(struct app *app)
{
	if (app->proceeding)
		return;
	app->proceeding = true;
	step(app);
	app->proceeding = false;
}

void act_go_on(struct app *app)
{
	proceed(app);
}

void act_answer(struct app *app, enum confirm_choice choice)
{
	switch (action_answer(&app->action, choice)) {
	case CONFIRM_SUSPEND:
		terminal_shell();
		table_resize(app);
		break;
	case CONFIRM_EXPLAIN:
		app->dialog.help = !app->dialog.help;
		break;
	case CONFIRM_ASK:
		break;
	default:
		app->asking = false;
		proceed(app);
	}
}

static void add_tagged(void *ctx, uint64_t number, const char *id)
{
	action_add(ctx, number, id);
}

void act_begin(struct app *app, enum confirm_operation operation, bool kill)
{
	const struct window_row *row = list_selected(&app->list);

	if (app->acting) {
		app_say(app, alloc_string("The server has not answered the last action yet."), true);
		return;
	}
	if (!feed_up(app)) {
		app_say(app, alloc_string("There is no connection to the server yet."), true);
		return;
	}
	action_release(&app->action);
	action_init(&app->action, operation, kill, &app->options);
	if (tags_count(&app->list.tags))
		tags_each(&app->list.tags, add_tagged, &app->action);
	else if (row)
		action_add(&app->action, row->number, row->id);
	else
		app_say(app, alloc_string("No task is selected."), true);
	app->acting = true;
	proceed(app);
}
