#include "tui/screen/act.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/ask_view.h"
#include "tui/screen/live.h"
#include "tui/screen/what_if_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static const char *const act_methods[OPERATION_COUNT] = {
	[OPERATION_START] = "Start",
	[OPERATION_CANCEL] = "Stop",
	[OPERATION_REMOVE] = "Remove",
};

void act_init(struct act *act, struct app *app, struct live *live)
{
	*act = (struct act){ .app = app, .live = live };
}

void act_release(struct act *act)
{
	feed_forget(act->live->feed, act);
	action_release(&act->action);
}

static void act_take(struct act *act, size_t index, bool result, const char *reason, const char *error)
{
	if (result && act->action.operation == OPERATION_REMOVE)
		tags_remove(&act->live->list.tags, act->action.targets[index].number);
	action_result(&act->action, index, result, reason, error);
	act_go_on(act);
}

/* The answer to Get after a False: what stands in the way. */
static void act_explained(void *ctx, size_t index, const struct client_reply *reply)
{
	struct act *act = ctx;
	const json_t *task = reply && !reply->error ? json_object_get(reply->parameters, "task") : NULL;
	const char *state = json_string_value(json_object_get(task, "state"));
	int number = state ? task_state_parse(state) : -1;
	char *reason;

	if (number >= 0 && act->action.operation == OPERATION_REMOVE &&
	    task_state_terminal((enum task_state)number))
		reason = alloc_string(MSG_REASON_CHILDREN);
	else if (number >= 0)
		reason = alloc_format(MSG_REASON_STATE, task_state_name((enum task_state)number));
	else
		reason = alloc_string(reply ? MSG_REASON_NOT_FOUND : NULL);
	act_take(act, index, false, reason, NULL);
	free(reason);
}

static void act_answered(void *ctx, size_t index, const struct client_reply *reply)
{
	struct act *act = ctx;

	if (!reply) {
		act_take(act, index, false, NULL, MSG_REPLY_LOST);
		return;
	}

	char *error = app_error(reply);

	if (error)
		act_take(act, index, false, NULL, error);
	else if (json_is_true(json_object_get(reply->parameters, "result")))
		act_take(act, index, true, NULL, NULL);
	else
		feed_call_id(act->live->feed, "Get", act->action.targets[index].id, act_explained, act,
		             index);
	free(error);
}

static void table_act_send(struct act *act, size_t index)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, act->action.targets[index].id);
	if (act->action.kill) {
		jsonw_key(&params, "kill");
		jsonw_bool(&params, true);
	}
	jsonw_end_object(&params);
	feed_call(act->live->feed, act_methods[act->action.operation], &params, act_answered, act, index);
}

static void act_decide(void *ctx, enum confirm_choice choice)
{
	struct act *act = ctx;

	action_answer(&act->action, choice);
	act_go_on(act);
}

static void table_act_ask(struct act *act)
{
	const struct tags *tags = &act->live->list.tags;
	size_t hidden = tags_hidden(tags);
	char *note = hidden ? alloc_format(MSG_TAGGED_FILTERED, tags_count(tags), hidden) : NULL;

	ask_view_open(act->app, act->action.operation, action_target(&act->action)->id,
	              act->action.kill ? MSG_KILL_NOTICE : NULL, note, act_decide, act);
}

static void act_show_what_if(const struct act *act)
{
	size_t count = action_outcome(&act->action, TARGET_WHAT_IF);

	if (count == 1)
		app_say(act->app, action_what_if(&act->action, 0), false);
	else if (count > 1)
		what_if_view_open(act->app, &act->action);
}

static void act_finish(struct act *act)
{
	char *summary = action_summary(&act->action);

	act->busy = false;
	if (summary)
		app_say(act->app, summary,
		        action_outcome(&act->action, TARGET_FALSE) ||
		                action_outcome(&act->action, TARGET_ERROR));
	act_show_what_if(act);
	action_release(&act->action);
}

