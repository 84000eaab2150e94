#include "tui/screen/create.h"

#include <stdlib.h>
#include <string.h>

#include "tui/cli/context.h"
#include "tui/cli/edit_line.h"
#include "tui/screen/app.h"
#include "tui/screen/form_view.h"
#include "tui/screen/host.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/*
 * The output is the id of the new task.
 * tag: twice the number of its server, and 1 if it was started.  Another server may be current by now.
 */
static void create_ended(void *ctx, size_t tag, int status, char *output)
{
	struct app *app = ctx;
	const struct host *host = &app->hosts[tag / 2];

	if (status) {
		form_view_refuse(app, 0, output);
	} else {
		char *id = host_id(host, output);

		form_view_finish(app, 0);
		if (host == app->host)
			table_view_select(app->table, output);
		app_say(app, alloc_format(tag % 2 ? MSG_CREATED_STARTED : MSG_CREATED, id), false);
		free(id);
	}
	free(output);
}

/* The reply to Set.  edits has one task, whose id was in the request.  number: of the form. */
static void create_changed(void *ctx, size_t number, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;
	char *error = reply && reply->error ? app_error(reply) : NULL;
	bool done = reply && !error &&
	            json_is_true(json_array_get(json_object_get(reply->parameters, "results"), 0));

	table->changing = false;
	if (done) {
		form_view_finish(app, number);
		app_say(app, alloc_string(MSG_FORM_CHANGED), false);
	} else {
		form_view_refuse(app, number, error ? error : reply ? MSG_FORM_BEGAN : MSG_FORM_LOST);
	}
	free(error);
}

/* Writes the parameters of Set.  False: *error says what is wrong. */
static bool create_write_change(struct app *app, const struct strings *words, const json_t *row,
                                struct jsonw *params, char **error)
{
	struct context context;
	struct invocation inv;
	struct edit_line line;
	bool good;

	context_init(&context);
	context.defaults.server = app->feed->address->text;
	invocation_init(&inv, &context);
	good = edit_line_parse(&line, &inv, words, row, error) == 0;
	if (good) {
		jsonw_object(params);
		jsonw_key(params, "edits");
		jsonw_array(params);
		edit_line_put(&line, params);
		jsonw_end_array(params);
		jsonw_end_object(params);
		edit_line_release(&line);
	}
	invocation_release(&inv);
	context_finish(&context, 0);
	return good;
}

static void create_submit_change(struct app *app, struct form *form, const json_t *row, size_t number)
{
	struct strings words = STRINGS_INIT;
	struct jsonw params = JSONW_INIT;
	char *error = NULL;

	if (app->table->changing) {
		app_say(app, alloc_string(MSG_FORM_WAITS), true);
	} else if (form_words(form, &words) && create_write_change(app, &words, row, &params, &error)) {
		app->table->changing = true;
		feed_call(app->feed, "Set", &params, create_changed, app->table, number);
	} else if (error) {
		form_view_refuse(app, number, error);
	}
	free(error);
	strings_release(&words);
}

void create_submit(struct app *app, struct form *form, const json_t *row, size_t number)
{
	const struct form_field *start = form_find(form, OPT_START);
	char *line;

	if (app->options.what_if) {
		app_say(app, alloc_string(form->purpose == FORM_EDIT ? MSG_EDIT_WHAT_IF : MSG_CREATED_NOT),
		        true);
		return;
	}
	if (form->purpose == FORM_EDIT) {
		create_submit_change(app, form, row, number);
		return;
	}
	line = form_line(form);
	if (line)
		typed_command_start(app->command, line, create_ended, app,
		                    2 * app->host->index + (start && start->on));
	free(line);
}

/* Whether a task in that state can be changed.  If not, says so. */
static bool create_may_edit(struct app *app, const char *id, int state)
{
	bool waits = state == TASK_CREATED || state == TASK_QUEUED;
	char *whole = host_id(app->host, id);

	if (!waits)
		app_say(app,
		        alloc_format(MSG_EDIT_NOT, whole,
		                     state < 0 ? "" : task_state_name((enum task_state)state)),
		        true);
	free(whole);
	return waits;
}

/*
 * The row of the task that a form is to be opened for.
 * tag: twice the number of its server, and 1 to change it.  The form is of the current server: the user may have gone to
 * another.
 */
static void create_fetched(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;
	const json_t *row = NULL;
	const char *id, *state;
	int number;

	table->seeking = false;
	if (tag / 2 != app->host->index || app_failed(app, reply))
		return;
	row = json_array_get(json_object_get(reply->parameters, "rows"), 0);
	id = json_string_value(json_object_get(row, "id"));
	state = json_string_value(json_object_get(row, "state"));
	number = state ? task_state_parse(state) : -1;
	if (!id)
		app_say(app, alloc_string(MSG_REASON_NOT_FOUND), true);
	else if (!(tag % 2))
		form_view_open_for(app,
		                   number >= 0 && task_state_terminal((enum task_state)number) ? FORM_AGAIN
		                                                                               : FORM_NEW,
		                   row);
	else if (create_may_edit(app, id, number))
		form_view_open_for(app, FORM_EDIT, row);
}

