#include "tui/screen/table_operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_tasks.h"
#include "tui/screen/host.h"
#include "tui/screen/table_late.h"
#include "tui/screen/table_targets.h"
#include "tui/screen/what_if_view.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

/* Milliseconds that keys wait for a server which does not answer. */
enum { LOOKING_MAX = 500 };

static const char *const table_operation_methods[OPERATION_COUNT] = {
	[OPERATION_START] = "Start", [OPERATION_CANCEL] = "Stop",   [OPERATION_REMOVE] = "Remove",
	[OPERATION_PAUSE] = "Pause", [OPERATION_RESUME] = "Resume",
};

void table_operation_init(struct table_operation *operation, struct app *app)
{
	*operation = (struct table_operation){ .app = app };
}

void table_operation_release(struct table_operation *operation)
{
	host_forget(operation->app, operation);
	targets_release(&operation->targets);
	free(operation->selected_name);
	free(operation->left_out);
}

/* The server of a target. */
static struct host *table_operation_host(const struct table_operation *operation, size_t index)
{
	return &operation->app->hosts[operation->targets.items[index].host];
}

static void table_operation_take(struct table_operation *operation, size_t index, bool result,
                                 const char *reason, const char *error)
{
	if (result && operation->targets.operation == OPERATION_REMOVE)
		tags_remove(&table_operation_host(operation, index)->live.list.tags,
		            operation->targets.items[index].number);
	targets_result(&operation->targets, index, result, reason, error);
	table_operation_go_on(operation);
}

/* The reply to Get, after False: the reason why the operation was not possible. */
static void table_operation_explained(void *ctx, size_t index, const struct client_reply *reply)
{
	struct table_operation *operation = ctx;
	const json_t *task = reply && !reply->error ? json_object_get(reply->parameters, "task") : NULL;
	const char *state = json_string_value(json_object_get(task, "state"));
	int number = state ? task_state_parse(state) : -1;
	char *reason;

	if (number >= 0 && operation->targets.operation == OPERATION_REMOVE &&
	    task_state_terminal((enum task_state)number))
		reason = alloc_string(MSG_REASON_CHILDREN);
	else if (number >= 0)
		reason = alloc_format(MSG_REASON_STATE, task_state_name((enum task_state)number));
	else
		reason = alloc_string(reply ? MSG_REASON_NOT_FOUND : NULL);
	table_operation_take(operation, index, false, reason, NULL);
	free(reason);
}

static void table_operation_answered(void *ctx, size_t index, const struct client_reply *reply)
{
	struct table_operation *operation = ctx;

	if (!reply) {
		targets_lost(&operation->targets, index, MSG_REPLY_LOST);
		table_operation_go_on(operation);
		return;
	}

	char *error = app_error(reply);

	if (error)
		table_operation_take(operation, index, false, NULL, error);
	else if (json_is_true(json_object_get(reply->parameters, "result")))
		table_operation_take(operation, index, true, NULL, NULL);
	else
		feed_call_id(&table_operation_host(operation, index)->feed, "Get",
		             target_own_id(&operation->targets.items[index]), table_operation_explained,
		             operation, index);
	free(error);
}

static void table_operation_send(struct table_operation *operation, size_t index)
{
	struct feed *feed = &table_operation_host(operation, index)->feed;
	struct jsonw params = JSONW_INIT;

	if (!channel_up(&feed->calls)) {
		table_operation_take(operation, index, false, NULL, MSG_NOT_SENT);
		return;
	}
	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, target_own_id(&operation->targets.items[index]));
	if (operation->signal) {
		jsonw_key(&params, "signal");
		jsonw_string(&params, operation->signal);
	}
	if (operation->targets.kill) {
		jsonw_key(&params, "kill");
		jsonw_bool(&params, true);
	}
	jsonw_end_object(&params);
	feed_call(feed, table_operation_methods[operation->targets.operation], &params,
	          table_operation_answered, operation, index);
}

static void table_operation_decide(void *ctx, enum confirm_choice choice)
{
	struct table_operation *operation = ctx;

	targets_answer(&operation->targets, choice);
	table_operation_go_on(operation);
}