static void act_proceed(struct act *act)
{
	while (act->busy && !act->looking && !ask_view_busy(act->app)) {
		switch (action_step(&act->action)) {
		case ACTION_ASK:
			table_act_ask(act);
			break;
		case ACTION_SEND:
			table_act_send(act, action_sent(&act->action));
			break;
		case ACTION_WAIT:
			return;
		case ACTION_DONE:
			act_finish(act);
			break;
		}
	}
}

/*
 * As far as it goes without an answer from the user or the server.  A call that fails at once is answered
 * from within feed_call(), and then it is the loop that is already running which goes on.
 */
void act_go_on(struct act *act)
{
	if (act->proceeding)
		return;
	act->proceeding = true;
	act_proceed(act);
	act->proceeding = false;
}

static void act_add(void *ctx, uint64_t number, const char *id)
{
	action_add(ctx, number, id);
}

/* Which tagged tasks the list has.  Those it has not are hidden, or gone. */
static void act_mark_hidden(struct act *act, const json_t *rows)
{
	struct tags *tags = &act->live->list.tags;
	const json_t *row;
	size_t i;

	tags_hide(tags);
	json_array_foreach(rows, i, row)
	{
		tags_show(tags, (uint64_t)json_integer_value(json_array_get(row, 0)));
	}
	if (!act->live->list.window.query.text)
		tags_remove_hidden(tags);
}

/* On the tagged ones that are visible, else on the one that was selected. */
static void act_choose(struct act *act)
{
	struct tags *tags = &act->live->list.tags;

	if (tags_count(tags) > tags_hidden(tags))
		tags_each(tags, false, act_add, &act->action);
	else if (*act->selected_id)
		action_add(&act->action, act->selected, act->selected_id);
	else
		app_say(act->app, alloc_string(MSG_NOTHING_SELECTED), true);
}

static void act_looked(void *ctx, size_t acts, const struct client_reply *reply)
{
	struct act *act = ctx;
	bool known = reply && !reply->error;

	if (known)
		act_mark_hidden(act, json_object_get(reply->parameters, "rows"));
	if (!acts)
		return;
	act->looking = false;
	act->busy = known;
	if (known)
		act_choose(act);
	else
		app_say(act->app, reply ? app_error(reply) : alloc_string(MSG_SAY_CONNECTION_LOST), true);
	act_go_on(act);
}

static void act_write_id(void *ctx, uint64_t number, const char *id)
{
	(void)number;
	jsonw_string(ctx, id);
}

static void act_ask_hidden(struct act *act, bool acts)
{
	struct list *list = &act->live->list;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	jsonw_string(&params, "number");
	jsonw_end_array(&params);
	jsonw_key(&params, "ids");
	jsonw_array(&params);
	tags_each(&list->tags, true, act_write_id, &params);
	jsonw_end_array(&params);
	window_write_query(&list->window.query, &params);
	jsonw_end_object(&params);
	feed_call(act->live->feed, "List", &params, act_looked, act, acts);
}

void act_look(struct act *act)
{
	const struct window *window = &act->live->list.window;

	if (!tags_count(&act->live->list.tags) || !live_up(act->live) ||
	    (window->id == act->seen_id && window->total == act->seen_total))
		return;
	act->seen_id = window->id;
	act->seen_total = window->total;
	act_ask_hidden(act, false);
}

void act_begin(struct act *act, enum confirm_operation operation, bool kill)
{
	const struct list *list = &act->live->list;
	const struct window_row *row = list_selected(list);

	if (act->busy) {
		app_say(act->app, alloc_string(MSG_OPERATION_PENDING), true);
		return;
	}
	if (!live_up(act->live)) {
		app_say(act->app, alloc_string(MSG_NOT_CONNECTED), true);
		return;
	}
	action_release(&act->action);
	action_init(&act->action, operation, kill, &act->app->options);
	act->selected = row ? row->number : 0;
	snprintf(act->selected_id, sizeof(act->selected_id), "%s", row ? row->id : "");
	act->busy = true;
	act->looking = tags_count(&list->tags) > 0;
	if (act->looking)
		act_ask_hidden(act, true);
	else
		act_choose(act);
	act_go_on(act);
}