static void create_fetch(struct app *app, const char *id, bool edits)
{
	struct jsonw params = JSONW_INIT;
	struct words ids = WORDS_INIT;

	words_add_text(&ids, id);
	edit_line_request(&params, &ids);
	words_release(&ids);
	app->table->seeking = true; /* later keys are for the form */
	feed_wish(app->feed, "List", &params, create_fetched, app->table, 2 * app->host->index + edits);
}

void create_edit_id(struct app *app, const char *id)
{
	if (live_up(app->table->live))
		create_fetch(app, id, true);
	else
		app_say(app, alloc_string(MSG_NOT_CONNECTED), true);
}

/* Says what has become of all copies, once all replies are there. */
static void create_copied(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	bool made = reply && !reply->error && json_is_string(json_object_get(reply->parameters, "id"));

	(void)tag;
	table->copies_made += made;
	if (--table->copies_due > 0)
		return;
	if (table->copies_made == table->copies)
		app_say(table->view.app, alloc_format(MSG_AGAIN_MADE, table->copies), false);
	else
		app_say(table->view.app, alloc_format(MSG_AGAIN_MADE_NOT, table->copies_made, table->copies),
		        true);
}

static void create_copy(struct table_view *table, const struct target *target)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "task");
	jsonw_string(&params, target_own_id(target));
	jsonw_end_object(&params);
	feed_call(&table->view.app->hosts[target->host].feed, "Again", &params, create_copied, table, 0);
}

static void create_again_decided(void *ctx, enum confirm_choice choice)
{
	struct table_view *table = ctx;

	if (choice != CHOICE_YES)
		return;
	if (table->copies_due > 0) {
		app_say(table->view.app, alloc_string(MSG_OPERATION_PENDING), true);
		return;
	}
	/* Replies may come before the last call is made. */
	table->copies = table->copies_due = table->copied.targets.count;
	table->copies_made = 0;
	for (size_t i = 0; i < table->copies; i++)
		create_copy(table, &table->copied.targets.items[i]);
}

static void create_copy_first(void *ctx, uint64_t number, const char *id)
{
	char **first = ctx;

	(void)number;
	if (!*first)
		*first = alloc_string(id);
}

/*
 * The only tagged task, whose server becomes the current one, or else the selected one; malloc'ed.  NULL: none, which was
 * said.  A server whose rows are not known cannot become the current one in a list of all.
 */
static char *create_only(struct app *app)
{
	const struct window_row *row = list_selected(&app->host->live.list);
	bool here = true;
	char *id = NULL;

	for (size_t i = 0; host_tagged(app) > host_hidden(app) && i < app->host_count && !id; i++) {
		tags_each(&app->hosts[i].live.list.tags, false, create_copy_first, &id);
		if (id && i != app->host->index)
			table_rows_go(app->table, i);
		here = !id || i == app->host->index;
	}
	if (!id && row)
		id = alloc_string(row->id);
	if (!id || !here || !live_up(&app->host->live)) {
		app_say(app, alloc_string(id ? MSG_NOT_CONNECTED : MSG_NOTHING_SELECTED), true);
		free(id);
		return NULL;
	}
	return id;
}

static void create_again_ask(struct table_view *table, size_t tagged)
{
	struct app *app = table->view.app;

	ask_tasks_begin(&table->copied, app, alloc_format(MSG_AGAIN_MANY, tagged), create_again_decided,
	                table);
	for (size_t i = 0; i < app->host_count; i++) {
		struct jsonw params = JSONW_INIT;

		if (!tags_shown(&app->hosts[i].live.list.tags))
			continue;
		jsonw_object(&params);
		jsonw_key(&params, "ids");
		jsonw_array(&params);
		tags_write(&app->hosts[i].live.list.tags, false, &params);
		jsonw_end_array(&params);
		ask_tasks_of(&table->copied, &app->hosts[i], &params);
	}
	ask_tasks_end(&table->copied);
}

void create_again(struct view *view)
{
	struct app *app = view->app;
	size_t tagged = host_tagged(app) - host_hidden(app);
	char *id = app->options.what_if || tagged > 1 ? NULL : create_only(app);

	if (app->options.what_if)
		app_say(app, alloc_string(MSG_CREATED_NOT), true);
	else if (tagged > 1)
		create_again_ask(app->table, tagged);
	else if (id)
		create_fetch(app, id, false);
	free(id);
}

void create_edit(struct view *view)
{
	struct app *app = view->app;
	size_t tagged = host_tagged(app) - host_hidden(app);
	char *id = tagged > 1 ? NULL : create_only(app);

	if (tagged > 1)
		app_say(app, alloc_format(MSG_EDIT_ONE, tagged), true);
	else if (id)
		create_fetch(app, id, true);
	free(id);
}