/* What more will happen; NULL: nothing. */
static const char *table_operation_extra(const struct table_operation *operation)
{
	if (operation->targets.kill)
		return MSG_KILL_NOTICE;
	return operation->signal ? operation->notice : NULL;
}

/* The same in a word; NULL: no other than that of the operation. */
static const char *table_operation_brief(const struct table_operation *operation)
{
	if (operation->targets.kill)
		return MSG_KILL_BRIEF;
	return operation->signal && *operation->brief ? operation->brief : NULL;
}

/* That some tagged tasks are meant no more, malloc'ed; NULL: all are. */
static char *table_operation_note(const struct table_operation *operation)
{
	const struct app *app = operation->app;
	size_t hidden = host_hidden(app), tagged = host_tagged(app);

	if (!hidden)
		return NULL;
	return alloc_format(window_folds(&app->host->live.list.window.query) ? MSG_TAGGED_FOLDED
	                                                                     : MSG_TAGGED_FILTERED,
	                    tagged, hidden);
}

static void table_operation_ask(struct table_operation *operation)
{
	const struct targets *targets = &operation->targets;
	const struct target *next = targets_next(targets);
	const struct ask_question question = {
		.operation = targets->operation,
		.id = next->id,
		.brief = table_operation_brief(operation),
		.extra = table_operation_extra(operation),
		.note = table_operation_note(operation),
		.tasks = next,
		.count = targets->count - targets->next,
	};

	ask_view_open(operation->app, &question, table_operation_decide, operation);
}

static void table_operation_show_what_if(const struct table_operation *operation)
{
	size_t count = targets_outcome(&operation->targets, TARGET_WHAT_IF);

	char *line = count == 1 ? targets_what_if(&operation->targets, 0) : NULL;

	if (line && cells_width(line) <= (size_t)terminal_columns()) {
		app_say(operation->app, line, false);
		return;
	}
	free(line);
	if (count > 0)
		what_if_view_open(operation->app, &operation->targets);
}

static void table_operation_finish(struct table_operation *operation)
{
	bool left_out = operation->left_out != NULL;
	char *summary = table_late_summary(operation, targets_summary(&operation->targets));

	operation->busy = false;
	if (summary)
		app_say(operation->app, summary,
		        left_out || targets_outcome(&operation->targets, TARGET_FALSE) ||
		                targets_outcome(&operation->targets, TARGET_ERROR) ||
		                targets_outcome(&operation->targets, TARGET_UNKNOWN));
	table_operation_show_what_if(operation);
	targets_release(&operation->targets);
}

static void table_operation_proceed(struct table_operation *operation)
{
	while (operation->busy && !operation->looking && !ask_view_busy(operation->app)) {
		switch (targets_step(&operation->targets)) {
		case TARGETS_ASK:
			table_operation_ask(operation);
			break;
		case TARGETS_SEND:
			table_operation_send(operation, targets_sent(&operation->targets));
			break;
		case TARGETS_WAIT:
			return;
		case TARGETS_DONE:
			table_operation_finish(operation);
			break;
		}
	}
}

/* A call that fails at once is answered from within feed_call().  Then the loop is already running. */
void table_operation_go_on(struct table_operation *operation)
{
	if (operation->proceeding)
		return;
	operation->proceeding = true;
	table_operation_proceed(operation);
	operation->proceeding = false;
}

bool table_operation_holds(const struct table_operation *operation)
{
	return operation->looking && app_now() - operation->looked_at < LOOKING_MAX;
}

/* The name of a task, if the table has it; malloc'ed.  NULL: it has not. */
static char *table_operation_name(const struct window *window, const struct window_row *row)
{
	const struct value *values = row->values;
	struct text scratch = TEXT_INIT;
	char *name = NULL;

	for (size_t i = 0; i < window->fields.count; i++) {
		const struct field *field = window->fields.items[i];
		const char *text;
		size_t length;

		if (strcmp(field->name, "name") == 0) {
			text = value_string(values, &scratch, &length);
			name = text ? alloc_format("%.*s", (int)length, text) : NULL;
			break;
		}
		values += field_width(field);
	}
	text_release(&scratch);
	return name;
}

void table_operation_describe(const struct host *host, const char *id, struct targets *targets)
{
	const struct window *window = &host->live.list.window;

	for (size_t i = 0; i < window->length && targets->count == 0; i++) {
		const struct window_row *row = &window->rows[i];
		char *name;

		if (strcasecmp(row->id, id) != 0)
			continue;
		name = table_operation_name(window, row);
		targets_add(targets, row->number, row->id);
		targets_of(targets, host->index, host_several(host->app) ? host->label : NULL);
		targets_describe(targets, name, (int)row->state);
		free(name);
	}
}

/* The task that the operation is for if none is tagged.  row NULL: none is selected. */
static void table_operation_note_selected(struct table_operation *operation, const struct window_row *row)
{
	const struct host *host = operation->app->host;

	free(operation->selected_name);
	operation->selected_name = row ? table_operation_name(&host->live.list.window, row) : NULL;
	operation->host = host->index;
	operation->tagged = host_tagged(operation->app) > host_hidden(operation->app);
	operation->selected = row ? row->number : 0;
	operation->selected_state = row ? (int)row->state : -1;
	snprintf(operation->selected_id, sizeof(operation->selected_id), "%s", row ? row->id : "");
}

/* Why the selected task, the only one that is meant, cannot be meant; malloc'ed.  NULL: it can. */
static char *table_operation_state_refusal(const struct host *host, enum confirm_operation kind, bool gently,
                                           const struct window_row *row)
{
	bool ended = task_state_terminal(row->state);
	char *id, *refusal;

	/* A kill reaches what an ended task has left running. */
	if (!(kind == OPERATION_REMOVE && !ended) && !(kind == OPERATION_CANCEL && ended && gently))
		return NULL;
	id = host_id(host, row->id);
	refusal = alloc_format(ended ? MSG_CANCEL_NOT : MSG_REMOVE_NOT, id, task_state_name(row->state));
	free(id);
	return refusal;
}

/* Why it cannot begin, malloc'ed; NULL: it can. */
static char *table_operation_refusal(const struct table_operation *operation, enum confirm_operation kind,
                                     bool gently, const struct window_row *row)
{
	const struct app *app = operation->app;
	bool tagged = host_tagged(app) > 0;

	if (operation->busy)
		return alloc_string(MSG_OPERATION_PENDING);
	if (!live_up(&app->host->live) && !(tagged && host_several(app)))
		return alloc_string(MSG_NOT_CONNECTED);
	return row && !tagged ? table_operation_state_refusal(app->host, kind, gently, row) : NULL;
}

static void table_operation_enter(struct table_operation *operation, enum confirm_operation kind, bool kill,
                                  const char *signal)
{
	struct app *app = operation->app;
	const struct window_row *row = list_selected(&app->host->live.list);
	char *refusal = table_operation_refusal(operation, kind, !kill && !signal, row);

	if (refusal) {
		app_say(app, refusal, true);
		operation->said_late = true;
		return;
	}
	targets_release(&operation->targets);
	targets_init(&operation->targets, kind, kill, &app->options);
	table_operation_note_selected(operation, row);
	operation->signal = signal;
	operation->busy = true;
	operation->said_late = false;
	operation->looked_at = app_now();
	table_targets_find(operation);
}

void table_operation_begin(struct table_operation *operation, enum confirm_operation kind, bool kill)
{
	table_operation_enter(operation, kind, kill, NULL);
}

static void table_operation_note_signal(struct table_operation *operation, const char *signal)
{
	*operation->brief = '\0';
	if (strcmp(signal, "none") == 0) {
		snprintf(operation->notice, sizeof(operation->notice), MSG_SIGNAL_NONE);
		return;
	}
	snprintf(operation->notice, sizeof(operation->notice), MSG_SIGNAL_NOTICE, signal);
	snprintf(operation->brief, sizeof(operation->brief), MSG_SIGNAL_BRIEF, signal);
}

void table_operation_signal(struct table_operation *operation, const char *signal)
{
	if (!operation->busy)
		table_operation_note_signal(operation, signal);
	table_operation_enter(operation, OPERATION_CANCEL, false, signal);
}
